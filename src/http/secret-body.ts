// Redacts a message's content by what it is: JSON, form, multipart, event stream, XML, plain text, or octets.
import { boundaryOf } from './multipart.ts'
import { encodedPieces, joinedOctets, latin1Octets, latin1Text, readableText, utf8Octets, utf8Text } from './octets.ts'
import { echoesFor, redactEchoesIn } from './secret-echoes.ts'
import { redactPairs } from './secret-fields.ts'
import { redactBase64, redactJson } from './secret-json.ts'
import { redactMarkup } from './secret-markup.ts'
import { isSecretParameter } from './secret-names.ts'
import { lineSeams, markupSeams, pairSeams, pieceSize, textPieces, textSeams } from './secret-pieces.ts'
import { type Redaction, redactText, redactValue } from './secret-text.ts'

/** Each part by its own headers, octet for octet; delimiters and part headers stay (RFC 7578). */
function redactMultipart(octets: Uint8Array, boundary: string, redaction: Redaction): Uint8Array {
  const delimiter = `--${boundary}`
  const ofLatin1 = (text: string): Uint8Array => latin1Octets(text) ?? utf8Octets(text)
  let isChanged = false
  const parts = latin1Text(octets)
    .split(delimiter)
    .flatMap((part, index) => {
      const lead = index === 0 ? '' : delimiter
      const end = /\r?\n\r?\n/.exec(part)
      if (index === 0 || !end) return [ofLatin1(lead + part)]
      const head = part.slice(0, end.index + end[0].length)
      const tail = /\r?\n$/.exec(part.slice(-2))?.[0] ?? ''
      const value = ofLatin1(part.slice(head.length, part.length - tail.length))
      const name = /;\s*name="?([^";\r\n]*)/i.exec(head)?.[1] ?? ''
      const type = /^content-type:\s*([^\r\n]*)/im.exec(head)?.[1] ?? ''
      const text = isSecretParameter(name, '', []) || value.length < longestKey ? readableText(value) : ''
      const shown = isSecretParameter(name, text, [])
        ? utf8Octets(redactValue(text, redaction))
        : redactContent(value, type, redaction)
      isChanged ||= shown !== value
      return [ofLatin1(lead + head), shown, ofLatin1(tail)]
    })
  return isChanged ? joinedOctets(parts) : octets
}

/** `data: {…}` lines of an event stream and lines of JSON alike; other lines as text. */
function redactLines(text: string, redaction: Redaction): string {
  return text
    .split(/(?<=\n)/)
    .map((line) => {
      const [, lead = '', rest = ''] = /^((?:data|event|id):\s?|)(.*)$/s.exec(line) ?? []
      return lead + (/^\s*[[{]/.test(rest) ? redactJson(rest, redaction).join('') : redactText(rest, redaction))
    })
    .join('')
}

/** Not `[INFO] …` and not `{ color: red }`. */
const jsonStart = /^\ufeff?\s*(\{\s*["}]|\[\s*([\][{"]|(-?\d[\d.eE+-]*|true|false|null)\s*[,\]])|"[^"]*"\s*$)/

/** A whole text of pairs, judged without a group for each: a long text would exhaust the engine's stack. */
const isPairs = (text: string): boolean =>
  /^[\w.[\]%+-]+=/.test(text) && !/\s/.test(text) && !/&(?![\w.[\]%+-]+=)/.test(text)

/** In pieces, and each redacted by itself, where the text is a large one. */
function redactContentText(text: string, mimeType: string, redaction: Redaction): string[] {
  const type = mimeType.toLowerCase()
  const each = (seams: readonly RegExp[], redact: (piece: string, redaction: Redaction) => string): string[] =>
    Array.from(textPieces(text, seams), (piece) => redact(piece, redaction))
  const decoded = redactBase64(text, redaction)
  if (decoded !== text) return [decoded]
  if (/event-stream/.test(type)) return each(lineSeams, redactLines)
  if (jsonStart.test(text) || /[/+]json\b/.test(type)) return redactJson(text, redaction)
  if (/x-www-form-urlencoded/.test(type)) return each(pairSeams, redactPairs)
  if (/^\ufeff?\s*</.test(text)) return each(markupSeams, redactMarkup)
  // Without a type, a whole text of pairs is taken for a form.
  if (isPairs(text)) return each(pairSeams, redactPairs)
  return each(textSeams, redactText)
}

const isText = (text: string): boolean => !/[\0-\x08\x0e-\x1a\x1c-\x1f]/.test(text)

/** No token goes over such an octet. */
const isControl = (octet: number | undefined): boolean => octet === undefined || octet < 0x09

/** Octets of no text: what looks like a token is overwritten with as many asterisks, so that lengths inside stay true. */
function redactOctets(octets: Uint8Array, redaction: Redaction): Uint8Array {
  const covered = (value: string): string => '*'.repeat(value.length)
  let copy: Uint8Array | undefined
  for (let from = 0, to = 0; from < octets.length; from = to) {
    to = Math.min(from + pieceSize, octets.length)
    while (!isControl(octets[to])) to += 1
    const text = latin1Text(octets.subarray(from, to))
    let shown = text
      .replace(/(?<![\w-])eyJ[\w-]{8}[\w-]*\.[\w-]{2}[\w-]*\.[\w-]*/g, covered)
      .replace(
        /\b(Bearer|Basic)( +)([\w.~+/=-]{12}[\w.~+/=-]*)/gi,
        (_, scheme: string, gap: string, value: string) => scheme + gap + covered(value),
      )
    for (const { value } of echoesFor(shown, redaction.found))
      if (value.length >= 8 && shown.includes(value)) shown = shown.replaceAll(value, covered)
    if (shown === text) continue
    copy ??= octets.slice()
    copy.set(latin1Octets(shown) ?? [], from)
  }
  return copy ?? octets
}

const mostRounds = 4
/** A part named `key` or `code` is judged by its value, which is short. */
const longestKey = 10_000

const isSame = (text: string, pieces: readonly string[]): boolean => {
  let at = 0
  return pieces.every((piece) => {
    at += piece.length
    return text.startsWith(piece, at - piece.length)
  })
}

/** Decoded octets in, octets out; the same array where nothing was secret. */
export function redactContent(octets: Uint8Array, mimeType: string, redaction: Redaction): Uint8Array {
  const boundary = /^multipart\//i.test(mimeType) ? boundaryOf(mimeType) : undefined
  if (boundary !== undefined) {
    const known = redaction.found.size
    const shown = redactMultipart(octets, boundary, redaction)
    // What a later part gave away may stand in one before it.
    return redaction.found.size > known ? redactMultipart(shown, boundary, redaction) : shown
  }
  const utf8 = utf8Text(octets)
  const isNamedText = /text|json|xml|form/i.test(mimeType)
  if (utf8 === undefined && !isNamedText) return redactOctets(octets, redaction)
  const text = utf8 ?? latin1Text(octets)
  if (!isNamedText && !isText(text)) return redactOctets(octets, redaction)
  let shown: readonly string[] = [text]
  // An echo that was replaced can lay bare what was glued to it.
  for (let round = 0; round < mostRounds; round++) {
    const { pieces, changed } = redactEchoesIn(redactContentText(shown.join(''), mimeType, redaction), redaction)
    shown = pieces
    if (!changed) break
  }
  if (isSame(text, shown)) return octets
  return (utf8 === undefined ? latin1Octets(shown.join('')) : undefined) ?? encodedPieces(shown)
}

/** Only what was found elsewhere in the meantime. */
export function redactContentEchoes(octets: Uint8Array, redaction: Redaction): Uint8Array {
  const utf8 = utf8Text(octets)
  if (utf8 === undefined || !isText(utf8)) return redactOctets(octets, redaction)
  const { pieces, changed } = redactEchoesIn([...textPieces(utf8, [/[ -~]/])], redaction)
  return changed ? encodedPieces(pieces) : octets
}
