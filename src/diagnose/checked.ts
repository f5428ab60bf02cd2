// What the diagnosis of one exchange rests on: which rules were asked, and what there was to compare it with.
import type { Baseline } from './baseline.ts'
import type { Rule } from './rule.ts'
import { ruleGroups } from './rule-catalogue.ts'
import { isSilenced, type Silence } from './silence.ts'
import type { Subject } from './subject.ts'

export type Checked = {
  /** The endpoint key: equal keys are compared with each other, and can be muted together. */
  readonly endpoint: string
  /** Rules that were asked, by group. */
  readonly groups: readonly { readonly group: string; readonly title: string; readonly rules: number }[]
  /** Rules that would have been asked and are muted here. */
  readonly muted: number
  /** Other calls of this endpoint that worked, as far as they weigh; 0 leaves nothing to compare with. */
  readonly worked: number
  /** How long those took, ms. */
  readonly usual?: { readonly calls: number; readonly median: number; readonly p95: number }
  /** Whether the rules could read the content of each side: kept, decoded and not too large. */
  readonly read: { readonly request: boolean; readonly response: boolean }
}

type Given = {
  readonly subject: Subject
  readonly baseline: Baseline | undefined
  /** Those that are on, whatever they ask for. */
  readonly rules: readonly Rule[]
  readonly mutes: readonly Silence[]
  readonly read: Checked['read']
}

/** Fewer calls say nothing about how long they usually take. */
const fewest = 3

export function checkedBy({ subject, baseline, rules, mutes, read }: Given): Checked {
  const { is } = subject.outcome
  const { key } = subject.endpoint
  const asked = rules.filter(({ on = 'any' }) => on === 'any' || on === is)
  const heard = asked.filter(({ id }) => !mutes.some((mute) => isSilenced(mute, id, subject.host, key)))
  const groups = Map.groupBy(heard, ({ id }) => id.slice(0, id.indexOf('/')))
  const calls = baseline?.latencies.length ?? 0
  return {
    endpoint: key,
    groups: [...groups].map(([group, own]) => ({ group, title: ruleGroups[group] ?? group, rules: own.length })),
    muted: asked.length - heard.length,
    // One that worked is among those it would be compared with.
    worked: Math.max(0, (baseline?.samples ?? 0) - (is === 'success' && subject.whole ? 1 : 0)),
    ...(baseline && calls >= fewest ? { usual: { calls, median: baseline.median, p95: baseline.p95 } } : {}),
    read,
  }
}
