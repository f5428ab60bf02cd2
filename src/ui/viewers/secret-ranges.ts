// Finds credentials in text by their names and shapes, so that the page can draw dots in their place.
import { isSecretMember, isSecretParameter, isSecretValue } from '../../http/secret-names.ts'

export type Range = { readonly from: number; readonly to: number }

/** What a telling name has somewhere in it; whether it really is one, the policy shared by all of Telltale decides. */
const telling =
  'pass|pwd|pin|otp|totp|pan|ssn|cvv|cvc|sid|sig|auth|ticket|state|secret|token|key|sess|credential|cookie|csrf|xsrf|card|number|code|assertion|mnemonic|seed|connectionstring|verifier|saml|hmac|jwt|bearer|appid'
const name = `([\\w.-]{0,40}(?:${telling})[\\w.-]{0,24})`

/** The last group is the secret; a first group before it is the name that must be a secret one. */
type Shape = { readonly expression: RegExp; readonly secret: (name: string, value: string) => boolean }

const parameter = (of: string, value: string) => isSecretParameter(of, value, [])
const byItself = () => true
const shapes: readonly Shape[] = [
  // JSON members, strings and numbers; also when a string holds JSON of its own.
  {
    expression: new RegExp(`"${name}"\\s*:\\s*("[^"\\\\]*(?:\\\\[^][^"\\\\]*)*"|-?\\d[\\d.]*)`, 'dgi'),
    secret: isSecretValue,
  },
  {
    expression: new RegExp(`\\\\"${name}\\\\"\\s*:\\s*(\\\\"[^"\\\\]*(?:\\\\[^"][^"\\\\]*)*\\\\")`, 'dgi'),
    secret: isSecretValue,
  },
  // Form and query parameters, attributes, assignments.
  { expression: new RegExp(`(?<![\\w.-])${name}=([^&;\\s"'<>\\\\]+)`, 'dgi'), secret: parameter },
  { expression: new RegExp(`\\s(?:[\\w-]+:)?${name}\\s*=\\s*["']([^"'<>]+)`, 'dgi'), secret: isSecretMember },
  // Elements: <password>value</password>, and form parts by name.
  { expression: new RegExp(`<(?:[\\w-]+:)?${name}(?:\\s[^<>]*)?>([^<>]+)<\\/`, 'dgi'), secret: isSecretMember },
  {
    expression: new RegExp(
      `name="${name}"[^\\r\\n]{0,200}\\r?\\n(?:[^\\r\\n]{1,200}\\r?\\n){0,6}\\r?\\n([^\\r\\n]+)`,
      'dgi',
    ),
    secret: parameter,
  },
  { expression: /\b(?:Bearer|Basic|Digest|Token|Negotiate|ApiKey|DPoP)[ \t]+([\w.~+/-]{8,}=*)/dgi, secret: byItself },
  { expression: /(?<![\w-])(eyJ[\w-]{8,}\.[\w-]+\.[\w-]*)/dg, secret: byItself },
  {
    expression:
      /\b((?:sk|pk|rk)_(?:live|test)_\w{8,}|gh[pousr]_\w{20,}|github_pat_\w{20,}|xox[abeoprs]-[\w-]{10,}|(?:AKIA|ASIA)[A-Z0-9]{16}|AIza[\w-]{30,}|glpat-[\w-]{16,}|sk-(?:ant-|proj-)?[\w-]{20,}|ya29\.[\w-]{16,}|npm_\w{30,}|SG\.[\w-]{16,}\.[\w-]{16,}|dop_v1_\w{30,}|shp(?:at|ss|ca|pa)_\w{20,})/dg,
    secret: byItself,
  },
  {
    expression: /(-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$))/dg,
    secret: byItself,
  },
  { expression: /\/\/[^\s/:@"'<>]+:([^\s/@"'<>]+)@/dg, secret: byItself },
]
/** Only text with one of these in it can match: it keeps the search through megabytes of plain data cheap. */
const hint = new RegExp(
  `${telling}|basic |digest |negotiate |eyJ|_live_|_test_|gh[pousr]_|xox|AKIA|ASIA|AIza|glpat|sk-|ya29|npm_|SG\\.|dop_|shp|://`,
  'i',
)

/** An echo shorter than this would hit innocent words. */
const shortestEcho = 6

function echoesIn(text: string, echoes: readonly string[]): Range[] {
  const found: Range[] = []
  for (const echo of echoes) {
    if (echo.length < shortestEcho) continue
    for (let at = text.indexOf(echo); at !== -1; at = text.indexOf(echo, at + echo.length))
      found.push({ from: at, to: at + echo.length })
  }
  return found
}

/**
 * Ranges of credentials, in order and apart from each other; quotes around a value are not part of it. `echoes` are
 * values known to be secret, which are found wherever they stand.
 */
export function secretRanges(text: string, echoes: readonly string[] = []): Range[] {
  const found = echoesIn(text, echoes)
  for (const { expression, secret } of hint.test(text) ? shapes : []) {
    for (const match of text.matchAll(expression)) {
      const last = match.length - 1
      const value = match[last] ?? ''
      const [from, to] = match.indices?.[last] ?? [0, 0]
      const lead = /^\\?"/.exec(value)?.[0].length ?? 0
      const tail = lead > 0 ? (/\\?"$/.exec(value.slice(lead))?.[0].length ?? 0) : 0
      if (to - tail <= from + lead || !secret(match[1] ?? '', value.slice(lead, value.length - tail))) continue
      found.push({ from: from + lead, to: to - tail })
    }
  }
  found.sort((a, b) => a.from - b.from || b.to - a.to)
  const apart: Range[] = []
  for (const range of found) {
    const last = apart.at(-1)
    if (!last || range.from >= last.to) apart.push(range)
    else if (range.to > last.to) apart[apart.length - 1] = { from: last.from, to: range.to }
  }
  return apart
}

export const dots = '••••••••'

/** The text with dots in place of every credential; always the same number, so that not even the length shows. */
export function maskText(text: string, echoes: readonly string[] = []): string {
  let shown = ''
  let at = 0
  for (const { from, to } of secretRanges(text, echoes)) {
    // A bare number as the value of a member: dots need quotes there, or the text were no JSON any more.
    const bare = /:\s*$/.test(text.slice(Math.max(0, from - 4), from)) && /^-?\d[\d.]*$/.test(text.slice(from, to))
    shown += text.slice(at, from) + (bare && text[from - 1] !== '"' ? `"${dots}"` : dots)
    at = to
  }
  return at === 0 ? text : shown + text.slice(at)
}
