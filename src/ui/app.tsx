// The whole page: bars around one view, overlays above it; parts that are rarely needed are loaded when they are.

import { IconSymbols } from './icons.tsx'
import { live, openDialog, view } from './model.ts'
import { DeletedNote } from './shell/deleted-note.tsx'
import { ErrorNote } from './shell/error-note.tsx'
import { HelpSheet } from './shell/help-sheet.tsx'
import { JobNotes } from './shell/job-notes.tsx'
import { lazyPart } from './shell/lazy-part.tsx'
import { MenuLayer } from './shell/menu.tsx'
import { NameField } from './shell/name-field.tsx'
import { StatusBar } from './shell/status-bar.tsx'
import { TopBar } from './shell/top-bar.tsx'
import { TrafficView } from './shell/traffic-view.tsx'

const ComposeDialog = lazyPart(async () => (await import('./compose/compose-dialog.tsx')).ComposeDialog)
const CompareView = lazyPart(async () => (await import('./compare/compare-view.tsx')).CompareView)
const FilterHelp = lazyPart(async () => (await import('./filter/filter-help-sheet.tsx')).FilterHelpSheet)
const SessionsView = lazyPart(async () => (await import('./sessions/sessions-view.tsx')).SessionsView)
const SavedView = lazyPart(async () => (await import('./saved/saved-view.tsx')).SavedView)

function Main() {
  if (live.value === 'locked') return <ErrorNote />
  if (view.value === 'compare') return <CompareView />
  if (view.value === 'saved') return <SavedView />
  if (view.value === 'sessions') return <SessionsView />
  return <TrafficView />
}

export function App() {
  const dialog = openDialog.value
  return (
    <>
      <IconSymbols />
      <div class="app">
        <TopBar />
        <Main />
        <StatusBar />
      </div>
      {dialog?.kind === 'help' && <HelpSheet />}
      {dialog?.kind === 'filter-help' && <FilterHelp />}
      {(dialog?.kind === 'compose' || dialog?.kind === 'replay-many') && <ComposeDialog />}
      <DeletedNote />
      <JobNotes />
      <NameField />
      <MenuLayer />
    </>
  )
}
