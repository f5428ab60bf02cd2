// What a diagnosis rule is: metadata, one pure function, and the examples that test and document it.
import type { ExchangeId } from '../exchange/exchange.ts'
import type { Context } from './context.ts'
import type { ExchangeSketch } from './example-exchange.ts'
import type { Evidence, Fix, Level, Quote, Reference } from './finding.ts'
import type { Need } from './rule-needs.ts'
import type { Subject } from './subject.ts'

/** 1: the evidence names the exact cause. 2: a difference from what worked. 3: the status code alone. 4: catch-all. */
export type Rank = 1 | 2 | 3 | 4

/**
 * What a rule says when it fires; what is left out comes from the rule (level, rank, title, references) or from the
 * engine (confidence 0.9, the server's words for a failure, the differential). Values in evidence are already redacted.
 */
export type Verdict = {
  readonly level?: Level
  readonly rank?: Rank
  readonly confidence?: number
  /** What happened, when: a sentence without a full stop. */
  readonly title?: string
  /** The cause in at most 26 characters, for the grid. */
  readonly brief: string
  readonly explanation: string
  readonly evidence: readonly Evidence[]
  readonly fix?: Fix
  readonly quote?: Quote
  readonly references?: readonly Reference[]
  readonly related?: readonly ExchangeId[]
  /** The exchange this verdict is about, where that is an earlier one and not the judged one (rules of scope `group`). */
  readonly exchange?: ExchangeId
  /** False keeps the verdict from ever being the primary finding. */
  readonly mayLead?: boolean
}

/**
 * `exchanges` happen in this order; the last one is judged (or, for a verdict about an earlier one, any of them:
 * `about` is then its index). `level`, `brief` and `fix` are compared where given; `primary` asks that the finding leads.
 */
export type Example = {
  readonly name: string
  readonly fires: boolean
  readonly exchanges: readonly ExchangeSketch[]
  readonly about?: number
  readonly level?: Level
  readonly brief?: string
  readonly fix?: Fix['kind']
  readonly primary?: boolean
}

export type Rule = {
  /** `group/name`, equal to the path of its file below `rules/`. */
  readonly id: string
  readonly rank: Rank
  /** The highest level it can reach. */
  readonly level: Level
  readonly title: string
  /** One or two sentences for the catalogue: when it fires and why that matters. */
  readonly summary: string
  readonly references: readonly Reference[]
  /** Off unless asked for. */
  readonly quiet?: boolean
  /** Which exchanges it is asked about; `any` where absent. A failure is one by semantic outcome, whatever its status. */
  readonly on?: 'failure' | 'success' | 'any'
  /**
   * What must hold of an exchange, all of it, for the rule to have anything to say: asked once for all rules, so that a
   * healthy exchange is spared most of them. `check` may rely on it.
   */
  readonly needs?: readonly Need[]
  /** `group` rules look at earlier exchanges and run after all others. */
  readonly scope: 'exchange' | 'group'
  readonly examples: readonly Example[]
  readonly check: (subject: Subject, context: Context) => Verdict | readonly Verdict[] | undefined
}
