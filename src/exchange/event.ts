// What the wire tells the desk: one small plain value per step of an exchange, cheap to copy between threads.
import type { Client, Connection, ExchangeId, Kind, Marks, Origin, Server, Tls } from './exchange.ts'
import type { Failure } from './failure.ts'

/** Flat `[name, value, name, value, …]`, latin1, as Node's `rawHeaders`: cheaper to clone than a list of objects. */
export type RawFields = readonly string[]

/**
 * The content of one message at its end. `tail` is what was kept and not yet sent in `content` events; `shed` says that
 * content was given up because the desk lagged; `wholeDigest` is hex SHA-256 of all octets where it was computed.
 */
export type ContentEnd = {
  readonly bodySize: number
  readonly tail?: Uint8Array
  readonly truncated?: boolean
  readonly shed?: boolean
  readonly wholeDigest?: string
}

export type ExchangeEvent =
  | {
      readonly type: 'opened'
      readonly id: ExchangeId
      readonly sessionId: string
      readonly kind: Kind
      /** ms since 1970, fractional. */
      readonly time: number
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
  /** Kept octets of a message still running, in order; for large or slow ones only. `at`: ms since the exchange began. */
  | {
      readonly type: 'content'
      readonly id: ExchangeId
      readonly side: 'request' | 'response'
      readonly data: Uint8Array
      readonly at?: number
    }
  | {
      readonly type: 'request-ended'
      readonly id: ExchangeId
      readonly content: ContentEnd
      readonly trailers: RawFields
      readonly marks: Marks
    }
  /** The origin's side became known or changed (address, TLS, reuse). */
  | {
      readonly type: 'connected'
      readonly id: ExchangeId
      readonly server: Server
      readonly upstreamId: number
      readonly reused: boolean
      readonly serverTls?: Tls
      readonly via?: string
      readonly marks: Marks
    }
  | {
      readonly type: 'interim'
      readonly id: ExchangeId
      readonly status: number
      readonly statusText: string
      readonly headers: RawFields
      readonly at: number
    }
  | { readonly type: 'held'; readonly id: ExchangeId; readonly at: 'request' | 'response' }
  | {
      readonly type: 'responded'
      readonly id: ExchangeId
      readonly httpVersion: string
      readonly status: number
      readonly statusText: string
      readonly headers: RawFields
      readonly marks: Marks
      /** Set when the exchange turned into something else: a 101 to a WebSocket or to an unknown protocol. */
      readonly kind?: Kind
      readonly unread?: string
    }
  | {
      readonly type: 'ended'
      readonly id: ExchangeId
      readonly content: ContentEnd
      readonly trailers: RawFields
      readonly marks: Marks
    }
  | {
      readonly type: 'failed'
      readonly id: ExchangeId
      readonly failure: Failure
      readonly content?: ContentEnd
      readonly marks: Marks
    }
  | { readonly type: 'message'; readonly id: ExchangeId; readonly message: RawSocketMessage }

/** A WebSocket message (or SSE event) as read beside the relay; `at` in ms since the exchange began. */
export type RawSocketMessage = {
  readonly from: 'client' | 'server'
  readonly at: number
  readonly opcode: 'text' | 'binary' | 'ping' | 'pong' | 'close'
  readonly size: number
  readonly data: Uint8Array
  readonly truncated: boolean
  readonly compressed: boolean
  /** Close code (RFC 6455 §7.4), for `close` only. */
  readonly code?: number
}
