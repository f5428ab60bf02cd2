// A request Telltale itself is about to send: a replay, an edited replay, or one composed from nothing.
import type { ExchangeId } from './exchange.ts'

/** A request to be sent by the wire itself: raw field lines in order, body as octets. */
export type PlannedRequest = {
  readonly method: string
  /** Absolute http(s) URL. */
  readonly url: string
  /** Flat pairs, latin1. Framing fields (Content-Length, Transfer-Encoding) are made by the wire. */
  readonly headers: readonly string[]
  readonly body: Uint8Array
  readonly httpVersion: '1.1' | '2' | 'auto'
  readonly followRedirects: boolean
  readonly of?: ExchangeId
}
