// Whether a request is taken on, and where it leads: credentials first, then its target, then whether it goes round in circles.
import { type PlannedTarget, plannedTarget } from './forward-head.ts'
import type { Http1Where } from './http1-where.ts'
import { mayUseProxy } from './proxy-auth.ts'
import type { Refusal, RequestHead } from './request-head.ts'
import type { Wiring } from './wiring.ts'

export type Admitted = { readonly planned: PlannedTarget } | { readonly connect: true } | { readonly refusal: Refusal }

const refused = (status: number, code: string, message: string): Admitted => ({ refusal: { status, code, message } })

export function admitRequest(wiring: Wiring, { fixed, leg, onConnect }: Http1Where, head: RequestHead): Admitted {
  const credentials = leg.way === 'proxy' ? wiring.settings.proxyAuth : undefined
  if (!mayUseProxy(credentials, head.proxyAuthorization))
    return refused(407, 'PROXY_AUTHENTICATION', 'The proxy demands credentials.')
  if (head.method === 'CONNECT')
    return onConnect ? { connect: true } : refused(400, 'CONNECT_REFUSED', 'CONNECT is not possible inside a tunnel.')
  const planned = plannedTarget(head, fixed?.route)
  if (!planned)
    return refused(
      400,
      'REQUEST_NOT_PROXY',
      'This is a proxy: it needs the whole URL in the request line, as clients send it that are told to use a proxy.',
    )
  if (wiring.cameBack(head.raw))
    return refused(508, 'LOOP', 'This request was here before: another proxy sends it back to Telltale.')
  return { planned }
}
