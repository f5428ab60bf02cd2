// Octets nobody reads: a tunnel to a pass-through host or of an unknown protocol, recorded as a tunnel with its sizes.
import type { Failure } from '../exchange/failure.ts'
import { reset } from './closing.ts'
import { fromError } from './failures.ts'
import type { Link } from './link.ts'
import { Recorder } from './recorder.ts'
import { type SpliceSide, splice } from './splice.ts'
import { authorityText, type Route } from './target.ts'
import type { ClientLeg, Wiring } from './wiring.ts'

export type TunnelFacts = { readonly unread: string; readonly headers?: readonly string[] }

/** Opens the record of a tunnel; its URL names where it leads. */
function recordTunnel(wiring: Wiring, leg: ClientLeg, route: Route, facts: TunnelFacts, link?: Link): Recorder {
  const plain = authorityText({ ...route, scheme: 'http' })
  return new Recorder(
    wiring.outbox,
    {
      kind: 'tunnel',
      client: leg.client,
      server: link?.server ?? { host: route.host, port: route.port },
      connection: {
        id: leg.id,
        reused: false,
        way: leg.way,
        ...(leg.clientTls ? { clientTls: leg.clientTls } : {}),
        ...(link ? { upstreamId: link.id } : {}),
        ...(link?.tls ? { serverTls: link.tls } : {}),
        ...(link?.via ? { via: link.via } : {}),
      },
      origin: leg.origin,
      httpVersion: '1.1',
      method: 'CONNECT',
      target: plain.endsWith(`:${route.port}`) ? plain : `${plain}:${route.port}`,
      url: `${route.scheme}://${authorityText(route)}/`,
      headers: facts.headers ?? [],
      unread: facts.unread,
    },
    0,
  )
}

/** Records a tunnel that never came to be. */
export function recordFailedTunnel(
  wiring: Wiring,
  leg: ClientLeg,
  route: Route,
  facts: TunnelFacts,
  failed: Failure,
): void {
  recordTunnel(wiring, leg, route, facts).failed(failed)
}

export function relayOpaque(
  wiring: Wiring,
  leg: ClientLeg,
  route: Route,
  facts: TunnelFacts,
  client: SpliceSide,
  link: Link,
  first: { readonly fromClient?: Buffer } = {},
): void {
  const recorder = recordTunnel(wiring, leg, route, facts, link)
  recorder.requestEnded()
  recorder.responded({ httpVersion: '1.1', status: 200, statusText: 'Connection established', raw: [] })
  wiring.facts.tunnels++
  const entry = {
    interrupt: (failed: Failure): void => {
      recorder.failed(failed)
      reset(client.socket, client.raw)
      reset(link.socket, link.raw)
    },
  }
  wiring.running.add(entry)
  const watch = {
    onClientData(chunk: Buffer) {
      recorder.request.size += chunk.length
    },
    onOriginData(chunk: Buffer) {
      recorder.response.size += chunk.length
    },
    onOver(error: Error | undefined, by: 'client' | 'origin') {
      wiring.running.delete(entry)
      wiring.facts.tunnels--
      if (error) recorder.failed(fromError(by === 'origin' ? 'response' : 'client', error, route.host, route.port))
      else recorder.ended()
    },
  }
  splice(client, link, watch, first)
}
