// A client's HTTP/1 connection: reads requests one after the other, finds each its origin, and ends as its origins end.
import type { Duplex } from 'node:stream'
import type { Failure } from '../exchange/failure.ts'
import { admitRequest } from './admit-request.ts'
import { cut, endGracefully, reset } from './closing.ts'
import { failure } from './failures.ts'
import { forwardedHead } from './forward-head.ts'
import { homeAnswer, homeHost } from './home-page.ts'
import { Http1Exchange } from './http1-exchange.ts'
import { Http1Origins } from './http1-origins.ts'
import { markTimes, recordRefused, recordRequest } from './http1-record.ts'
import type { Http1Side } from './http1-side.ts'
import type { Http1Where } from './http1-where.ts'
import { type Limit, startLimit } from './limit.ts'
import { type Answer, problemAnswer, serialize } from './problem-page.ts'
import { proxyAuthenticate } from './proxy-auth.ts'
import { type Refusal, type RequestHead, readRequestHead } from './request-head.ts'
import type { ResponseHead } from './response-head.ts'
import { namesRoute, type Route } from './target.ts'
import { relayUpgraded } from './upgraded.ts'
import type { Wiring } from './wiring.ts'

/** Octets of later requests that are read ahead while one is being answered. */
const aheadOctets = 64 * 1024

const lateHead: Refusal = {
  status: 408,
  code: 'REQUEST_MALFORMED',
  message: 'The request head did not arrive in time.',
}

/** Owns a client connection for as long as HTTP/1 is spoken on it. */
export class Http1Client implements Http1Side {
  readonly socket: Duplex
  readonly #wiring: Wiring
  readonly #where: Http1Where
  readonly #origins: Http1Origins
  #unread: Buffer | undefined
  /** Octets of it that are known not to end a head. */
  #known = 0
  #exchange: Http1Exchange | undefined
  #route: Route | undefined
  /** No other proxy reads this request. */
  #tunnel = true
  #held = false
  #ended = false
  #closed = false
  #failure: Failure | undefined
  #timer: NodeJS.Timeout | undefined
  #headLimit: Limit | undefined
  readonly #onData = (chunk: Buffer): void => this.#take(chunk)
  readonly #onEnd = (): void => this.#endedByClient()
  readonly #onClose = (): void => this.#close()
  readonly #onDrain = (): void => this.#exchange?.onClientDrain()

  constructor(wiring: Wiring, where: Http1Where) {
    this.#wiring = wiring
    this.#where = where
    this.socket = where.socket
    this.#failure = where.fixed?.failure
    // In a tunnel the client would have seen its idle connection end: so it does.
    this.#origins = new Http1Origins(() => {
      if (where.fixed && !this.#exchange) this.end()
    })
    wiring.running.add(this)
    if (where.fixed?.link) this.#origins.adopt(where.fixed.route, where.fixed.link)
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
    let rest = chunk
    if (exchange && !exchange.requestDone) {
      const used = exchange.requestData(chunk, 0)
      if (used === chunk.length || this.#closed) return
      rest = chunk.subarray(used)
    }
    this.#unread = this.#unread ? Buffer.concat([this.#unread, rest]) : rest
    if (this.#exchange) this.#flow()
    else this.#next()
  }

  /** Begins the next exchange if a whole head is there. */
  #next(): void {
    while (!this.#exchange && !this.#closed && this.#unread) {
      const read = readRequestHead(this.#unread, this.#wiring.limits, this.#known)
      this.#unread = read.rest
      this.#known = 0
      if (read.refusal) {
        this.#refuse(read.refusal, read.text)
        return
      }
      if (!read.head) {
        this.#known = read.rest?.length ?? 0
        if (read.rest) this.#watchHead()
        break
      }
      this.#stopWatching()
      this.#begin(read.head, read.bytes)
    }
    if (!this.#exchange && !this.#closed && this.#ended) this.end()
  }

  #begin(head: RequestHead, bytes: Buffer): void {
    const { fixed, leg, onOpened } = this.#where
    const { limits, facts } = this.#wiring
    const admitted = admitRequest(this.#wiring, this.#where, head)
    if ('refusal' in admitted) return this.#refuse(admitted.refusal, '', head)
    if ('connect' in admitted) return this.#connect(head)
    const { planned } = admitted
    facts.seen.proxied = true
    const { route } = planned
    if (!fixed && route.host.toLowerCase() === homeHost) return this.#home(head, planned.target)
    this.#route = route
    // A proxy that reads the request would follow its Host: where that names another, it gets a tunnel.
    const forward = !fixed || namesRoute(head.host, route) ? this.#wiring.forwardFor(route, head) : undefined
    this.#tunnel = forward === undefined
    const origin = this.#origins.usable(route, forward !== undefined)
    const named = fixed?.rewriteHost ? undefined : (fixed?.authority ?? head.host)
    const recorder = recordRequest(this.#wiring, leg, head, route, origin, named)
    onOpened?.(recorder.id)
    const outgoing = forwardedHead(head, bytes, planned, { rewriteHost: fixed?.rewriteHost === true, forward })
    const exchange = new Http1Exchange(this, head, outgoing, recorder, limits)
    this.#exchange = exchange
    if (this.#unread) {
      const rest = this.#unread
      const used = exchange.requestData(rest, 0)
      this.#unread = used < rest.length && !this.#closed ? rest.subarray(used) : undefined
    }
    if (this.#exchange !== exchange) return
    if (origin) exchange.attach(origin)
    else void this.#dial(exchange, route)
    this.#flow()
  }

  async #dial(exchange: Http1Exchange, route: Route): Promise<void> {
    const before = this.#failure
    this.#failure = undefined
    if (before) return exchange.fail(before)
    const { fixed } = this.#where
    const alpn = fixed ? (fixed.alpn ?? []) : ['http/1.1']
    const named = fixed?.servername === undefined ? {} : { servername: fixed.servername }
    const outcome = await this.#wiring.link({ route, alpn, ...named, tunnel: this.#tunnel })
    if (this.#exchange !== exchange) {
      if ('link' in outcome) outcome.link.socket.destroy()
      return
    }
    markTimes(exchange.recorder, 'link' in outcome ? outcome.link.times : outcome.times)
    if ('failure' in outcome) return exchange.fail(outcome.failure)
    const { link } = outcome
    const { id: upstreamId, server, tls, via } = link
    const leg = { upstreamId, server, ...(tls ? { serverTls: tls } : {}), ...(via ? { via } : {}) }
    exchange.recorder.connected(leg, false)
    exchange.attach(this.#origins.adopt(route, link))
  }

  // --- what an exchange asks of its connection ---

  redial(): void {
    if (this.#exchange && this.#route) void this.#dial(this.#exchange, this.#route)
  }

  hold(on: boolean): void {
    this.#held = on
    this.#flow()
  }

  finished(reusable: boolean): void {
    this.#exchange = undefined
    this.#held = false
    if (this.#closed) return
    if (!reusable || this.#where.once) return this.end()
    this.#flow()
    if (this.#unread || this.#ended) this.#next()
    else this.#watchIdle()
  }

  broken(how: 'cut' | 'reset'): void {
    this.#exchange = undefined
    this.#close()
    if (how === 'cut') cut(this.socket)
    else reset(this.socket, this.#where.raw)
  }

  answer(made: Answer, head: RequestHead, reusable: boolean): void {
    const keep = reusable && head.keepAlive && !this.#ended
    if (!this.#closed) this.socket.write(serialize(made, head.method === 'HEAD', !keep))
    this.finished(keep)
  }

  upgraded(head: ResponseHead, rest: Buffer): void {
    const exchange = this.#exchange
    const link = exchange?.origin?.surrender()
    if (!exchange || !link) return
    this.#origins.endAll(exchange.origin)
    const fromClient = this.#unread
    this.#exchange = undefined
    this.#letGo()
    const upgrade = { recorder: exchange.recorder, head, link, fromClient, fromOrigin: rest }
    relayUpgraded(this.#wiring, { socket: this.socket, raw: this.#where.raw }, upgrade)
  }

  // --- answers without an origin ---

  #connect(head: RequestHead): void {
    const rest = this.#unread ?? Buffer.alloc(0)
    this.#origins.endAll()
    this.#letGo()
    this.#where.onConnect?.(head, rest)
  }

  #home(head: RequestHead, path: string): void {
    const made = homeAnswer(path, this.#wiring.authority.caPem)
    this.socket.write(serialize(made, head.method === 'HEAD', true))
    this.end()
  }

  /** Answers what cannot be a request of ours, records it as far as it could be read, and ends the connection. */
  #refuse(why: Refusal, text: string, head?: RequestHead): void {
    this.#stopWatching()
    const failed = failure('client', why.code, why.message)
    recordRefused(this.#wiring, this.#where.leg, text, head, this.#where.fixed?.route)?.failed(failed)
    const made = problemAnswer(why.status, failed, head?.accept)
    const more = why.status === 407 ? proxyAuthenticate : []
    const answer = { ...made, headers: [...made.headers, ...more] }
    this.socket.write(serialize(answer, head?.method === 'HEAD', true))
    this.end()
  }

  // --- the connection's own life ---

  #flow(): void {
    if (this.#closed) return
    const ahead = this.#unread?.length ?? 0
    if (this.#held || ahead > aheadOctets) this.socket.pause()
    else this.socket.resume()
  }

  #watchIdle(): void {
    this.#stopWatching()
    this.#timer = setTimeout(() => this.end(), this.#wiring.limits.idleMs)
  }

  #watchHead(): void {
    if (this.#headLimit) return
    this.#stopWatching()
    this.#headLimit = startLimit(this.#wiring.limits.headMs, () => this.#refuse(lateHead, ''))
  }

  #stopWatching(): void {
    clearTimeout(this.#timer)
    this.#headLimit?.clear()
    this.#headLimit = undefined
  }

  #endedByClient(): void {
    this.#ended = true
    if (this.#exchange) this.#exchange.clientEnded()
    else this.end()
  }

  /** Ends in good order: what was answered reaches the client. */
  end(): void {
    if (this.#closed) return
    this.#close()
    endGracefully(this.socket)
  }

  #close(failed?: Failure): void {
    if (this.#closed) return
    this.#letGo()
    this.#exchange?.clientClosed(failed)
    this.#exchange = undefined
    this.#origins.endAll()
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

  interrupt(failed: Failure): void {
    this.#close(failed)
    reset(this.socket, this.#where.raw)
  }
}
