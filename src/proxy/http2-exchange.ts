// One HTTP/2 stream pair: fields in order, data under both peers' flow control, trailers and reset codes as they come.
import * as http2 from 'node:http2'
import type { ExchangeId } from '../exchange/exchange.ts'
import type { Failure } from '../exchange/failure.ts'
import { answerStream } from './answer-stream.ts'
import { watchEnd } from './end-of-stream.ts'
import { codeOf, failure, statusFor } from './failures.ts'
import { markTimes } from './http1-record.ts'
import { codeName, grouped, plainFields } from './http2-fields.ts'
import { type Http2Origin, notHttp2, saidSomethingElse } from './http2-origin.ts'
import { type Http2Request, recordStream } from './http2-record.ts'
import { problemAnswer } from './problem-page.ts'
import type { Recorder } from './recorder.ts'
import { deflateParameters, type MessageReader, messageReader } from './websocket.ts'
import type { Wiring } from './wiring.ts'

const { NGHTTP2_CANCEL, NGHTTP2_INTERNAL_ERROR, NGHTTP2_NO_ERROR, NGHTTP2_REFUSED_STREAM } = http2.constants

/** Owns both streams and the record. */
export class Http2Exchange {
  readonly #stream: http2.ServerHttp2Stream
  readonly #request: Http2Request
  readonly #recorder: Recorder
  #upstream: http2.ClientHttp2Stream | undefined
  #requestTrailers: string[] = []
  #responseTrailers: string[] = []
  #responded = false
  #readers: { client: MessageReader; server: MessageReader } | undefined
  #origin: Http2Origin | undefined
  #requestEnd: { readonly inOrder: boolean } | undefined
  #upstreamEnded = false
  #over = false

  constructor(wiring: Wiring, request: Http2Request) {
    const { stream } = request
    this.#stream = stream
    this.#request = request
    this.#recorder = recordStream(wiring, request)
    stream.on('error', () => {})
    stream.on('aborted', () => this.clientClosed())
    stream.once('close', () => this.#clientStreamClosed())
    if (request.ended) this.#recorder.requestEnded()
    else this.#requestEnd = watchEnd(stream, true)
  }

  get id(): ExchangeId {
    return this.#recorder.id
  }

  get key(): string {
    return this.#request.key
  }

  get clientStream(): number {
    return this.#stream.id ?? 0
  }

  /** 0 while it has none. */
  get upstreamStream(): number {
    return this.#upstream?.id ?? 0
  }

  attach(origin: Http2Origin): void {
    if (this.#over) return
    if (origin.leaving) return this.refuse()
    this.#origin = origin
    const { session } = origin
    const { ended, fields } = this.#request
    if (origin !== this.#request.origin) this.#recordLeg(origin)
    origin.used++
    this.#recorder.mark('sendStart')
    let upstream: http2.ClientHttp2Stream
    try {
      // Node types headers as a record; a flat list keeps order and duplicates.
      const list = fields as unknown as http2.OutgoingHttpHeaders
      upstream = session.request(list, { endStream: ended, ...(ended ? {} : { waitForTrailers: true }) })
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error)
      this.fail(failure('request', codeOf(error), `The request cannot be sent to the server: ${words}`))
      return
    }
    this.#upstream = upstream
    if (!ended) this.#relayRequest(upstream)
    this.#relayResponse(upstream)
  }

  #recordLeg({ link, used }: Http2Origin): void {
    const { id: upstreamId, server, via } = link
    const tls = used > 0 ? (link.tlsAgain ?? link.tls) : link.tls
    this.#recorder.connected(
      { upstreamId, server, ...(tls ? { serverTls: tls } : {}), ...(via ? { via } : {}) },
      used > 0,
    )
    if (used === 0) markTimes(this.#recorder, link.times)
  }

  #relayRequest(upstream: http2.ClientHttp2Stream): void {
    const stream = this.#stream
    stream.on('data', (chunk: Buffer) => {
      this.#recorder.request.add(chunk)
      this.#readers?.client.read(chunk)
      if (!upstream.write(chunk)) stream.pause()
    })
    upstream.on('drain', () => stream.resume())
    stream.on('trailers', (_fields, _flags, raw: string[]) => {
      this.#requestTrailers = raw
    })
    const end = this.#requestEnd
    stream.once('end', () => {
      if (!end?.inOrder) return
      this.#recorder.requestEnded(this.#requestTrailers)
      if (!upstream.destroyed) upstream.end()
    })
    upstream.once('wantTrailers', () => sendTrailers(upstream, this.#requestTrailers))
  }

  #relayResponse(upstream: http2.ClientHttp2Stream): void {
    const stream = this.#stream
    const end = watchEnd(upstream, false)
    upstream.on('headers', (fields, _flags, raw: string[]) => {
      if (stream.destroyed || stream.headersSent) return
      this.#recorder.interim(Number(fields[':status']), '', plainFields(raw))
      stream.additionalHeaders(grouped(raw))
    })
    upstream.once('response', (fields, flags, raw: string[]) => this.#respond(upstream, end, fields, flags, raw))
    upstream.on('trailers', (_fields, _flags, raw: string[]) => {
      this.#responseTrailers = raw
    })
    upstream.on('error', () => {})
    upstream.once('close', () => {
      this.#upstreamClosed(upstream.rstCode ?? NGHTTP2_NO_ERROR)
      // Node keeps the stream of a request reachable until the next full collection: the exchange need not stay with it.
      upstream.removeAllListeners()
    })
  }

  #respond(
    upstream: http2.ClientHttp2Stream,
    end: { readonly inOrder: boolean },
    fields: http2.IncomingHttpHeaders & http2.IncomingHttpStatusHeader,
    flags: number,
    raw: string[],
  ): void {
    const stream = this.#stream
    if (this.#over || stream.destroyed) return
    const status = Number(fields[':status'])
    this.#responded = true
    this.#recorder.mark('firstByte')
    const isWebSocket = this.#request.headers[':protocol'] === 'websocket' && status === 200
    const head = { httpVersion: '2', status, statusText: '', raw: plainFields(raw) }
    this.#recorder.responded(head, isWebSocket ? { kind: 'websocket' } : {})
    if (isWebSocket) this.#readMessages(fields['sec-websocket-extensions'])
    const endStream = (flags & 1) !== 0
    try {
      const options = { endStream, sendDate: false, ...(endStream ? {} : { waitForTrailers: true }) }
      stream.respond(raw as unknown as http2.OutgoingHttpHeaders, options)
    } catch (error) {
      this.fail(failure('response', codeOf(error), 'The response cannot be passed on as HTTP/2.'))
      return
    }
    if (endStream) {
      this.#upstreamEnded = true
      this.#end()
      return
    }
    upstream.on('data', (chunk: Buffer) => {
      if (this.#readers) this.#readers.server.read(chunk)
      else this.#recorder.response.add(chunk)
      if (!stream.write(chunk)) upstream.pause()
    })
    stream.on('drain', () => upstream.resume())
    stream.once('wantTrailers', () => {
      sendTrailers(stream, this.#responseTrailers)
      this.#end()
      this.#stopUpload()
    })
    // A reset also ends the readable side: only a stream that ended in order ends in order here.
    upstream.once('end', () => {
      if (!end.inOrder) return
      this.#upstreamEnded = true
      stream.end()
    })
  }

  #readMessages(extensions: unknown): void {
    const parameters = deflateParameters(typeof extensions === 'string' ? extensions : undefined)
    const report = (message: Parameters<Parameters<typeof messageReader>[2]>[0]): void =>
      this.#recorder.message({ ...message, at: this.#recorder.at() })
    this.#readers = {
      client: messageReader('client', parameters, report),
      server: messageReader('server', parameters, report),
    }
  }

  #end(): void {
    if (this.#over) return
    this.#over = true
    this.#recorder.ended(plainFields(this.#responseTrailers))
  }

  /** The answer is complete and no more of the request is wanted (RFC 9113 §8.1): told once the answer has left. */
  #stopUpload(): void {
    const stream = this.#stream
    if (!this.#over || this.#upstream?.destroyed !== true || this.#requestEnd?.inOrder !== false) return
    setImmediate(() => setImmediate(() => stream.close(NGHTTP2_NO_ERROR)))
  }

  #upstreamClosed(code: number): void {
    if (this.#upstreamEnded) return this.#stopUpload()
    if (this.#over) return
    const { host } = this.#request.route
    if (this.#origin && saidSomethingElse(this.#origin)) return this.fail(notHttp2(host))
    // A stream that goes with its connection was not reset by anybody: the connection is what broke.
    if (this.#origin?.session.destroyed !== false || code === NGHTTP2_NO_ERROR) {
      const what = this.#origin?.session.destroyed === false ? 'ended the stream' : 'closed the connection'
      const words = `${host} ${what} before the response was complete.`
      this.fail(failure('response', this.#responded ? 'RESPONSE_CUT' : 'UPSTREAM_CLOSED', words))
      return
    }
    this.#over = true
    this.#recorder.failed(
      failure('response', `HTTP2_${codeName(code)}`, `${host} reset the stream: ${codeName(code)}.`),
    )
    if (!this.#stream.destroyed) this.#stream.close(code)
  }

  /** The origin goes away without having looked at this request: the client may send it again. */
  refuse(): void {
    if (this.#over) return
    this.#over = true
    const words = `${this.#request.route.host} is closing this HTTP/2 connection and did not take the request; it may be sent again.`
    this.#recorder.failed(failure('response', 'HTTP2_REFUSED_STREAM', words))
    if (!this.#stream.destroyed) this.#stream.close(NGHTTP2_REFUSED_STREAM)
  }

  /** Answers with a problem page, or resets what has begun. */
  fail(failed: Failure, how: { status?: number; headers?: readonly string[] } = {}): void {
    if (this.#over) return
    this.#over = true
    this.#recorder.failed(failed)
    const stream = this.#stream
    if (stream.destroyed) return
    if (stream.headersSent) {
      stream.close(NGHTTP2_INTERNAL_ERROR)
      return
    }
    const made = problemAnswer(how.status ?? statusFor(failed), failed, this.#request.headers.accept)
    answerStream(stream, { ...made, headers: [...made.headers, ...(how.headers ?? [])] }, this.#request.headers)
  }

  #clientStreamClosed(): void {
    const code = this.#stream.rstCode
    // A reset with NO_ERROR in the middle of the answer is a reset all the same.
    if (code !== NGHTTP2_NO_ERROR || (this.#upstream && !this.#over && !this.#upstreamEnded)) this.clientClosed()
    else if (!this.#over && this.#upstream?.destroyed !== false) this.#end()
  }

  /** The client reset its stream or left. */
  clientClosed(failed?: Failure): void {
    const upstream = this.#upstream
    // A stream that went with its connection was not reset by the client: nobody waits for it any more.
    // NO_ERROR would complete the request first, in Node's hands: only where it is complete.
    const code = this.#stream.rstCode ?? NGHTTP2_CANCEL
    const told = code !== NGHTTP2_NO_ERROR || (this.#stream.session?.destroyed === false && upstream?.writableEnded)
    if (upstream && !upstream.destroyed) upstream.close(told ? code : NGHTTP2_CANCEL)
    if (this.#over) return
    this.#over = true
    const words = `The client gave the stream up after ${Math.round(this.#recorder.at())} ms, before the response was complete.`
    this.#recorder.failed(failed ?? failure('client', 'CLIENT_CLOSED', words))
  }
}

function sendTrailers(stream: http2.Http2Stream, raw: string[]): void {
  // A stream that is being reset must not get its clean end by way of its trailers.
  if (stream.destroyed || stream.closed) return
  try {
    stream.sendTrailers(grouped(raw))
  } catch {
    stream.close(NGHTTP2_INTERNAL_ERROR)
  }
}
