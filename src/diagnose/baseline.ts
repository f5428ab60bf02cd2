// What the successes of one endpoint looked like, as far as rules compare with it.
import type { PathTree } from './path-tree.ts'

/** How many successes carried a name, the last value, and whether it was always the same. */
export type Constant = { readonly count: number; readonly value: string; readonly constant: boolean }

/** Weighs about the newest 50 successes. Sizes in octets, times in ms. */
export type Baseline = {
  readonly endpoint: string
  /** The type asked about where it was seen, else the usual one. */
  readonly mediaType: string
  /** The type most of the successes had. */
  readonly usualMediaType: string
  readonly samples: number
  /** Successes whose response had the very media type asked about. */
  readonly responseSamples: number
  /** Paths of the response body (`/data/[]/id`, `/users/*` below a map). */
  readonly response: PathTree
  /** The same of the request body; a form counts as an object of strings. */
  readonly request: PathTree
  /** By lower-case name. */
  readonly requestHeaders: ReadonlyMap<string, Constant>
  readonly query: ReadonlyMap<string, Constant>
  readonly withRequestBody: number
  readonly withResponseBody: number
  /** The newest 70 at least, oldest first. */
  readonly latencies: readonly number[]
  readonly median: number
  readonly p95: number
  readonly sizes: readonly [smallest: number, largest: number]
  readonly largestRequest: number
  readonly accepts: readonly string[]
}
