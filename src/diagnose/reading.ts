// An exchange read without judging it: its two sides, URL, query, form and how well it was captured.
import { type Exchange, responseOf } from '../exchange/exchange.ts'
import type { Failure } from '../exchange/failure.ts'
import type { Observed } from './observed.ts'
import { type Pair, queryOf, readPairs } from './pairs.ts'
import { readSide, type Side } from './side.ts'
import { authorityEnd, type Site, siteOf } from './site.ts'

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

/** What a reading remembers of its own readings; those that may be undefined once made have a flag. */
export type ReadingState = { -readonly [Name in keyof Reading]: Reading[Name] } & {
  parsedUrl: URL | undefined
  isUrlParsed: boolean
  queryPairs: readonly Pair[] | undefined
  formPairs: readonly Pair[] | undefined
  isFormRead: boolean
}

/** One prototype for all readings, so that they share a shape: see `side.ts`. */
export const readings = {
  get url() {
    const reading = this as unknown as ReadingState
    if (!reading.isUrlParsed) {
      reading.parsedUrl = URL.parse(reading.exchange.request.url) ?? undefined
      reading.isUrlParsed = true
    }
    return reading.parsedUrl
  },
  get query() {
    const reading = this as unknown as ReadingState
    reading.queryPairs ??= queryOf(reading.exchange.request.url)
    return reading.queryPairs
  },
  get form() {
    const reading = this as unknown as ReadingState
    if (!reading.isFormRead) {
      const { request } = reading
      const isForm = request.mediaType === 'application/x-www-form-urlencoded' && !request.truncated
      reading.formPairs = isForm ? readPairs(request.text) : undefined
      reading.isFormRead = true
    }
    return reading.formPairs
  },
}

/** `prototype` holds what is read later. */
export function readExchange(observed: Observed, prototype: object = readings): Reading {
  const { exchange } = observed
  const answer = responseOf(exchange)
  const { url } = exchange.request
  const end = authorityEnd(url)
  // Made by assignment: see `side.ts`.
  const reading = Object.create(prototype) as ReadingState
  reading.exchange = exchange
  reading.id = exchange.id
  reading.time = Date.parse(exchange.startedDateTime)
  reading.method = exchange.request.method
  reading.site = siteOf(url, end)
  reading.origin = reading.site?.origin ?? `${exchange.server.host}:${exchange.server.port}`
  reading.host = reading.site?.hostname ?? exchange.server.host
  reading.path = pathOf(url, end)
  reading.request = readSide(exchange.request, {
    octets: observed.request,
    wire: observed.requestWire,
    decodeError: observed.requestDecodeError,
  })
  reading.response =
    answer && answer.status > 0
      ? readSide(answer, {
          octets: observed.response,
          wire: observed.responseWire,
          decodeError: observed.responseDecodeError,
        })
      : undefined
  reading.status = reading.response && answer ? answer.status : 0
  reading.failure = exchange.outcome.state === 'failed' ? exchange.outcome.failure : undefined
  reading.duration = exchange.marks.end
  reading.imported = exchange.origin.by === 'import'
  reading.live = !reading.imported
  reading.headersStripped = reading.imported && (answer?.headers.length ?? 0) < 3
  reading.whole = !reading.request.truncated && reading.response?.truncated !== true
  reading.parsedUrl = undefined
  reading.isUrlParsed = false
  reading.queryPairs = undefined
  reading.formPairs = undefined
  reading.isFormRead = false
  return reading
}

/** The path of an absolute URL as it was written; `end` is where its authority ends. */
function pathOf(url: string, end: number): string {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(url)) return url.split(/[?#]/)[0] ?? '/'
  const query = url.indexOf('?', end)
  const hash = url.indexOf('#', end)
  const stop = query < 0 ? hash : hash < 0 ? query : Math.min(query, hash)
  return url.slice(end, stop < 0 ? undefined : stop) || '/'
}
