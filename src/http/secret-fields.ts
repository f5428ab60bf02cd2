// Redacts field lines, cookies and URLs: what is secret goes, names, order and shape stay.
import type { FieldLine } from '../exchange/message.ts'
import { fromBase64, utf8Text } from './octets.ts'
import { isSecretField, isSecretParameter } from './secret-names.ts'
import { type Redaction, redactText, redactValue } from './secret-text.ts'

/** Short cookies (`theme=dark`) are words of many pages; only longer ones are looked for elsewhere. */
const cookieEcho = 12

const publicParameters = new Set(
  'realm algorithm qop uri nc opaque charset error error_description scope signedheaders headers oauth_version oauth_signature_method oauth_timestamp stale'.split(
    ' ',
  ),
)

/** `Scheme value` and `Scheme name="value", …` (RFC 9110 §11.4); the scheme and public parameters stay. */
function redactCredentials(value: string, redaction: Redaction): string {
  const [, scheme = '', gap = '', rest = ''] = /^(\s*[A-Za-z][\w-]*)(\s+)(.*)$/s.exec(value) ?? []
  if (scheme === '') return redactValue(value, redaction)
  if (/^[\w-]+\s*=\s*("|[^=\s])/.test(rest) && /^(digest|aws4|oauth|signature|hawk|goog4|sig)/i.test(scheme.trim())) {
    const parameters = rest.replace(
      /([\w-]+)(\s*=\s*)("([^"]*)"|[^,\s]+)/g,
      (all, name: string, equals: string, raw: string, quoted?: string) => {
        if (publicParameters.has(name.toLowerCase())) return all
        return (
          name + equals + (quoted === undefined ? redactValue(raw, redaction) : `"${redactValue(quoted, redaction)}"`)
        )
      },
    )
    return scheme + gap + parameters
  }
  if (scheme.trim().toLowerCase() === 'basic') {
    // The password alone may be echoed too.
    const octets = fromBase64(rest.trim())
    const password = octets && utf8Text(octets)?.replace(/^[^:]*:/, '')
    if (password && password.length >= 6) redaction.found.add(password)
  }
  return scheme + gap + redactValue(rest, redaction)
}

const cookiePair = (part: string, redaction: Redaction): string => {
  const equals = part.indexOf('=')
  if (equals < 0) return part
  return part.slice(0, equals + 1) + redactValue(part.slice(equals + 1), redaction, cookieEcho)
}

function redactCookie(value: string, redaction: Redaction): string {
  return value
    .split(';')
    .map((part) => cookiePair(part, redaction))
    .join(';')
}

function redactSetCookie(value: string, redaction: Redaction): string {
  const [pair = '', ...attributes] = value.split(';')
  return [cookiePair(pair, redaction), ...attributes].join(';')
}

/** Browsers can send no credentials with a WebSocket but as one of its subprotocols: behind a word, behind a prefix, or bare. */
function redactProtocols(value: string, redaction: Redaction): string {
  let announced = false
  return value
    .split(',')
    .map((part) => {
      const name = part.trim()
      const isCredential = announced || protocolToken.test(name)
      announced = /^(?:bearer|token|authorization|auth|access_token|jwt|api[-_]?key)$/i.test(name)
      const prefix = /^base64url\.bearer\.authorization\.k8s\.io\./.exec(name)?.[0] ?? ''
      if (!isCredential && prefix === '') return part
      return part.slice(0, part.indexOf(name)) + prefix + redactValue(name.slice(prefix.length), redaction)
    })
    .join(',')
}
const protocolToken = /^(?=.*\d)(?=.*[A-Za-z])[\w.~+/=-]{24,4000}$/

export function redactFieldValue(name: string, value: string, redaction: Redaction): string {
  const lower = name.toLowerCase()
  if (lower === 'cookie' || lower === 'cookie2') return redactCookie(value, redaction)
  if (lower === 'set-cookie' || lower === 'set-cookie2') return redactSetCookie(value, redaction)
  if (lower === 'sec-websocket-protocol') return redactProtocols(value, redaction)
  if (/authorization$/.test(lower)) return redactCredentials(value, redaction)
  if (isSecretField(name)) return redactValue(value, redaction)
  return /[:=]/.test(value) || value.length >= 16 ? redactText(value, redaction) : value
}

export function redactFields(lines: readonly FieldLine[], redaction: Redaction): FieldLine[] {
  return lines.map(({ name, value }) => ({ name, value: redactFieldValue(name, value, redaction) }))
}

const meant = (text: string): string => {
  try {
    return decodeURIComponent(text.replace(/\+/g, ' '))
  } catch {
    return text
  }
}

/** `name=value&…` of a query, a fragment or a form; the placeholder is percent-encoded, everything else stays as sent. */
export function redactPairs(text: string, redaction: Redaction): string {
  const pairs = text.split('&')
  const names = pairs.map((pair) => meant(pair.split('=', 1)[0] ?? ''))
  return pairs
    .map((pair, index) => {
      const equals = pair.indexOf('=')
      if (pair.length < 3) return pair
      if (equals < 0) return redactText(pair, redaction)
      const name = names[index] ?? ''
      const value = meant(pair.slice(equals + 1))
      // A parameter that is no secret may hold a URL or a header of its own.
      const shown = isSecretParameter(name, value, names) ? redactValue(value, redaction) : redactText(value, redaction)
      return shown === value ? pair : pair.slice(0, equals + 1) + encodeURIComponent(shown.toWellFormed())
    })
    .join('&')
}

/** An absolute URL or a request target: userinfo, secret parameters in query and fragment, tokens in the path. */
export function redactUrl(url: string, redaction: Redaction): string {
  const [, address = '', query, fragment] = /^([^?#]*)(\?[^#]*)?(#.*)?$/s.exec(url) ?? []
  const secret = (raw: string): string => {
    const value = meant(raw)
    const shown = redactValue(value, redaction)
    return shown === value ? raw : encodeURIComponent(shown.toWellFormed())
  }
  const user = address.replace(
    /^([a-z][a-z0-9+.-]*:)?\/\/([^/@]*)@/i,
    (_, scheme: string | undefined, info: string) => {
      const colon = info.indexOf(':')
      const shown = colon < 0 ? secret(info) : `${secret(info.slice(0, colon))}:${secret(info.slice(colon + 1))}`
      return `${scheme ?? ''}//${shown}@`
    },
  )
  // Placeholders are no legal part of a path as they are.
  const path = redactText(user, redaction).replace(/\{\{[\w.-]+\}\}/g, (mark) =>
    user.includes(mark) ? mark : encodeURIComponent(mark),
  )
  return (
    path +
    (query === undefined ? '' : `?${redactPairs(query.slice(1), redaction)}`) +
    (fragment === undefined ? '' : `#${redactPairs(fragment.slice(1), redaction)}`)
  )
}
