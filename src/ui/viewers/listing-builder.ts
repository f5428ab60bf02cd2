// Collects the lines of a listing one after another, with the folds between them.
import { type Listing, NONE, type SourceProblem, wideText } from './listing.ts'

/** Deeper lines are drawn at this depth: the indentation of a thousand levels would be larger than the content. */
const deepest = 64

export type ListingBuilder = {
  readonly count: () => number
  /** Adds a line at the current depth. */
  readonly line: (text: string) => void
  /** Adds a line that opens a fold. */
  readonly open: (text: string) => void
  /** Adds the line that closes the innermost fold. */
  readonly close: (text: string) => void
  /** A line without indentation, whatever is around it: what stands in a literal stays where it stands. */
  readonly raw: (text: string) => void
  /** Such a line that opens a fold. */
  readonly openRaw: (text: string) => void
  /** Appends to the last line. */
  readonly append: (text: string) => void
  readonly finish: (whole: boolean, problem?: SourceProblem) => Listing
}

export function listingBuilder(): ListingBuilder {
  const pieces: string[] = []
  const starts: number[] = []
  const depth: number[] = []
  const end: number[] = []
  const parent: number[] = []
  const items: number[] = []
  const open: number[] = []
  let size = 0
  const add = (text: string, level: number, above: number) => {
    const shown = level === 0 ? text : '  '.repeat(Math.min(level, deepest)) + text
    starts.push(size)
    pieces.push(shown)
    depth.push(Math.min(level, deepest))
    end.push(0)
    items.push(0)
    parent.push(above)
    size += shown.length + 1
  }
  const child = (text: string, level = open.length) => {
    const above = open.at(-1) ?? NONE
    if (above !== NONE) items[above] = (items[above] ?? 0) + 1
    add(text, level, above)
  }
  return {
    count: () => pieces.length,
    line: (text) => child(text),
    raw: (text) => child(text, 0),
    openRaw: (text) => {
      child(text, 0)
      open.push(pieces.length - 1)
    },
    open: (text) => {
      child(text)
      open.push(pieces.length - 1)
    },
    close: (text) => {
      const opener = open.pop() ?? 0
      end[opener] = pieces.length
      add(text, open.length, parent[opener] ?? NONE)
      end[pieces.length - 1] = opener
    },
    append: (text) => {
      pieces[pieces.length - 1] += text
      size += text.length
    },
    finish: (whole, problem) => {
      for (const opener of open) end[opener] = pieces.length
      const text = pieces.join('\n')
      return {
        text,
        count: pieces.length,
        starts: Uint32Array.from([...starts, size]),
        depth: Uint16Array.from(depth),
        end: Uint32Array.from(end),
        parent: Uint32Array.from(parent),
        items: Uint32Array.from(items),
        whole,
        wide: wideText.test(text),
        ...(problem ? { problem } : {}),
      }
    },
  }
}
