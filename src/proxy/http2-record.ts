// Opens the record of an HTTP/2 exchange: what its pseudo fields mean, and where it comes from.
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import { plainFields } from './http2-fields.ts'
import type { Http2Origin } from './http2-origin.ts'
import { Recorder } from './recorder.ts'
import { authorityText, type Route } from './target.ts'
import type { ClientLeg, Wiring } from './wiring.ts'

export type Http2Request = {
  readonly leg: ClientLeg
  readonly route: Route
  /** Names the origin among those of the connection. */
  readonly key: string
  readonly stream: ServerHttp2Stream
  readonly headers: IncomingHttpHeaders
  /** Fields as received, and as they go on. */
  readonly raw: readonly string[]
  readonly fields: readonly string[]
  /** The head was the whole request. */
  readonly ended: boolean
  readonly rewriteHost: boolean
  /** The connection it will go over, where one stands that others have used: recorded with the request at once. */
  readonly origin: Http2Origin | undefined
}

export function recordStream(wiring: Wiring, request: Http2Request): Recorder {
  const { headers, raw, leg, route, rewriteHost } = request
  const link = request.origin?.link
  const tls = link?.tlsAgain ?? link?.tls
  const target = headers[':path'] ?? ''
  const named = rewriteHost ? undefined : (headers[':authority'] ?? headers.host)
  const scheme = rewriteHost ? route.scheme : (headers[':scheme'] ?? route.scheme)
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
      method: headers[':method'] ?? 'GET',
      target,
      url: `${scheme}://${named ?? authorityText(route)}${target}`,
      headers: plainFields(raw),
    },
    wiring.settings.maxContent,
  )
}
