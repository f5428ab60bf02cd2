// A passing failure of a request that could have been repeated safely, and was not.
import { inSession } from '../../evidence.ts'
import { clock } from '../../phrases.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule, Verdict } from '../../rule.ts'
import { failureName } from '../../transient.ts'

const patience = 60_000
const passing = new Set([429, 502, 503, 504])
const safe = new Set(['GET', 'HEAD', 'PUT', 'DELETE'])

export const retryNotAttempted: Rule = {
  id: 'retry/not-attempted',
  rank: 4,
  level: 'note',
  title: 'A passing failure was not repeated',
  summary:
    'Fires on a 429, 502, 503, 504 or reset of a GET, HEAD, PUT or DELETE that was not repeated within a minute. A repetition would have been safe and would often have worked.',
  references: [rfc9110('9.2.2', 'Idempotent Methods')],
  quiet: true,
  needs: ['earlier-trouble'],
  scope: 'group',
  check(subject, context) {
    const verdicts: Verdict[] = []
    for (const past of context.ofOrigin) {
      const age = subject.time - past.time
      if (age < patience || age > patience * 5 || !safe.has(past.method)) continue
      if (!passing.has(past.status) && past.failureCode !== 'ECONNRESET') continue
      const again = context.ofOrigin.some((other) => other.requestKey === past.requestKey && other.time > past.time)
      if (again || !context.once(`retry/not-attempted ${past.id}`)) continue
      verdicts.push({
        exchange: past.id,
        brief: 'Was not repeated',
        explanation: `This ${past.method} failed with ${failureName(past)} at ${clock(past.time)}, and the client did not try again within a minute. ${past.method} may be repeated safely.`,
        evidence: [inSession(failureName(past), past.id)],
        fix: { kind: 'advice', text: 'Let the client repeat such failures a few times, with growing pauses.' },
      })
    }
    return verdicts.length > 0 ? verdicts : undefined
  },
  examples: [
    {
      name: 'a 503 that nobody tried again',
      fires: true,
      about: 0,
      exchanges: [
        { request: 'GET https://api.test/items', status: 503, at: 0 },
        { request: 'GET https://api.test/other', status: 200, at: 90 },
      ],
    },
    {
      name: 'a 504 of a DELETE',
      fires: true,
      about: 0,
      exchanges: [
        { request: 'DELETE https://api.test/items/1', status: 504, at: 0 },
        { request: 'GET https://api.test/other', status: 200, at: 90 },
      ],
    },
    {
      name: 'repeated after a while',
      fires: false,
      about: 0,
      exchanges: [
        { request: 'GET https://api.test/items', status: 503, at: 0 },
        { request: 'GET https://api.test/items', status: 200, at: 20 },
        { request: 'GET https://api.test/other', status: 200, at: 90 },
      ],
    },
    {
      name: 'a POST is better not repeated',
      fires: false,
      about: 0,
      exchanges: [
        { request: 'POST https://api.test/items', body: {}, status: 503, at: 0 },
        { request: 'GET https://api.test/other', status: 200, at: 90 },
      ],
    },
  ],
}
