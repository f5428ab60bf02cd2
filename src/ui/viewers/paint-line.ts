// Puts the layers of a row of text together: syntax tints, search hits and evidence, cut into pieces for the screen.
import type { Span } from './tint-line.ts'

export type Piece = {
  readonly text: string
  readonly tint: string
  readonly mark: 'none' | 'evidence' | 'found' | 'current'
}
export type Stroke = { readonly from: number; readonly to: number; readonly mark: 'evidence' | 'found' | 'current' }

/** Pieces of `line` between `from` and `to`; a later stroke lies over an earlier one. */
export function paintLine(
  line: string,
  from: number,
  to: number,
  spans: readonly Span[],
  strokes: readonly Stroke[],
): Piece[] {
  const cuts = new Set([from, to])
  for (const edge of [...spans, ...strokes])
    for (const at of [edge.from, edge.to]) if (at > from && at < to) cuts.add(at)
  const edges = [...cuts].sort((a, b) => a - b)
  const pieces: Piece[] = []
  for (let i = 0; i + 1 < edges.length; i++) {
    const start = edges[i] ?? 0
    const stop = edges[i + 1] ?? 0
    const span = spans.find((each) => each.from <= start && each.to >= stop)
    const stroke = strokes.findLast((each) => each.from <= start && each.to >= stop)
    pieces.push({ text: line.slice(start, stop), tint: span?.tint ?? '', mark: stroke?.mark ?? 'none' })
  }
  return pieces
}
