// Lines of any length in a comparison: of a very long one only what is around its first difference is handed on and drawn.
import type { CompareLine, LineCut } from './compare-lines.ts'

/** Characters kept before and after the difference. */
const around = 4000
/** Of these, characters at a cut end that are only there so that a credential is recognised as one; never drawn. */
const margin = 2000
const longest = around * 2

export function cutLine(line: CompareLine): CompareLine {
  const { a, b } = line
  const size = Math.max(a?.length ?? 0, b?.length ?? 0)
  if (size <= longest) return line
  let first = 0
  if (a !== undefined && b !== undefined && a !== b) while (a[first] === b[first]) first++
  const from = Math.max(0, Math.min(first, size) - around)
  const kept = (text: string) => text.slice(from, from + longest)
  return {
    ...line,
    ...(a === undefined ? {} : { a: kept(a) }),
    ...(b === undefined ? {} : { b: kept(b) }),
    cut: { from, a: a?.length ?? 0, b: b?.length ?? 0 },
  }
}

/** The part of a kept and masked line that is drawn. */
export function withoutMargins(text: string, cut: LineCut | undefined, side: 'a' | 'b'): string {
  if (!cut) return text
  const more = cut[side] > cut.from + longest
  const inner = text.slice(cut.from > 0 ? margin : 0, more ? Math.max(margin, text.length - margin) : text.length)
  return `${cut.from > 0 ? '…' : ''}${inner}${more ? '…' : ''}`
}
