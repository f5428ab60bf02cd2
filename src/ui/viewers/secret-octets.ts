// Which octets of some content belong to a credential, worked out block by block where it is looked at.
import { secretRanges } from './secret-ranges.ts'

/** Octets judged at a time, and those before and after them that are read with them: no secret is longer. */
const block = 65_536
const around = 8192

export function secretOctets(bytes: Uint8Array, echoes: readonly string[]): (at: number) => boolean {
  const known = new Map<number, Uint8Array | undefined>()
  const decoder = new TextDecoder('latin1')
  const judge = (index: number): Uint8Array | undefined => {
    const from = index * block
    const begin = Math.max(0, from - around)
    // One character an octet, so that offsets in the text are offsets in the content.
    const ranges = secretRanges(decoder.decode(bytes.subarray(begin, from + block + around)), echoes)
    if (ranges.length === 0) return undefined
    const hidden = new Uint8Array(block)
    for (const range of ranges) {
      const start = Math.max(0, range.from + begin - from)
      hidden.fill(1, start, Math.max(start, range.to + begin - from))
    }
    return hidden
  }
  return (at) => {
    const index = Math.floor(at / block)
    if (!known.has(index)) known.set(index, judge(index))
    return known.get(index)?.[at - index * block] === 1
  }
}
