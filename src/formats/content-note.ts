// What a file must say about a content beyond its octets, so that reading gives back what was written.
import type { Content } from '../exchange/message.ts'
import { booleanOf, listOf, numberOf, type Shape, textOf, wordOf } from './json-shape.ts'

/** Undefined for the ordinary case: no content, or all of it without content coding and of the size it had. */
export function contentNote(content: Content, octets: Uint8Array | undefined): Shape | undefined {
  const { bodySize, codings } = content
  if (content.kept === 'none') {
    if (content.why === 'empty' || content.why === 'pending') return undefined
    return { bodySize, kept: 'none', why: content.why }
  }
  if (!octets) return { bodySize, kept: 'none', why: 'evicted' }
  const note = {
    ...(octets.length === bodySize && content.kept === 'whole' ? {} : { bodySize }),
    ...(content.kept === 'truncated' ? { truncated: true } : {}),
    ...(content.kept === 'truncated' && content.wholeDigest ? { wholeDigest: content.wholeDigest } : {}),
    ...(codings.length > 0 ? { codings } : {}),
  }
  return Object.keys(note).length > 0 ? note : undefined
}

export type NotedContent = {
  readonly mimeType?: string | undefined
  readonly octets?: Uint8Array | undefined
  readonly note?: unknown
  readonly digest: (octets: Uint8Array) => string
  /** Octets kept of one message; what is beyond is cut off. */
  readonly maxContent: number
}

export type KeptContent = {
  readonly content: Content
  readonly kept?: { readonly digest: string; readonly octets: Uint8Array }
}

/** The other way. A note that does not fit its octets is corrected by them. */
export function readContent({ mimeType, octets, note, digest, maxContent }: NotedContent): KeptContent {
  const codings = listOf(note, 'codings').filter(
    (coding) => typeof coding === 'string' && /^[\w.-]{1,20}$/.test(coding),
  ) as string[]
  const facts = { codings: codings.slice(0, 8), ...(mimeType === undefined ? {} : { mimeType }) }
  const size = numberOf(note, 'bodySize')
  if (!octets || octets.length === 0) {
    const why = wordOf(note, 'why', ['too-large', 'overload', 'evicted'] as const)
    if (why === undefined) return { content: { ...facts, bodySize: 0, kept: 'none', why: 'empty' } }
    return { content: { ...facts, bodySize: Math.max(0, size ?? 0), kept: 'none', why } }
  }
  const cut = octets.length > maxContent
  const kept = cut ? octets.subarray(0, maxContent) : octets
  const truncated = cut || booleanOf(note, 'truncated') === true
  const name = digest(kept)
  const wholeDigest = truncated ? (cut ? digest(octets) : textOf(note, 'wholeDigest')) : name
  const bodySize = Math.max(truncated ? octets.length : 0, size ?? octets.length)
  return {
    content: {
      ...facts,
      bodySize,
      kept: truncated ? 'truncated' : 'whole',
      digest: name,
      keptSize: kept.length,
      ...(wholeDigest && /^sha256-[0-9a-f]{64}$/.test(wholeDigest) ? { wholeDigest } : {}),
    },
    kept: { digest: name, octets: kept },
  }
}
