// An HTTP/2 connection to an origin: what it settles, how it says that it will go away, and when it is gone.
import type { Failure } from '../exchange/failure.ts'
import type { Http2Connection } from '../http2/connection.ts'
import type { Fault } from '../http2/error-codes.ts'
import type { Goaway, IncomingHead } from '../http2/handler.ts'
import type { Settings } from '../http2/settings.ts'
import type { Http2Stream, StreamEnd, Trailers } from '../http2/stream.ts'
import { failure } from './failures.ts'
import { type CarriedEvents, Http2Carrier } from './http2-carrier.ts'
import type { Link } from './link.ts'

/** Whoever made a request hears of all that becomes of it. */
export type Asker = {
  onAnswer(head: IncomingHead): void
  onAnswerData(octets: Uint8Array, ended: boolean): void
  onAnswerTrailers(trailers: Trailers): void
  onRequestSent(octets: number): void
  onUpstreamClosed(end: StreamEnd): void
}

export type Http2OriginEvents = {
  onSettings(settings: Settings): void
  onGoaway(goaway: Goaway): void
  onClose(): void
}

export function notHttp2(host: string): Failure {
  return failure('response', 'HTTP2_NOT_SPOKEN', `${host} does not speak HTTP/2, which the client asked for.`)
}

/** Owns the connection. */
export class Http2Origin implements CarriedEvents<Asker> {
  readonly link: Link
  /** Streams opened so far. */
  used = 0
  /** It takes no further streams. */
  leaving = false
  /** What it did that HTTP/2 does not allow, once it has. */
  fault: Fault | undefined
  readonly #events: Http2OriginEvents
  readonly #carrier: Http2Carrier<Asker>
  #greeted = false

  constructor(link: Link, events: Http2OriginEvents) {
    this.link = link
    this.#events = events
    this.#carrier = new Http2Carrier<Asker>(link.socket, false, { enablePush: 0 }, this)
  }

  get connection(): Http2Connection<Asker> {
    return this.#carrier.connection
  }

  get gone(): boolean {
    return this.#carrier.gone
  }

  /** With TLS the protocol was agreed on; without it an origin may answer in another. */
  get saidSomethingElse(): boolean {
    return !this.#greeted && this.link.tls === undefined && this.link.raw.bytesRead > 0
  }

  /** Nobody needs it any more: told with the code, and ended. */
  end(code: number): void {
    if (this.gone) return
    this.connection.goaway({ code, lastStream: 0 })
    this.#carrier.cut()
  }

  onHead(stream: Http2Stream<Asker>, head: IncomingHead): void {
    stream.owner?.onAnswer(head)
  }

  onData(stream: Http2Stream<Asker>, octets: Uint8Array, ended: boolean): void {
    stream.owner?.onAnswerData(octets, ended)
  }

  onTrailers(stream: Http2Stream<Asker>, trailers: Trailers): void {
    stream.owner?.onAnswerTrailers(trailers)
  }

  onSent(stream: Http2Stream<Asker>, octets: number): void {
    stream.owner?.onRequestSent(octets)
  }

  onClosed(stream: Http2Stream<Asker>, end: StreamEnd): void {
    stream.owner?.onUpstreamClosed(end)
  }

  onSettings(settings: Settings): void {
    this.#greeted = true
    this.#events.onSettings(settings)
  }

  onGoaway(goaway: Goaway): void {
    this.leaving = true
    this.#events.onGoaway(goaway)
  }

  onFault(fault: Fault): void {
    this.fault = fault
    this.leaving = true
    // What comes after is nobody's; the peer gets to read why.
    setImmediate(() => this.#carrier.finish())
  }

  onGone(): void {
    this.leaving = true
    this.#events.onClose()
  }

  onMalformed(): void {}

  onOursEnded(): void {}

  onIdle(): void {
    // It has said that it goes away, and all that it took is done.
    if (this.leaving) setImmediate(() => this.end(0))
  }
}

/** Takes a link over; a failure where the connection ended meanwhile, or the origin chose another protocol. */
export function openHttp2Origin(link: Link, events: Http2OriginEvents): Http2Origin | Failure {
  const { host, port } = link.route
  if (link.tls && link.tls.alpn !== 'h2') {
    link.socket.destroy()
    return notHttp2(host)
  }
  if (link.socket.destroyed || link.socket.readableEnded) {
    link.socket.destroy()
    const words = `${host}:${port} closed the connection before the request could be sent.`
    return failure('request', 'UPSTREAM_CLOSED', words)
  }
  return new Http2Origin(link, events)
}
