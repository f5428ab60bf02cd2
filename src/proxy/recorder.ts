// Writes down one exchange as it happens: each step becomes one event for the outbox, with times on a monotonic clock.
import type { Outbox } from '../bridge/outbox.ts'
import { announcesEvents } from '../bridge/whole-exchange.ts'
import type { ExchangeEvent, RawFields, RawSocketMessage } from '../exchange/event.ts'
import type { Client, Connection, ExchangeId, Kind, Marks, Origin, Server, Tls } from '../exchange/exchange.ts'
import type { Failure } from '../exchange/failure.ts'
import { ContentTap } from './content-tap.ts'

/** What is known when an exchange begins. */
export type Opening = {
  readonly kind: Kind
  readonly client: Client
  readonly server: Server
  readonly connection: Connection
  readonly origin: Origin
  readonly httpVersion: string
  readonly method: string
  readonly target: string
  readonly url: string
  readonly headers: RawFields
  readonly unread?: string
}

/** The origin's side of an exchange, with the moments (by performance.now) at which it came to be. */
export type Leg = {
  readonly upstreamId: number
  readonly server: Server
  readonly serverTls?: Tls
  readonly via?: string
}

type Open = { -readonly [K in keyof Marks]: Marks[K] }
const nobody: RawFields = []
/** Interim responses of one exchange that are written down; a server may send them without end, and all are relayed. */
const mostInterim = 1000

/** Owns the record of one exchange from its opening to its one end. */
export class Recorder {
  readonly id: ExchangeId
  readonly request: ContentTap
  readonly response: ContentTap
  /** performance.now() at the start. */
  readonly began: number
  over = false
  #requestOver = false
  #interims = 0
  readonly #outbox: Outbox
  readonly #silent: boolean
  #marks: Open = {}

  /** `began` may lie in the past: a connection made for this exchange belongs to its time. */
  constructor(outbox: Outbox, opening: Opening, maxContent: number, began = performance.now()) {
    this.#outbox = outbox
    this.#silent = !outbox.recording
    this.id = outbox.nextId()
    this.began = began
    const { id } = this
    const kept = this.#silent ? 0 : maxContent
    this.request = new ContentTap(kept, (data) => this.#emit({ type: 'content', id, side: 'request', data }))
    this.response = new ContentTap(kept, (data) =>
      this.#emit({ type: 'content', id, side: 'response', data, at: this.at() }),
    )
    // By the wall clock as it is now: a monotonic clock stands still while the machine sleeps.
    const time = Date.now() - (performance.now() - began)
    const httpVersion = `HTTP/${opening.httpVersion}`
    this.#emit({ type: 'opened', id, sessionId: outbox.sessionId, time, ...opening, httpVersion })
  }

  /** Milliseconds since the exchange began. */
  at(now = performance.now()): number {
    return Math.max(0, Math.round((now - this.began) * 1000) / 1000)
  }

  mark(name: keyof Marks, now?: number): void {
    this.#marks[name] = this.at(now)
  }

  connected(leg: Leg, reused: boolean): void {
    this.#emit({ type: 'connected', id: this.id, reused, ...leg, marks: this.#takeMarks() })
  }

  requestEnded(trailers: RawFields = nobody): void {
    if (this.#requestOver || this.over) return
    this.#requestOver = true
    this.mark('sendEnd')
    const content = this.request.end()
    this.#emit({ type: 'request-ended', id: this.id, content, trailers, marks: this.#takeMarks() })
  }

  interim(status: number, statusText: string, headers: RawFields): void {
    if (++this.#interims > mostInterim) return
    this.#emit({ type: 'interim', id: this.id, status, statusText, headers, at: this.at() })
  }

  responded(
    head: { httpVersion: string; status: number; statusText: string; raw: RawFields },
    turned: { kind?: Kind; unread?: string } = {},
  ): void {
    const { status, statusText, raw } = head
    const httpVersion = `HTTP/${head.httpVersion}`
    const marks = this.#takeMarks()
    if (announcesEvents(raw)) this.response.prompt = true
    this.#emit({ type: 'responded', id: this.id, httpVersion, status, statusText, headers: raw, marks, ...turned })
  }

  ended(trailers: RawFields = nobody): void {
    if (this.over) return
    this.#finish()
    const content = this.response.end()
    this.#emit({ type: 'ended', id: this.id, content, trailers, marks: this.#takeMarks() })
  }

  failed(failure: Failure): void {
    if (this.over) return
    this.#finish()
    const content = this.response.end()
    this.#emit({ type: 'failed', id: this.id, failure, content, marks: this.#takeMarks() })
  }

  message(message: RawSocketMessage): void {
    if (!this.over) this.#emit({ type: 'message', id: this.id, message })
  }

  #finish(): void {
    this.requestEnded()
    this.over = true
    this.mark('end')
  }

  #takeMarks(): Marks {
    const marks = this.#marks
    this.#marks = {}
    return marks
  }

  #emit(event: ExchangeEvent): void {
    if (!this.#silent) this.#outbox.emit(event)
  }
}
