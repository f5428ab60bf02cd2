// Finds credentials in text by their names and shapes, so that the page can draw dots in their place.

export type Range = { readonly from: number; readonly to: number }

/** Names whose values are credentials, as fields, parameters, members, elements and form parts. */
const secretNames =
  'password|passwd|passphrase|pwd|secret|client_?secret|api[-_]?key|apikey|access[-_]?key|private[-_]?key|access[-_]?token|refresh[-_]?token|id[-_]?token|auth[-_]?token|session[-_]?token|csrf[-_]?token|x-csrf|token|bearer|credential|credentials|client_assertion|assertion|code_verifier|signature|x-amz-signature|x-amz-security-token|sig|otp|pin|cvc|cvv|card_?number|sessionid|session_id|jwt'
const secretName = new RegExp(`(?:^|[-_.])(?:${secretNames})$`, 'i')

/** Field names whose whole value is a credential (the scheme word of Authorization and a cookie's name stay). */
const secretFields =
  /^(?:proxy-)?authorization$|^x-(?:api-?key|auth.*|access-.*|csrf.*|xsrf.*|goog-api-key|amz-security-token|amz-signature|vault-token|shopify-access-token|gitlab-token|functions-key)$|^(?:api-?key|apikey|ocp-apim-subscription-key|private-token|authentication|dd-api-key|x-.*-?(?:token|secret|key))$/i

export function isSecretName(name: string): boolean {
  return secretName.test(name.replace(/([a-z])([A-Z])/g, '$1_$2'))
}

export function isSecretField(name: string): boolean {
  return secretFields.test(name) || isSecretName(name)
}

const named = `[\\w.-]{0,40}(?:${secretNames})`
const shapes: readonly RegExp[] = [
  // JSON members and assignments: "name": "value" (strings and numbers), also when escaped inside another string.
  new RegExp(`"${named}"\\s*:\\s*("(?:[^"\\\\]|\\\\[^])*"|-?\\d[\\d.]*)`, 'dgi'),
  new RegExp(`\\\\"${named}\\\\"\\s*:\\s*(\\\\"(?:[^"\\\\]|\\\\[^"])*\\\\")`, 'dgi'),
  // Form and query parameters, cookies.
  new RegExp(`(?:^|[?&;\\s"'])${named}=([^&;\\s"'<>\\\\]+)`, 'dgi'),
  // Elements: <password>value</password>
  new RegExp(`<(?:[\\w-]+:)?(?:${secretNames})(?:\\s[^>]*)?>([^<]+)<`, 'dgi'),
  // A form part by name.
  new RegExp(`name="${named}"[^\\r\\n]*\\r?\\n(?:[^\\r\\n]+\\r?\\n)*\\r?\\n([^\\r\\n]+)`, 'dgi'),
  /\b(?:Bearer|Basic|Digest|Token|Negotiate|ApiKey)\s+([\w.~+/-]{8,}=*)/dgi,
  /\b(eyJ[\w-]{8,}\.[\w-]+\.[\w-]*)/dg,
  /\b((?:sk|pk|rk)_(?:live|test)_\w{8,}|gh[pousr]_\w{20,}|github_pat_\w{20,}|xox[abprs]-[\w-]{10,}|AKIA[A-Z0-9]{16}|AIza[\w-]{30,}|glpat-[\w-]{16,}|sk-(?:ant-|proj-)?[\w-]{16,}|ya29\.[\w-]{16,}|npm_\w{30,}|SG\.[\w-]{16,}\.[\w-]{16,})/dg,
  /\/\/[^\s/:@]+:([^\s/@]+)@/dg,
]
/** Only text with one of these in it can match: it keeps the search through megabytes of plain data cheap. */
const hint = new RegExp(
  `${secretNames}|bearer|basic |digest |eyJ|_live_|_test_|gh[pousr]_|github_pat|xox|AKIA|AIza|glpat|sk-|ya29|npm_|SG\\.|://`,
  'i',
)

/** Ranges of credentials, in order and apart from each other; quotes around a value are not part of it. */
export function secretRanges(text: string): Range[] {
  if (!hint.test(text)) return []
  const found: Range[] = []
  for (const shape of shapes) {
    shape.lastIndex = 0
    for (const match of text.matchAll(shape)) {
      const [from, to] = match.indices?.[1] ?? [0, 0]
      const value = match[1] ?? ''
      const lead = /^\\?"/.exec(value)?.[0].length ?? 0
      const tail = lead > 0 ? (/\\?"$/.exec(value.slice(lead))?.[0].length ?? 0) : 0
      if (to - tail > from + lead) found.push({ from: from + lead, to: to - tail })
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
export function maskText(text: string): string {
  let shown = ''
  let at = 0
  for (const { from, to } of secretRanges(text)) {
    const bare = /^-?\d/.test(text.slice(from, to)) && /[:]\s*$/.test(text.slice(Math.max(0, from - 4), from))
    shown += text.slice(at, from) + (bare ? `"${dots}"` : dots)
    at = to
  }
  return at === 0 ? text : shown + text.slice(at)
}
