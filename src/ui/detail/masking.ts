// What of a field, an address or a text is drawn while secrets are masked: names stay, credentials become dots.
import { isSecretField, isSecretParameter } from '../../http/secret-names.ts'
import { dots, maskText } from '../viewers/secret-ranges.ts'

const scheme = /^(Basic|Bearer|Digest|Negotiate|NTLM|Token|ApiKey|AWS4-HMAC-SHA256|DPoP|GNAP|HOBA|Mutual|OAuth)\s+/i

function maskCookies(value: string, set: boolean): string {
  return value
    .split(';')
    .map((part, i) => {
      const equals = part.indexOf('=')
      // Attributes of Set-Cookie (RFC 6265 §4.1.1) are no secret; the value is.
      return equals === -1 || (set && i > 0) ? part : `${part.slice(0, equals + 1)}${dots}`
    })
    .join(';')
}

/** A field value as it may be drawn. */
export function maskField(name: string, value: string): string {
  if (value === '') return value
  const lower = name.toLowerCase()
  if (lower === 'cookie' || lower === 'set-cookie') return maskCookies(value, lower === 'set-cookie')
  if (lower === 'authorization' || lower === 'proxy-authorization') return (scheme.exec(value)?.[0] ?? '') + dots
  if (lower === 'www-authenticate' || lower === 'proxy-authenticate') return value
  if (isSecretField(name)) return dots
  return /^(?:location|content-location|referer|link|:path|x-original-url)$/.test(lower)
    ? maskUrls(value)
    : maskText(value)
}

/** The addresses in a text without user information and without the values of secret parameters. */
export function maskUrls(text: string): string {
  return maskText(text)
    .replace(/(\/\/)[^\s/@]+@/g, `$1${dots}@`)
    .replace(/([?&#;])([^=&#\s]{1,100})=([^&#\s>]*)/g, (whole, lead: string, name: string, value: string) => {
      let plain = name
      try {
        plain = decodeURIComponent(name)
      } catch {
        // A broken escape: judge the name as it stands.
      }
      return isSecretParameter(plain, value, []) ? `${lead}${name}=${dots}` : whole
    })
}
