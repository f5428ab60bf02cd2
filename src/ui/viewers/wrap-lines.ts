// Which rows a listing takes on screen: folded lines left out, long lines cut into rows of a fixed width.
import { type Listing, opensFold } from './listing.ts'

/** Row `i` shows the characters `from[i]` to `to[i]` of line `lines[i]`, or the remark on that line. */
export type Rows = {
  readonly count: number
  readonly lines: Uint32Array
  readonly from: Uint32Array
  readonly to: Uint32Array
}

/** In place of an offset: this row holds what is said about the line above it. */
export const remark = 0xffffffff
const none: ReadonlySet<number> = new Set()

/** Browsers stop at about 33 million pixels of height; what lies beyond is offered for download. */
export const mostRows = 1_500_000
const narrowest = 20

/** Columns left for a line at a depth. */
function columnsAt(depth: number, columns: number): number {
  return Math.max(narrowest, columns - depth * 2)
}

/** Where the row that begins at `from` ends: at a space when one is near the edge, so that words stay whole. */
function rowEnd(text: string, from: number, step: number, end: number): number {
  if (from + step >= end) return end
  // Looked for by hand: lastIndexOf would search megabytes without a space to their beginning, for every row.
  for (let at = from + step; at > from + step / 2; at--) if (text.charCodeAt(at) === 32) return Math.min(at + 1, end)
  return from + step
}

/** `noted` are lines with a remark, which stands in a row of its own below them. */
export function wrapLines(
  listing: Listing,
  folded: ReadonlySet<number>,
  columns: number,
  noted: ReadonlySet<number> = none,
): Rows {
  const lines: number[] = []
  const from: number[] = []
  const to: number[] = []
  const usable = listing.wide ? Math.floor(columns / 2) : columns
  const add = (line: number, start: number, end: number) => {
    lines.push(line)
    from.push(start)
    to.push(end)
  }
  for (let line = 0; line < listing.count && lines.length < mostRows; line++) {
    const depth = listing.depth[line] ?? 0
    const start = listing.starts[line] ?? 0
    const end = (listing.starts[line + 1] ?? 0) - 1
    const step = columnsAt(depth, usable)
    let at = Math.min(start + depth * 2, end)
    do {
      const next = rowEnd(listing.text, at, step, end)
      add(line, at - start, next - start)
      at = next
    } while (at < end && lines.length < mostRows)
    if (noted.has(line)) add(line, remark, remark)
    if (opensFold(listing, line) && folded.has(line)) line = listing.end[line] ?? line
  }
  return { count: lines.length, lines: Uint32Array.from(lines), from: Uint32Array.from(from), to: Uint32Array.from(to) }
}

/** The first row of a line, or of the nearest line above it that is shown. */
export function rowOfLine(rows: Rows, line: number): number {
  let low = 0
  let high = rows.count - 1
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((rows.lines[middle] ?? 0) < line) low = middle + 1
    else high = middle
  }
  return low > 0 && (rows.lines[low] ?? 0) > line ? low - 1 : low
}

/** The row that shows a place in a line: a long line takes many. */
export function rowOfPlace(rows: Rows, line: number, offset: number): number {
  let row = rowOfLine(rows, line)
  if (rows.lines[row] !== line) return row
  // Halves the rows of this line until one is left; its remark, if there is one, comes last.
  let high = row
  for (let step = 1; rows.lines[high + step] === line && rows.from[high + step] !== remark; step *= 2) high += step
  while (rows.lines[high + 1] === line && rows.from[high + 1] !== remark) high++
  while (row < high) {
    const middle = (row + high + 1) >>> 1
    if ((rows.from[middle] ?? 0) <= offset) row = middle
    else high = middle - 1
  }
  return row
}
