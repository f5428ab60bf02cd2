// Selecting in the grid: one, ranges and single additions, and moving by keys.
import { batch, effect } from '@preact/signals'
import { select } from '../actions.ts'
import { rows, selectedId, selectedRow, selection } from '../model.ts'
import { idOfLine, lineOfId } from './exchange-list.ts'
import { drawn, total } from './list-state.ts'

/** Where a range began. */
let anchor: string | undefined

export function pick(id: string, how: 'one' | 'toggle' | 'range'): void {
  if (how === 'one' || selectedId.value === undefined) {
    anchor = id
    select(id)
    return
  }
  const next = new Set(selection.value)
  if (how === 'toggle') {
    anchor = id
    if (next.delete(id)) {
      if (next.size === 0) return select(undefined)
    } else next.add(id)
  } else {
    const from = lineOfId(anchor ?? id)
    const to = lineOfId(id)
    if (from === undefined || to === undefined) return select(id)
    next.clear()
    for (let line = Math.min(from, to); line <= Math.max(from, to); line++) {
      const each = idOfLine(line)
      if (each !== undefined) next.add(each)
    }
  }
  batch(() => {
    selection.value = next
    const shown = next.has(id) ? id : [...next].at(-1)
    selectedId.value = shown
    selectedRow.value = shown === undefined ? undefined : rows.get(shown)
  })
}

/** Moves the selection by lines from the selected one; from none it begins at the top. Answers the line. */
export function move(by: number, extend: boolean): number | undefined {
  const now = selectedId.value === undefined ? undefined : lineOfId(selectedId.value)
  return moveTo(now === undefined ? (by < 0 ? total.value - 1 : 0) : now + by, extend)
}

export function moveTo(line: number, extend: boolean): number | undefined {
  const target = Math.max(0, Math.min(total.value - 1, line))
  const id = idOfLine(target)
  if (id === undefined) {
    if (total.value === 0) return undefined
    pickWhenRead(target)
    return target
  }
  pick(id, extend ? 'range' : 'one')
  return target
}

let stopWaiting: (() => void) | undefined
/** Selects a line that the list has yet to read, unless something else is selected meanwhile. */
function pickWhenRead(line: number): void {
  const before = selectedId.peek()
  stopWaiting?.()
  stopWaiting = effect(() => {
    void drawn.value
    const id = idOfLine(line)
    if (id === undefined && selectedId.value === before) return
    // Stopped outside of the effect that is running.
    queueMicrotask(() => {
      stopWaiting?.()
      stopWaiting = undefined
      if (id !== undefined && selectedId.peek() === before) pick(id, 'one')
    })
  })
}

/** The line to select after the selected ones are gone: the next older, or the last. */
export function neighbour(): string | undefined {
  const lines = [...selection.value].map((id) => lineOfId(id)).filter((line) => line !== undefined)
  if (lines.length === 0) return undefined
  return idOfLine(Math.max(...lines) + 1) ?? idOfLine(Math.min(...lines) - 1)
}

/** Selects every row whose place is known. */
export function selectAll(): void {
  const ids = new Set<string>()
  for (let line = 0; line < total.value; line++) {
    const id = idOfLine(line)
    if (id !== undefined) ids.add(id)
  }
  const first = idOfLine(0)
  batch(() => {
    selection.value = ids
    selectedId.value ??= first
  })
}
