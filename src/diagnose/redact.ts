// Shows a secret without giving it away: scheme, first four, last two, length and fingerprint.

import { credentialHeader, credentialQuery, isSensitiveName } from '../http/secret-names.ts'
import { splitScheme } from './credentials.ts'

export type Fingerprint = (value: string) => string

/** `abcd…yz (40 characters, 1f2e3d4c)`; below 16 characters only length and fingerprint. */
export function redactSecret(value: string, fingerprint: Fingerprint): string {
  if (value === '') return '(empty)'
  const facts = `${value.length} characters, ${fingerprint(value)}`
  return value.length < 16 ? `(${facts})` : `${printable(value.slice(0, 4))}…${printable(value.slice(-2))} (${facts})`
}

/** A whole Authorization value: its scheme in clear, the rest redacted. */
function redactAuthorization(value: string, fingerprint: Fingerprint): string {
  const { scheme, value: secret } = splitScheme(value)
  return `${scheme ? `${scheme} ` : ''}${redactSecret(secret, fingerprint)}`
}

/** The value of a field line, shown as far as its name allows. */
export function redactField(name: string, value: string, fingerprint: Fingerprint): string {
  const lower = name.toLowerCase()
  if (lower === 'authorization' || lower === 'proxy-authorization') return redactAuthorization(value, fingerprint)
  if (lower === 'cookie' || lower === 'set-cookie') return redactCookies(value, lower === 'set-cookie', fingerprint)
  if (credentialHeader(lower) || (isSensitiveName(lower) && !publicField.test(lower)))
    return redactSecret(value, fingerprint)
  if (lower === 'location' || lower === 'referer' || lower === 'link') return clip(redactUrl(value, fingerprint))
  return clip(value)
}

const publicField = /^(?:access-control-|www-authenticate|x-csrf-token-required)/

function redactCookies(value: string, isSet: boolean, fingerprint: Fingerprint): string {
  const parts = value.split(';')
  const shown = parts.map((part, index) => {
    const equals = part.indexOf('=')
    if (equals < 0 || (isSet && index > 0)) return part
    return `${part.slice(0, equals + 1)}${redactSecret(part.slice(equals + 1), fingerprint)}`
  })
  return clip(shown.join(';'))
}

/** A query, form or JSON member value, shown as far as its name allows. */
export function redactMember(name: string, value: string, fingerprint: Fingerprint): string {
  return isSensitiveName(name) || credentialQuery(name) ? redactSecret(value, fingerprint) : clip(value)
}

/** An URL with its userinfo and the values of secret parameters redacted. */
export function redactUrl(url: string, fingerprint: Fingerprint): string {
  return url
    .replace(/(\/\/)[^/?#@\s]+@/, '$1…@')
    .replace(/([?&#])([^=&#\s]+)=([^&#\s]*)/g, (all, lead: string, name: string, value: string) =>
      value !== '' && (isSensitiveName(name) || credentialQuery(name))
        ? `${lead}${name}=${redactSecret(value, fingerprint)}`
        : all,
    )
}

/** At most `limit` characters, on one line, control characters made visible. */
export function clip(text: string, limit = 200): string {
  const line = printable(text)
  return line.length <= limit ? line : `${line.slice(0, limit - 1)}…`
}

/** Line breaks as `↵`, tabs as `\t`, other control, zero-width and no-break characters as `\u00XX`. */
export function printable(text: string): string {
  return text.replace(/\r?\n|[\u0000-\u001f\u007f-\u00a0\u200b-\u200f\u2028\u2029\ufeff]/g, (found) => {
    if (found.endsWith('\n')) return '↵'
    if (found === '\t') return '\\t'
    if (found === '\r') return '\\r'
    return `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
