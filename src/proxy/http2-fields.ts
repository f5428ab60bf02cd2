// HTTP/2 field lists: pseudo fields apart from the rest, the groups Node wants them in, and the names of error codes.
import { constants, type OutgoingHttpHeaders } from 'node:http2'
import { authorityText, parseAbsolute, type Route } from './target.ts'

const codeNames = new Map<number, string>(
  Object.entries(constants).flatMap(([name, value]): [number, string][] =>
    /^NGHTTP2_(?!ERR_|FLAG_|NV_|SETTINGS_MAX|SETTINGS_ENABLE|SETTINGS_HEADER|SETTINGS_INITIAL|SESSION_|STREAM_STATE|HCAT|DEFAULT)/.test(
      name,
    ) && typeof value === 'number'
      ? [[value, name.replace('NGHTTP2_', '')]]
      : [],
  ),
)
export const codeName = (code: number): string => codeNames.get(code) ?? String(code)

/** Fields without the pseudo fields (RFC 9113 §8.3), which are recorded as what they mean. */
export function plainFields(raw: readonly string[]): string[] {
  const out: string[] = []
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] ?? ''
    if (!name.startsWith(':')) out.push(name, raw[i + 1] ?? '')
  }
  return out
}

/** Node takes interim fields and trailers as a record only: duplicates stand where the first of them stood. */
export function grouped(raw: readonly string[]): OutgoingHttpHeaders {
  const out: Record<string, string[]> = Object.create(null)
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] ?? ''
    const value = raw[i + 1] ?? ''
    const before = out[name]
    if (before) before.push(value)
    else out[name] = [value]
  }
  const single = (values: string[]): string | string[] => (values.length === 1 ? (values[0] ?? '') : values)
  return Object.fromEntries(Object.entries(out).map(([name, values]) => [name, single(values)]))
}

type Named = { readonly ':scheme'?: string | undefined; readonly ':authority'?: string | undefined }

/** Where a request leads that names its own origin, as on a proxy port. */
export function routeOfFields(headers: Named & { readonly host?: string | undefined }): Route | undefined {
  return parseAbsolute(`${headers[':scheme'] ?? 'http'}://${headers[':authority'] ?? headers.host ?? ''}/`)?.route
}

/** Fields that are meant for the proxy, not for what lies behind it (RFC 9110 §11.7.2). */
export const withoutOurs = (raw: readonly string[]): string[] =>
  raw.filter((_, i) => !/^proxy-(?:authorization|connection)$/.test(raw[i - (i % 2)] ?? ''))

/** The client's authority names us: the origin gets its own (reverse mode). */
export function renamed(raw: readonly string[], route: Route): string[] {
  const authority = authorityText(route)
  const values: Readonly<Record<string, string>> = { ':authority': authority, host: authority, ':scheme': route.scheme }
  return raw.map((text, i) => (i % 2 === 0 ? text : (values[raw[i - 1] ?? ''] ?? text)))
}
