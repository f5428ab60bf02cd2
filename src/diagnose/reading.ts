// An exchange read without judging it: its two sides, URL, query, form and how well it was captured.
import { type Exchange, responseOf } from '../exchange/exchange.ts'
import type { Failure } from '../exchange/failure.ts'
import type { Observed } from './observed.ts'
import { type Pair, queryOf, readPairs } from './pairs.ts'
import { readSide, type Side } from './side.ts'

export type Reading = {
  readonly exchange: Exchange
  readonly id: string
  /** Moment the request began, ms since 1970. */
  readonly time: number
  readonly method: string
  readonly url: URL | undefined
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

type State = Reading & {
  readonly made: { query: readonly Pair[] | undefined; form: readonly Pair[] | undefined; isFormRead: boolean }
}

/** One prototype for all readings, so that they share a shape: see `side.ts`. */
export const readings = {
  get query() {
    const { made, exchange } = this as unknown as State
    made.query ??= queryOf(exchange.request.url)
    return made.query
  },
  get form() {
    const { made, request } = this as unknown as State
    if (!made.isFormRead) {
      const isForm = request.mediaType === 'application/x-www-form-urlencoded' && !request.truncated
      made.form = isForm ? readPairs(request.text) : undefined
      made.isFormRead = true
    }
    return made.form
  },
}

/** `prototype` holds what is read later; `made` is where such readings are remembered. */
export function readExchange(observed: Observed, prototype: object = readings, made: object = {}): Reading {
  const { exchange } = observed
  const response = responseOf(exchange)
  const answered = response !== undefined && response.status > 0
  const imported = exchange.origin.by === 'import'
  const url = URL.parse(exchange.request.url) ?? undefined
  const request = readSide({
    ...exchange.request,
    octets: observed.request,
    wire: observed.requestWire,
    decodeError: observed.requestDecodeError,
  })
  const answer = answered
    ? readSide({
        ...response,
        octets: observed.response,
        wire: observed.responseWire,
        decodeError: observed.responseDecodeError,
      })
    : undefined
  const reading = {
    __proto__: prototype,
    exchange,
    id: exchange.id,
    time: Date.parse(exchange.startedDateTime),
    method: exchange.request.method,
    url,
    origin: url ? `${url.protocol}//${url.host}` : `${exchange.server.host}:${exchange.server.port}`,
    host: url?.hostname ?? exchange.server.host,
    path: pathOf(exchange.request.url),
    request,
    response: answer,
    status: answered ? response.status : 0,
    failure: exchange.outcome.state === 'failed' ? exchange.outcome.failure : undefined,
    duration: exchange.marks.end,
    live: !imported,
    imported,
    headersStripped: imported && (response?.headers.length ?? 0) < 3,
    whole: !request.truncated && answer?.truncated !== true,
    made: Object.assign(made, { query: undefined, form: undefined, isFormRead: false }),
  }
  return reading as unknown as Reading
}

/** The path of an absolute URL as it was written. */
function pathOf(url: string): string {
  const match = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*([^?#]*)/i.exec(url)
  return match ? match[1] || '/' : (url.split(/[?#]/)[0] ?? '/')
}
