// Why an HTTP/2 request to the proxy itself cannot be led anywhere, and how it is answered.
import type { Failure } from '../exchange/failure.ts'
import { failure } from './failures.ts'
import { fieldValue, type Pseudo } from './http2-fields.ts'
import { mayUseProxy, proxyAuthenticate } from './proxy-auth.ts'
import type { Route } from './target.ts'
import type { ClientLeg, Wiring } from './wiring.ts'

/** What `fail` of an exchange takes. */
type Refusal = readonly [failed: Failure, how?: { readonly status?: number; readonly headers?: readonly string[] }]

export function mayUse({ settings }: Wiring, leg: ClientLeg, fields: readonly string[]): boolean {
  const secret = leg.way === 'proxy' ? settings.proxyAuth : undefined
  return secret === undefined || mayUseProxy(secret, fieldValue(fields, 'proxy-authorization'))
}

export function refusalOf(
  wiring: Wiring,
  leg: ClientLeg,
  fields: readonly string[],
  { method, protocol }: Pseudo,
  route: Route | undefined,
): Refusal | undefined {
  if (!mayUse(wiring, leg, fields)) {
    const how = { status: 407, headers: proxyAuthenticate }
    return [failure('client', 'PROXY_AUTHENTICATION', 'The proxy demands credentials.'), how]
  }
  if (method === 'CONNECT' && protocol === undefined)
    return [failure('client', 'CONNECT_REFUSED', 'CONNECT is offered over HTTP/1.1 only.')]
  if (!route) return [failure('client', 'REQUEST_NOT_PROXY', 'The request names no host in :authority.')]
  if (wiring.cameBack(fields))
    return [failure('client', 'LOOP', 'This request was here before: another proxy sends it back.')]
  return undefined
}
