// Octets and text: base64, UTF-8 and latin1 (one character an octet), without anything from Node.

const encoder = new TextEncoder()
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const lenient = new TextDecoder('utf-8', { ignoreBOM: true })

/** Characters handed to String.fromCharCode at once: enough to be fast, few enough for every engine's stack. */
const chunk = 8192

export function utf8Octets(text: string): Uint8Array {
  return encoder.encode(text)
}

/** The text these octets are in UTF-8, or undefined where they are not UTF-8. A byte order mark stays in the text. */
export function utf8Text(octets: Uint8Array): string | undefined {
  try {
    return strict.decode(octets)
  } catch {
    return undefined
  }
}

/** UTF-8 where possible, with U+FFFD for what is not. */
export function readableText(octets: Uint8Array): string {
  return lenient.decode(octets)
}

/** Octets of a piece: a multiple of three, as base64 wants it. */
const pieceSize = 192 * 1024

function* inPieces(octets: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < octets.length; at += pieceSize) yield octets.subarray(at, at + pieceSize)
}

/** The text of large octets, never all of it at once; no character is torn apart. @throws where they are no UTF-8. */
export function* utf8Pieces(octets: Uint8Array): Generator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  for (const piece of inPieces(octets)) yield decoder.decode(piece, { stream: true })
  yield decoder.decode()
}

export function isUtf8(octets: Uint8Array): boolean {
  try {
    for (const _ of utf8Pieces(octets));
    return true
  } catch {
    return false
  }
}

/** One character an octet, as field values are kept. */
export function latin1Text(octets: Uint8Array): string {
  let text = ''
  for (let at = 0; at < octets.length; at += chunk) text += String.fromCharCode(...octets.subarray(at, at + chunk))
  return text
}

/** The other way; undefined where a character is no octet. */
export function latin1Octets(text: string): Uint8Array | undefined {
  const octets = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code > 0xff) return undefined
    octets[i] = code
  }
  return octets
}

export function toBase64(octets: Uint8Array): string {
  return btoa(latin1Text(octets))
}

export function* base64Pieces(octets: Uint8Array): Generator<string> {
  for (const piece of inPieces(octets)) yield toBase64(piece)
}

/** Accepts padding or none, white space, and the URL alphabet (RFC 4648 §5); undefined where the text is not base64. */
export function fromBase64(text: string): Uint8Array | undefined {
  // Most texts are clean, and atob takes those as they are.
  return (
    decoded(text) ??
    decoded(
      text
        .replace(/[\s=]+/g, '')
        .replace(/-/g, '+')
        .replace(/_/g, '/'),
    )
  )
}

/** Characters of base64 decoded at once: a multiple of four. */
const base64Size = 256 * 1024

function decoded(text: string): Uint8Array | undefined {
  try {
    if (text.length <= base64Size) return latin1Octets(atob(text))
    // A large one piece by piece; white space or padding within it makes the sizes differ, or atob throw.
    const octets = new Uint8Array((text.length * 3) / 4 - (/=*$/.exec(text.slice(-2))?.[0].length ?? 0))
    let at = 0
    for (let from = 0; from < text.length; from += base64Size) {
      const piece = latin1Octets(atob(text.slice(from, from + base64Size))) ?? octets
      octets.set(piece, at)
      at += piece.length
    }
    return at === octets.length ? octets : undefined
  } catch {
    return undefined
  }
}

/** The text that these pieces make, without ever being it. */
export function encodedPieces(pieces: readonly string[]): Uint8Array {
  const octets = new Uint8Array(pieces.reduce((sum, piece) => sum + utf8Length(piece), 0))
  let at = 0
  for (const piece of pieces) at += encoder.encodeInto(piece, octets.subarray(at)).written
  return octets
}

/** Octets of a text in UTF-8; a lone surrogate becomes U+FFFD, which has three as well. */
function utf8Length(text: string): number {
  let length = text.length
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i)
    if (code < 0x80) continue
    length += code < 0x800 ? 1 : 2
    // Two halves of a pair are four octets.
    if ((code & 0xfc00) === 0xd800 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) i += 1
  }
  return length
}

export function joinedOctets(pieces: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    joined.set(piece, at)
    at += piece.length
  }
  return joined
}
