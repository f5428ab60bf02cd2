// The order of a long list of which only parts are known: ids by position, oldest first, with gaps not read yet.

/**
 * `order[0]` is the oldest exchange. Positions count from the oldest end because new exchanges then never move known
 * ones. A gap (undefined) is an exchange that exists but was not read. Ids sort in the order exchanges began.
 */
export type Timeline = { order: (string | undefined)[] }

export function emptyTimeline(total = 0): Timeline {
  return { order: new Array<string | undefined>(total).fill(undefined) }
}

/**
 * Where an id stands, or where it would: `index` is the position of the first known id that is not smaller. `gap` says
 * that something unread lies just before that position, so that the id may be there.
 */
export function locate(timeline: Timeline, id: string): { index: number; found: boolean; gap: boolean } {
  const { order } = timeline
  let low = 0
  let high = order.length
  while (low < high) {
    const middle = (low + high) >>> 1
    // The nearest known id at or after the middle decides; without one the answer lies in the lower half.
    let known = middle
    while (known < high && order[known] === undefined) known++
    const there = known < high ? order[known] : undefined
    if (there === undefined) high = middle
    else if (there < id) low = known + 1
    else high = middle
  }
  // `low` may rest at the start of a run of gaps: the first known id after it is the one meant.
  let index = low
  while (index < order.length && order[index] === undefined) index++
  return { index, found: order[index] === id, gap: index > 0 && order[index - 1] === undefined }
}

/** The newest known id, or '' when nothing is known. Gaps at the new end are skipped. */
export function newest(timeline: Timeline): string {
  for (let i = timeline.order.length - 1; i >= 0; i--) {
    const id = timeline.order[i]
    if (id !== undefined) return id
  }
  return ''
}

/** Writes ids read from the desk at their positions; the list grows when they reach past its end. */
export function place(timeline: Timeline, from: number, ids: readonly string[]): void {
  const { order } = timeline
  while (order.length < from) order.push(undefined)
  for (let i = 0; i < ids.length; i++) if (from + i >= 0) order[from + i] = ids[i]
}

/**
 * Takes an id that was just seen. `known`: nothing changes. `added`: it is new at the end. `inserted`: it belongs between
 * two known neighbours and was put there. `unsure`: it lies in a part that was not read, so the desk has to be asked.
 */
export function take(
  timeline: Timeline,
  id: string,
): { did: 'known' | 'added' | 'unsure' } | { did: 'inserted'; index: number } {
  if (timeline.order.length === 0 || id > newest(timeline)) {
    if (timeline.order.length > 0 && timeline.order.at(-1) === undefined) return { did: 'unsure' }
    timeline.order.push(id)
    return { did: 'added' }
  }
  const { index, found, gap } = locate(timeline, id)
  if (found) return { did: 'known' }
  if (gap) return { did: 'unsure' }
  timeline.order.splice(index, 0, id)
  return { did: 'inserted', index }
}

/**
 * Takes ids out. `certain` says that they are known to have been in the list (they were deleted), so that one in an
 * unread part closes a gap there. Answers the positions that went, ascending, and whether any id could not be placed.
 */
export function drop(
  timeline: Timeline,
  ids: readonly string[],
  certain: boolean,
): { readonly positions: readonly number[]; readonly unsure: boolean } {
  const { order } = timeline
  const gone = new Set<number>()
  let unsure = false
  // Retention takes the oldest, which are rarely known: everything before the first known id is one gap.
  let first = 0
  while (first < order.length && order[first] === undefined) first++
  const firstId = order[first] ?? '\uffff'
  let leading = 0
  for (const id of ids) {
    if (id < firstId) {
      if (certain && leading < first) gone.add(leading++)
      else if (first > 0) unsure = true
      continue
    }
    const { index, found, gap } = locate(timeline, id)
    if (found) gone.add(index)
    else if (gap && !certain) unsure = true
    else if (gap) {
      let free = index - 1
      while (free >= 0 && gone.has(free)) free--
      if (free >= 0 && timeline.order[free] === undefined) gone.add(free)
      else unsure = true
    }
  }
  const positions = [...gone].sort((a, b) => a - b)
  const from = positions[0] ?? 0
  const together = positions.length > 0 && positions.at(-1) === from + positions.length - 1
  if (together) order.splice(from, positions.length)
  else if (positions.length > 0) timeline.order = order.filter((_, index) => !gone.has(index))
  return { positions, unsure }
}
