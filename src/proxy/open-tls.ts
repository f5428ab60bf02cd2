// Opens a TLS tunnel: the origin is dialled with the client's ALPN offer, then the client gets a leaf and that protocol.
import { TLSSocket } from 'node:tls'
import type { Failure } from '../exchange/failure.ts'
import type { ClientHello } from './client-hello.ts'
import { codeOf, failure } from './failures.ts'
import { firstToSpeak } from './first-octets.ts'
import { Http1Client } from './http1-client.ts'
import { serveHttp2 } from './http2-relay.ts'
import { startLimit } from './limit.ts'
import { recordFailedTunnel, relayOpaque } from './opaque-tunnel.ts'
import { tlsFacts } from './origin-tls.ts'
import type { Route } from './target.ts'
import { viaBefore } from './upstream-proxy.ts'
import type { ClientLeg, Tunnel, Wiring } from './wiring.ts'

/** The protocols we can read; an offer of others only is passed on as it is and relayed unread. */
const readable = ['h2', 'http/1.1', 'http/1.0']
/** TLS alerts by which a client says that it does not believe our certificate (RFC 8446 §6.2). */
const rejections =
  /ALERT_(UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_UNKNOWN|CERTIFICATE_EXPIRED|UNSUPPORTED_CERTIFICATE|CERTIFICATE_REVOKED)/i
const hostsRemembered = 50
const hungUp = 'the client closed the connection'
/** A client that hangs up so soon after the handshake did not like what it saw. */
const hangUpMs = 1000

export async function openTls(wiring: Wiring, tunnel: Tunnel, hello: ClientHello): Promise<void> {
  const { host, port, socket, raw, reverse } = tunnel
  const route: Route = reverse ?? { scheme: 'https', host, port }
  const known = hello.alpn.filter((name) => readable.includes(name))
  const alpn = known.length > 0 ? known : hello.alpn
  // In reverse mode the client's name is for us, not for the origin.
  const named = reverse || hello.servername === undefined ? {} : { servername: hello.servername }
  const outcome = await wiring.link({
    route,
    via: viaBefore(tunnel.headers),
    ...(route.scheme === 'https' ? { alpn, ...named, postQuantum: hello.postQuantum } : {}),
  })
  const link = 'link' in outcome ? outcome.link : undefined
  const failed: { failure?: Failure } = 'failure' in outcome ? { failure: outcome.failure } : {}
  if (socket.destroyed) {
    link?.socket.destroy()
    return
  }
  const name = hello.servername ?? host
  const chosen = link?.tls ? link.tls.alpn : (alpn.find((name) => name.startsWith('http/1')) ?? alpn[0])
  const inner = new TLSSocket(socket, {
    isServer: true,
    secureContext: wiring.authority.contextFor(name),
    ...(chosen ? { ALPNProtocols: [chosen] } : {}),
  })
  inner.allowHalfOpen = true
  const fault = await secured(inner, wiring.limits.handshakeMs)
  if (fault) {
    link?.socket.destroy()
    if (fault.message === hungUp) reportHangUp(wiring, tunnel, route, name)
    else reportRejection(wiring, tunnel, route, name, fault)
    inner.destroy()
    return
  }
  wiring.facts.seen.tlsOpened = true
  const theirs = hello.servername ? { servername: hello.servername } : {}
  const leg: ClientLeg = { ...tunnel.leg, clientTls: { ...tlsFacts(inner), ...theirs } }
  const since = performance.now()
  const onUnused = (): void => {
    // Some clients (Node among them) look at the certificate after the handshake and then hang up without an alert.
    if (performance.now() - since < hangUpMs) reportHangUp(wiring, tunnel, route, name)
  }
  if (inner.alpnProtocol === 'h2') {
    const onOpened = (): void => believe(wiring, tunnel, name)
    const where = { leg, socket: inner, raw, route, ...named, ...(link ? { link } : {}), ...failed }
    serveHttp2(wiring, { ...where, rewriteHost: reverse !== undefined, onUnused, onOpened })
    return
  }
  const speaker = await firstToSpeak(inner, link?.socket, wiring.limits.headMs)
  const offer = inner.alpnProtocol ? { alpn: [inner.alpnProtocol] } : {}
  const fixed = { route, ...named, ...offer, ...(link ? { link } : {}), ...failed, rewriteHost: reverse !== undefined }
  if (speaker !== 'nobody' && speaker !== 'server') believe(wiring, tunnel, name)
  if (speaker === 'http1') new Http1Client(wiring, { leg, socket: inner, raw, fixed })
  else if (link && speaker !== 'nobody')
    relayOpaque(wiring, leg, route, { unread: 'not-http' }, { socket: inner, raw }, link)
  else {
    if (speaker === 'nobody') onUnused()
    link?.socket.destroy()
    inner.destroy()
  }
}

/** Undefined once the handshake is done, else why it was not. */
function secured(inner: TLSSocket, timeoutMs: number): Promise<Error | undefined> {
  return new Promise((resolve) => {
    const late = new Error('it was not finished in time')
    const limit = startLimit(timeoutMs, () => settle(late))
    const settle = (error: Error | undefined): void => {
      limit.clear()
      inner.off('close', onClose)
      inner.off('end', onClose)
      resolve(error)
    }
    const onClose = (): void => settle(new Error(hungUp))
    // Stays on afterwards: an error nobody listens for ends the process.
    inner.on('error', settle)
    inner.once('close', onClose)
    // Our sockets may be half-open: a FIN in the middle of the handshake closes nothing by itself.
    inner.once('end', onClose)
    inner.once('secure', () => settle(undefined))
  })
}

/** The same program, as far as it can be told, and the name it asked for. */
function believer(tunnel: Tunnel, name: string): string {
  const headers = tunnel.headers ?? []
  const at = headers.findIndex((field, index) => index % 2 === 0 && field.toLowerCase() === 'user-agent')
  return `${name} ${at === -1 ? '' : headers[at + 1]}`
}

function believe({ facts: { believedBy } }: Wiring, tunnel: Tunnel, name: string): void {
  if (believedBy.size >= hostsRemembered * 10) believedBy.clear()
  believedBy.add(believer(tunnel, name))
}

/**
 * A browser opens more connections than it needs and closes the spare ones unused: who is seen to believe us, now or in a
 * moment, has rejected nothing.
 */
function reportHangUp(wiring: Wiring, tunnel: Tunnel, route: Route, name: string): void {
  const decide = (): void => {
    if (!wiring.facts.believedBy.has(believer(tunnel, name))) reportRejection(wiring, tunnel, route, name)
  }
  setTimeout(decide, hangUpMs / 2).unref()
}

/** A client that does not believe us never looks like a failure of the origin. Without `error` it just hung up. */
function reportRejection(wiring: Wiring, tunnel: Tunnel, route: Route, name: string, error?: Error): void {
  const alert = error ? codeOf(error) : ''
  const rejected = error === undefined || rejections.test(alert)
  const { facts } = wiring
  if (rejected) {
    facts.seen.tlsRejected = true
    facts.rejectedBy.push(name)
    if (facts.rejectedBy.length > hostsRemembered) facts.rejectedBy.shift()
  }
  const code = rejected ? 'CLIENT_REJECTED_CERTIFICATE' : 'CLIENT_TLS_FAILED'
  const words = !error
    ? `The client hung up as soon as it had seen Telltale's certificate for ${name}, as clients do that do not trust it.`
    : rejected
      ? `The client does not trust Telltale's certificate for ${name}.`
      : `The TLS handshake with the client failed: ${error.message.split('\n')[0]}.`
  const failed = failure('client', code, words, /^ERR_SSL/.test(alert) ? { received: alert } : {})
  const secure: Route = { ...route, scheme: 'https' }
  recordFailedTunnel(wiring, tunnel.leg, secure, { unread: 'client-rejected', headers: tunnel.headers ?? [] }, failed)
}
