// What the engine is given of one exchange: the record and its content-decoded octets.
import type { Exchange } from '../exchange/exchange.ts'
import type { SocketMessage } from '../exchange/socket-message.ts'

/**
 * `request` and `response` are the kept octets after content coding was removed; absent where none were kept.
 * `requestWire` and `responseWire` are the same octets before that, where they differ. `decodeError` says that a declared
 * coding could not be removed (the octets are then the wire's). `imported` bodies are decoded although the fields say otherwise.
 */
export type Observed = {
  readonly exchange: Exchange
  readonly request?: Uint8Array
  readonly response?: Uint8Array
  readonly requestWire?: Uint8Array
  readonly responseWire?: Uint8Array
  readonly requestDecodeError?: string
  readonly responseDecodeError?: string
  /** Of a WebSocket: its last ones at least. */
  readonly messages?: readonly SocketMessage[]
}
