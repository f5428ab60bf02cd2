// What differs between two capture sessions, endpoint by endpoint: as the desk answers it, the page and the terminal show it.
import type { Level } from '../diagnose/finding.ts'
import type { ExchangeId } from '../exchange/exchange.ts'

/** What one session saw of an endpoint; `answers` are statuses and failure codes, most frequent first; times in ms. */
export type SeenEndpoint = {
  readonly count: number
  readonly failures: number
  readonly answers: readonly { readonly answer: string; readonly count: number }[]
  readonly median: number | null
  /** Rules that found the causes of its failures. */
  readonly causes: readonly string[]
  /** The main findings of its exchanges that are more than notes, most frequent first. */
  readonly findings: readonly SeenFinding[]
  /** The newest exchange: of those that failed, if any did. */
  readonly example: ExchangeId
}

export type SeenFinding = {
  readonly rule: string
  readonly brief: string
  readonly level: Level
  readonly count: number
}

/** A place of JSON content that is in one session only, or of other types; `*` stands for any element and any id. */
export type ShapeChange = {
  readonly side: 'request' | 'response'
  readonly pointer: string
  /** Types seen there, such as `number` or `null or string`; missing where the place is not there. */
  readonly before?: string
  readonly after?: string
}

/** What is different, the weightiest first; the first stands for the whole in a list. */
export type ChangeKind =
  | 'fails now'
  | 'new'
  | 'gone'
  | 'answers'
  | 'findings'
  | 'shape'
  | 'works now'
  | 'slower'
  | 'faster'
  | 'count'

export type EndpointDifference = {
  readonly kind: ChangeKind
  readonly changes: readonly ChangeKind[]
  /** `METHOD host/path`, with segments that look like ids as `{}`. */
  readonly endpoint: string
  /** Selects its exchanges, of any session. */
  readonly filter: string
  readonly before?: SeenEndpoint
  readonly after?: SeenEndpoint
  readonly shape: readonly ShapeChange[]
}

/** `same`: endpoints without a difference. `shapesLeftOut`: endpoints whose contents were not looked at, being too many. */
export type SessionComparison = {
  readonly differences: readonly EndpointDifference[]
  readonly same: number
  readonly shapesLeftOut: number
}
