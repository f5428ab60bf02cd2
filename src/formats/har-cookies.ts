// Cookies as HAR lists them beside the header lines (RFC 6265 §4.1, §4.2).
import { type FieldLine, fieldValues } from '../exchange/message.ts'

type HarCookie = {
  readonly name: string
  readonly value: string
  readonly path?: string
  readonly domain?: string
  readonly expires?: string
  readonly httpOnly?: boolean
  readonly secure?: boolean
}

function split(pair: string): readonly [string, string] {
  const equals = pair.indexOf('=')
  return equals < 0 ? [pair.trim(), ''] : [pair.slice(0, equals).trim(), pair.slice(equals + 1).trim()]
}

/** Years beyond 9999 have no ISO 8601 form that readers know. */
function isoDate(text: string): string | undefined {
  const time = Date.parse(text)
  return time >= 0 && time < 253_402_300_800_000 ? new Date(time).toISOString() : undefined
}

function setCookie(line: string): HarCookie {
  const [first = '', ...rest] = line.split(';')
  const [name, value] = split(first)
  const attributes = new Map(rest.map((part) => split(part)).map(([key, text]) => [key.toLowerCase(), text]))
  const path = attributes.get('path')
  const domain = attributes.get('domain')
  const expires = isoDate(attributes.get('expires') ?? '')
  return {
    name,
    value,
    ...(path ? { path } : {}),
    ...(domain ? { domain } : {}),
    ...(expires ? { expires } : {}),
    ...(attributes.has('httponly') ? { httpOnly: true } : {}),
    ...(attributes.has('secure') ? { secure: true } : {}),
  }
}

export function harCookies(headers: readonly FieldLine[], field: 'cookie' | 'set-cookie'): HarCookie[] {
  const lines = fieldValues(headers, field)
  if (field === 'set-cookie') return lines.filter((line) => line.includes('=')).map(setCookie)
  const pairs = lines.flatMap((line) => line.split(';')).filter((pair) => pair.includes('='))
  return pairs.map(split).map(([name, value]) => ({ name, value }))
}
