// The detective: observes exchanges one after another and says what is wrong with each, and why.
import type { ExchangeId } from '../exchange/exchange.ts'
import type { Finding } from './finding.ts'
import type { Observed } from './observed.ts'
import type { Rule } from './rule.ts'

/** Silences a rule everywhere, for a host, or for an endpoint key. `rule` may end in `/*`. */
export type Silence = { readonly rule: string; readonly host?: string; readonly endpoint?: string }

export type DiagnosisTools = {
  /** Hex SHA-256. */
  readonly hash: (octets: Uint8Array | string) => string
  /** ms since 1970. */
  readonly now: () => number
  /** Told of a rule that threw; the other rules go on. */
  readonly onRuleFailure?: (ruleId: string, exchangeId: ExchangeId, error: unknown) => void
}

export type DiagnosisOptions = {
  readonly mutes?: readonly Silence[]
  /** All rules of the catalogue where absent. */
  readonly rules?: readonly Rule[]
  /** Rules that are off by default and wanted: ids, or `group/*`. */
  readonly wanted?: readonly string[]
}

export type Diagnosed = { readonly exchangeId: ExchangeId; readonly findings: readonly Finding[] }

export type Diagnosis = {
  /** Diagnoses one exchange; answers it first, then every earlier one whose findings changed because of it. */
  readonly observe: (observed: Observed) => readonly Diagnosed[]
  /** Takes an exchange into the history without diagnosing it. */
  readonly learn: (observed: Observed) => void
  readonly setMutes: (mutes: readonly Silence[]) => void
  readonly forget: (ids: readonly ExchangeId[]) => void
}
