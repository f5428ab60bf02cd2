// A failing request worked when it was repeated: the failure was a passing one.
import { inSession } from '../../evidence.ts'
import { clock, count, span } from '../../phrases.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'
import { failureName, transientPast } from '../../transient.ts'

/** Attempts further apart than this, in ms, are separate calls. */
const together = 600_000

export const retryRecovered: Rule = {
  id: 'retry/recovered',
  rank: 4,
  level: 'note',
  title: 'It worked when it was repeated',
  summary:
    'Fires when a request that had failed with 5xx, 429, 408 or on the network succeeds unchanged, and marks the first failure as passing.',
  references: [rfc9110('9.2.2', 'Idempotent Methods')],
  on: 'success',
  needs: ['same-request-failed'],
  scope: 'group',
  check(subject, context) {
    const failures: (typeof context.sameRequest)[number][] = []
    for (const past of context.sameRequest.toReversed()) {
      if (!transientPast(past) || subject.time - past.time > together) break
      failures.unshift(past)
    }
    const [first] = failures
    if (!first) return undefined
    const facts = `${count(failures.length, 'attempt')} failed before, the first with ${failureName(first)} at ${clock(first.time)}, ${span(subject.time - first.time)} earlier.`
    return [
      {
        title: `It worked at attempt ${failures.length + 1}`,
        brief: 'Worked when repeated',
        explanation: `${facts} The failure was a passing one, and repeating was right.`,
        evidence: failures.slice(-4).map((past) => inSession(`${clock(past.time)} ${failureName(past)}`, past.id)),
        related: failures.map((past) => past.id),
      },
      {
        exchange: first.id,
        title: 'This failure passed: a later attempt worked',
        brief: 'A later attempt worked',
        explanation: `The same request, unchanged, worked ${span(subject.time - first.time)} later, so this failure was a passing one.`,
        evidence: [inSession(`${clock(subject.time)} ${subject.status}`, subject.id)],
        related: [subject.id],
      },
    ]
  },
  examples: [
    {
      name: 'a 503 and then a 200',
      fires: true,
      exchanges: [
        { request: 'GET https://api.test/items', status: 503 },
        { request: 'GET https://api.test/items', status: 200, answer: [] },
      ],
      level: 'note',
    },
    {
      name: 'the first failure is marked as passing',
      fires: true,
      about: 0,
      exchanges: [
        { request: 'GET https://api.test/items', failure: { phase: 'response', code: 'ECONNRESET' } },
        { request: 'GET https://api.test/items', status: 200, answer: [] },
      ],
      brief: 'A later attempt worked',
    },
    {
      name: 'a 401 cured by a new token is no passing failure',
      fires: false,
      exchanges: [
        { request: 'GET https://api.test/items', status: 401 },
        {
          request: 'GET https://api.test/items',
          headers: { Authorization: 'Bearer abcdefghijklmnop' },
          status: 200,
          answer: [],
        },
      ],
    },
    {
      name: 'nothing had failed',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/items', times: 2, status: 200, answer: [] }],
    },
  ],
}
