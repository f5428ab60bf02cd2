// Every key of the page in one table: what the help sheet lists is what the keys do.
import { compare, edit, select } from '../actions.ts'
import { clearFilter } from '../filter/active-filter.ts'
import { focusGrid, grid } from '../list/exchange-grid.tsx'
import { total } from '../list/list-state.ts'
import { move, moveTo, selectAll } from '../list/selecting.ts'
import { comparedFrom, openDialog, selectedId, selection, view, wantedTab } from '../model.ts'
import { removeSelected, undoDeletion } from './deleting.ts'
import { toggleRecording } from './recording.ts'
import { replaySelected } from './replaying.ts'
import { openRowMenuByKey } from './row-menu.ts'

export type Key = {
  /** As `KeyboardEvent.key`; several do the same. */
  readonly keys: readonly string[]
  /** How the help sheet writes them, when other than the keys themselves. */
  readonly written?: readonly string[]
  readonly does: string
  readonly group: 'Move' | 'Act' | 'Look' | 'Page'
  readonly shift?: boolean
  readonly ctrl?: boolean
  /** Only while the list is on the page. */
  readonly traffic?: boolean
  readonly run: (event: KeyboardEvent) => void
}

const go = (line: number | undefined) => {
  if (line !== undefined) grid?.show(line)
}
const step = (by: number) => (event: KeyboardEvent) => go(move(by, event.shiftKey))

function focusFilter(): void {
  document.querySelector<HTMLInputElement>('.filter-field input')?.focus()
}

function focusDetails(): void {
  const tab = document.querySelector<HTMLElement>('[role=tablist][aria-label=Details] [role=tab][aria-selected=true]')
  tab?.focus()
}

/** Esc leaves the innermost thing: the comparison, the selection. Overlays and fields close themselves before. */
function back(): void {
  if (view.value === 'compare') view.value = comparedFrom.value
  else if (view.value !== 'traffic') view.value = 'traffic'
  else if (document.activeElement?.closest('.detail')) focusGrid()
  else if (selectedId.value !== undefined) {
    select(undefined)
    focusGrid()
  }
}

export const keys: readonly Key[] = [
  { keys: ['j', 'ArrowDown'], written: ['j', '↓'], does: 'next exchange', group: 'Move', traffic: true, run: step(1) },
  {
    keys: ['k', 'ArrowUp'],
    written: ['k', '↑'],
    does: 'previous exchange',
    group: 'Move',
    traffic: true,
    run: step(-1),
  },
  {
    keys: ['J'],
    written: ['⇧ j', '⇧ ↓'],
    does: 'select more',
    group: 'Move',
    shift: true,
    traffic: true,
    run: step(1),
  },
  { keys: ['K'], does: '', group: 'Move', shift: true, traffic: true, run: step(-1) },
  {
    keys: ['PageDown'],
    written: ['Page ↓'],
    does: 'a page down',
    group: 'Move',
    traffic: true,
    run: (event) => step(grid?.page() ?? 20)(event),
  },
  {
    keys: ['PageUp'],
    written: ['Page ↑'],
    does: 'a page up',
    group: 'Move',
    traffic: true,
    run: (event) => step(-(grid?.page() ?? 20))(event),
  },
  { keys: ['Home'], does: 'first row', group: 'Move', traffic: true, run: (event) => go(moveTo(0, event.shiftKey)) },
  {
    keys: ['End'],
    does: 'last row',
    group: 'Move',
    traffic: true,
    run: (event) => go(moveTo(total.value - 1, event.shiftKey)),
  },
  { keys: ['Enter'], does: 'to the details', group: 'Look', traffic: true, run: focusDetails },
  { keys: ['Escape'], written: ['Esc'], does: 'back, close', group: 'Look', run: back },
  {
    keys: ['1', '2', '3', '4', '5', '6'],
    written: ['1', '…', '6'],
    does: 'tabs of the details',
    group: 'Look',
    traffic: true,
    run: (event) => {
      if (selectedId.value !== undefined) wantedTab.value = Number(event.key) - 1
    },
  },
  { keys: ['/'], does: 'filter', group: 'Look', traffic: true, run: focusFilter },
  { keys: ['x'], does: 'clear the filter', group: 'Look', traffic: true, run: clearFilter },
  { keys: ['r'], does: 'replay', group: 'Act', traffic: true, run: () => replaySelected() },
  {
    keys: ['e'],
    does: 'edit and replay',
    group: 'Act',
    traffic: true,
    run: () => selectedId.value && edit(selectedId.value),
  },
  { keys: ['n'], does: 'new request', group: 'Act', run: () => (openDialog.value = { kind: 'compose' }) },
  { keys: ['c'], does: 'compare two', group: 'Act', traffic: true, run: compareSelected },
  {
    keys: ['m', 'ContextMenu'],
    written: ['m'],
    does: 'menu: copy, save, pin, colour',
    group: 'Act',
    traffic: true,
    run: openRowMenuByKey,
  },
  {
    keys: ['d', 'Delete'],
    written: ['d', 'Del'],
    does: 'delete',
    group: 'Act',
    traffic: true,
    run: removeSelected,
  },
  { keys: ['z'], does: 'bring back what was deleted', group: 'Act', run: undoDeletion },
  { keys: ['z'], ctrl: true, does: '', group: 'Act', run: undoDeletion },
  {
    keys: ['a'],
    written: ['Ctrl a'],
    ctrl: true,
    does: 'select all rows read',
    group: 'Move',
    traffic: true,
    run: selectAll,
  },
  { keys: ['p'], does: 'pause or go on recording', group: 'Page', run: () => void toggleRecording() },
  { keys: ['?'], does: 'all keys', group: 'Page', run: () => (openDialog.value = { kind: 'help' }) },
]

/** Two selected rows; or a replay and its original, which the details offer by themselves. */
function compareSelected(): void {
  const [a, b] = [...selection.value].sort()
  if (a !== undefined && b !== undefined) compare(a, b)
  else document.querySelector<HTMLElement>('.detail [data-action=compare]')?.click()
}

/** Single keys are off while typing, and wherever an overlay has the keyboard. */
function typing(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.closest('input, textarea, select, [contenteditable], .cm-editor, [role=dialog], [role=menu]') !== null)
  )
}

export function listenToKeys(): () => void {
  const listen = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.altKey || event.metaKey || event.isComposing || typing(event.target)) return
    if (openDialog.value !== undefined) {
      // A dialog closes itself; one whose script could not be loaded is not there to do it.
      if (event.key === 'Escape' && !document.querySelector('dialog[open]')) openDialog.value = undefined
      return
    }
    const control =
      event.target instanceof HTMLElement && event.target.closest('button, a, summary, [role=tab], [role=separator]')
    // A focused control keeps the keys that work it.
    if (control && (event.key === 'Enter' || event.key === ' ' || event.key.startsWith('Arrow'))) return
    // Arrows inside a pane that scrolls or a tree belong to it.
    const elsewhere = event.target instanceof HTMLElement && event.target.closest('[role=tree], .detail')
    if (elsewhere && /^(Arrow|Page|Home|End|Enter)/.test(event.key)) return
    for (const key of keys) {
      if (!key.keys.includes(event.key) || (key.ctrl ?? false) !== event.ctrlKey) continue
      if (key.traffic && view.value !== 'traffic') continue
      event.preventDefault()
      key.run(event)
      return
    }
  }
  addEventListener('keydown', listen)
  return () => removeEventListener('keydown', listen)
}
