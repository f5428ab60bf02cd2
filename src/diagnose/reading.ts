// An exchange read without judging it: its two sides, URL, query, form and how well it was captured.
import type { Exchange } from '../exchange/exchange.ts'
import type { Failure } from '../exchange/failure.ts'
import type { SocketMessage } from '../exchange/socket-message.ts'
import type { Pair } from './pairs.ts'
import type { Side } from './side.ts'
import type { Site } from './site.ts'

export type Reading = {
  readonly exchange: Exchange
  readonly id: string
  /** Moment the request began, ms since 1970. */
  readonly time: number
  readonly method: string
  readonly url: URL | undefined
  /** The part of `url` that names where it leads; undefined for what is no URL. */
  readonly site: Site | undefined
  /** `https://host:port`, as the URL writes it. */
  readonly origin: string
  readonly host: string
  /** Path as sent, never decoded. */
  readonly path: string
  readonly request: Side
  readonly response: Side | undefined
  /** 0 without a response. */
  readonly status: number
  /** The network failure, where there was one. */
  readonly failure: Failure | undefined
  /** The last messages of a WebSocket, its close frames among them; empty for all else. */
  readonly messages: readonly SocketMessage[]
  /** ms, undefined while running. */
  readonly duration: number | undefined
  /** Captured on the wire (replays too): rules about raw octets and framing may run. */
  readonly live: boolean
  readonly imported: boolean
  /** Import with fewer than three response fields: rules about absent response fields stay silent. */
  readonly headersStripped: boolean
  /** All octets of both sides are at hand, or there were none. */
  readonly whole: boolean
  readonly query: readonly Pair[]
  /** Members of an urlencoded request body; undefined for other bodies. */
  readonly form: readonly Pair[] | undefined
}
