// A text cut into lines that can be folded: what every textual viewer shows, in flat arrays a worker can hand over.

/** Where the source stopped making sense; `line` and `column` count from 1 in the source as received. */
export type SourceProblem = { readonly message: string; readonly line: number; readonly column: number }

/**
 * Line `i` is `text.slice(starts[i], starts[i + 1] - 1)`. `end[i]` is the closing line of a fold that opens at `i`; on a
 * closing line it is the line that opened it. `parent[i]` is the opening line around `i`, or `NONE`. `items` counts the
 * children of an opening line.
 */
export type Listing = {
  readonly text: string
  readonly count: number
  readonly starts: Uint32Array
  readonly depth: Uint16Array
  readonly end: Uint32Array
  readonly parent: Uint32Array
  readonly items: Uint32Array
  /** False where a limit or a problem stopped the listing before the end of the source. */
  readonly whole: boolean
  /** Some characters are wider than one column of the fixed-width face. */
  readonly wide: boolean
  readonly problem?: SourceProblem
}

export const NONE = 0xffffffff

/** Scripts and symbols that take two columns of a fixed-width face (Unicode East Asian Width W and F, and emoji). */
export const wideText =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\ud83c-\ud87f]/

export function lineText(listing: Listing, line: number): string {
  const from = listing.starts[line] ?? 0
  return listing.text.slice(from, (listing.starts[line + 1] ?? from + 1) - 1)
}

/** The line that holds an offset of `text`. */
export function lineAt(listing: Listing, offset: number): number {
  let low = 0
  let high = listing.count - 1
  while (low < high) {
    const middle = (low + high + 1) >>> 1
    if ((listing.starts[middle] ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  return low
}

export function opensFold(listing: Listing, line: number): boolean {
  return (listing.end[line] ?? 0) > line
}

/** The folds that must be open for a line to be seen, innermost first. */
export function foldsAround(listing: Listing, line: number): number[] {
  const around: number[] = []
  for (let at = listing.parent[line] ?? NONE; at !== NONE; at = listing.parent[at] ?? NONE) around.push(at)
  return around
}

/** Line and column, from 1, of an offset in a source text. */
export function placeOf(source: string, offset: number): { readonly line: number; readonly column: number } {
  let line = 1
  let from = 0
  for (let at = source.indexOf('\n'); at !== -1 && at < offset; at = source.indexOf('\n', at + 1)) {
    line++
    from = at + 1
  }
  return { line, column: offset - from + 1 }
}
