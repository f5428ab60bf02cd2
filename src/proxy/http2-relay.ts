// An HTTP/2 connection relayed stream by stream: one session towards the client, one towards each origin it names.
import * as http2 from 'node:http2'
import type { Duplex } from 'node:stream'
import type { ExchangeId } from '../exchange/exchange.ts'
import type { Failure } from '../exchange/failure.ts'
import { answerStream } from './answer-stream.ts'
import { reset } from './closing.ts'
import { failure } from './failures.ts'
import { homeAnswer, homeHost } from './home-page.ts'
import { Http2Exchange } from './http2-exchange.ts'
import { renamed, routeOfFields, withoutOurs } from './http2-fields.ts'
import {
  type Goaway,
  type Http2Origin,
  openHttp2Origin,
  outliveGoaway,
  sessionOptions,
  sessionWindowOctets,
} from './http2-origin.ts'
import type { Link } from './link.ts'
import { mayUseProxy, proxyAuthenticate } from './proxy-auth.ts'
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

const { NGHTTP2_NO_ERROR } = http2.constants

const keyOf = ({ scheme, host, port }: Route): string => `${scheme}://${host.toLowerCase()}:${port}`

type Reached = Http2Origin | Failure

/** Owns all sessions of one client connection. */
class Http2Relay {
  readonly #wiring: Wiring
  readonly #where: Http2Where
  readonly #client: http2.ServerHttp2Session
  /** A connection once it stands; until then, the dialling of it. */
  readonly #origins = new Map<string, Reached | Promise<Reached>>()
  readonly #exchanges = new Set<Http2Exchange>()
  #used = false
  /** The one origin said that it goes away: so do we. */
  #leaving = false
  #lastTaken = 0
  #allowed: http2.Settings = {}
  #told = ''
  #code = NGHTTP2_NO_ERROR

  constructor(wiring: Wiring, where: Http2Where) {
    this.#wiring = wiring
    this.#where = where
    this.#client = http2.performServerHandshake(where.socket, sessionOptions)
    this.#client.setLocalWindowSize(sessionWindowOctets)
    if (where.route && where.failure) this.#origins.set(keyOf(where.route), where.failure)
    else if (where.route && where.link)
      this.#origins.set(keyOf(where.route), this.#adopt(where.link, keyOf(where.route)))
    wiring.running.add(this)
    this.#client.on('stream', (stream, headers, flags, raw) => this.#take(stream, headers, flags, raw))
    this.#client.on('localSettings', () => {
      if (this.#allowed.maxConcurrentStreams !== undefined) this.#allow()
    })
    this.#client.on('error', () => {})
    this.#client.on('sessionError', () => {})
    this.#client.on('close', () => this.#close())
    outliveGoaway(this.#client, (goaway) => this.#clientLeaves(goaway))
    where.socket.on('error', () => {})
    where.socket.once('end', () => where.socket.destroy())
    where.socket.once('close', () => this.#close())
  }

  #adopt(link: Link, key: string): Http2Origin | Failure {
    const only = this.#where.route !== undefined
    return openHttp2Origin(link, {
      onSettings: (settings) => {
        if (!only) return
        this.#allowed = settings
        this.#allow()
      },
      onGoaway: (goaway) => this.#originLeaves(key, goaway),
      onClose: () => {
        this.#origins.delete(key)
        if (!only) return
        // Streams still running tell their own story first; an idle connection ends as the origin ended it.
        setImmediate(() => {
          if (!this.#client.destroyed) this.#client.close()
        })
      },
    })
  }

  /** What the origin allows is what the client may do (RFC 8441 §3 for WebSockets): told when it changes, one at a time. */
  #allow(): void {
    const { maxConcurrentStreams, enableConnectProtocol } = this.#allowed
    const told = `${maxConcurrentStreams} ${enableConnectProtocol}`
    if (this.#client.destroyed || this.#client.pendingSettingsAck || told === this.#told) return
    this.#told = told
    this.#client.settings({
      ...(maxConcurrentStreams === undefined ? {} : { maxConcurrentStreams }),
      ...(enableConnectProtocol ? { enableConnectProtocol } : {}),
    })
  }

  /**
   * Streams above the last one were not processed and are refused, which a client knows it may send again. An origin that
   * only announces its GOAWAY (last stream 2^31-1) would take more, but not from us: the last stream here is the last taken.
   */
  #originLeaves(key: string, { code, lastStream, data }: Goaway): void {
    let last = this.#lastTaken
    for (const exchange of this.#exchanges) {
      if (exchange.key !== key || exchange.upstreamStream <= lastStream) continue
      last = Math.min(last, exchange.clientStream - 2)
      exchange.refuse()
    }
    if (!this.#where.route) {
      this.#origins.delete(key)
      return
    }
    this.#leaving = true
    if (!this.#client.destroyed) this.#client.goaway(code, Math.max(0, last), data)
  }

  #clientLeaves({ code, data }: Goaway): void {
    this.#code = code
    if (code === NGHTTP2_NO_ERROR) return
    for (const origin of this.#origins.values())
      void Promise.resolve(origin).then((outcome) => {
        if ('session' in outcome && !outcome.session.destroyed) outcome.session.goaway(code, 0, data)
      })
  }

  async #dial(route: Route, key: string): Promise<Http2Origin | Failure> {
    const { servername } = this.#where
    const named = servername === undefined ? {} : { servername }
    const outcome = await this.#wiring.link({
      route,
      tunnel: true,
      ...(route.scheme === 'https' ? { alpn: ['h2'], ...named } : {}),
    })
    if ('failure' in outcome) return outcome.failure
    if (this.#client.destroyed) outcome.link.socket.destroy()
    return this.#adopt(outcome.link, key)
  }

  #take(stream: http2.ServerHttp2Stream, headers: http2.IncomingHttpHeaders, flags: number, raw: string[]): void {
    this.#wiring.facts.seen.proxied = true
    this.#used = true
    this.#lastTaken = stream.id ?? this.#lastTaken
    const { leg, route: only, rewriteHost } = this.#where
    const named = only ?? routeOfFields(headers)
    if (!only && named?.host.toLowerCase() === homeHost && this.#mayUse(headers)) {
      answerStream(stream, homeAnswer(headers[':path'] ?? '/', this.#wiring.authority.caPem), headers)
      return
    }
    const route: Route = named ?? { scheme: 'http', host: headers[':authority'] ?? 'unknown', port: 0 }
    const fields = rewriteHost && only ? renamed(raw, only) : leg.way === 'proxy' ? withoutOurs(raw) : raw
    const key = keyOf(route)
    const ended = (flags & 1) !== 0
    const known = this.#origins.get(key)
    const origin = known && 'session' in known && known.used > 0 && !known.leaving ? known : undefined
    const request = { leg, route, key, stream, headers, raw, fields, ended, rewriteHost: rewriteHost === true, origin }
    const exchange = new Http2Exchange(this.#wiring, request)
    this.#exchanges.add(exchange)
    this.#where.onOpened?.(exchange.id)
    stream.once('close', () => this.#exchanges.delete(exchange))
    if (this.#leaving) return exchange.refuse()
    if (!only && !this.#mayUse(headers))
      return exchange.fail(failure('client', 'PROXY_AUTHENTICATION', 'The proxy demands credentials.'), {
        status: 407,
        headers: proxyAuthenticate,
      })
    const refused = only ? undefined : refusalOf(headers, named)
    if (refused) return exchange.fail(refused)
    if (!only && this.#wiring.cameBack(raw))
      return exchange.fail(failure('client', 'LOOP', 'This request was here before: another proxy sends it back.'))
    this.#lead(exchange, route, key)
  }

  #mayUse(headers: http2.IncomingHttpHeaders): boolean {
    const secret = this.#where.leg.way === 'proxy' ? this.#wiring.settings.proxyAuth : undefined
    return mayUseProxy(secret, headers['proxy-authorization'])
  }

  #lead(exchange: Http2Exchange, route: Route, key: string): void {
    const known = this.#origins.get(key)
    if (known && !(known instanceof Promise)) return this.#settle(exchange, key, known, known)
    const origin = known ?? this.#dial(route, key)
    this.#origins.set(key, origin)
    void origin.then((outcome) => {
      if ('session' in outcome && this.#origins.get(key) === origin) this.#origins.set(key, outcome)
      this.#settle(exchange, key, origin, outcome)
    })
  }

  #settle(exchange: Http2Exchange, key: string, origin: Reached | Promise<Reached>, outcome: Reached): void {
    if ('session' in outcome) return exchange.attach(outcome)
    if (this.#origins.get(key) === origin) this.#origins.delete(key)
    exchange.fail(outcome)
  }

  #close(): void {
    if (!this.#wiring.running.delete(this)) return
    if (!this.#used) this.#where.onUnused?.()
    for (const exchange of this.#exchanges) exchange.clientClosed()
    for (const origin of this.#origins.values())
      void Promise.resolve(origin).then((outcome) => {
        if ('session' in outcome) outcome.session.destroy(undefined, this.#code)
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

/** Why a request to the proxy itself cannot be led anywhere. */
function refusalOf(headers: http2.IncomingHttpHeaders, route: Route | undefined): Failure | undefined {
  if (headers[':method'] === 'CONNECT' && headers[':protocol'] === undefined)
    return failure('client', 'CONNECT_REFUSED', 'CONNECT is offered over HTTP/1.1 only.')
  return route ? undefined : failure('client', 'REQUEST_NOT_PROXY', 'The request names no host in :authority.')
}

export function serveHttp2(wiring: Wiring, where: Http2Where): void {
  // As for the origin's side: what is gone is not taken over.
  if (where.socket.destroyed || where.socket.readableEnded) {
    where.link?.socket.destroy()
    where.socket.destroy()
    where.onUnused?.()
    return
  }
  new Http2Relay(wiring, where)
}
