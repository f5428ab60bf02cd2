// A tunnel the client asked for (CONNECT, SOCKS, TLS arriving directly): opened, or passed through unread.
import { readClientHello } from './client-hello.ts'
import { cut } from './closing.ts'
import { firstOctets, firstToSpeak, type Protocol, protocolOf } from './first-octets.ts'
import { hostMatches } from './host-pattern.ts'
import { Http1Client } from './http1-client.ts'
import { serveHttp2 } from './http2-relay.ts'
import { recordFailedTunnel, relayOpaque, type TunnelFacts } from './opaque-tunnel.ts'
import { openTls } from './open-tls.ts'
import type { Route } from './target.ts'
import { viaBefore } from './upstream-proxy.ts'
import type { Tunnel, Wiring } from './wiring.ts'

/** A server that speaks first (SMTP, SSH, …) is only heard once it is dialled. */
const silentMs = 300

/** Takes the socket over once the way through has been granted to the client. */
export async function serveTunnel(wiring: Wiring, tunnel: Tunnel): Promise<void> {
  const { socket } = tunnel
  const seen = await firstOctets<Protocol>(socket, protocolOf, silentMs, wiring.limits.headMs)
  if (seen.kind === 'known') await serveProtocol(wiring, tunnel, seen.verdict)
  else if (seen.kind === 'silent') await serveSilent(wiring, tunnel)
  else if (seen.bytes.length > 0) await passThrough(wiring, tunnel, 'not-http', seen.bytes)
  else socket.destroy()
}

export async function serveProtocol(wiring: Wiring, tunnel: Tunnel, protocol: Protocol): Promise<void> {
  const { leg, socket, raw, host, port, reverse } = tunnel
  const route: Route = reverse ?? { scheme: 'http', host, port }
  if (protocol === 'tls') await serveTls(wiring, tunnel)
  else if (protocol === 'http1')
    new Http1Client(wiring, { leg, socket, raw, fixed: { route, rewriteHost: reverse !== undefined } })
  else if (protocol === 'http2') serveHttp2(wiring, { leg, socket, raw, route, rewriteHost: reverse !== undefined })
  else await passThrough(wiring, tunnel, 'not-http')
}

async function serveTls(wiring: Wiring, tunnel: Tunnel): Promise<void> {
  const { socket, host } = tunnel
  const { headMs } = wiring.limits
  const judge = (bytes: Buffer) => {
    const read = readClientHello(bytes)
    return read === 'more' ? undefined : read
  }
  const seen = await firstOctets(socket, judge, headMs, headMs)
  if (seen.kind !== 'known') socket.destroy()
  else if (seen.verdict === 'none') await passThrough(wiring, tunnel, 'not-http')
  else if (hostMatches(wiring.settings.passThroughHosts, seen.verdict.servername ?? host))
    await passThrough(wiring, tunnel, 'pass-through')
  else await openTls(wiring, tunnel, seen.verdict)
}

/** The client waits: whoever speaks first decides what this tunnel is. */
async function serveSilent(wiring: Wiring, tunnel: Tunnel): Promise<void> {
  const { socket, leg, host, port } = tunnel
  const route: Route = { scheme: 'http', host, port }
  const outcome = await wiring.link({ route, tunnel: true, via: viaBefore(tunnel.headers) })
  const { idleMs, headMs } = wiring.limits
  if ('failure' in outcome) {
    // Nothing was said yet: the client may still speak TLS or HTTP, and then hears of the failure in an answer.
    const seen = await firstOctets<Protocol>(socket, protocolOf, idleMs, headMs)
    if (seen.kind === 'known') return serveProtocol(wiring, tunnel, seen.verdict)
    recordFailedTunnel(wiring, leg, route, facts(tunnel, 'not-http'), outcome.failure)
    return cut(socket)
  }
  const { link } = outcome
  const speaker = await firstToSpeak(socket, link.socket, headMs)
  if (speaker === 'server' || speaker === 'other' || speaker === 'socks5') {
    relayOpaque(wiring, leg, route, facts(tunnel, 'not-http'), { socket, raw: tunnel.raw }, link)
    return
  }
  // The connection made for listening is given up: the protocol decides how the origin is dialled.
  link.socket.destroy()
  if (speaker === 'nobody') socket.destroy()
  else await serveProtocol(wiring, tunnel, speaker)
}

/** Dials first, where nothing was granted yet, so that a failure is still an answer. */
async function passThrough(wiring: Wiring, tunnel: Tunnel, unread: string, taken?: Buffer): Promise<void> {
  const { leg, socket, raw, host, port } = tunnel
  const route: Route = { scheme: unread === 'pass-through' ? 'https' : 'http', host, port }
  const outcome = await wiring.link({
    route: { ...route, scheme: 'http' },
    tunnel: true,
    via: viaBefore(tunnel.headers),
  })
  if ('failure' in outcome) {
    recordFailedTunnel(wiring, leg, route, facts(tunnel, unread), outcome.failure)
    cut(socket)
    return
  }
  // What an ended connection had said could not be put back: it is sent from here.
  const first = taken && socket.readableEnded ? { fromClient: taken } : {}
  relayOpaque(wiring, leg, route, facts(tunnel, unread), { socket, raw }, outcome.link, first)
}

const facts = (tunnel: Tunnel, unread: string): TunnelFacts =>
  tunnel.headers ? { unread, headers: tunnel.headers } : { unread }
