// A request Telltale itself is about to send: a replay, an edited replay, or one composed from nothing.
import type { ExchangeId } from './exchange.ts'

/** A request to be sent by the wire itself: raw field lines in order, body as octets. */
export type PlannedRequest = {
  readonly method: string
  /** Absolute http(s) URL; what follows the authority is sent octet for octet. */
  readonly url: string
  /** The request target where it is not what follows the URL's authority: `*`. */
  readonly target?: string
  /** Flat pairs, latin1, sent in this order. The wire adds Host and Content-Length only where they are missing and due. */
  readonly headers: readonly string[]
  readonly body: Uint8Array
  readonly httpVersion: '1.1' | '2' | 'auto'
  readonly followRedirects: boolean
  readonly of?: ExchangeId
}
