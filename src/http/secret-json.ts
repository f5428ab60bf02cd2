// Redacts a JSON text in place: only the characters of secret values change, so layout, order and number spelling stay.

import { redactFieldValue } from './secret-fields.ts'
import { isSecretField, isSecretValue } from './secret-names.ts'
import { type Redaction, redactText, redactValue } from './secret-text.ts'

/** `name` of the member being read; `said` the value of a sibling called name or key (`{"name":"Authorization","value":…}`). */
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

/** Numbers stay numbers: a stable one in place of the secret one. */
const numberFor = (literal: string, { hash }: Redaction): string =>
  String(Number.parseInt(hash(literal).slice(0, 8), 16))

function redactString(value: string, level: Level | undefined, redaction: Redaction, nesting: number): string {
  const name = level?.object ? level.name : ''
  // The second of a pair of strings is judged by the first: `["authorization", "…"]`.
  const called =
    level && !level.object && level.index === 1
      ? level.said
      : /^(value|content|text)$/i.test(name)
        ? (level?.said ?? '')
        : ''
  const telling = [name, called].find(
    (text) => text !== '' && text.length <= 60 && (isSecretValue(text, value) || fieldLike(text)),
  )
  if (telling !== undefined)
    return fieldLike(telling) ? redactFieldValue(telling, value, redaction) : redactValue(value, redaction)
  if (level?.secret) return redactValue(value, redaction)
  if (nesting < maxNesting && /^\s*[[{]/.test(value)) return redactJson(value, redaction, nesting + 1)
  return value.length < 6 ? value : redactText(value, redaction)
}

const fieldLike = (name: string): boolean =>
  /^(proxy-)?authorization$|^(set-)?cookie$/i.test(name) || (name.includes('-') && isSecretField(name))

/** Works on any text; what is no JSON passes through as it is, so a cut-off document is redacted as far as it goes. */
export function redactJson(text: string, redaction: Redaction, nesting = 0): string {
  const stack: Level[] = []
  const tokens = /"(?:[^"\\]|\\[\s\S])*"?|-?\d[\d.eE+-]*|[{}[\],:]|[^\s"{}[\],:]+/g
  let result = ''
  let copied = 0
  let expectsValue = true
  for (const match of text.matchAll(tokens)) {
    const token = match[0]
    const level = stack.at(-1)
    const first = token.charAt(0)
    if (first === '{' || first === '[') {
      if (stack.length >= maxDepth) return result + redactText(text.slice(copied), redaction)
      const name = level?.object ? level.name : ''
      const secret = level?.secret === true || (name !== '' && isSecretValue(name, ''))
      stack.push({ object: first === '{', secret, name: '', said: '', index: 0 })
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
        if (shown !== value) {
          result += text.slice(copied, match.index) + JSON.stringify(shown)
          copied = match.index + token.length
        }
        if (level && (level.object ? /^(name|key|header|field|id)$/i.test(level.name) : level.index === 0))
          level.said = value
      }
    } else if (/^-?\d/.test(token)) {
      const named = level?.object === true && isSecretValue(level.name, token) && level.name.toLowerCase() !== 'key'
      if (named || level?.secret) {
        result += text.slice(copied, match.index) + numberFor(token, redaction)
        copied = match.index + token.length
      }
    }
  }
  return result + text.slice(copied)
}
