// Reads a JSON Web Token without verifying it (RFC 7519): header, claims, and what its times mean.
import { formatSecond } from '../units.ts'
import { decodeText } from './prepare-listing.ts'

export type Jwt = {
  readonly header: Readonly<Record<string, unknown>>
  readonly claims: Readonly<Record<string, unknown>>
  readonly signed: boolean
}

// The look-behind keeps the search linear: a run of these characters is begun once.
const shape = /(?<![\w-])(eyJ[\w-]+)\.([\w-]+)\.([\w-]*)/g

function fromBase64Url(text: string): unknown {
  const base64 = text.replaceAll('-', '+').replaceAll('_', '/')
  const octets = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
  return JSON.parse(decodeText(octets, 'utf-8'))
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Every token in a text, each once; what only looks like one is left out. */
export function findJwts(text: string): Jwt[] {
  const found = new Map<string, Jwt>()
  for (const [whole, header = '', claims = '', signature = ''] of text.matchAll(shape)) {
    if (found.has(whole)) continue
    try {
      const parts = { header: fromBase64Url(header), claims: fromBase64Url(claims) }
      if (isObject(parts.header) && isObject(parts.claims))
        found.set(whole, { header: parts.header, claims: parts.claims, signed: signature !== '' })
    } catch {
      // Three dotted words that are no token: base64 or JSON did not hold.
    }
  }
  return [...found.values()]
}

const names: Readonly<Record<string, string>> = {
  iss: 'issuer',
  sub: 'subject',
  aud: 'audience',
  exp: 'good until',
  nbf: 'good from',
  iat: 'issued',
  jti: 'token id',
  scope: 'scopes',
  scp: 'scopes',
  azp: 'client',
  client_id: 'client',
  alg: 'algorithm',
  kid: 'key id',
  typ: 'type',
}

export function claimName(claim: string): string {
  return names[claim] ?? ''
}

/** A span in words: `45 s`, `11 min 36 s`, `3 h 20 min`, `12 days`. */
export function spanInWords(ms: number): string {
  const s = Math.round(Math.abs(ms) / 1000)
  if (s < 60) return `${s} s`
  if (s < 3600) return s % 60 === 0 || s >= 1200 ? `${Math.floor(s / 60)} min` : `${Math.floor(s / 60)} min ${s % 60} s`
  if (s < 172_800) return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`
  return `${Math.floor(s / 86_400)} days`
}

/** Whether the token was good at a moment (ms since 1970), in a few words. */
export function standing(jwt: Jwt, at: number): { readonly good: boolean; readonly words: string } {
  const { exp, nbf } = jwt.claims
  if (typeof nbf === 'number' && nbf * 1000 > at)
    return { good: false, words: `not good yet for ${spanInWords(nbf * 1000 - at)}` }
  if (typeof exp !== 'number') return { good: true, words: 'without an end' }
  const left = exp * 1000 - at
  return left > 0
    ? { good: true, words: `${spanInWords(left)} left` }
    : { good: false, words: `expired ${spanInWords(left)} before this call` }
}

/** A claim as text; times (RFC 7519 §2, NumericDate) as local time and number. */
export function claimText(name: string, value: unknown): string {
  if (/^(?:exp|nbf|iat|auth_time|updated_at)$/.test(name) && typeof value === 'number' && value > 1e8 && value < 1e11)
    return `${formatSecond(value * 1000)} (${value})`
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}
