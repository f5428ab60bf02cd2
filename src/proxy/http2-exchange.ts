// One HTTP/2 stream pair: fields in order, data under both peers' flow control, trailers and reset codes as they come.
import type { ExchangeId } from '../exchange/exchange.ts'
import type { Failure } from '../exchange/failure.ts'
import type { Http2Connection } from '../http2/connection.ts'
import { codeName, errorCodes } from '../http2/error-codes.ts'
import type { IncomingHead } from '../http2/handler.ts'
import { PieceQueue } from '../http2/piece-queue.ts'
import type { Http2Stream, StreamEnd, Trailers } from '../http2/stream.ts'
import { answerStream } from './answer-stream.ts'
import { failure, statusFor } from './failures.ts'
import { markTimes } from './http1-record.ts'
import { fieldValue, plainFields } from './http2-fields.ts'
import { Http2Messages } from './http2-messages.ts'
import { type Asker, type Http2Origin, notHttp2 } from './http2-origin.ts'
import { type Recorded, recordStream } from './http2-record.ts'
import { problemAnswer } from './problem-page.ts'
import type { Recorder } from './recorder.ts'
import type { Wiring } from './wiring.ts'

const { CANCEL, INTERNAL_ERROR, NO_ERROR, REFUSED_STREAM } = errorCodes

export type Http2Request = Recorded & {
  /** Names the origin among those of the connection. */
  readonly key: string
  readonly connection: Http2Connection<Http2Exchange>
  readonly stream: Http2Stream<Http2Exchange>
  /** As they go on. */
  readonly outgoing: readonly string[]
  readonly never: readonly string[] | undefined
  /** The head was the whole request. */
  readonly ended: boolean
}

const asBuffer = (octets: Uint8Array): Buffer =>
  Buffer.isBuffer(octets) ? octets : Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength)

/** Owns both streams and the record. */
export class Http2Exchange implements Asker {
  readonly #client: Http2Connection<Http2Exchange>
  readonly #stream: Http2Stream<Http2Exchange>
  readonly #request: Http2Request
  readonly #recorder: Recorder
  #origin: Http2Origin | undefined
  #upstream: Http2Stream<Asker> | undefined
  /** What came of the request before there was anybody to send it to. */
  #early: PieceQueue | undefined
  #requestEnded: boolean
  #requestTrailers: Trailers | undefined
  #responded = false
  #responseEnded = false
  #answerLeft = false
  #responseTrailers: readonly string[] = []
  readonly #messages: Http2Messages | undefined
  #over = false

  constructor(wiring: Wiring, request: Http2Request) {
    this.#client = request.connection
    this.#stream = request.stream
    this.#request = request
    this.#requestEnded = request.ended
    this.#recorder = recordStream(wiring, request)
    if (request.pseudo.protocol === 'websocket') this.#messages = new Http2Messages(this.#recorder)
    if (request.ended) this.#recorder.requestEnded()
  }

  get id(): ExchangeId {
    return this.#recorder.id
  }

  get key(): string {
    return this.#request.key
  }

  /** Was it sent where streams above `lastStream` are not taken? */
  isAbove(lastStream: number): boolean {
    const upstream = this.#upstream
    return upstream !== undefined && !upstream.closed && (upstream.id === 0 || upstream.id > lastStream)
  }

  attach(origin: Http2Origin): void {
    if (this.#over) return
    if (origin.leaving) return this.refuse()
    this.#origin = origin
    const { outgoing: fields, never, ended, link } = this.#request
    if (origin.link !== link) this.#recordLeg(origin)
    origin.used++
    this.#recorder.mark('sendStart')
    const upstream = origin.connection.request({ fields, never, ended }, this)
    this.#upstream = upstream
    if (ended) return
    const early = this.#early
    this.#early = undefined
    for (let first = early?.first; early && first; first = early.first)
      origin.connection.send(upstream, early.take(first.length), false)
    if (this.#requestEnded) this.#endRequest(origin, upstream)
  }

  #recordLeg({ link, used }: Http2Origin): void {
    const { id: upstreamId, server, via } = link
    const tls = used > 0 ? (link.tlsAgain ?? link.tls) : link.tls
    const leg = { upstreamId, server, ...(tls ? { serverTls: tls } : {}), ...(via ? { via } : {}) }
    this.#recorder.connected(leg, used > 0)
    if (used === 0) markTimes(this.#recorder, link.times)
  }

  // --- what comes from the client ---

  onRequestData(octets: Uint8Array, ended: boolean): void {
    if (!this.#over) {
      const buffer = asBuffer(octets)
      if (this.#messages) this.#messages.fromClient(buffer)
      else this.#recorder.request.add(buffer)
      // What messages are is known with the answer.
      if (ended && !this.#messages) this.#recorder.requestEnded()
    }
    if (ended) this.#requestEnded = true
    const upstream = this.#upstream
    if (upstream && !upstream.closed) this.#origin?.connection.send(upstream, octets, ended)
    else if (this.#over) this.#client.use(this.#stream, octets.length)
    else {
      this.#early ??= new PieceQueue()
      this.#early.push(octets)
    }
    if (ended) this.#settle()
  }

  onRequestTrailers(trailers: Trailers): void {
    this.#requestEnded = true
    this.#requestTrailers = trailers
    this.#recorder.requestEnded(trailers.fields)
    if (this.#origin && this.#upstream) this.#endRequest(this.#origin, this.#upstream)
    this.#settle()
  }

  #endRequest({ connection }: Http2Origin, upstream: Http2Stream<Asker>): void {
    if (this.#requestTrailers) connection.sendTrailers(upstream, this.#requestTrailers)
    else connection.send(upstream, new Uint8Array(0), true)
  }

  onRequestSent(octets: number): void {
    this.#client.use(this.#stream, octets)
  }

  onAnswerSent(octets: number): void {
    if (this.#upstream) this.#origin?.connection.use(this.#upstream, octets)
  }

  /** The answer has left, whosever it is. */
  onAnswerLeft(): void {
    this.#answerLeft = true
    this.#stopUpload()
    this.#settle()
  }

  /** Complete once the answer has left and nothing more of the request comes. */
  #settle(): void {
    // What an extended CONNECT carries is no content of its request (RFC 8441 §4).
    const whole = this.#requestEnded || this.#stream.closed || this.#request.pseudo.protocol !== undefined
    if (this.#over || !this.#answerLeft || !whole) return
    this.#end((recorder) => recorder.ended(this.#responseTrailers))
  }

  #end(tell: (recorder: Recorder) => void): void {
    this.#over = true
    if (this.#messages) this.#messages.whenReported(() => tell(this.#recorder))
    else tell(this.#recorder)
  }

  #fail(failed: Failure): void {
    this.#end((recorder) => recorder.failed(failed))
  }

  /** The client reset its stream, broke a rule, or left. */
  onClientClosed(end: StreamEnd, failed?: Failure): void {
    const upstream = this.#upstream
    // NO_ERROR would say that all was well: only where the request is complete.
    const code = end.by === 'peer' && (end.code !== NO_ERROR || this.#requestEnded) ? end.code : CANCEL
    if (upstream) this.#origin?.connection.reset(upstream, code)
    this.#settle()
    if (this.#over) return
    const after = `after ${Math.round(this.#recorder.at())} ms, before the response was complete`
    this.#fail(
      failed ??
        (end.by === 'fault'
          ? failure('client', 'REQUEST_FRAMING', `The request is not valid HTTP/2: ${end.why}.`)
          : failure('client', 'CLIENT_CLOSED', `The client gave the stream up ${after}.`)),
    )
  }

  // --- what comes from the origin ---

  onAnswer({ fields, never, status, ended }: IncomingHead): void {
    if (this.#over) return
    const plain = plainFields(fields)
    if (status < 200) {
      this.#recorder.interim(status, '', plain)
      this.#client.respond(this.#stream, { fields, never, ended }, true)
      return
    }
    this.#responded = true
    this.#responseEnded = ended
    const isWebSocket = this.#messages !== undefined && status === 200
    const head = { httpVersion: '2', status, statusText: '', raw: plain }
    this.#recorder.responded(head, isWebSocket ? { kind: 'websocket' } : {})
    this.#messages?.answered(isWebSocket, fieldValue(fields, 'sec-websocket-extensions'))
    this.#client.respond(this.#stream, { fields, never, ended })
  }

  onAnswerData(octets: Uint8Array, ended: boolean): void {
    if (this.#over) return
    const buffer = asBuffer(octets)
    if (this.#messages) this.#messages.fromServer(buffer)
    else if (octets.length > 0) this.#recorder.response.add(buffer)
    if (ended) this.#responseEnded = true
    this.#client.send(this.#stream, octets, ended)
  }

  onAnswerTrailers(trailers: Trailers): void {
    if (this.#over) return
    this.#responseEnded = true
    this.#responseTrailers = trailers.fields
    this.#client.sendTrailers(this.#stream, trailers)
  }

  /** The answer is complete and no more of the request is wanted (RFC 9113 §8.1): told once the answer has left. */
  #stopUpload(): void {
    if (!this.#upstream?.closed || !this.#stream.oursEnded || this.#requestEnded) return
    this.#client.reset(this.#stream, NO_ERROR)
    this.#settle()
  }

  onUpstreamClosed(end: StreamEnd): void {
    if (this.#responseEnded) return this.#stopUpload()
    if (this.#over) return
    const { host } = this.#request.route
    if (this.#origin?.saidSomethingElse) return this.fail(notHttp2(host))
    if (end.by === 'connection' || (end.by === 'peer' && end.code === NO_ERROR)) return this.fail(this.#brokenOff(end))
    const name = codeName(end.code)
    const words =
      end.by === 'peer'
        ? `${host} reset the stream: ${name}.`
        : `The answer of ${host} is not valid HTTP/2: ${end.why}.`
    this.#fail(failure('response', `HTTP2_${name}`, words))
    this.#client.reset(this.#stream, end.code)
  }

  #brokenOff(end: StreamEnd): Failure {
    const { host } = this.#request.route
    const fault = this.#origin?.fault
    if (fault) {
      const words = `${host} does not keep to HTTP/2: ${fault.why}.`
      return failure('response', `HTTP2_${codeName(fault.code)}`, words)
    }
    // A stream that goes with its connection was not reset by anybody: the connection is what broke.
    const what = end.by === 'peer' ? 'ended the stream' : 'closed the connection'
    const words = `${host} ${what} before the response was complete.`
    return failure('response', this.#responded ? 'RESPONSE_CUT' : 'UPSTREAM_CLOSED', words)
  }

  /** The origin goes away without having looked at this request: the client may send it again. */
  refuse(): void {
    if (this.#over) return
    const words = `${this.#request.route.host} is closing this HTTP/2 connection and did not take the request; it may be sent again.`
    this.#fail(failure('response', 'HTTP2_REFUSED_STREAM', words))
    if (this.#upstream) this.#origin?.connection.reset(this.#upstream, CANCEL)
    this.#client.reset(this.#stream, REFUSED_STREAM)
  }

  /** Answers with a problem page, or resets what has begun. */
  fail(failed: Failure, how: { status?: number; headers?: readonly string[] } = {}): void {
    if (this.#over) return
    this.#fail(failed)
    if (this.#stream.headSent) {
      this.#client.reset(this.#stream, INTERNAL_ERROR)
      return
    }
    const { pseudo, fields } = this.#request
    const made = problemAnswer(how.status ?? statusFor(failed), failed, fieldValue(fields, 'accept'))
    const answer = { ...made, headers: [...made.headers, ...(how.headers ?? [])] }
    answerStream(this.#client, this.#stream, answer, pseudo.method)
  }
}
