// Replaces what was found to be a secret in one place wherever else it stands.
import { toBase64, utf8Octets } from './octets.ts'
import { evenPieces, pieceSize } from './secret-pieces.ts'
import { placeholder, type Redaction } from './secret-text.ts'

/** `quoted`: as it stands in a URL; `base64`: without padding, of a text that stands alone. */
type Echo = { readonly value: string; readonly quoted: string; readonly base64: string }

const spellings = ({ value, quoted, base64 }: Echo): readonly string[] => [value, quoted, base64]

/** Longest first, so that a secret that begins with another is replaced whole; made again only when one was added. */
const ordered = new WeakMap<Set<string>, readonly Echo[]>()

/** Characters of a value whose base64 is looked for too. */
const shortest = 8
const longest = 4096

function echoesOf(found: Set<string>): readonly Echo[] {
  const known = ordered.get(found)
  if (known?.length === found.size) return known
  const list = [...found]
    .sort((a, b) => b.length - a.length)
    .map((value) => ({
      value,
      quoted: encodeURIComponent(value.toWellFormed()),
      base64:
        value.length < shortest || value.length > longest ? value : toBase64(utf8Octets(value)).replace(/=+$/, ''),
    }))
  ordered.set(found, list)
  return list
}

/** From so many values and characters on, one pass that tells which of the values are there at all is the cheaper way. */
const fewValues = 16
const shortText = 4096

/** Values by a number made of their first four characters: what leaves its sixteen bits no longer counts. */
function standingIn(text: string, echoes: readonly Echo[]): readonly Echo[] {
  const begun = new Map<number, Set<string>>()
  const marks = new Uint8Array(0x1_0000)
  for (const word of echoes.flatMap(spellings)) {
    if (word.length < 4) return echoes
    let key = 0
    for (let i = 0; i < 4; i += 1) key = ((key << 4) ^ word.charCodeAt(i)) & 0xffff
    marks[key] = 1
    begun.set(key, (begun.get(key) ?? new Set()).add(word))
  }
  const there = new Set<string>()
  let key = 0
  // Values that begin alike in a text full of such beginnings: then each is looked for by itself.
  let patience = text.length
  for (let i = 0; i < text.length; i += 1) {
    key = ((key << 4) ^ text.charCodeAt(i)) & 0xffff
    if (marks[key] === 0) continue
    for (const word of begun.get(key) ?? []) {
      if (--patience < 0) return echoes
      if (!text.startsWith(word, i - 3)) continue
      there.add(word)
      begun.get(key)?.delete(word)
    }
  }
  return there.size === 0 ? [] : echoes.filter((echo) => spellings(echo).some((word) => there.has(word)))
}

/** Those of what was found that may stand in this text. */
export function echoesFor(text: string, found: Set<string>): readonly Echo[] {
  const every = echoesOf(found)
  return every.length > fewValues && text.length > shortText ? standingIn(text, every) : every
}

/** Everything already found, replaced where it is echoed; in a URL the placeholder must be percent-encoded. */
export function redactEchoes(text: string, { found, hash }: Redaction, inUrl = false): string {
  let result = text
  for (const { value, quoted, base64 } of echoesFor(text, found)) {
    if (value.length > result.length) continue
    if (result.includes(value)) {
      const mark = placeholder(value, hash)
      result = result.replaceAll(value, () => (inUrl ? encodeURIComponent(mark) : mark))
    }
    if (quoted !== value && result.includes(quoted))
      result = result.replaceAll(quoted, () => encodeURIComponent(placeholder(value, hash)))
    if (base64 !== value && result.includes(base64)) result = result.replaceAll(base64, () => placeholder(value, hash))
  }
  return result
}

/** Of a text in pieces (see `secret-pieces.ts`): those between which a value stands are made one. */
export function redactEchoesIn(
  pieces: readonly string[],
  redaction: Redaction,
): { readonly pieces: readonly string[]; readonly changed: boolean } {
  const words = [...new Set(echoesOf(redaction.found).flatMap(spellings))]
  const crosses = (left: string, right: string): boolean =>
    words.some((word) => (left.slice(1 - word.length) + right.slice(0, word.length - 1)).includes(word))
  const apart: string[] = []
  for (const piece of evenPieces(pieces, Math.max(pieceSize, ...words.map((word) => word.length)))) {
    const last = apart.at(-1)
    if (last !== undefined && crosses(last, piece)) apart[apart.length - 1] = last + piece
    else apart.push(piece)
  }
  const shown = apart.map((piece) => redactEchoes(piece, redaction))
  return { pieces: shown, changed: shown.some((piece, index) => piece !== apart[index]) }
}
