// An HTTP/2 connection relayed stream by stream: one connection towards the client, one towards each origin it names.
import type { Duplex } from 'node:stream'
import type { ExchangeId } from '../exchange/exchange.ts'
import type { Failure } from '../exchange/failure.ts'
import { errorCodes, type Fault } from '../http2/error-codes.ts'
import type { Goaway, IncomingHead } from '../http2/handler.ts'
import type { Settings } from '../http2/settings.ts'
import type { Http2Stream, StreamEnd, Trailers } from '../http2/stream.ts'
import { answerStream } from './answer-stream.ts'
import { reset } from './closing.ts'
import { failure } from './failures.ts'
import { homeAnswer, homeHost } from './home-page.ts'
import { type CarriedEvents, Http2Carrier, mostStreams } from './http2-carrier.ts'
import { Http2Exchange } from './http2-exchange.ts'
import { pseudoOf, renamed, routeOf, withoutOurs } from './http2-fields.ts'
import { Http2Origin, openHttp2Origin } from './http2-origin.ts'
import { recordMalformed } from './http2-record.ts'
import { mayUse, refusalOf } from './http2-refusal.ts'
import type { Link } from './link.ts'
import type { Route } from './target.ts'
import type { ClientLeg, Wiring } from './wiring.ts'

export type Http2Where = {
  readonly leg: ClientLeg
  readonly socket: Duplex
  readonly raw: Duplex
  /** Absent on a proxy port, where each request names its own origin. */
  readonly route?: Route
  /** The client's authority names us, not the origin (reverse mode). */
  readonly rewriteHost?: boolean
  readonly servername?: string
  readonly link?: Link
  /** Why the tunnel's own attempt failed, told to the first stream. */
  readonly failure?: Failure
  /** Called when the client left without having opened a stream. */
  readonly onUnused?: () => void
  /** Hears the id of every exchange as it is opened. */
  readonly onOpened?: (id: ExchangeId) => void
}

const { NO_ERROR } = errorCodes

const keyOf = ({ scheme, host, port }: Route): string => `${scheme}://${host.toLowerCase()}:${port}`

type Reached = Http2Origin | Failure

/** Owns all connections that one client connection leads to. */
class Http2Relay implements CarriedEvents<Http2Exchange> {
  readonly #wiring: Wiring
  readonly #where: Http2Where
  readonly #client: Http2Carrier<Http2Exchange>
  /** The one route's key, made once. */
  readonly #onlyKey: string
  /** A connection once it stands; until then, the dialling of it. */
  readonly #origins = new Map<string, Reached | Promise<Reached>>()
  #used = false
  /** The one origin said that it goes away: so do we. */
  #leaving = false
  /** Once no stream is open the connection ends. */
  #finishing = false
  #told = ''
  #code: number = NO_ERROR

  constructor(wiring: Wiring, where: Http2Where) {
    this.#wiring = wiring
    this.#where = where
    wiring.running.add(this)
    this.#onlyKey = where.route ? keyOf(where.route) : ''
    const settings: Settings = { maxConcurrentStreams: mostStreams }
    this.#client = new Http2Carrier<Http2Exchange>(where.socket, true, settings, this, wiring.limits.headMs)
    if (where.route && where.failure) this.#origins.set(this.#onlyKey, where.failure)
    else if (where.route && where.link) this.#origins.set(this.#onlyKey, this.#adopt(where.link, this.#onlyKey))
  }

  #adopt(link: Link, key: string): Reached {
    const only = this.#where.route !== undefined
    return openHttp2Origin(link, {
      onSettings: (settings) => {
        if (only) this.#allow(settings)
      },
      onGoaway: (goaway) => this.#originLeaves(key, goaway),
      onClose: () => {
        this.#origins.delete(key)
        // Streams still running tell their own story first; an idle connection ends as the origin ended it.
        if (only) setImmediate(() => this.#finish())
      },
    })
  }

  /** What the origin allows is what the client may do (RFC 8441 §3 for WebSockets): told when it changes. */
  #allow({ maxConcurrentStreams = mostStreams, enableConnectProtocol }: Settings): void {
    const most = Math.min(maxConcurrentStreams, mostStreams)
    const told = `${most} ${enableConnectProtocol}`
    const usual = this.#told === '' && most === mostStreams && !enableConnectProtocol
    if (this.#client.gone || told === this.#told || usual) return
    this.#told = told
    this.#client.connection.settings({
      maxConcurrentStreams: most,
      ...(enableConnectProtocol ? { enableConnectProtocol } : {}),
    })
  }

  /**
   * Streams above the last one were not processed and are refused, which a client knows it may send again. An origin that
   * only announces its GOAWAY (last stream 2^31-1) would take more, but not from us: the last stream here is the last taken.
   */
  #originLeaves(key: string, { code, lastStream, data }: Goaway): void {
    const { connection } = this.#client
    let last = connection.streams.lastTheirs
    for (const { id, owner } of connection.streams.all()) {
      if (owner?.key !== key || !owner.isAbove(lastStream)) continue
      last = Math.min(last, id - 2)
      owner.refuse()
    }
    if (!this.#where.route) {
      this.#origins.delete(key)
      return
    }
    this.#leaving = true
    connection.goaway({ code, lastStream: Math.max(0, last), data })
  }

  async #dial(route: Route, key: string): Promise<Reached> {
    const { servername } = this.#where
    const named = servername === undefined ? {} : { servername }
    const outcome = await this.#wiring.link({
      route,
      tunnel: true,
      ...(route.scheme === 'https' ? { alpn: ['h2'], ...named } : {}),
    })
    if ('failure' in outcome) return outcome.failure
    if (this.#client.gone) outcome.link.socket.destroy()
    return this.#adopt(outcome.link, key)
  }

  // --- what comes from the client ---

  onHead(stream: Http2Stream<Http2Exchange>, { fields, never, ended }: IncomingHead): void {
    this.#wiring.facts.seen.proxied = true
    this.#used = true
    const { leg, route: only, rewriteHost } = this.#where
    const { connection } = this.#client
    const pseudo = pseudoOf(fields)
    const named = only ?? routeOf(pseudo)
    if (!only && named?.host.toLowerCase() === homeHost && mayUse(this.#wiring, leg, fields)) {
      answerStream(connection, stream, homeAnswer(pseudo.path ?? '/', this.#wiring.authority.caPem), pseudo.method)
      return
    }
    const route: Route = named ?? { scheme: 'http', host: pseudo.authority ?? 'unknown', port: 0 }
    const outgoing = rewriteHost && only ? renamed(fields, only) : leg.way === 'proxy' ? withoutOurs(fields) : fields
    const key = only ? this.#onlyKey : keyOf(route)
    const known = this.#origins.get(key)
    const link = known instanceof Http2Origin && known.used > 0 && !known.leaving ? known.link : undefined
    const exchange = new Http2Exchange(this.#wiring, {
      ...{ leg, route, key, pseudo, fields, link, rewriteHost: rewriteHost === true },
      ...{ connection, stream, outgoing, never, ended },
    })
    stream.owner = exchange
    this.#where.onOpened?.(exchange.id)
    if (this.#leaving) return exchange.refuse()
    if (!only) {
      const refused = refusalOf(this.#wiring, leg, fields, pseudo, named)
      if (refused) return exchange.fail(...refused)
    }
    this.#lead(exchange, route, key)
  }

  #lead(exchange: Http2Exchange, route: Route, key: string): void {
    const known = this.#origins.get(key)
    if (known && !(known instanceof Promise)) return this.#settle(exchange, key, known, known)
    const origin = known ?? this.#dial(route, key)
    this.#origins.set(key, origin)
    void origin.then((outcome) => {
      if (outcome instanceof Http2Origin && this.#origins.get(key) === origin) this.#origins.set(key, outcome)
      this.#settle(exchange, key, origin, outcome)
    })
  }

  #settle(exchange: Http2Exchange, key: string, origin: Reached | Promise<Reached>, outcome: Reached): void {
    if (outcome instanceof Http2Origin) return exchange.attach(outcome)
    if (this.#origins.get(key) === origin) this.#origins.delete(key)
    exchange.fail(outcome)
  }

  onMalformed(fields: readonly string[], fault: Fault): void {
    this.#used = true
    recordMalformed(this.#wiring, this.#where.leg, this.#where.route, fields, fault)
  }

  onData(stream: Http2Stream<Http2Exchange>, octets: Uint8Array, ended: boolean): void {
    if (stream.owner) stream.owner.onRequestData(octets, ended)
    else this.#client.connection.use(stream, octets.length)
  }

  onTrailers(stream: Http2Stream<Http2Exchange>, trailers: Trailers): void {
    stream.owner?.onRequestTrailers(trailers)
  }

  onSent(stream: Http2Stream<Http2Exchange>, octets: number): void {
    stream.owner?.onAnswerSent(octets)
  }

  onOursEnded(stream: Http2Stream<Http2Exchange>): void {
    stream.owner?.onAnswerLeft()
  }

  onClosed(stream: Http2Stream<Http2Exchange>, end: StreamEnd): void {
    stream.owner?.onClientClosed(end)
  }

  onSettings(): void {}

  /** With a code it is meant for the origin too. */
  onGoaway({ code, data }: Goaway): void {
    this.#code = code
    if (code === NO_ERROR) return
    for (const origin of this.#origins.values())
      void Promise.resolve(origin).then((outcome) => {
        if (outcome instanceof Http2Origin) outcome.connection.goaway({ code, lastStream: 0, data })
      })
  }

  onIdle(): void {
    if (this.#finishing) setImmediate(() => this.#finish())
  }

  onFault({ code, why }: Fault): void {
    this.#code = code
    const failed = failure('client', 'REQUEST_FRAMING', `The client does not keep to HTTP/2: ${why}.`)
    for (const { owner } of this.#client.connection.streams.all()) owner?.onClientClosed({ by: 'connection' }, failed)
    setImmediate(() => this.#client.finish())
  }

  // --- how it ends ---

  #finish(): void {
    if (this.#client.gone) return
    this.#finishing = true
    const { connection } = this.#client
    if (!this.#leaving) connection.goaway({ code: NO_ERROR, lastStream: connection.streams.lastTheirs })
    this.#leaving = true
    if (connection.streams.open === 0) this.#client.finish()
  }

  onGone(): void {
    if (!this.#wiring.running.delete(this)) return
    if (!this.#used) this.#where.onUnused?.()
    for (const origin of this.#origins.values())
      void Promise.resolve(origin).then((outcome) => {
        if (outcome instanceof Http2Origin) outcome.end(this.#code)
      })
  }

  interrupt(failed: Failure): void {
    const { connection } = this.#client
    for (const { owner } of connection.streams.all()) owner?.onClientClosed({ by: 'connection' }, failed)
    this.#used = true
    connection.closed()
    this.onGone()
    reset(this.#where.socket, this.#where.raw)
  }
}

export function serveHttp2(wiring: Wiring, where: Http2Where): void {
  // What is gone is not taken over.
  if (where.socket.destroyed || where.socket.readableEnded) {
    where.link?.socket.destroy()
    where.socket.destroy()
    where.onUnused?.()
    return
  }
  new Http2Relay(wiring, where)
}
