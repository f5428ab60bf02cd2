// Opens the record of an HTTP/2 exchange: what its pseudo fields mean, and where it comes from.
import type { Fault } from '../http2/error-codes.ts'
import { failure } from './failures.ts'
import { type Pseudo, plainFields, pseudoOf, routeOf } from './http2-fields.ts'
import type { Link } from './link.ts'
import { Recorder } from './recorder.ts'
import { authorityText, type Route } from './target.ts'
import type { ClientLeg, Wiring } from './wiring.ts'

export type Recorded = {
  readonly leg: ClientLeg
  readonly route: Route
  readonly pseudo: Pseudo
  /** As received. */
  readonly fields: readonly string[]
  readonly rewriteHost: boolean
  /** The connection it will go over, where one stands that others have used: recorded with the request at once. */
  readonly link: Link | undefined
}

export function recordStream(wiring: Wiring, { leg, route, pseudo, fields, rewriteHost, link }: Recorded): Recorder {
  const tls = link?.tlsAgain ?? link?.tls
  const target = pseudo.path ?? ''
  const named = rewriteHost ? undefined : pseudo.authority
  const scheme = rewriteHost ? route.scheme : (pseudo.scheme ?? route.scheme)
  return new Recorder(
    wiring.outbox,
    {
      kind: 'http',
      client: leg.client,
      server: link?.server ?? { host: route.host, port: route.port },
      connection: {
        id: leg.id,
        reused: link !== undefined,
        way: leg.way,
        ...(leg.clientTls ? { clientTls: leg.clientTls } : {}),
        ...(link ? { upstreamId: link.id } : {}),
        ...(tls ? { serverTls: tls } : {}),
        ...(link?.via ? { via: link.via } : {}),
      },
      origin: leg.origin,
      httpVersion: '2',
      method: pseudo.method,
      target,
      url: `${scheme}://${named ?? authorityText(route)}${target}`,
      headers: plainFields(fields),
    },
    wiring.settings.maxContent,
  )
}

/** A request that breaks the rules was reset and went nowhere: what could be read of it, and why. */
export function recordMalformed(
  wiring: Wiring,
  leg: ClientLeg,
  only: Route | undefined,
  fields: readonly string[],
  { why }: Fault,
): void {
  const pseudo = pseudoOf(fields)
  const route: Route = only ?? routeOf(pseudo) ?? { scheme: 'http', host: pseudo.authority ?? 'unknown', port: 0 }
  const recorder = recordStream(wiring, { leg, route, pseudo, fields, rewriteHost: false, link: undefined })
  recorder.failed(failure('client', 'REQUEST_MALFORMED', `The request is not valid HTTP/2: ${why}.`))
}
