// Which rows a listing takes on screen: folded lines left out, long lines cut into rows of a fixed width.
import { type Listing, opensFold } from './listing.ts'

/** Row `i` shows line `lines[i]` from its character `from[i]`. */
export type Rows = { readonly count: number; readonly lines: Uint32Array; readonly from: Uint32Array }

/** Browsers stop at about 33 million pixels of height; what lies beyond is offered for download. */
export const mostRows = 1_500_000
const narrowest = 20

/** Columns left for a line at a depth. */
export function columnsAt(depth: number, columns: number): number {
  return Math.max(narrowest, columns - depth * 2)
}

export function wrapLines(listing: Listing, folded: ReadonlySet<number>, columns: number): Rows {
  const lines: number[] = []
  const from: number[] = []
  const usable = listing.wide ? Math.floor(columns / 2) : columns
  for (let line = 0; line < listing.count && lines.length < mostRows; line++) {
    const depth = listing.depth[line] ?? 0
    const indent = depth * 2
    const length = (listing.starts[line + 1] ?? 0) - 1 - (listing.starts[line] ?? 0)
    const step = columnsAt(depth, usable)
    lines.push(line)
    from.push(indent)
    for (let at = indent + step; at < length && lines.length < mostRows; at += step) {
      lines.push(line)
      from.push(at)
    }
    if (opensFold(listing, line) && folded.has(line)) line = listing.end[line] ?? line
  }
  return { count: lines.length, lines: Uint32Array.from(lines), from: Uint32Array.from(from) }
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
