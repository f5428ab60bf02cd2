// A refusal that cannot change by itself was repeated unchanged.
import { inSession, status } from '../../evidence.ts'
import { count, span } from '../../phrases.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'

const final = new Set([400, 401, 403, 404, 405, 409, 410, 413, 415, 422])
const minute = 60_000
/** How long, in ms, a created resource may stay invisible on systems that replicate. */
const settling = 30_000

export const nonRetryable: Rule = {
  id: 'retry/non-retryable',
  rank: 2,
  level: 'warning',
  title: 'A final refusal was repeated unchanged',
  summary:
    'Fires when a request refused with a 4xx that repeating cannot cure was sent two more times, unchanged, within a minute. A 404 or 409 soon after a create is allowed.',
  references: [rfc9110('15.5', 'Client Error 4xx')],
  on: 'failure',
  scope: 'group',
  check(subject, context) {
    const code = subject.status
    if (!final.has(code)) return undefined
    const mine = context.prints.map((print) => print.fingerprint).join()
    const same = context.sameRequest.filter(
      (past) =>
        subject.time - past.time <= minute &&
        past.status === code &&
        past.credentials.map((print) => print.fingerprint).join() === mine,
    )
    if (same.length < 2) return undefined
    const created =
      (code === 404 || code === 409) &&
      context.ofOrigin.some(
        (past) =>
          past.outcome === 'success' && ['POST', 'PUT'].includes(past.method) && subject.time - past.time <= settling,
      )
    if (created) return undefined
    return {
      title: `Refused with ${code} and repeated ${count(same.length, 'time')} unchanged`,
      brief: 'Repeating cannot help',
      explanation: `The server has refused this very request ${same.length + 1} times with ${code} within ${span(subject.time - (same[0]?.time ?? subject.time))}. Nothing was changed in between, and ${code} says that the request itself must change, so repeating only costs time and rate limit.`,
      evidence: [status(subject), ...same.slice(-3).map((past) => inSession(String(past.status), past.id))],
      related: same.map((past) => past.id),
      fix: { kind: 'advice', text: 'In the client, repeat only network failures, 408, 429 and 5xx.' },
    }
  },
  examples: [
    {
      name: 'the same 400 three times',
      fires: true,
      exchanges: [{ request: 'POST https://api.test/items', body: { a: 1 }, times: 3, status: 400 }],
      level: 'warning',
    },
    {
      name: 'a 401 repeated with the same token',
      fires: true,
      exchanges: [
        {
          request: 'GET https://api.test/me',
          headers: { Authorization: 'Bearer abcdefghijklmnop' },
          times: 4,
          status: 401,
        },
      ],
    },
    {
      name: 'waiting for a resource that was just created',
      fires: false,
      exchanges: [
        { request: 'POST https://api.test/items', body: { a: 1 }, status: 201, answer: { id: 7 } },
        { request: 'GET https://api.test/items/7', times: 4, status: 404 },
      ],
    },
    {
      name: 'a 503 may be repeated',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/items', times: 3, status: 503 }],
    },
    {
      name: 'repeated once',
      fires: false,
      exchanges: [{ request: 'POST https://api.test/items', body: { a: 1 }, times: 2, status: 400 }],
    },
  ],
}
