// What happens to a connection that arrives: TLS, SOCKS, HTTP/2 and HTTP/1 on one port, each led to its room.
import type { Socket } from 'node:net'
import type { Connection } from '../exchange/exchange.ts'
import { readClientHello } from './client-hello.ts'
import { endGracefully } from './closing.ts'
import { failure } from './failures.ts'
import { firstOctets, type Protocol, protocolOf } from './first-octets.ts'
import { hostMatches } from './host-pattern.ts'
import { Http1Client } from './http1-client.ts'
import { serveHttp2 } from './http2-relay.ts'
import { recordFailedTunnel, relayOpaque } from './opaque-tunnel.ts'
import { problemAnswer, serialize } from './problem-page.ts'
import type { RequestHead } from './request-head.ts'
import { acceptSocks5, type SocksReply, socksReply } from './socks5.ts'
import { parseAuthority, type Route } from './target.ts'
import { leadsToUs } from './tcp-dial.ts'
import { serveProtocol, serveTunnel } from './tunnel.ts'
import { viaBefore } from './upstream-proxy.ts'
import type { ClientLeg, Wiring } from './wiring.ts'

/** `reverse`: where this port leads when it is not a proxy port. `socksOnly`: nothing else is let in. */
export type Door = { readonly reverse?: Route; readonly socksOnly?: boolean }

export async function receive(wiring: Wiring, socket: Socket, door: Door): Promise<void> {
  const { limits, facts } = wiring
  facts.connections++
  socket.once('close', () => facts.connections--)
  socket.on('error', () => {})
  const seen = await firstOctets<Protocol>(socket, protocolOf, limits.idleMs, limits.headMs)
  if (seen.kind === 'silent' || (seen.kind === 'ended' && (seen.bytes.length === 0 || socket.readableEnded))) {
    socket.destroy()
    return
  }
  const protocol = seen.kind === 'known' ? seen.verdict : 'other'
  const leg = legOf(
    wiring,
    socket,
    door.reverse ? 'reverse' : protocol === 'socks5' ? 'socks5' : protocol === 'tls' ? 'direct' : 'proxy',
  )
  if (door.reverse) {
    const { host, port } = door.reverse
    await serveProtocol(wiring, { leg, socket, raw: socket, host, port, reverse: door.reverse }, protocol)
  } else if (protocol === 'socks5') await serveSocks(wiring, leg, socket)
  else if (door.socksOnly) socket.destroy()
  else if (protocol === 'tls') await serveDirectTls(wiring, leg, socket)
  // With prior knowledge (RFC 9113 §3.3): each request names its origin, as in HTTP/1.
  else if (protocol === 'http2') serveHttp2(wiring, { leg, socket, raw: socket })
  else serveHttp1(wiring, leg, socket)
}

function legOf(wiring: Wiring, socket: Socket, way: Connection['way']): ClientLeg {
  const client = { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 }
  return { id: wiring.nextConnectionId(), client, way, origin: { by: 'capture' } }
}

/** Whatever is not a request is answered 400 by the HTTP/1 reader. */
function serveHttp1(wiring: Wiring, leg: ClientLeg, socket: Socket): void {
  new Http1Client(wiring, {
    leg,
    socket,
    raw: socket,
    onConnect: (head, rest) => {
      if (rest.length > 0) socket.unshift(rest)
      void serveConnect(wiring, { ...leg, way: 'connect' }, socket, head)
    },
  })
}

async function serveConnect(wiring: Wiring, leg: ClientLeg, socket: Socket, head: RequestHead): Promise<void> {
  const where = parseAuthority(head.target)
  const refuse = (status: number, code: string, message: string, phase: 'client' | 'connect' = 'client'): void => {
    const failed = failure(phase, code, message)
    const route: Route = { scheme: 'https', host: where?.host ?? head.target, port: where?.port ?? 0 }
    recordFailedTunnel(wiring, leg, route, { unread: 'not-http', headers: head.raw }, failed)
    socket.write(serialize(problemAnswer(status, failed, head.accept), false, true))
    endGracefully(socket)
  }
  if (where?.port === undefined || where.port === 0 || head.framing.kind !== 'none')
    return refuse(400, 'CONNECT_REFUSED', 'CONNECT needs a host and a port.')
  const { host, port } = where
  if (wiring.cameBack(head.raw))
    return refuse(508, 'LOOP', `${host}:${port} was asked for here before: another proxy sends it back.`, 'connect')
  wiring.facts.seen.connect = true
  if (await leadsToUs(wiring.own, host, port))
    return refuse(508, 'LOOP', `${host}:${port} is Telltale itself.`, 'connect')
  const route: Route = { scheme: 'https', host, port }
  const granted = 'HTTP/1.1 200 Connection established\r\n\r\n'
  if (!hostMatches(wiring.settings.passThroughHosts, host)) {
    socket.write(granted)
    return serveTunnel(wiring, { leg, socket, raw: socket, host, port, headers: head.raw })
  }
  // Passed through: dialled before it is granted, so that a failure is an honest answer to CONNECT.
  const outcome = await wiring.link({ route: { ...route, scheme: 'http' }, tunnel: true, via: viaBefore(head.raw) })
  if ('failure' in outcome) {
    const { code, message } = outcome.failure
    const status = code === 'LOOP' ? 508 : code.endsWith('TIMEOUT') ? 504 : 502
    return refuse(status, code, message, 'connect')
  }
  socket.write(granted)
  const facts = { unread: 'pass-through', headers: head.raw }
  relayOpaque(wiring, leg, route, facts, { socket, raw: socket }, outcome.link)
}

async function serveSocks(wiring: Wiring, leg: ClientLeg, socket: Socket): Promise<void> {
  const request = await acceptSocks5(socket, wiring.settings.proxyAuth, wiring.limits.headMs)
  if (!request) {
    endGracefully(socket)
    return
  }
  const { host, port } = request
  const refuse = (reply: SocksReply): void => {
    socksReply(socket, reply)
    endGracefully(socket)
  }
  if (await leadsToUs(wiring.own, host, port)) {
    const failed = failure('connect', 'LOOP', `${host}:${port} is Telltale itself.`)
    recordFailedTunnel(wiring, leg, { scheme: 'https', host, port }, { unread: 'not-http' }, failed)
    return refuse('not-allowed')
  }
  socksReply(socket, 'granted')
  await serveTunnel(wiring, { leg, socket, raw: socket, host, port })
}

/** A client that was led here by name alone: its server name says where it wanted to go. */
async function serveDirectTls(wiring: Wiring, leg: ClientLeg, socket: Socket): Promise<void> {
  const { headMs } = wiring.limits
  const judge = (bytes: Buffer) => {
    const read = readClientHello(bytes)
    return read === 'more' ? undefined : read
  }
  const seen = await firstOctets(socket, judge, headMs, headMs)
  const hello = seen.kind === 'known' && seen.verdict !== 'none' ? seen.verdict : undefined
  if (!hello?.servername) {
    socket.destroy()
    return
  }
  await serveProtocol(wiring, { leg, socket, raw: socket, host: hello.servername, port: 443 }, 'tls')
}
