// The response half of an HTTP/1 exchange: heads and body pass to the client as they come, read in passing.
import type { Failure } from '../exchange/failure.ts'
import { type BodyReader, bodyReader } from './body-reader.ts'
import { failure } from './failures.ts'
import type { Recorder } from './recorder.ts'
import { parseResponseHead, type ResponseHead, writeResponseHead } from './response-head.ts'

/** First octets of an unreadable reply that are kept for the record. */
const shownOctets = 512

export type ResponseSink = {
  toClient(bytes: Buffer): void
  /** What is written between these two leaves together. */
  gather(on: boolean): void
  upgraded(head: ResponseHead, rest: Buffer): void
  broken(failed: Failure): void
}

/** Owns the position in one response. */
export class ResponseRelay {
  head: ResponseHead | undefined
  done = false
  /** Something, whatever it was, has been received. */
  heard = false
  #over = false
  #body: BodyReader | undefined
  #unread: Buffer | undefined
  readonly #sink: ResponseSink
  readonly #recorder: Recorder
  readonly #toHead: boolean
  readonly #headOctets: number

  constructor(sink: ResponseSink, recorder: Recorder, toHead: boolean, headOctets: number) {
    this.#sink = sink
    this.#recorder = recorder
    this.#toHead = toHead
    this.#headOctets = headOctets
  }

  /** May the connection carry another exchange, as far as this response is concerned? */
  get reusable(): boolean {
    return this.done && this.head?.keepAlive === true && this.#body?.loose !== true
  }

  /** The end of the connection is the end of the body. */
  get endsWithConnection(): boolean {
    return this.head?.framing.kind === 'close' && !this.done
  }

  /** Returns the octets that belong to the response. */
  take(chunk: Buffer): number {
    if (!this.heard) {
      this.heard = true
      this.#recorder.mark('firstByte')
    }
    const before = this.#unread?.length ?? 0
    const bytes = this.#unread ? Buffer.concat([this.#unread, chunk]) : chunk
    this.#unread = undefined
    let at = 0
    while (at < bytes.length && !this.done && !this.#over) {
      const rest = at === 0 ? bytes : bytes.subarray(at)
      const used = this.#body ? this.#takeBody(rest, 0, 0) : this.#takeHead(rest)
      if (used === 0) break
      at += used
    }
    return this.#unread || this.#over ? chunk.length : Math.max(0, at - before)
  }

  /** The connection ended where that ends the body. */
  end(): void {
    this.done = true
    this.#recorder.ended(this.#body?.trailers)
  }

  /** A head, or what may become one, that is not all there. */
  get begun(): Buffer | undefined {
    return this.#unread
  }

  /** What to say of a connection that ended too early; undefined where nothing had been received. */
  cutFailure(): Failure | undefined {
    if (this.#unread) {
      const received = this.#unread.toString('latin1', 0, shownOctets)
      const words = 'The server closed the connection within the response head.'
      return failure('response', 'RESPONSE_MALFORMED', words, { received })
    }
    if (!this.head) return undefined
    const declared = this.head.framing.kind === 'length' ? ` of ${this.head.framing.length}` : ''
    const seen = `${this.#recorder.response.size}${declared}`
    return failure('response', 'RESPONSE_CUT', `The server closed the connection after ${seen} octets of the body.`)
  }

  #break(failed: Failure): void {
    this.#over = true
    this.#sink.broken(failed)
  }

  #takeHead(bytes: Buffer): number {
    const head = parseResponseHead(bytes, this.#toHead, this.#headOctets)
    if (!head) {
      this.#unread = bytes
      return 0
    }
    if ('code' in head) {
      const received = bytes.toString('latin1', 0, shownOctets)
      this.#break(failure('response', head.code, head.message, { received }))
      return 0
    }
    if (head.status === 101) {
      this.#over = true
      this.#sink.upgraded(head, bytes.subarray(head.size))
      return 0
    }
    if (head.status < 200) {
      this.#recorder.interim(head.status, head.statusText, head.raw)
      this.#sink.toClient(head.clean ? bytes.subarray(0, head.size) : writeResponseHead(head))
      return head.size
    }
    this.head = head
    this.#recorder.responded(head)
    this.#body = bodyReader(head.framing, (content) => this.#recorder.response.add(content), false)
    if (head.clean) return this.#takeBody(bytes, head.size, 0)
    this.#sink.gather(true)
    this.#sink.toClient(writeResponseHead(head))
    const end = this.#takeBody(bytes, head.size, head.size)
    this.#sink.gather(false)
    return end
  }

  /** Reads the body from `from` on and passes on everything from `start`, unchanged. */
  #takeBody(bytes: Buffer, from: number, start: number): number {
    const body = this.#body
    if (!body) return 0
    const end = body.read(bytes, from)
    if (end > start) this.#sink.toClient(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end))
    if (body.fault)
      this.#break(failure('response', 'RESPONSE_MALFORMED', `The body is not framed as HTTP says. ${body.fault}`))
    else if (body.done) this.end()
    return end
  }
}
