// A client's HTTP/1 connection: reads requests one after the other, finds each its origin, and ends as its origins end.
import type { Duplex } from 'node:stream'
import type { ExchangeId } from '../exchange/exchange.ts'
import type { Failure } from '../exchange/failure.ts'
import { cut, endGracefully, reset } from './closing.ts'
import { failure } from './failures.ts'
import { forwardLines } from './forward-head.ts'
import { homeAnswer, homeHost } from './home-page.ts'
import { Http1Exchange, type Http1Side } from './http1-exchange.ts'
import { Http1Origin } from './http1-origin.ts'
import type { Link } from './link.ts'
import { type Answer, problemAnswer, serialize } from './problem-page.ts'
import { Recorder } from './recorder.ts'
import { hopelessHead, parseRequestHead, type Refusal, type RequestHead } from './request-head.ts'
import type { ResponseHead } from './response-head.ts'
import { authorityText, parseAbsolute, type Route, targetUrl } from './target.ts'
import { relayUpgraded } from './upgraded.ts'
import type { ClientLeg, Wiring } from './wiring.ts'

/** Octets of later requests that are read ahead while one is being answered. */
const aheadOctets = 64 * 1024
/** Connections to different origins that one client connection may keep. */
const originsKept = 8

export type Http1Where = {
  readonly leg: ClientLeg
  readonly socket: Duplex
  /** The TCP connection underneath. */
  readonly raw: Duplex
  /** Where every request goes; absent on a proxy port, where each names its own. */
  readonly fixed?: {
    readonly route: Route
    readonly link?: Link
    readonly failure?: Failure
    readonly alpn?: readonly string[]
    readonly servername?: string
    readonly rewriteHost?: boolean
  }
  /** Takes over when a CONNECT arrives; absent where that makes no sense. */
  readonly onConnect?: (head: RequestHead, rest: Buffer, socket: Duplex) => void
  /** Hears the id of every exchange as it is opened. */
  readonly onOpened?: (id: ExchangeId) => void
}

/** Owns a client connection for as long as HTTP/1 is spoken on it. */
export class Http1Client implements Http1Side {
  readonly socket: Duplex
  readonly #wiring: Wiring
  readonly #where: Http1Where
  readonly #origins = new Map<string, Http1Origin>()
  #unread: Buffer | undefined
  #exchange: Http1Exchange | undefined
  #route: Route | undefined
  #held = false
  #ended = false
  #closed = false

  #failure: Failure | undefined
  #timer: NodeJS.Timeout | undefined
  #timerIsForHead = false
  readonly #onData = (chunk: Buffer): void => this.#take(chunk)
  readonly #onEnd = (): void => this.#endedByClient()
  readonly #onClose = (): void => this.#close()
  readonly #onDrain = (): void => this.#exchange?.onClientDrain()

  constructor(wiring: Wiring, where: Http1Where) {
    this.#wiring = wiring
    this.#where = where
    this.socket = where.socket
    this.#failure = where.fixed?.failure
    wiring.running.add(this)
    if (where.fixed?.link) this.#adopt(where.fixed.route, where.fixed.link)
    this.socket.on('data', this.#onData)
    this.socket.on('end', this.#onEnd)
    this.socket.on('error', () => {})
    this.socket.on('close', this.#onClose)
    this.socket.on('drain', this.#onDrain)
    this.#watchIdle()
    this.socket.resume()
  }

  #take(chunk: Buffer): void {
    const exchange = this.#exchange
    if (exchange && !exchange.requestDone) {
      const used = exchange.requestData(chunk, 0)
      if (used === chunk.length || this.#closed) return
      this.#unread = chunk.subarray(used)
      if (this.#exchange === undefined) this.#next()
      return
    }
    this.#unread = this.#unread ? Buffer.concat([this.#unread, chunk]) : chunk
    if (!exchange) this.#next()
    else this.#flow()
  }

  /** Begins the next exchange if a whole head is there. */
  #next(): void {
    while (!this.#exchange && !this.#closed && this.#unread) {
      let bytes = this.#unread
      // An empty line before a request is ignored (RFC 9112 §2.2).
      while (bytes.length >= 2 && bytes[0] === 13 && bytes[1] === 10) bytes = bytes.subarray(2)
      this.#unread = bytes.length === 0 ? undefined : bytes
      if (!this.#unread) break
      const at = bytes.indexOf('\r\n\r\n')
      const { limits } = this.#wiring
      if (at === -1) {
        if (bytes.length > limits.headOctets)
          this.#refuse({ status: 431, code: 'REQUEST_MALFORMED', message: 'The request head is too long.' })
        else if (hopelessHead(bytes.toString('latin1')))
          this.#refuse({
            status: 400,
            code: 'REQUEST_MALFORMED',
            message: 'The request head is not written as HTTP says.',
          })
        else this.#watchHead()
        return
      }
      const text = bytes.toString('latin1', 0, at)
      const head = parseRequestHead(text, limits.fieldLines)
      this.#unread = bytes.length === at + 4 ? undefined : bytes.subarray(at + 4)
      if ('code' in head) {
        this.#refuse(head, text)
        return
      }
      if (head.target.length > limits.targetOctets) {
        this.#refuse({ status: 414, code: 'REQUEST_MALFORMED', message: 'The request target is too long.' }, text)
        return
      }
      this.#stopWatching()
      this.#begin(head, bytes.subarray(0, at + 4))
    }
    if (!this.#exchange && !this.#closed && this.#ended) this.end()
  }

  #begin(head: RequestHead, bytes: Buffer): void {
    if (head.method === 'CONNECT') {
      this.#connect(head)
      return
    }
    const { fixed } = this.#where
    const absolute = parseAbsolute(head.target)
    const route = fixed?.route ?? absolute?.route
    if (!route) {
      const message =
        'This is a proxy: it needs the whole URL in the request line, as clients send it that are told to use a proxy.'
      this.#refuse({ status: 400, code: 'REQUEST_NOT_PROXY', message }, undefined, head)
      return
    }
    this.#wiring.facts.seen.proxied = true
    if (!fixed && route.host.toLowerCase() === homeHost && absolute) {
      this.#home(head, absolute.rest)
      return
    }
    this.#route = route
    const outgoing = fixed
      ? this.#passOn(head, bytes)
      : this.#rewrite(head, absolute?.rest ?? '', absolute?.authority ?? '')
    const origin = this.#origins.get(keyOf(route))
    const usable = origin && !origin.spent ? origin : undefined
    const recorder = this.#record(head, route, usable)
    const exchange = new Http1Exchange(this, head, outgoing, recorder, this.#wiring.limits)
    this.#exchange = exchange
    if (this.#unread) {
      const rest = this.#unread
      this.#unread = undefined
      const used = exchange.requestData(rest, 0)
      if (used < rest.length && !this.#closed) this.#unread = rest.subarray(used)
    }
    if (this.#exchange !== exchange) return
    if (usable) exchange.attach(usable)
    else void this.#dial(exchange, route)
    this.#flow()
  }

  #passOn(head: RequestHead, bytes: Buffer): Buffer {
    const { fixed } = this.#where
    const host = fixed?.rewriteHost ? authorityText(fixed.route) : undefined
    if (!head.hopByHop && host === undefined) return bytes
    return written(head, head.target, forwardLines(head, host))
  }

  /** Absolute form becomes origin form, and Host follows it (RFC 9112 §3.2.2). */
  #rewrite(head: RequestHead, rest: string, authority: string): Buffer {
    const path = rest.startsWith('/') ? rest : `/${rest}`
    const target = rest === '' && head.method === 'OPTIONS' ? '*' : path
    return written(head, target, forwardLines(head, authority))
  }

  #record(head: RequestHead, route: Route, origin: Http1Origin | undefined): Recorder {
    const { leg } = this.#where
    const { outbox, settings } = this.#wiring
    const link = origin?.link
    const first = link !== undefined && origin?.used === 0
    const connection = {
      id: leg.id,
      reused: link !== undefined && !first,
      way: leg.way,
      ...(leg.clientTls ? { clientTls: leg.clientTls } : {}),
      ...(link ? { upstreamId: link.id } : {}),
      ...(link?.tls ? { serverTls: link.tls } : {}),
      ...(link?.via ? { via: link.via } : {}),
    }
    const recorder = new Recorder(
      outbox,
      {
        kind: 'http',
        client: leg.client,
        server: link?.server ?? { host: route.host, port: route.port },
        connection,
        origin: leg.origin,
        httpVersion: head.httpVersion,
        method: head.method,
        target: head.target,
        url: targetUrl(route, head.host, head.target),
        headers: head.raw,
      },
      settings.maxContent,
      first ? startOf(link) : undefined,
    )
    if (first) markTimes(recorder, link.times)
    this.#where.onOpened?.(recorder.id)
    return recorder
  }

  async #dial(exchange: Http1Exchange, route: Route): Promise<void> {
    if (this.#failure) {
      // The tunnel's own attempt failed a moment ago: the first request tells so.
      const failed = this.#failure
      this.#failure = undefined
      exchange.fail(failed)
      return
    }
    const { fixed } = this.#where
    const alpn = fixed ? (fixed.alpn ?? []) : ['http/1.1']
    const named = fixed?.servername === undefined ? {} : { servername: fixed.servername }
    const outcome = await this.#wiring.link({ route, alpn, ...named, tunnel: exchange.head.upgrade !== undefined })
    markTimes(exchange.recorder, 'link' in outcome ? outcome.link.times : outcome.times)
    if (this.#exchange !== exchange) {
      if ('link' in outcome) outcome.link.socket.destroy()
      return
    }
    if ('failure' in outcome) {
      exchange.fail(outcome.failure)
      return
    }
    const { link } = outcome
    const origin = this.#adopt(route, link)
    const { id: upstreamId, server, tls, via } = link
    exchange.recorder.connected(
      { upstreamId, server, ...(tls ? { serverTls: tls } : {}), ...(via ? { via } : {}) },
      false,
    )
    exchange.attach(origin)
  }

  redial(): void {
    if (this.#exchange && this.#route) void this.#dial(this.#exchange, this.#route)
  }

  #adopt(route: Route, link: Link): Http1Origin {
    const key = keyOf(route)
    const origin = new Http1Origin(link, (ended) => this.#originEnded(key, ended))
    this.#origins.get(key)?.end()
    this.#origins.set(key, origin)
    const [oldest] = this.#origins.keys()
    if (this.#origins.size > originsKept && oldest !== undefined) {
      this.#origins.get(oldest)?.end()
      this.#origins.delete(oldest)
    }
    return origin
  }

  /** In a tunnel the client would have seen its connection end: so it does. */
  #originEnded(key: string, origin: Http1Origin): void {
    if (this.#origins.get(key) === origin) this.#origins.delete(key)
    if (this.#where.fixed && !this.#exchange) this.end()
  }

  // --- what an exchange asks of its connection ---

  hold(on: boolean): void {
    this.#held = on
    this.#flow()
  }

  finished(reusable: boolean): void {
    this.#exchange = undefined
    this.#held = false
    if (this.#closed) return
    if (!reusable) {
      this.end()
      return
    }
    this.#flow()
    if (this.#unread || this.#ended) this.#next()
    else this.#watchIdle()
  }

  broken(how: 'cut' | 'reset'): void {
    this.#exchange = undefined
    if (how === 'cut') cut(this.socket)
    else reset(this.socket, this.#where.raw)
    this.#close()
  }

  answer(made: Answer, head: RequestHead, reusable: boolean): void {
    const keep = reusable && head.keepAlive && !this.#ended
    this.socket.write(serialize(made, head.method === 'HEAD', !keep))
    this.finished(keep)
  }

  upgraded(head: ResponseHead, rest: Buffer): void {
    const exchange = this.#exchange
    const origin = exchange?.origin
    if (!exchange || !origin) return
    const link = origin.surrender()
    this.#origins.clear()
    const fromClient = this.#unread
    this.#exchange = undefined
    this.#letGo()
    const { recorder } = exchange
    const { server } = link
    const upgrade = { recorder, head, host: server.host, port: server.port, fromClient, fromOrigin: rest }
    const { running } = this.#wiring
    const entry = {
      interrupt: () => {
        recorder.failed(interrupted())
        reset(this.socket, this.#where.raw)
        reset(link.socket, link.raw)
      },
    }
    running.add(entry)
    relayUpgraded({ socket: this.socket, raw: this.#where.raw }, link, upgrade, () => running.delete(entry))
  }

  // --- the connection's own life ---

  #connect(head: RequestHead): void {
    const { onConnect, fixed } = this.#where
    if (!onConnect || fixed) {
      const message = 'CONNECT is not possible inside a tunnel.'
      this.#refuse({ status: 400, code: 'CONNECT_REFUSED', message }, undefined, head)
      return
    }
    const rest = this.#unread ?? Buffer.alloc(0)
    for (const origin of this.#origins.values()) origin.end()
    this.#letGo()
    onConnect(head, rest, this.socket)
  }

  #home(head: RequestHead, path: string): void {
    const made = homeAnswer(path === '' ? '/' : path, this.#wiring.authority.caPem)
    this.socket.write(serialize(made, head.method === 'HEAD', true))
    this.end()
  }

  /** Answers what cannot be a request of ours, records it as far as it could be read, and ends the connection. */
  #refuse(why: Refusal, text?: string, head?: RequestHead): void {
    this.#stopWatching()
    const failed = failure('client', why.code, why.message)
    const [method = '', target = ''] = head
      ? [head.method, head.target]
      : ((text ?? '').split('\r\n', 1)[0]?.split(' ') ?? [])
    if (method !== '') {
      const { leg } = this.#where
      const route = this.#where.fixed?.route ??
        parseAbsolute(target)?.route ?? { scheme: 'http', host: head?.host ?? '', port: 0 }
      const { host, port } = route
      const recorder = new Recorder(
        this.#wiring.outbox,
        {
          kind: 'http',
          client: leg.client,
          server: { host, port },
          connection: { id: leg.id, reused: false, way: leg.way },
          origin: leg.origin,
          httpVersion: head?.httpVersion ?? '1.1',
          method,
          target,
          url: targetUrl(route, head?.host, target),
          headers: head?.raw ?? [],
        },
        0,
      )
      recorder.failed(failed)
    }
    this.socket.write(serialize(problemAnswer(why.status, failed, head?.accept), method === 'HEAD', true))
    this.#unread = undefined
    this.end()
  }

  #flow(): void {
    const ahead = this.#unread?.length ?? 0
    if (this.#held || ahead > aheadOctets) this.socket.pause()
    else this.socket.resume()
  }

  #watchIdle(): void {
    this.#stopWatching()
    this.#timer = setTimeout(() => this.end(), this.#wiring.limits.idleMs)
  }

  #watchHead(): void {
    if (this.#timerIsForHead) return
    this.#stopWatching()
    this.#timerIsForHead = true
    const late = { status: 408, code: 'REQUEST_MALFORMED', message: 'The request head did not arrive in time.' }
    this.#timer = setTimeout(() => this.#refuse(late), this.#wiring.limits.headMs)
  }

  #stopWatching(): void {
    clearTimeout(this.#timer)
    this.#timerIsForHead = false
  }

  #endedByClient(): void {
    this.#ended = true
    if (this.#exchange) this.#exchange.clientEnded(this.#wiring.limits.halfClosedMs)
    else this.end()
  }

  /** Ends in good order: what was answered reaches the client. */
  end(): void {
    if (this.#closed) return
    this.#close()
    endGracefully(this.socket)
  }

  #close(): void {
    if (this.#closed) return
    this.#letGo()
    this.#exchange?.clientClosed()
    this.#exchange = undefined
    for (const origin of this.#origins.values()) origin.end()
    this.#origins.clear()
  }

  #letGo(): void {
    this.#closed = true
    this.#unread = undefined
    this.#stopWatching()
    this.#wiring.running.delete(this)
    this.socket.off('data', this.#onData)
    this.socket.off('end', this.#onEnd)
    this.socket.off('close', this.#onClose)
    this.socket.off('drain', this.#onDrain)
    this.socket.pause()
  }

  interrupt(): void {
    this.#exchange?.clientClosed(interrupted())
    this.#exchange = undefined
    this.#close()
    reset(this.socket, this.#where.raw)
  }
}

const keyOf = ({ scheme, host, port }: Route): string => `${scheme}://${host.toLowerCase()}:${port}`

export const interrupted = (): Failure =>
  failure('response', 'INTERRUPTED', 'Telltale was stopped before the exchange was over.')

function written(head: RequestHead, target: string, lines: readonly string[]): Buffer {
  const fields = lines.length === 0 ? '' : `${lines.join('\r\n')}\r\n`
  return Buffer.from(`${head.method} ${target} HTTP/${head.httpVersion}\r\n${fields}\r\n`, 'latin1')
}

/** A connection made for a request that came at once belongs to its time; one that waited does not. */
const belongsMs = 1000

function startOf(link: Link): number | undefined {
  const { dnsStart, connectStart, tlsEnd, connectEnd } = link.times
  const ready = tlsEnd ?? connectEnd
  const start = dnsStart ?? connectStart
  return ready !== undefined && performance.now() - ready < belongsMs ? start : undefined
}

function markTimes(recorder: Recorder, times: Link['times']): void {
  for (const name of ['dnsStart', 'dnsEnd', 'connectStart', 'connectEnd', 'tlsStart', 'tlsEnd'] as const) {
    const at = times[name]
    if (at !== undefined && at >= recorder.began) recorder.mark(name, at)
  }
}
