// The secrets an exchange is known to hold in its fields and its address: a server that echoes one must not give it away.
import { type Exchange, responseOf } from '../../exchange/exchange.ts'
import type { FieldLine } from '../../exchange/message.ts'
import { fromBase64, utf8Text } from '../../http/octets.ts'
import { isSecretField, isSecretParameter } from '../../http/secret-names.ts'

/** Short cookies (`theme=dark`) are words of many pages. */
const shortestCookie = 12
const shortest = 6

function ofField({ name, value }: FieldLine): string[] {
  const lower = name.toLowerCase()
  if (lower === 'cookie' || lower === 'set-cookie') {
    const pairs = lower === 'cookie' ? value.split(';') : [value.split(';')[0] ?? '']
    return pairs.map((pair) => pair.slice(pair.indexOf('=') + 1).trim()).filter((each) => each.length >= shortestCookie)
  }
  if (!isSecretField(name)) return []
  const credential = /^[A-Za-z][\w-]*\s+(\S.*)$/s.exec(value)?.[1] ?? value
  const basic = /^basic\s/i.test(value) ? fromBase64(credential) : undefined
  const password = basic && utf8Text(basic)?.replace(/^[^:]*:/, '')
  return password ? [credential, password] : [credential]
}

function ofUrl(text: string): string[] {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url) return []
  const names = [...url.searchParams.keys()]
  const values = [...url.searchParams]
    .filter(([name, value]) => isSecretParameter(name, value, names))
    .map(([, value]) => value)
  return url.password ? [...values, decodeURIComponent(url.password)] : values
}

const known = new WeakMap<Exchange, readonly string[]>()

/** Longest first, so that no part of one stays behind; the same list for the same exchange. */
export function knownSecrets(exchange: Exchange): readonly string[] {
  const held = known.get(exchange)
  if (held) return held
  const lines = [...exchange.request.headers, ...(responseOf(exchange)?.headers ?? [])]
  const found = [...lines.flatMap(ofField), ...ofUrl(exchange.request.url)].filter((each) => each.length >= shortest)
  const secrets = [...new Set(found)].sort((a, b) => b.length - a.length)
  known.set(exchange, secrets)
  return secrets
}
