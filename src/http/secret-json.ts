// Redacts a JSON text in place: only the characters of secret values change, so layout, order and number spelling stay.
import { fromBase64, toBase64, utf8Octets, utf8Text } from './octets.ts'
import { redactFieldValue } from './secret-fields.ts'
import { isListedSecret, isSecretField, isSecretValue } from './secret-names.ts'
import { pieceSize } from './secret-pieces.ts'
import { numberPlaceholder, type Redaction, redactText, redactValue } from './secret-text.ts'

/** `name` of the member being read, or of the list; `said` the value of a sibling called name or key (`{"name":"Authorization","value":…}`). */
type Level = { readonly object: boolean; readonly secret: boolean; name: string; said: string; index: number }

/** Deeper texts are treated as running text. */
const maxDepth = 10_000
/** JSON within JSON strings. */
const maxNesting = 4

const parsed = (literal: string): string | undefined => {
  try {
    return String(JSON.parse(literal))
  } catch {
    return undefined
  }
}

function redactString(value: string, level: Level | undefined, redaction: Redaction, nesting: number): string {
  const name = level?.object ? level.name : ''
  // `{"name":"X-Api-Key","value":…}` and `["authorization","…"]`, as files of requests write header lines.
  const paired = level && !level.object && level.index === 1 ? level.said : ''
  const beside =
    /^(value|content|text)$/i.test(name) && /^[\w-]{2,60}$/.test(level?.said ?? '') ? (level?.said ?? '') : ''
  const field = [name, beside, paired].find((text) => text.length <= 60 && fieldLike(text))
  if (field !== undefined) return redactFieldValue(field, value, redaction)
  if ([name, beside].some((text) => text !== '' && text.length <= 60 && isSecretValue(text, value)))
    return redactValue(value, redaction)
  if (level?.secret || (level && !level.object && isListedSecret(level.name, value)))
    return redactValue(value, redaction)
  if (nesting < maxNesting && /^\s*[[{]/.test(value)) return redactJson(value, redaction, nesting + 1).join('')
  return value.length < 6 ? value : redactText(redactBase64(value, redaction, nesting), redaction)
}

/** The beginnings of `{"`, `{ `, `{\n`, `[{` and `["` in base64. */
const base64Json = /^(?:ey[AIJ]|ew[0o]|W3si|Wy[IJ])[\w+/-]{13}[\w+/-]*={0,2}$/

/** A text that is JSON in base64 from beginning to end; with the alphabet and padding it had. */
export function redactBase64(text: string, redaction: Redaction, nesting = 0): string {
  if (nesting >= maxNesting || !base64Json.test(text)) return text
  const octets = fromBase64(text)
  const inner = octets && utf8Text(octets)
  if (inner === undefined) return text
  const shown = redactJson(inner, redaction, nesting + 1).join('')
  if (shown === inner) return text
  const base64 = toBase64(utf8Octets(shown))
  const alphabet = /[-_]/.test(text) ? base64.replace(/\+/g, '-').replace(/\//g, '_') : base64
  return text.endsWith('=') ? alphabet : alphabet.replace(/=+$/, '')
}

const fieldLike = (name: string): boolean =>
  /^(proxy-)?authorization$|^(set-)?cookie$/i.test(name) || (name.includes('-') && isSecretField(name))

/** The next string (from its quote to its end, or to the text's), number, mark or word at or after `from`. */
function nextToken(text: string, from: number): { readonly at: number; readonly end: number } | undefined {
  other.lastIndex = from
  const found = other.exec(text)
  if (!found) return undefined
  if (found[0] !== '"') return { at: found.index, end: other.lastIndex }
  let end = found.index + 1
  while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1
  return { at: found.index, end: Math.min(end + 1, text.length) }
}
const other = /-?\d[\d.eE+-]*|["{}[\],:]|[^\s"{}[\],:]+/g

/**
 * Works on any text; what is no JSON passes through as it is, so a cut-off document is redacted as far as it goes. A
 * large one comes in pieces, each of which ends with a secret value.
 */
export function redactJson(text: string, redaction: Redaction, nesting = 0): string[] {
  const stack: Level[] = []
  const pieces: string[] = []
  let parts: string[] = []
  let begun = 0
  let copied = 0
  let expectsValue = true
  const put = (from: number, to: number, shown: string): void => {
    parts.push(text.slice(copied, from), shown)
    copied = to
    if (to - begun < pieceSize) return
    pieces.push(parts.join(''))
    parts = []
    begun = to
  }
  for (let span = nextToken(text, 0); span; span = nextToken(text, span.end)) {
    const token = text.slice(span.at, span.end)
    const level = stack.at(-1)
    const first = token.charAt(0)
    if (first === '{' || first === '[') {
      if (stack.length >= maxDepth) return [...pieces, parts.join('') + redactText(text.slice(copied), redaction)]
      const name = level?.object ? level.name : ''
      const secret = level?.secret === true || (name !== '' && isSecretValue(name, ''))
      stack.push({ object: first === '{', secret, name: first === '[' ? name : '', said: '', index: 0 })
      expectsValue = first === '['
    } else if (first === '}' || first === ']') stack.pop()
    else if (first === ',') {
      if (level) level.index++
      expectsValue = !level?.object
    } else if (first === ':') expectsValue = true
    else if (first === '"') {
      const value = parsed(token) ?? parsed(`${token}"`) ?? token.slice(1)
      if (level?.object && !expectsValue) level.name = value
      else {
        const shown = redactString(value, level, redaction, nesting)
        if (shown !== value) put(span.at, span.end, JSON.stringify(shown))
        if (level && (level.object ? /^(name|key|header|field|id)$/i.test(level.name) : level.index === 0))
          level.said = value
      }
    } else if (/^-?\d/.test(token)) {
      const named = level?.object === true && level.name.toLowerCase() !== 'key' && isSecretValue(level.name, token)
      if (named || level?.secret) put(span.at, span.end, numberPlaceholder(token, redaction.hash))
    } else if (level?.secret !== true && token.length >= 6) {
      // A word outside quotes is no JSON: whatever text this is, it is searched as text.
      const shown = redactText(token, redaction)
      if (shown !== token) put(span.at, span.end, shown)
    }
  }
  return [...pieces, parts.join('') + text.slice(copied)]
}
