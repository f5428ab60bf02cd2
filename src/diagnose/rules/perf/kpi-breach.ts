// The figures of an origin are outside the usual targets: errors, time limits, authentication, validation, retries, speed.
import { inSession } from '../../evidence.ts'
import type { Past } from '../../past.ts'
import { listed, span } from '../../phrases.ts'
import type { Rule } from '../../rule.ts'
import { transientPast } from '../../transient.ts'

const enough = 20
const again = 600_000

export const kpiBreach: Rule = {
  id: 'perf/kpi-breach',
  rank: 4,
  level: 'note',
  title: 'The figures of this origin miss their targets',
  summary:
    'Fires at most once in ten minutes per origin with 20 exchanges or more: error rate above 1 %, time limits above 0.5 %, any authentication or validation error, retries that succeed less than 90 %, median above 200 ms.',
  references: [
    { title: 'The four golden signals', url: 'https://sre.google/sre-book/monitoring-distributed-systems/' },
  ],
  quiet: true,
  scope: 'group',
  check(subject, context) {
    const all = context.ofOrigin
    if (all.length < enough) return undefined
    const misses = missedTargets(all)
    if (misses.length === 0 || !context.once(`perf/kpi-breach ${subject.origin}`, again)) return undefined
    return {
      mayLead: false,
      title: `${subject.host}: ${listed(misses, 3)}`,
      brief: misses.length === 1 ? 'A target is missed' : `${misses.length} targets are missed`,
      explanation: `Over the last ${all.length} exchanges with ${subject.origin}: ${listed(misses, 8)}.`,
      evidence: misses.map((miss) => inSession(miss)),
    }
  },
  examples: [
    {
      name: 'one failure in twenty',
      fires: true,
      exchanges: [
        { request: 'GET https://api.test/a', times: 19, status: 200, answer: {} },
        { request: 'GET https://api.test/a', status: 500 },
        { request: 'GET https://api.test/a', status: 200, answer: {} },
      ],
      level: 'note',
    },
    {
      name: 'slow throughout',
      fires: true,
      about: 20,
      exchanges: [{ request: 'GET https://api.test/a', times: 22, status: 200, answer: {}, took: 400 }],
    },
    {
      name: 'all within their targets',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/a', times: 25, status: 200, answer: {} }],
    },
    {
      name: 'too few exchanges to count',
      fires: false,
      exchanges: [
        { request: 'GET https://api.test/a', times: 5, status: 200, answer: {} },
        { request: 'GET https://api.test/a', times: 5, status: 500 },
      ],
    },
  ],
}

function missedTargets(all: readonly Past[]): string[] {
  const share = (some: readonly Past[]): number => some.length / all.length
  const percent = (value: number): string => `${Number((value * 100).toFixed(1))} %`
  const failed = all.filter((past) => past.outcome === 'failure')
  const timeouts = failed.filter(
    (past) => past.status === 504 || past.status === 408 || /TIMEOUT|TIMEDOUT/.test(past.failureCode ?? ''),
  )
  const auth = failed.filter((past) => past.status === 401 || past.status === 403)
  const validation = failed.filter((past) => past.status === 400 || past.status === 422)
  const durations = all.flatMap((past) => past.duration ?? []).toSorted((a, b) => a - b)
  const median = durations[Math.floor(durations.length / 2)] ?? 0
  const misses: string[] = []
  if (share(failed) > 0.01) misses.push(`${percent(share(failed))} errors (target 1 %)`)
  if (share(timeouts) > 0.005) misses.push(`${percent(share(timeouts))} time limits (target 0.5 %)`)
  if (auth.length > 0) misses.push(`${auth.length} authentication failures (target 0)`)
  if (validation.length > 0) misses.push(`${validation.length} validation errors (target 0)`)
  const retried = retries(all)
  if (retried.total >= 5 && retried.good / retried.total < 0.9) {
    misses.push(`${percent(retried.good / retried.total)} of retries worked (target 90 %)`)
  }
  if (median > 200) misses.push(`median ${span(median)} (target 200 ms)`)
  return misses
}

/** A retry is the same request again, right after a passing failure. */
function retries(all: readonly Past[]): { readonly total: number; readonly good: number } {
  let [total, good] = [0, 0]
  const last = new Map<string, Past>()
  for (const past of all) {
    const before = last.get(past.requestKey)
    if (before && transientPast(before)) {
      total++
      if (past.outcome === 'success') good++
    }
    last.set(past.requestKey, past)
  }
  return { total, good }
}
