// What a rule says about an exchange: a cause, its evidence, and what to do.
import type { Edit } from '../exchange/edit.ts'
import type { ExchangeId } from '../exchange/exchange.ts'

export type Level = 'error' | 'warning' | 'note'

/**
 * Where evidence stands. Header indexes count field lines from 0. `pointer` is a JSON Pointer (RFC 6901);
 * `line` and `column` count from 1.
 */
export type Location =
  | { readonly at: 'request.line' }
  | {
      readonly at: 'request.header' | 'response.header' | 'response.trailer'
      readonly name: string
      readonly index?: number
    }
  | { readonly at: 'request.query'; readonly name: string }
  | {
      readonly at: 'request.body' | 'response.body'
      readonly pointer?: string
      readonly line?: number
      readonly column?: number
    }
  | { readonly at: 'response.status' }
  | { readonly at: 'timing' | 'connection' | 'session' }

/** `value` is already redacted. `exchange` is absent where the evidence stands in the finding's own exchange. */
export type Evidence = { readonly location: Location; readonly value: string; readonly exchange?: ExchangeId }

/**
 * `complete`: the edits make a whole corrected request from captured data alone (A in the catalogue). `template`: a
 * value only the user has is missing; edits hold it as `{{name of the value}}` (T). `advice`: words only (N).
 */
export type Fix = {
  readonly kind: 'complete' | 'template' | 'advice'
  readonly text: string
  readonly edits?: readonly Edit[]
}

/** The server's own words, and where they stand. */
export type Quote = {
  readonly text: string
  readonly location: Location
  readonly code?: string
  readonly requestId?: string
  readonly docUrl?: string
}

/** One difference from the nearest call that worked; values redacted; undefined where a side has none. */
export type Difference = {
  readonly what: string
  readonly worked?: string
  readonly failed?: string
  readonly edit?: Edit
}

export type Differential = {
  readonly against: ExchangeId
  readonly startedDateTime: string
  readonly differences: readonly Difference[]
}

export type Reference = { readonly title: string; readonly url: string }

export type Finding = {
  readonly ruleId: string
  readonly exchangeId: ExchangeId
  readonly related: readonly ExchangeId[]
  readonly level: Level
  /** 0 to 1. */
  readonly confidence: number
  readonly primary: boolean
  /** What happened, when; a sentence without a full stop. */
  readonly title: string
  /** The cause in at most 26 characters, for the grid. */
  readonly brief: string
  /** One plain paragraph. */
  readonly explanation: string
  readonly evidence: readonly Evidence[]
  readonly quote?: Quote
  readonly differential?: Differential
  readonly fix?: Fix
  readonly references: readonly Reference[]
}
