// Saved requests by folder, and the environments whose variables fill them.
import '../styles/compose.css'
import '../styles/saved.css'
import { openDialog } from '../model.ts'
import { EnvironmentEditor } from './environment-editor.tsx'
import { SavedList } from './saved-list.tsx'
import { savedPart } from './saved-part.ts'

export function SavedView() {
  const shown = savedPart.value
  return (
    <main class="saved" aria-label="Saved">
      <div class="viewbar">
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would add a frame and a legend */}
        <div class="seg" role="group" aria-label="Show">
          <button type="button" aria-pressed={shown === 'requests'} onClick={() => (savedPart.value = 'requests')}>
            Requests
          </button>
          <button
            type="button"
            aria-pressed={shown === 'environments'}
            onClick={() => (savedPart.value = 'environments')}
          >
            Environments
          </button>
        </div>
        <span class="grow" />
        <button
          type="button"
          class="btn line-btn"
          onClick={() => {
            openDialog.value = { kind: 'compose' }
          }}
        >
          New request<kbd>n</kbd>
        </button>
      </div>
      <div class="saved-body">{shown === 'requests' ? <SavedList /> : <EnvironmentEditor />}</div>
    </main>
  )
}
