// One HTTP/1 exchange: the request goes to the origin and the response to the client, octet for octet as they come.
import type { Duplex } from 'node:stream'
import type { Failure } from '../exchange/failure.ts'
import { type BodyReader, bodyReader } from './body-reader.ts'
import { failure, fromError, statusFor } from './failures.ts'
import type { Borrower, Http1Origin } from './http1-origin.ts'
import { type Answer, problemAnswer } from './problem-page.ts'
import type { Recorder } from './recorder.ts'
import type { RequestHead } from './request-head.ts'
import { type Malformed, parseResponseHead, type ResponseHead, writeResponseHead } from './response-head.ts'

/** Request octets held while the origin is being dialled. */
const heldOctets = 64 * 1024
/** First octets of an unreadable reply that are kept for the record. */
const shownOctets = 512
/** Methods that may be sent again when a kept connection turns out to be closed (RFC 9112 §9.3.1). */
const repeatable = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE'])

/** What the exchange needs of the connection it came from. */
export type Http1Side = {
  readonly socket: Duplex
  /** Stop or go on reading the request. */
  hold(on: boolean): void
  /** The exchange is over; `reusable` says whether another may follow on this connection. */
  finished(reusable: boolean): void
  /** The response was cut: so is the client's connection, by FIN or by RST. */
  broken(how: 'cut' | 'reset'): void
  answer(made: Answer, head: RequestHead, reusable: boolean): void
  /** Another connection to the same origin, for a request that may be sent again. */
  redial(): void
  upgraded(head: ResponseHead, rest: Buffer): void
}

/** Owns the two message bodies that pass and the state between them. */
export class Http1Exchange implements Borrower {
  readonly head: RequestHead
  readonly recorder: Recorder
  readonly #side: Http1Side
  readonly #responseMs: number
  readonly #headOctets: number
  #outgoing: Buffer[]
  #held = 0
  readonly #requestBody: BodyReader
  origin: Http1Origin | undefined
  requestDone = false
  #response: ResponseHead | undefined
  #responseBody: BodyReader | undefined
  #responseDone = false
  #unread: Buffer | undefined
  #heard = false
  #clientEnded = false
  #over = false
  #timer: NodeJS.Timeout | undefined

  constructor(
    side: Http1Side,
    head: RequestHead,
    outgoing: Buffer,
    recorder: Recorder,
    limits: { responseMs: number; headOctets: number },
  ) {
    this.#side = side
    this.head = head
    this.recorder = recorder
    this.#outgoing = [outgoing]
    this.#responseMs = limits.responseMs
    this.#headOctets = limits.headOctets
    this.#requestBody = bodyReader(head.framing, (content) => recorder.request.add(content), true)
    if (this.#requestBody.done) this.#endRequest()
  }

  /** Takes request octets from `from` on; returns the index after the last that belongs to this request. */
  requestData(chunk: Buffer, from: number): number {
    if (this.requestDone || this.#over) return from
    const end = this.#requestBody.read(chunk, from)
    if (this.#requestBody.fault) {
      this.#breakRequest(this.#requestBody.fault)
      return chunk.length
    }
    if (end > from) this.#send(from === 0 && end === chunk.length ? chunk : chunk.subarray(from, end))
    if (this.#requestBody.done) this.#endRequest()
    return end
  }

  attach(origin: Http1Origin): void {
    this.origin = origin
    origin.lend(this)
    this.recorder.mark('sendStart')
    const { socket } = origin.link
    const parts = this.#outgoing
    // Kept for a second try on another connection; a body is never sent twice.
    this.#outgoing = this.requestDone ? parts : []
    let room = true
    if (parts.length > 1) socket.cork()
    for (const part of parts) room = socket.write(part)
    if (parts.length > 1) socket.uncork()
    this.#side.hold(!room && !this.requestDone)
    if (this.requestDone) this.recorder.requestEnded(this.#requestBody.trailers)
    this.#awaitResponse()
  }

  #send(bytes: Buffer): void {
    if (this.origin) {
      if (!this.origin.link.socket.write(bytes)) this.#side.hold(true)
      return
    }
    this.#outgoing.push(bytes)
    this.#held += bytes.length
    if (this.#held > heldOctets) this.#side.hold(true)
  }

  #endRequest(): void {
    this.requestDone = true
    if (!this.origin) return
    this.recorder.requestEnded(this.#requestBody.trailers)
    this.#awaitResponse()
    if (this.#responseDone) this.#finish()
  }

  #awaitResponse(): void {
    if (this.#responseMs === 0 || !this.requestDone || this.#heard) return
    this.#timer = setTimeout(() => {
      const seconds = Math.round(this.#responseMs / 1000)
      this.fail(failure('response', 'UPSTREAM_RESPONSE_TIMEOUT', `The server did not answer within ${seconds} s.`))
    }, this.#responseMs)
  }

  /** A body that cannot be framed ends both sides without a clean end: nothing after it may be taken for a request. */
  #breakRequest(fault: string): void {
    const broken = failure('client', 'REQUEST_FRAMING', `The request body is not framed as HTTP says. ${fault}`)
    this.origin?.reset()
    if (this.#response) this.#breakResponse(broken, 'reset')
    else this.fail(broken)
  }

  onOriginDrain(): void {
    if (!this.#over && !this.requestDone) this.#side.hold(false)
  }

  /** The client takes octets again. */
  onClientDrain(): void {
    this.origin?.link.socket.resume()
  }

  #toClient(bytes: Buffer): void {
    if (!this.#side.socket.write(bytes)) this.origin?.link.socket.pause()
  }

  onOriginData(chunk: Buffer): void {
    if (this.#over || this.#responseDone) {
      if (this.origin) this.origin.spent = true
      return
    }
    if (!this.#heard) {
      this.#heard = true
      clearTimeout(this.#timer)
      this.recorder.mark('firstByte')
    }
    let bytes = chunk
    if (this.#unread) {
      bytes = Buffer.concat([this.#unread, chunk])
      this.#unread = undefined
    }
    while (bytes.length > 0 && !this.#over) {
      const end = this.#responseBody ? this.#takeBody(bytes, 0) : this.#takeHead(bytes)
      if (end === 0 || this.#over) return
      if (this.#responseDone) {
        // Octets after the end of the message belong to no message.
        if (end < bytes.length && this.origin) this.origin.spent = true
        this.#finish()
        return
      }
      bytes = end === bytes.length ? Buffer.alloc(0) : bytes.subarray(end)
    }
  }

  /** Returns the octets used; 0 when more are needed or the exchange has gone another way. */
  #takeHead(bytes: Buffer): number {
    const head = parseResponseHead(bytes, this.head.method === 'HEAD', this.#headOctets)
    if (!head) {
      this.#unread = bytes
      return 0
    }
    if ('code' in head) {
      this.#refuseResponse(head, bytes)
      return 0
    }
    if (head.status === 101) {
      this.#over = true
      this.#side.upgraded(head, bytes.subarray(head.size))
      return 0
    }
    if (head.status < 200) {
      this.recorder.interim(head.status, head.statusText, head.raw)
      this.#toClient(head.clean ? bytes.subarray(0, head.size) : writeResponseHead(head))
      return head.size
    }
    this.#response = head
    this.recorder.responded(head)
    this.#responseBody = bodyReader(head.framing, (content) => this.recorder.response.add(content), false)
    if (head.clean) return this.#takeBody(bytes, head.size, 0)
    const { socket } = this.#side
    socket.cork()
    socket.write(writeResponseHead(head))
    const end = this.#takeBody(bytes, head.size)
    socket.uncork()
    return end
  }

  /** Reads the body from `from` on and passes on everything from `start`. */
  #takeBody(bytes: Buffer, from: number, start = from): number {
    const body = this.#responseBody
    if (!body) return 0
    const end = body.read(bytes, from)
    if (end > start) this.#toClient(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end))
    if (body.fault)
      this.#breakResponse(failure('response', 'RESPONSE_MALFORMED', `The body is not HTTP. ${body.fault}`), 'cut')
    else if (body.done) this.#endResponse()
    return end
  }

  #refuseResponse(why: Malformed, bytes: Buffer): void {
    const received = bytes.toString('latin1', 0, shownOctets)
    this.fail(failure('response', why.code, why.message, { received }))
  }

  #endResponse(): void {
    this.#responseDone = true
    this.recorder.ended(this.#responseBody?.trailers)
  }

  #finish(): void {
    if (this.#over || !this.requestDone) return
    this.#over = true
    const { origin } = this
    const reusable = this.head.keepAlive && this.#response?.keepAlive === true && !this.#responseBody?.loose
    const kept = reusable && origin !== undefined && !origin.spent && !this.#clientEnded
    if (kept) origin.release()
    else origin?.end()
    this.#side.finished(kept)
  }

  onOriginEnd(): void {
    if (this.#over) return
    if (this.#responseBody && this.#response?.framing.kind === 'close') this.#endResponse()
    if (this.#responseDone) {
      this.#over = true
      this.recorder.requestEnded()
      this.origin?.end()
      this.#side.finished(false)
    } else if (this.#response) this.#breakResponse(this.#cutFailure(), 'cut')
    else this.#noAnswer(undefined)
  }

  onOriginClose(error: Error | undefined): void {
    if (this.#over) return
    if (this.#responseDone) this.onOriginEnd()
    else if (this.#response)
      this.#breakResponse(error ? this.#fromOrigin('response', error) : this.#cutFailure(), error ? 'reset' : 'cut')
    else this.#noAnswer(error)
  }

  #fromOrigin(phase: 'request' | 'response', error: Error): Failure {
    const { host = '', port = 0 } = this.origin?.link.server ?? {}
    return fromError(phase, error, host, port)
  }

  #cutFailure(): Failure {
    const declared = this.#response?.framing.kind === 'length' ? ` of ${this.#response.framing.length}` : ''
    const seen = this.recorder.response.size
    return failure(
      'response',
      'RESPONSE_CUT',
      `The server closed the connection after ${seen}${declared} octets of the body.`,
    )
  }

  /** The connection ended before a response: tried again where the client would, told as it would have seen it else. */
  #noAnswer(error: Error | undefined): void {
    const { origin } = this
    const reused = origin !== undefined && origin.used > 1
    if (this.#unread) {
      this.#refuseResponse(
        { code: 'RESPONSE_MALFORMED', message: 'The server closed the connection within the response head.' },
        this.#unread,
      )
      return
    }
    if (
      reused &&
      !this.#heard &&
      this.requestDone &&
      !this.#clientEnded &&
      this.#outgoing.length === 1 &&
      repeatable.has(this.head.method)
    ) {
      this.origin = undefined
      this.#side.redial()
      return
    }
    const closed = failure('response', 'UPSTREAM_CLOSED', 'The server closed the connection without an answer.')
    const failed = error ? this.#fromOrigin(this.requestDone ? 'response' : 'request', error) : closed
    if (reused) this.#breakResponse(failed, error ? 'reset' : 'cut')
    else this.fail(failed)
  }

  /** Ends the exchange with an answer of our own, or by cutting what has begun. */
  fail(failed: Failure): void {
    if (this.#over) return
    if (this.#clientEnded) {
      this.clientClosed()
      return
    }
    if (this.#response) {
      this.#breakResponse(failed, 'cut')
      return
    }
    this.#over = true
    clearTimeout(this.#timer)
    const made = problemAnswer(statusFor(failed), failed, this.head.accept)
    this.recorder.failed(failed)
    this.origin?.reset()
    this.#side.answer(made, this.head, this.requestDone && failed.phase !== 'client')
  }

  #breakResponse(failed: Failure, how: 'cut' | 'reset'): void {
    this.#over = true
    this.recorder.failed(failed)
    this.origin?.end()
    this.#side.broken(how)
  }

  /** The client sent FIN: so does the origin get one, as it would without us; it may still answer. */
  clientEnded(graceMs: number): void {
    if (this.#over || this.#clientEnded) return
    this.#clientEnded = true
    if (!this.requestDone) {
      this.clientClosed()
      this.#side.broken('cut')
      return
    }
    if (this.#responseDone) return
    this.origin?.link.socket.end()
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.clientClosed()
      this.#side.broken('cut')
    }, graceMs)
  }

  /** The client is gone, or the wire closes. */
  clientClosed(failed?: Failure): void {
    clearTimeout(this.#timer)
    if (this.#over) return
    this.#over = true
    const waited = Math.round(this.recorder.at())
    const words = `The client closed the connection after ${waited} ms, before the response was complete.`
    if (this.#responseDone) this.recorder.requestEnded()
    else this.recorder.failed(failed ?? failure('client', 'CLIENT_CLOSED', words))
    this.origin?.reset()
  }
}
