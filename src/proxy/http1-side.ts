// What an HTTP/1 exchange asks of the client's connection it came from.
import type { Duplex } from 'node:stream'
import type { Answer } from './problem-page.ts'
import type { RequestHead } from './request-head.ts'
import type { ResponseHead } from './response-head.ts'

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
