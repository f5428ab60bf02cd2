// Long stretches of equal lines as one value each: a hundred thousand objects would take longer to hand over than to compare.
import type { CompareLine } from './compare-lines.ts'
import { cutLine } from './cut-line.ts'

/** Equal lines kept as they are on both sides of a difference. */
const around = 3
/** Lines of one block; what lies beyond is said. */
const most = 20_000

const names = /^\s*"((?:[^"\\]|\\.)*)":/

export function packEqual(lines: readonly CompareLine[]): CompareLine[] {
  const packed: CompareLine[] = []
  for (let at = 0; at < lines.length && packed.length < most; ) {
    const line = lines[at]
    if (!line) break
    let end = at
    while (lines[end]?.kind === 'same') end++
    if (end - at <= around * 2 + 1) {
      packed.push(...lines.slice(at, Math.max(end, at + 1)))
      at = Math.max(end, at + 1)
      continue
    }
    const [from, to] = [at + around, end - around]
    const first = lines[from]
    packed.push(...lines.slice(at, from))
    if (first)
      packed.push({
        ...first,
        packed: lines
          .slice(from, to)
          .map(({ a = '' }) => a)
          .join('\n'),
        count: to - from,
      })
    packed.push(...lines.slice(to, end))
    at = end
  }
  return packed
}

/** The lines that were packed into one. */
export function unpackEqual(line: CompareLine): readonly CompareLine[] {
  if (line.packed === undefined) return [line]
  return line.packed.split('\n').map((text, i) =>
    cutLine({
      kind: 'same',
      noise: false,
      name: names.exec(text)?.[1] ?? '',
      a: text,
      b: text,
      ...(line.aLine === undefined ? {} : { aLine: line.aLine + i }),
      ...(line.bLine === undefined ? {} : { bLine: line.bLine + i }),
    }),
  )
}
