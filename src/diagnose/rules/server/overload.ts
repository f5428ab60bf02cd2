// Several signs within a minute that the server has more work than it can take.
import type { Context } from '../../context.ts'
import { inSession, status } from '../../evidence.ts'
import { outOfResources } from '../../out-of-resources.ts'
import { count, span } from '../../phrases.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'
import type { Subject } from '../../subject.ts'

const signs = new Set([408, 502, 503, 504, 529])
const minute = 60_000
/** How many times slower than usual the last minute must have been. */
const slower = 3

export const overload: Rule = {
  id: 'server/overload',
  rank: 2,
  level: 'error',
  title: 'The server is overloaded',
  summary:
    'Fires when three or more of 408, 502, 503, 504 and 529 come from an origin within a minute, or when a 5xx comes while the origin answers three times slower than usual.',
  references: [rfc9110('15.6.4', '503 Service Unavailable')],
  on: 'failure',
  scope: 'exchange',
  check(subject, context) {
    if (subject.status < 500 && subject.status !== 408) return undefined
    const lately = context.ofOrigin.filter((past) => subject.time - past.time <= minute)
    const earlier = lately.filter((past) => signs.has(past.status))
    const many = signs.has(subject.status) && earlier.length >= 2
    const slow = slowdown(subject, context)
    const used = subject.status === 508 && outOfResources(subject.errorText)
    // Maintenance is not overload, however often it is said.
    if ((!many && slow === undefined && !used) || /maintenance|scheduled downtime/i.test(subject.errorText))
      return undefined
    return {
      confidence: 0.75,
      title: used
        ? 'The server has used up the resources it is allowed'
        : many
          ? `The server seems overloaded: ${earlier.length + 1} such failures within a minute`
          : 'The server seems overloaded: it answers far slower than usual',
      brief: 'Server seems overloaded',
      explanation: `${
        used ? 'Whoever hosts this server limits its processes or memory, and the limit is reached.' : ''
      }${
        many
          ? `Within a minute this origin answered ${count(earlier.length + 1, 'time')} with codes that servers and gateways give when they cannot keep up.`
          : ''
      }${
        slow ? ` It took ${span(slow.now)} for a usual answer lately, against ${span(slow.usual)} before.` : ''
      } More load makes this worse: ${count(lately.length + 1, 'request')} of the last minute came from here.`.trim(),
      evidence: [status(subject), ...earlier.slice(-4).map((past) => inSession(String(past.status), past.id))],
      related: earlier.map((past) => past.id),
      fix: {
        kind: 'advice',
        text: 'Send fewer requests at once, and wait longer before each repetition (with some randomness).',
      },
    }
  },
  examples: [
    {
      name: 'three 503 within a minute',
      fires: true,
      exchanges: [{ request: 'GET https://api.test/items/{n}', times: 3, status: 503 }],
      brief: 'Server seems overloaded',
    },
    {
      name: '502 and 504 from different endpoints',
      fires: true,
      exchanges: [
        { request: 'GET https://api.test/a', status: 502 },
        { request: 'GET https://api.test/b', status: 504 },
        { request: 'GET https://api.test/c', status: 503 },
      ],
    },
    {
      name: 'spread over several minutes',
      fires: false,
      exchanges: [
        { request: 'GET https://api.test/a', status: 503, at: 0 },
        { request: 'GET https://api.test/a', status: 503, at: 120 },
        { request: 'GET https://api.test/a', status: 503, at: 240 },
      ],
    },
    {
      name: 'under maintenance',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/items/{n}',
          times: 3,
          status: 503,
          answer: { message: 'Scheduled maintenance' },
        },
      ],
    },
  ],
}

function slowdown(subject: Subject, context: Context): { readonly now: number; readonly usual: number } | undefined {
  const done = context.ofOrigin.filter((past) => past.outcome === 'success' && past.duration !== undefined)
  const recent = done.filter((past) => subject.time - past.time <= minute)
  const before = done.filter((past) => subject.time - past.time > minute)
  if (recent.length < 5 || before.length < 10) return undefined
  const [now, usual] = [
    middle(recent.map((past) => past.duration ?? 0)),
    middle(before.map((past) => past.duration ?? 0)),
  ]
  return now >= usual * slower && now > 300 ? { now, usual } : undefined
}

const middle = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
