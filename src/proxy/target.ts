// Where a request is meant to go: reads authorities and request targets (RFC 9112 §3.2) without changing an octet.

export type Scheme = 'http' | 'https'
/** `host` without brackets. */
export type Route = { readonly scheme: Scheme; readonly host: string; readonly port: number }
export type Authority = { readonly host: string; readonly port: number | undefined }

const authorityForm =
  /^(?:[^@/\\\0-\x20]*@)?(\[[0-9a-fA-F:.]+(?:%[\w.~-]+)?\]|[^\s:/?#@[\]\\,;"<>^`{|}]+)(?::(\d{0,5}))?$/

/** `host[:port]`, IPv6 in brackets; undefined where it is nothing of the kind. */
export function parseAuthority(text: string): Authority | undefined {
  const [, host, digits] = authorityForm.exec(text) ?? []
  if (host === undefined) return undefined
  const port = digits === undefined || digits === '' ? undefined : Number(digits)
  if (port !== undefined && port > 65535) return undefined
  return { host: host.startsWith('[') ? host.slice(1, -1) : host, port }
}

export const defaultPort = (scheme: Scheme): number => (scheme === 'https' ? 443 : 80)

/** `host[:port]` as a Host field has it. */
export function authorityText({ scheme, host, port }: Route): string {
  const name = host.includes(':') ? `[${host}]` : host
  return port === defaultPort(scheme) ? name : `${name}:${port}`
}

/** Does a Host field name the host and port of this route? */
export function namesRoute(hostField: string | undefined, route: Route): boolean {
  const named = hostField === undefined ? undefined : parseAuthority(hostField)
  return (
    named?.host.toLowerCase() === route.host.toLowerCase() && (named.port ?? defaultPort(route.scheme)) === route.port
  )
}

export type AbsoluteTarget = { readonly route: Route; readonly authority: string; readonly rest: string }

/** Splits an absolute-form target; `rest` is exactly what follows the authority. Undefined for any other form. */
export function parseAbsolute(target: string): AbsoluteTarget | undefined {
  const [, name = '', authority = '', rest = ''] = /^([a-z]+):\/\/([^/?#]*)(.*)$/is.exec(target) ?? []
  const scheme = { http: 'http', ws: 'http', https: 'https', wss: 'https' }[name.toLowerCase()]
  const where = parseAuthority(authority)
  if ((scheme !== 'http' && scheme !== 'https') || !where || where.port === 0) return undefined
  const route = { scheme, host: where.host, port: where.port ?? defaultPort(scheme) } as const
  return { route, authority: authority.replace(/^.*@/, ''), rest }
}

/** The target URI (RFC 9110 §7.1) of a request that names its host in a Host field. */
export function targetUrl(route: Route, hostField: string | undefined, target: string): string {
  if (parseAbsolute(target)) return target
  const authority = hostField && parseAuthority(hostField) ? hostField : authorityText(route)
  return `${route.scheme}://${authority}${target.startsWith('/') ? '' : '/'}${target}`
}
