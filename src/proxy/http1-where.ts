// Where a client's HTTP/1 connection stands: what it comes over, where its requests lead, and who hears of them.
import type { Duplex } from 'node:stream'
import type { ExchangeId } from '../exchange/exchange.ts'
import type { Failure } from '../exchange/failure.ts'
import type { Link } from './link.ts'
import type { RequestHead } from './request-head.ts'
import type { Route } from './target.ts'
import type { ClientLeg } from './wiring.ts'

/** Where every request of a tunnel goes, and what is already known of the way there. */
export type FixedRoute = {
  readonly route: Route
  readonly link?: Link
  /** Why the tunnel's own attempt failed, told to the first request. */
  readonly failure?: Failure
  readonly alpn?: readonly string[]
  readonly servername?: string
  /** The client's Host names us, not the origin (reverse mode). */
  readonly rewriteHost?: boolean
  /** What the URL of its requests names, whatever their Host says. */
  readonly authority?: string
}

export type Http1Where = {
  readonly leg: ClientLeg
  readonly socket: Duplex
  /** The TCP connection underneath. */
  readonly raw: Duplex
  /** Absent on a proxy port, where each request names its own origin. */
  readonly fixed?: FixedRoute
  /** Takes over when a CONNECT arrives; absent where that makes no sense. */
  readonly onConnect?: (head: RequestHead, rest: Buffer) => void
  /** The connection ends with its first exchange. */
  readonly once?: boolean
  /** Hears the id of every exchange as it is opened. */
  readonly onOpened?: (id: ExchangeId) => void
}
