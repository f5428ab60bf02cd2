// What the successes of one endpoint looked like, as far as rules compare with it.
import type { ValueFacts } from './path-facts.ts'

/** `values` are kept for at most 12 distinct strings; `latencies` in ms, the newest 70 at most. */
export type Baseline = {
  readonly endpoint: string
  readonly mediaType: string
  /** Successes folded in, at most the newest 50 weigh. */
  readonly samples: number
  /** Facts per JSON path (`/data/[]/id`) of the response body. */
  readonly response: ReadonlyMap<string, ValueFacts>
  /** Facts per JSON path of the request body, or per form member (`/name`). */
  readonly request: ReadonlyMap<string, ValueFacts>
  /** Request field names (lower case) and how many successes carried each, with the last value. */
  readonly requestHeaders: ReadonlyMap<
    string,
    { readonly count: number; readonly value: string; readonly constant: boolean }
  >
  readonly query: ReadonlyMap<string, { readonly count: number; readonly value: string; readonly constant: boolean }>
  /** Successes with a non-empty request body, and with a non-empty response body. */
  readonly withRequestBody: number
  readonly withResponseBody: number
  readonly latencies: readonly number[]
  readonly median: number
  readonly p95: number
  /** Decoded response sizes in octets: smallest and largest. */
  readonly sizes: readonly [smallest: number, largest: number]
  readonly largestRequest: number
  readonly accepts: readonly string[]
}
