// The order of the grid as shown: which exchange stands at which line, for every sort, with new ones held back when asked.
import type { Sort } from '../../api/contract.ts'
import type { Row } from '../../api/row.ts'
import { drop, emptyTimeline, locate, place, type Timeline, take } from './timeline.ts'

/**
 * Lines are counted from the top of the grid. By time the order is a timeline, newest first or last, so that a new
 * exchange moves nothing; by anything else it is a plain list of positions whose order only the desk knows.
 * `shown` counts the exchanges on show; those that came later wait until `release`.
 */
export type RowOrder = { readonly sort: Sort; timeline: Timeline; shown: number; waiting: number }

export function rowOrder(sort: Sort, total: number): RowOrder {
  return { sort, timeline: emptyTimeline(total), shown: total, waiting: 0 }
}

const byTime = (order: RowOrder): boolean => order.sort === 'time' || order.sort === '-time'

/** Only the desk knows where an exchange stands under a sort by anything but time. */
export const isOrderedByDesk = (order: RowOrder): boolean => !byTime(order)

export function idAt(order: RowOrder, line: number): string | undefined {
  const index = order.sort === '-time' ? order.shown - 1 - line : line
  return order.timeline.order[index]
}

export function lineOf(order: RowOrder, id: string): number | undefined {
  const index = byTime(order)
    ? ((place) => (place.found ? place.index : -1))(locate(order.timeline, id))
    : order.timeline.order.indexOf(id)
  if (index < 0) return undefined
  const line = order.sort === '-time' ? order.shown - 1 - index : index
  return line < 0 || line >= order.shown ? undefined : line
}

/** What to ask the desk for to know these lines: the end of the list that is nearer is counted from. */
export function request(order: RowOrder, first: number, end: number): { sort: Sort; offset: number; limit: number } {
  const limit = end - first
  if (order.sort !== '-time') return { sort: order.sort, offset: first, limit }
  const total = order.timeline.order.length
  const held = total - order.shown
  const offset = held + first
  return offset <= total / 2 ? { sort: '-time', offset, limit } : { sort: 'time', offset: order.shown - end, limit }
}

/** Writes an answer to `request` where it belongs. `total` is the desk's count at that moment, which may be ahead. */
export function fill(
  order: RowOrder,
  asked: { sort: Sort; offset: number },
  rows: readonly Row[],
  total: number,
): void {
  const ids = rows.map((row) => row.id)
  if (order.sort !== '-time' || asked.sort === 'time') return place(order.timeline, asked.offset, ids)
  ids.reverse()
  const from = total - asked.offset - ids.length
  const known = order.timeline.order.length
  // Rows past the known end are taken only when they join it; the live connection brings what lies between.
  if (from <= known) place(order.timeline, Math.max(0, from), ids.slice(Math.max(0, -from)))
}

/** Takes a row the live connection brought. Answers whether the desk's count must be asked again. */
export function takeLive(order: RowOrder, id: string, known: boolean): 'fine' | 'unsure' {
  if (!byTime(order)) return known ? 'fine' : 'unsure'
  const taken = take(order.timeline, id)
  if (taken.did === 'inserted' && taken.index < order.shown) order.shown++
  else if (taken.did === 'added' && order.sort === 'time') order.shown++
  return taken.did === 'unsure' ? 'unsure' : 'fine'
}

/** Under a sort that only the desk knows its count says how many exchanges are not on show yet. */
export function countWaiting(order: RowOrder, total: number): void {
  order.waiting = Math.max(0, total - order.shown)
}

/** Takes rows out; `certain` when they are known to have been in this list. */
export function takeOut(order: RowOrder, ids: readonly string[], certain: boolean): 'fine' | 'unsure' {
  if (!byTime(order)) {
    const gone = new Set(ids)
    const before = order.timeline.order.length
    order.timeline.order = order.timeline.order.filter((id) => id === undefined || !gone.has(id))
    order.shown -= before - order.timeline.order.length
    return 'unsure'
  }
  const dropped = drop(order.timeline, ids, certain)
  order.shown -= dropped.positions.filter((position) => position < order.shown).length
  return dropped.unsure ? 'unsure' : 'fine'
}

/** Whether an exchange is known and waits among those that came later. */
export function isHeldBack(order: RowOrder, id: string): boolean {
  if (order.sort !== '-time') return false
  const { index, found } = locate(order.timeline, id)
  return found && index >= order.shown
}

/** How many exchanges came and are not on show. */
export function heldBack(order: RowOrder): number {
  return byTime(order) ? order.timeline.order.length - order.shown : order.waiting
}

export function release(order: RowOrder): void {
  order.shown = order.timeline.order.length
}
