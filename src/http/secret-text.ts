// Secrets inside running text, and what is put in their place: stable placeholders, JWTs without signature.
import { fromBase64, toBase64, utf8Octets, utf8Text } from './octets.ts'
import { isSecretMember, isSecretParameter } from './secret-names.ts'

/** Hex digest of a text; keyed or not, but the same for the same text. */
export type Hash = (text: string) => string

/** Values found in telling places are remembered, so that an echo of them elsewhere is found too. */
export type Redaction = { readonly hash: Hash; readonly found: Set<string> }

/** Values remembered of one exchange; each is looked for in every text of it. */
const maxEchoes = 500

/** Our own placeholders and templates, secrets shown by their edges, and what others put in a secret's place. */
const done = /^(\{\{[\w.:-]+\}\}|<{1,2}[A-Z][A-Z0-9_ -]*>{1,2}|\*{3,}|x{4,}|\[?REDACTED\]?|.{0,8}….{0,4}|\(\d+.*)$/i

/** Put there by us in a secret's place: in a copy that came back, such a value was none of the client's. */
export function isRedacted(value: string): boolean {
  return /\{\{secret[-:][0-9a-f]{8}\}\}/.test(value)
}

/** Numbers stay numbers: fourteen digits of which the first four say that this one is in a secret's place. */
export function numberPlaceholder(literal: string, hash: Hash): string {
  if (/^9900\d{10}$/.test(literal)) return literal
  return `9900${String(Number.parseInt(hash(literal).slice(0, 8), 16)).padStart(10, '0')}`
}

/** The same secret gets the same placeholder wherever it stands. */
export function placeholder(value: string, hash: Hash): string {
  return done.test(value) || value === '' ? value : `{{secret-${hash(value).slice(0, 8)}}}`
}

/** `X{8}X*` in place of `X{8,}`: the engine runs the latter on its stack, which a long text exhausts. The look-behind keeps the search linear: a run of these characters is begun once. */
const jwtShape = /(?<![\w-])eyJ[\w-]{8}[\w-]*\.[\w-]{2}[\w-]*\.[\w-]*/
const jwtWhole = new RegExp(`^${jwtShape.source}$`)
const jwtEvery = new RegExp(jwtShape.source, 'g')
/** One that was cut off within its claims. */
const jwtCut = /(?<![\w-])(eyJ[\w-]{8}[\w-]*\.)(eyJ[\w-]*)(?![\w.-])/g
const shownClaims = new Set([
  'exp',
  'nbf',
  'iat',
  'iss',
  'aud',
  'scope',
  'scp',
  'azp',
  'alg',
  'typ',
  'kid',
  'token_use',
])

function decoded(part: string): Record<string, unknown> | undefined {
  const octets = fromBase64(part)
  const text = octets && utf8Text(octets)
  try {
    const value: unknown = text === undefined ? undefined : JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

const encoded = (claims: object): string =>
  toBase64(utf8Octets(JSON.stringify(claims)))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '')

const signed = /^redacted-[0-9a-f]{8}$/

/** A JWT (RFC 7519) that still says who issued it for whom and until when, and is worth nothing. */
function redactJwt(token: string, { hash, found }: Redaction): string {
  const [head = '', body = '', signature = ''] = token.split('.')
  const header = decoded(head)
  const claims = decoded(body)
  if (signed.test(signature)) return token
  if (found.size < maxEchoes) found.add(token)
  if (!header || !claims || !('alg' in header)) return placeholder(token, hash)
  const shown = (name: string, value: unknown): unknown => {
    if (shownClaims.has(name) || typeof value === 'boolean' || value === null) return value
    return typeof value === 'number'
      ? Number(numberPlaceholder(String(value), hash))
      : placeholder(JSON.stringify(value), hash)
  }
  const kept = Object.entries(claims).map(([name, value]) => [name, shown(name, value)])
  return `${head}.${encoded(Object.fromEntries(kept))}.redacted-${hash(token).slice(0, 8)}`
}

/**
 * One secret value, remembered for its echoes when it is at least `echoFrom` characters long (shorter ones would hit
 * innocent words); surrounding white space stays, since it may be the fault looked for.
 */
export function redactValue(value: string, redaction: Redaction, echoFrom = 6): string {
  const [, lead = '', inner = '', tail = ''] = /^(\s*)(.*?)(\s*)$/s.exec(value) ?? []
  if (inner === '' || done.test(inner)) return value
  if (jwtWhole.test(inner)) return lead + redactJwt(inner, redaction) + tail
  if (inner.length >= echoFrom && redaction.found.size < maxEchoes) redaction.found.add(inner)
  return lead + placeholder(inner, redaction.hash) + tail
}

/** Tokens that give themselves away by their shape: cloud keys, forge and chat tokens, private keys, webhook paths. */
const shapes =
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bAIza[\w-]{35}|\bgh[pousr]_\w{20}\w*|\bgithub_pat_\w{20}\w*|\bglpat-[\w-]{16}[\w-]*|\bxox[abeoprs]-[\w-]{10}[\w-]*|\b[srp]k_(?:live|test)_\w{10}\w*|\bsk-[\w-]{20}[\w-]*|\bSG\.[\w-]{16}[\w-]*\.[\w-]{16}[\w-]*|\bnpm_\w{30}\w*|\bdop_v1_\w{30}\w*|\bshp(?:at|ss|ca|pa)_\w{20}\w*|\bya29\.[\w-]{20}[\w-]*|-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)|(?<=\/bot\d{3,20}:)[\w-]{20}[\w-]*|(?<=\/services\/T\w+\/B\w+\/)\w{10}\w*|(?<=\/webhooks\/\d{5,}\/)[\w-]{20}[\w-]*/g

const schemes = /\b(Bearer|Basic|Token|ApiKey|Negotiate|DPoP)([ \t]+)([\w.~+/=:-]{6}[\w.~+/=:-]*)/gi
/** "Token mismatch.", "Access Token Invalid": the word after a scheme's name is prose where it has the case of a word. */
const plainWord = /^(?:[a-z]{1,24}|[A-Z][a-z]{1,15}|[A-Z]{2,12})[.,:!]*$/
/** "access token: Session has expired": how sentences about secrets go on. */
const proseWord =
  /^(?:session|invalid|expired|missing|required|malformed|unknown|unauthori[sz]ed|forbidden|denied|must|cannot|could|does|this|that|the|not|none|null|undefined|true|false|empty|error|failed|failure|wrong|incorrect|value|field|please|should|user|signature|token|request|blank|short|weak|long|taken|used|already|only|contains?|have|will|with|without|from|your|needs?|allowed|disabled|enabled|revoked|rejected|refused|accepted|supported|found|when|after|before|because|length|minimum|maximum|characters|unique|optional|every\w*|some\w*)[.,!]*$/i
/** What follows the scheme in a challenge (RFC 9110 §11.4) is a parameter, no credential. */
const challengeParameter =
  /^(?:realm|scope|error|error_description|error_uri|charset|title|algs|client_id|resource_metadata|authorization_uri|trusted_issuers)=/i
const schemeMark = /(?:bearer|basic|token|apikey|negotiate|dpop)[ \t]/i
const pairs = /([?&#;]|\b)([A-Za-z][\w.-]{1,60})(=|%3D)([^\s&#"'<>;,\\]+)/g
/** `name: …`, `"name": …` (the quotes escaped, where it is JSON in a text), `NAME = …`, `name="…"`; bare `name=…` is a pair. */
const spoken = /(\\*["']?)(?<!\{\{)\b([A-Za-z][\w-]{2,60})\1(\s*:\s*|[ \t]*=[ \t]*(?=\\*["'`])|[ \t]+=(?![=>])[ \t]+)/g
/** What is said: between quotes, or a word; in YAML it may be a block that begins on the next line. */
const block = String.raw`(?:[|>][-+\d]*[ \t]*\r?\n[ \t]+)?`
const quotedValue = new RegExp(String.raw`(${block}(\\*["'${'`'}]))((?:(?!\2)[^\r\n]){3,4000})(?=\2)`, 'y')
const bareValue = new RegExp(String.raw`(${block}["'${'`'}]?)()([^\s"'${'`'}<>,;{}[\]\\]{4,})`, 'y')
/** A scheme with what follows it, or something that was replaced already. */
const spokenFor = /^(?:Bearer|Basic|Token|ApiKey|Negotiate|DPoP)(?:\s|$)|\{\{secret[-:]/i
const userinfo = /(\b[a-z][a-z0-9+.-]{0,20}:\/\/)([^\s/?#@:"'<>]+)(:[^\s/?#@"'<>]*)?@/gi

const meant = (text: string): string => {
  try {
    return decodeURIComponent(text.replace(/\+/g, ' '))
  } catch {
    return text
  }
}

type Rule = (text: string, redaction: Redaction) => string

const jwts: Rule = (text, redaction) =>
  text
    .replace(jwtEvery, (token) => redactJwt(token, redaction))
    .replace(jwtCut, (_, head: string, claims: string) => head + placeholder(claims, redaction.hash))

const bySchemes: Rule = (text, redaction) =>
  text.replace(schemes, (all, scheme: string, gap: string, secret: string) =>
    jwtShape.test(secret) || plainWord.test(secret) || challengeParameter.test(secret)
      ? all
      : scheme + gap + redactValue(secret, redaction),
  )

const inUrl = (raw: string, redaction: Redaction): string =>
  done.test(meant(raw)) ? raw : encodeURIComponent(redactValue(meant(raw), redaction).toWellFormed())

const byUserinfo: Rule = (text, redaction) =>
  text.replace(
    userinfo,
    (_, lead: string, user: string, pass?: string) =>
      `${lead}${inUrl(user, redaction)}${pass === undefined ? '' : `:${inUrl(pass.slice(1), redaction)}`}@`,
  )

/** Values within values: `url=https://…?token=…`. */
const mostWithin = 3

const pairsOf = (text: string, redaction: Redaction, within: number): string => {
  const names: string[] = []
  for (const [, , name = ''] of text.matchAll(pairs)) if (names.push(name) === 200) break
  return text.replace(pairs, (all, lead: string, name: string, equals: string, raw: string) => {
    if (jwtShape.test(raw)) return all
    if (isSecretParameter(meant(name), meant(raw), names)) return lead + name + equals + inUrl(raw, redaction)
    return within < mostWithin && raw.includes('=') ? lead + name + equals + pairsOf(raw, redaction, within + 1) : all
  })
}
const byPairs: Rule = (text, redaction) => pairsOf(text, redaction, 0)

const bySpeech: Rule = (text, redaction) => {
  let shown = ''
  let copied = 0
  for (const match of text.matchAll(spoken)) {
    const end = match.index + match[0].length
    if (match.index < copied || !isSecretMember(match[2] ?? '')) continue
    quotedValue.lastIndex = bareValue.lastIndex = end
    const [, lead = '', , raw = ''] = quotedValue.exec(text) ?? bareValue.exec(text) ?? []
    if (raw === '' || jwtShape.test(raw) || spokenFor.test(raw) || (lead === '' && proseWord.test(raw))) continue
    shown += text.slice(copied, end) + lead + redactValue(raw, redaction)
    copied = end + lead.length + raw.length
  }
  return copied === 0 ? text : shown + text.slice(copied)
}

/** Text of no known structure. Most texts are short and harmless: each rule runs only where its mark is in the text. */
export function redactText(text: string, redaction: Redaction): string {
  let shown = text
  if (shown.includes('eyJ')) shown = jwts(shown, redaction)
  if (shown.length >= 16) shown = shown.replace(shapes, (raw) => redactValue(raw, redaction))
  if (schemeMark.test(shown)) shown = bySchemes(shown, redaction)
  if (shown.includes('@') && shown.includes('://')) shown = byUserinfo(shown, redaction)
  if (shown.includes('=') || shown.includes('%3D')) shown = byPairs(shown, redaction)
  return shown.includes(':') || shown.includes('=') ? bySpeech(shown, redaction) : shown
}
