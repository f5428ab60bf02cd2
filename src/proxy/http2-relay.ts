// An HTTP/2 connection relayed stream by stream: one session towards the client, one towards the origin.
import * as http2 from 'node:http2'
import type { Duplex } from 'node:stream'
import type { ExchangeId } from '../exchange/exchange.ts'
import type { Failure } from '../exchange/failure.ts'
import { reset } from './closing.ts'
import { Http2Exchange, type Http2Origin } from './http2-exchange.ts'
import type { Link } from './link.ts'
import type { Route } from './target.ts'
import type { ClientLeg, Wiring } from './wiring.ts'

export type Http2Where = {
  readonly leg: ClientLeg
  readonly socket: Duplex
  readonly raw: Duplex
  readonly route: Route
  readonly servername?: string
  readonly link?: Link
  /** Why the tunnel's own attempt failed, told to the first stream. */
  readonly failure?: Failure
  /** Called when the client left without having opened a stream. */
  readonly onUnused?: () => void
  /** Hears the id of every exchange as it is opened. */
  readonly onOpened?: (id: ExchangeId) => void
}

const windowOctets = 256 * 1024
const sessionWindowOctets = 1024 * 1024
const headerOctets = 512 * 1024

/** Node's own limits (128 pairs, 64 KiB) would drop what the origin would have taken. */
const sessionOptions = {
  maxHeaderListPairs: 20_000,
  maxSendHeaderBlockLength: 16 * 1024 * 1024,
  maxSessionMemory: 64,
  // What an origin sends twice arrives twice.
  strictSingleValueFields: false,
  settings: { initialWindowSize: windowOctets, maxHeaderListSize: headerOctets, enablePush: false },
}

/** Owns both sessions. */
class Http2Relay {
  readonly #wiring: Wiring
  readonly #where: Http2Where
  readonly #client: http2.ServerHttp2Session
  #origin: Promise<Http2Origin | Failure> | undefined
  readonly #exchanges = new Set<Http2Exchange>()
  #used = false

  constructor(wiring: Wiring, where: Http2Where) {
    this.#wiring = wiring
    this.#where = where
    const { enablePush: _client, ...settings } = sessionOptions.settings
    this.#client = http2.performServerHandshake(where.socket, { ...sessionOptions, settings })
    this.#client.setLocalWindowSize(sessionWindowOctets)
    if (where.failure) this.#origin = Promise.resolve(where.failure)
    else if (where.link) this.#origin = Promise.resolve(this.#adopt(where.link))
    wiring.running.add(this)
    this.#client.on('stream', (stream, headers, flags, raw) => this.#take(stream, headers, flags, raw))
    this.#client.on('error', () => {})
    this.#client.on('sessionError', () => {})
    this.#client.on('close', () => this.#close())
    where.socket.on('error', () => {})
    where.socket.once('end', () => where.socket.destroy())
    where.socket.once('close', () => this.#close())
  }

  #adopt(link: Link): Http2Origin {
    const session = http2.connect(`${link.route.scheme}://${link.server.host}`, {
      ...sessionOptions,
      createConnection: () => link.socket,
    })
    session.setLocalWindowSize?.(sessionWindowOctets)
    session.once('connect', () => session.setLocalWindowSize(sessionWindowOctets))
    session.on('error', () => {})
    // HTTP/2 has no half-closed connections (RFC 9113 §5.4.1): a FIN is the end, though our sockets could go on.
    link.socket.once('end', () => link.socket.destroy())
    session.on('remoteSettings', (settings) => {
      if (this.#client.destroyed) return
      const { maxConcurrentStreams, enableConnectProtocol } = settings
      // What the origin allows is what the client may do (RFC 8441 §3 for WebSockets).
      this.#client.settings({
        ...(maxConcurrentStreams === undefined ? {} : { maxConcurrentStreams }),
        ...(enableConnectProtocol ? { enableConnectProtocol } : {}),
      })
    })
    session.on('goaway', (code, _lastStream, data) => {
      if (this.#client.destroyed) return
      if (code === http2.constants.NGHTTP2_NO_ERROR) this.#client.close()
      else this.#client.goaway(code, undefined, data)
    })
    session.once('close', () => {
      this.#origin = undefined
      // Streams still running tell their own story first; an idle connection ends as the origin ended it.
      setImmediate(() => {
        if (!this.#client.destroyed) this.#client.close()
      })
    })
    return { session, link, used: 0 }
  }

  async #dial(): Promise<Http2Origin | Failure> {
    const { route, servername } = this.#where
    const named = servername === undefined ? {} : { servername }
    const outcome = await this.#wiring.link({
      route,
      tunnel: true,
      ...(route.scheme === 'https' ? { alpn: ['h2'], ...named } : {}),
    })
    if ('failure' in outcome) return outcome.failure
    if (this.#client.destroyed) outcome.link.socket.destroy()
    return this.#adopt(outcome.link)
  }

  #take(stream: http2.ServerHttp2Stream, headers: http2.IncomingHttpHeaders, flags: number, raw: string[]): void {
    this.#wiring.facts.seen.proxied = true
    this.#used = true
    const { leg, route } = this.#where
    const exchange = new Http2Exchange(this.#wiring, { leg, route, stream, headers, raw, ended: (flags & 1) !== 0 })
    this.#exchanges.add(exchange)
    this.#where.onOpened?.(exchange.id)
    stream.once('close', () => this.#exchanges.delete(exchange))
    this.#origin ??= this.#dial()
    const origin = this.#origin
    void origin.then((outcome) => {
      if ('code' in outcome) {
        if (this.#origin === origin) this.#origin = undefined
        exchange.fail(outcome)
      } else exchange.attach(outcome)
    })
  }

  #close(): void {
    if (!this.#wiring.running.delete(this)) return
    if (!this.#used) this.#where.onUnused?.()
    for (const exchange of this.#exchanges) exchange.clientClosed()
    void this.#origin?.then((outcome) => {
      if ('session' in outcome) outcome.session.destroy()
    })
  }

  interrupt(failed: Failure): void {
    for (const exchange of this.#exchanges) exchange.clientClosed(failed)
    this.#used = true
    this.#close()
    this.#client.destroy()
    reset(this.#where.socket, this.#where.raw)
  }
}

export function serveHttp2(wiring: Wiring, where: Http2Where): void {
  new Http2Relay(wiring, where)
}
