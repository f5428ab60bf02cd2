// Which lines of a comparison are drawn: equal stretches become one row that says how many there are, until it is opened.
import type { CompareLine } from './compare-lines.ts'
import { unpackEqual } from './pack-equal.ts'

export type ShownRow =
  | { readonly kind: 'line'; readonly line: CompareLine; readonly at: number }
  | { readonly kind: 'skipped'; readonly from: number; readonly count: number }

/** Equal lines kept around a difference. */
const context = 3

/** Long stretches of equal lines become one row that says how many there are; `opened` holds the starts of those shown. */
export function foldEqual(lines: readonly CompareLine[], opened: ReadonlySet<number>, only: boolean): ShownRow[] {
  const keep = only ? 0 : context
  const rows: ShownRow[] = []
  const show = (start: number, stop: number) => {
    for (let i = start; i < stop; i++) {
      const line = lines[i]
      if (!line) continue
      if (line.packed === undefined) rows.push({ kind: 'line', line, at: i })
      // Rows out of one packed line stand between its place and the next; no difference is among them.
      else
        unpackEqual(line).forEach((one, k, all) => {
          rows.push({ kind: 'line', line: one, at: i + k / all.length })
        })
    }
  }
  for (let at = 0; at < lines.length; ) {
    let end = at
    while (end < lines.length && lines[end]?.kind === 'same') end++
    const head = at === 0 ? 0 : keep
    const tail = end === lines.length ? 0 : keep
    const from = at + head
    let hidden = 0
    for (let i = from; i < end - tail; i++) hidden += lines[i]?.count ?? 1
    if (hidden > (only ? 0 : 1) && !opened.has(from)) {
      show(at, from)
      rows.push({ kind: 'skipped', from, count: hidden })
      show(end - tail, end)
    } else show(at, end)
    if (end < lines.length) show(end, end + 1)
    at = end + 1
  }
  return rows
}
