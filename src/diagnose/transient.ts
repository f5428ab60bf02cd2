// What a repetition may cure: failures of the moment, as opposed to refusals that stay.
import type { Past } from './past.ts'
import type { Subject } from './subject.ts'

const passing = new Set([408, 425, 429, 500, 502, 503, 504, 507, 520, 521, 522, 523, 524, 529, 530, 598, 599])

type Seen = { readonly status: number; readonly failure: boolean; readonly byClient: boolean }

const isTransient = ({ status, failure, byClient }: Seen): boolean =>
  failure && !byClient && (status === 0 || passing.has(status) || status >= 500)

/** A 5xx, 429, 408 or a network failure that the client did not cause itself. */
export function transientPast(past: Past): boolean {
  const { outcome } = past.exchange
  const byClient = outcome.state === 'failed' && outcome.failure.phase === 'client' && past.end - past.time < 5000
  return isTransient({ status: past.status, failure: past.outcome === 'failure', byClient })
}

export function transientSubject(subject: Subject): boolean {
  const byClient = subject.failure?.phase === 'client' && (subject.duration ?? 0) < 5000
  return isTransient({ status: subject.status, failure: subject.outcome.is === 'failure', byClient })
}

/** The failure in a word or two: `503`, `ECONNRESET`. */
export const failureName = (past: Past): string => past.failureCode ?? String(past.status)
