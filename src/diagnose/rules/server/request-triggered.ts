// A 500 that only this request provokes: the endpoint works for others, so something in the input breaks the server.
import type { Context } from '../../context.ts'
import { requestLine, status } from '../../evidence.ts'
import type { Difference } from '../../finding.ts'
import { count, listed } from '../../phrases.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'
import type { Subject } from '../../subject.ts'

/** Successes of the endpoint must be this recent, in ms, to count as "it works". */
const recent = 600_000

export const requestTriggered: Rule = {
  id: 'server/request-triggered',
  rank: 2,
  level: 'error',
  title: 'This request makes the server fail',
  summary:
    'Fires on 500 when three or more calls of the same endpoint worked within ten minutes and this one differs from them in query or body, or when the very same request keeps failing while others work.',
  references: [rfc9110('15.6.1', '500 Internal Server Error')],
  on: 'failure',
  scope: 'exchange',
  check(subject, context) {
    if (subject.status !== 500) return undefined
    const same = context.ofOrigin.filter(
      (past) => past.endpoint === subject.endpoint.key && subject.time - past.time <= recent,
    )
    const worked = same.filter((past) => past.outcome === 'success')
    const parts = inputDifferences(context)
    const repeats = repeatedAlone(subject, context)
    if (!(worked.length >= 3 && parts.length > 0) && !repeats) return undefined
    // The endpoint is down for everyone when its newest other call failed too.
    if (!repeats && same.at(-1)?.outcome === 'failure') return undefined
    const edits = parts.flatMap((part) => (part.edit ? [part.edit] : []))
    const [only] = parts
    return {
      confidence: parts.length === 1 ? 0.8 : 0.65,
      title: 'The server fails on this input, while the endpoint works for others',
      brief: 'This input breaks server',
      explanation: `${
        worked.length > 0
          ? `${count(worked.length, 'call')} of this endpoint worked within ten minutes`
          : 'Other calls to this origin work'
      }, so the server is up; ${repeats ? 'this very request has failed each time it was sent' : 'this one failed'}. ${
        parts.length === 1 && only
          ? `The only difference in its input is ${only.what}${only.worked ? ` (${only.worked} worked)` : ''}.`
          : parts.length > 0
            ? `Its input differs in ${listed(
                parts.map((part) => part.what),
                4,
              )}.`
            : ''
      } A value the server does not expect and does not check looks like this.`,
      evidence: [status(subject), requestLine(subject, context)],
      ...(context.nearest ? { related: [context.nearest.id] } : {}),
      fix:
        edits.length === 1
          ? {
              kind: 'complete',
              text: `Send it with the ${only?.what ?? 'value'} of the call that worked, to prove the cause.`,
              edits,
            }
          : {
              kind: 'advice',
              text: 'Take over the values of a call that worked one by one; the one that cures it is the cause. Report it: a server should answer 4xx.',
            },
    }
  },
  examples: [
    {
      name: 'one query value breaks it',
      fires: true,
      primary: true,
      fix: 'complete',
      exchanges: [
        { request: 'GET https://api.test/items?sort=name', times: 3, status: 200, answer: [] },
        { request: 'GET https://api.test/items?sort=%27', status: 500 },
      ],
      brief: 'This input breaks server',
    },
    {
      name: 'a member of the body breaks it',
      fires: true,
      exchanges: [
        { request: 'POST https://api.test/items', body: { name: 'a' }, times: 3, status: 201, answer: { id: 1 } },
        { request: 'POST https://api.test/items', body: { name: null }, status: 500 },
      ],
    },
    {
      name: 'the endpoint never worked',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/items?sort=name', status: 500 }],
    },
    {
      name: 'the endpoint is down for everyone',
      fires: false,
      exchanges: [
        { request: 'GET https://api.test/items?page={n}', times: 3, status: 200, answer: [] },
        { request: 'GET https://api.test/items?page=1', status: 500 },
        { request: 'GET https://api.test/items?page=9', status: 500 },
      ],
    },
  ],
}

/** Differences in what the server works on: query and body, not fields or credentials. */
function inputDifferences(context: Context): readonly Difference[] {
  return (context.differential?.differences ?? []).filter((one) =>
    /^(?:query|body|member|request body|type|value)/.test(one.what),
  )
}

/** The same request failed with 500 twice or more, and other requests in between did not. */
function repeatedAlone(subject: Subject, context: Context): boolean {
  const mine = context.sameRequest.filter((past) => subject.time - past.time <= recent)
  if (mine.length < 2 || !mine.every((past) => past.status === 500)) return false
  const [first] = mine
  const ids = new Set(mine.map((past) => past.id))
  const between = context.ofOrigin.filter((past) => first !== undefined && past.time > first.time && !ids.has(past.id))
  return between.length > 0 && between.every((past) => past.outcome === 'success')
}
