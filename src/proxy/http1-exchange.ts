// One HTTP/1 exchange: the request goes to the origin and the response to the client, octet for octet as they come.
import type { Failure } from '../exchange/failure.ts'
import { type BodyReader, bodyReader } from './body-reader.ts'
import { failure, fromError, statusFor } from './failures.ts'
import type { Borrower, Http1Origin } from './http1-origin.ts'
import type { Http1Side } from './http1-side.ts'
import { type Limit, startLimit } from './limit.ts'
import { problemAnswer } from './problem-page.ts'
import type { Recorder } from './recorder.ts'
import type { RequestHead } from './request-head.ts'
import type { ResponseHead } from './response-head.ts'
import { ResponseRelay, type ResponseSink } from './response-relay.ts'
import type { WireLimits } from './wire-settings.ts'

/** Request octets held while the origin is being dialled. */
const heldOctets = 64 * 1024
/** Methods that may be sent again when a kept connection turns out to be closed (RFC 9112 §9.3.1). */
const repeatable = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE'])

/** Owns the two messages that pass and what ends them. */
export class Http1Exchange implements Borrower, ResponseSink {
  readonly head: RequestHead
  readonly recorder: Recorder
  origin: Http1Origin | undefined
  requestDone = false
  readonly #side: Http1Side
  readonly #limits: WireLimits
  readonly #requestBody: BodyReader
  readonly #response: ResponseRelay
  #outgoing: Buffer[]
  #held = 0
  #clientEnded = false
  #over = false
  #timer: Limit | undefined

  constructor(side: Http1Side, head: RequestHead, outgoing: Buffer, recorder: Recorder, limits: WireLimits) {
    this.#side = side
    this.head = head
    this.recorder = recorder
    this.#outgoing = [outgoing]
    this.#limits = limits
    this.#requestBody = bodyReader(head.framing, (content) => recorder.request.add(content), true)
    this.#response = new ResponseRelay(this, recorder, head.method === 'HEAD', limits.headOctets)
    if (this.#requestBody.done) this.#endRequest()
  }

  /** Takes request octets from `from` on; returns the index after the last that belongs to this request. */
  requestData(chunk: Buffer, from: number): number {
    if (this.requestDone || this.#over) return from
    const end = this.#requestBody.read(chunk, from)
    const { fault } = this.#requestBody
    if (fault) {
      this.#breakRequest(fault)
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
    if (socket.destroyed) return this.#noAnswer(socket.errored ?? undefined)
    const parts = this.#outgoing
    // Kept for a second try on another connection; a body is never sent twice.
    this.#outgoing = this.requestDone ? parts : []
    let room = true
    if (parts.length > 1) socket.cork()
    for (const part of parts) room = socket.write(part)
    if (parts.length > 1) socket.uncork()
    this.#side.hold(!room && !this.requestDone)
    if (this.requestDone) this.#sent()
    if (this.#clientEnded) socket.end()
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
    if (this.origin) this.#sent()
  }

  /** The whole request is on its way. */
  #sent(): void {
    this.recorder.requestEnded(this.#requestBody.trailers)
    const { responseMs } = this.#limits
    if (this.#response.done) this.#finish()
    else if (responseMs > 0 && !this.#response.heard) {
      const words = `The server did not answer within ${Math.round(responseMs / 1000)} s.`
      this.#wait(responseMs, () => this.fail(failure('response', 'UPSTREAM_RESPONSE_TIMEOUT', words)))
    }
  }

  #wait(ms: number, then: () => void): void {
    this.#timer?.clear()
    this.#timer = startLimit(ms, then)
  }

  /** A body that cannot be framed ends both sides without a clean end: nothing after it may be taken for a request. */
  #breakRequest(fault: string): void {
    const failed = failure('client', 'REQUEST_FRAMING', `The request body is not framed as HTTP says. ${fault}`)
    this.origin?.reset()
    if (this.#response.head) this.#breakResponse(failed, 'reset')
    else this.fail(failed)
  }

  // --- what the origin's connection tells ---

  onOriginDrain(): void {
    if (!this.#over && !this.requestDone) this.#side.hold(false)
  }

  onOriginData(chunk: Buffer): void {
    if (this.#over || this.#response.done) {
      // Octets after the end of a message belong to no message.
      if (this.origin) this.origin.spent = true
      return
    }
    if (!this.#response.heard && !this.#clientEnded) this.#timer?.clear()
    const used = this.#response.take(chunk)
    if (!this.#response.done || this.#over) return
    if (used < chunk.length && this.origin) this.origin.spent = true
    this.#finish()
  }

  onOriginEnd(): void {
    if (this.#over) return
    if (this.#response.endsWithConnection) this.#response.end()
    if (this.#response.done) this.#finishWithConnection()
    else if (this.#response.head) this.#breakResponse(this.#cutFailure(), 'cut')
    else this.#noAnswer(undefined)
  }

  onOriginClose(error: Error | undefined): void {
    if (this.#over) return
    if (this.#response.done) this.#finishWithConnection()
    else if (!this.#response.head) this.#noAnswer(error)
    else if (error) this.#breakResponse(this.#fromOrigin('response', error), 'reset')
    else this.#breakResponse(this.#cutFailure(), 'cut')
  }

  #fromOrigin(phase: 'request' | 'response', error: Error): Failure {
    const { host = '', port = 0 } = this.origin?.link.server ?? {}
    return fromError(phase, error, host, port)
  }

  #cutFailure(): Failure {
    const closed = 'The server closed the connection without an answer.'
    return this.#response.cutFailure() ?? failure('response', 'UPSTREAM_CLOSED', closed)
  }

  /** The connection ended before a response: tried again where a client would, told as it would have seen it else. */
  #noAnswer(error: Error | undefined): void {
    if (this.#clientEnded) {
      // It ended because the client had.
      this.clientClosed()
      this.#side.broken('cut')
      return
    }
    const { origin } = this
    const reused = origin !== undefined && origin.used > 1
    const untouched = !this.#response.heard && this.requestDone && this.#outgoing.length === 1
    if (reused && untouched && repeatable.has(this.head.method)) {
      // A reset is told twice, by its error and by the close: the second must not reach what goes on elsewhere.
      origin.end()
      this.origin = undefined
      this.#side.redial()
      return
    }
    const phase = this.requestDone ? 'response' : 'request'
    const failed = error ? this.#fromOrigin(phase, error) : this.#cutFailure()
    const { begun } = this.#response
    if (begun) {
      // Half a head is what the client would have seen; some make do with it.
      this.toClient(begun)
      this.#breakResponse(failed, error ? 'reset' : 'cut')
      return
    }
    if (reused && !this.#response.heard) this.#breakResponse(failed, error ? 'reset' : 'cut')
    else this.fail(failed)
  }

  // --- what the response tells ---

  /** The client takes octets again. */
  onClientDrain(): void {
    this.origin?.link.socket.resume()
  }

  toClient(bytes: Buffer): void {
    if (!this.#side.socket.write(bytes)) this.origin?.link.socket.pause()
  }

  gather(on: boolean): void {
    if (on) this.#side.socket.cork()
    else this.#side.socket.uncork()
  }

  upgraded(head: ResponseHead, rest: Buffer): void {
    this.#close()
    this.#side.upgraded(head, rest)
  }

  broken(failed: Failure): void {
    this.fail(failed)
  }

  // --- how it ends ---

  #close(): void {
    this.#over = true
    this.#timer?.clear()
  }

  #finish(): void {
    // An early answer does not end the request: what the client still sends goes where it was going.
    if (this.#over || !this.requestDone) return
    this.#close()
    const { origin } = this
    const kept = this.head.keepAlive && this.#response.reusable && !this.#clientEnded && origin?.spent === false
    if (kept) origin.release()
    else origin?.end()
    this.#side.finished(kept)
  }

  #finishWithConnection(): void {
    this.#close()
    this.recorder.requestEnded()
    this.origin?.end()
    this.#side.finished(false)
  }

  /** Ends the exchange with an answer of our own, or by cutting what has begun. */
  fail(failed: Failure): void {
    if (this.#over) return
    if (this.#response.head) {
      this.#breakResponse(failed, 'cut')
      return
    }
    this.#close()
    const made = problemAnswer(statusFor(failed), failed, this.head.accept)
    this.recorder.failed(failed)
    this.origin?.reset()
    this.#side.answer(made, this.head, this.requestDone && failed.phase !== 'client')
  }

  #breakResponse(failed: Failure, how: 'cut' | 'reset'): void {
    this.#close()
    this.recorder.failed(failed)
    this.origin?.end()
    this.#side.broken(how)
  }

  /** The client sent FIN: so does the origin get one, as it would without us; it may still answer. */
  clientEnded(): void {
    if (this.#over || this.#clientEnded) return
    this.#clientEnded = true
    if (this.requestDone) {
      if (this.#response.done) return
      this.origin?.link.socket.end()
      this.#wait(this.#limits.halfClosedMs, () => this.#giveUp())
    } else this.#giveUp()
  }

  #giveUp(): void {
    this.clientClosed()
    this.#side.broken('cut')
  }

  /** The client is gone, or the wire closes. */
  clientClosed(failed?: Failure): void {
    if (this.#over) return
    this.#close()
    const waited = Math.round(this.recorder.at())
    const words = `The client closed the connection after ${waited} ms, before the response was complete.`
    if (this.#response.done) this.recorder.requestEnded()
    else this.recorder.failed(failed ?? failure('client', 'CLIENT_CLOSED', words))
    if (this.#clientEnded) this.origin?.end()
    else this.origin?.reset()
  }
}
