// Most of what an origin answers fails: says once where it is broken, everywhere or in one place only.
import { inSession } from '../../evidence.ts'
import { clock, count } from '../../phrases.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'

const minute = 60_000
const least = 5

export const errorBurst: Rule = {
  id: 'server/error-burst',
  rank: 2,
  level: 'error',
  title: 'Most requests to this origin fail',
  summary:
    'Fires once per burst when five or more exchanges of an origin fail with 5xx within a minute and these are at least half of all. Says whether all endpoints and all credentials are hit, which tells an outage from a bug.',
  references: [rfc9110('15.6', 'Server Error 5xx')],
  on: 'failure',
  scope: 'group',
  check(subject, context) {
    if (subject.status < 500) return undefined
    const lately = context.ofOrigin.filter((past) => subject.time - past.time <= minute)
    const failed = lately.filter((past) => past.status >= 500)
    const [first] = failed
    if (!first || failed.length + 1 < least || (failed.length + 1) * 2 < lately.length + 1) return undefined
    // One finding for the whole burst: on the exchange that made it one.
    if (!context.once(`server/error-burst ${subject.origin} ${first.id}`) || failed.length + 1 > least) return undefined
    const endpoints = new Set([...failed.map((past) => past.endpoint), subject.endpoint.key])
    const working = lately.filter((past) => past.outcome === 'success')
    const credentials = new Set(failed.flatMap((past) => past.credentials.map((print) => print.fingerprint)))
    const where =
      endpoints.size === 1
        ? `Only ${[...endpoints][0]} is hit${working.length > 0 ? ', while other endpoints work' : ''}, which points to a fault in that endpoint, or in what is sent to it.`
        : `${endpoints.size} endpoints are hit${working.length === 0 ? ' and none works' : ''}, which points to an outage on the provider’s side.`
    return {
      mayLead: false,
      confidence: 0.8,
      title: `${failed.length + 1} of the last ${lately.length + 1} exchanges with ${subject.host} failed`,
      brief: 'Most requests fail here',
      explanation: `Since ${clock(first.time)}, ${count(failed.length + 1, 'request')} of ${lately.length + 1} to this origin failed with 5xx. ${where}${
        credentials.size > 1 ? ' More than one credential is hit.' : ''
      }`,
      evidence: [inSession(`first failure ${first.status} at ${clock(first.time)}`, first.id)],
      related: failed.map((past) => past.id),
      fix: {
        kind: 'advice',
        text:
          endpoints.size === 1
            ? 'Compare a failing call with one that worked. If this is a load test of one address, lower its rate.'
            : 'Look at the provider’s status page, and pause until it recovers.',
      },
    }
  },
  examples: [
    {
      name: 'five failures on five endpoints',
      fires: true,
      exchanges: ['a', 'b', 'c', 'd', 'e'].map((name) => ({ request: `GET https://api.test/${name}`, status: 500 })),
      brief: 'Most requests fail here',
    },
    {
      name: 'one endpoint fails, others work',
      fires: true,
      exchanges: [
        { request: 'GET https://api.test/ok', times: 3, status: 200, answer: {} },
        { request: 'GET https://api.test/report', times: 5, status: 500 },
      ],
    },
    {
      name: 'five failures among many successes',
      fires: false,
      exchanges: [
        { request: 'GET https://api.test/ok/{n}', times: 20, status: 200, answer: {} },
        { request: 'GET https://api.test/report', times: 5, status: 500 },
      ],
    },
    {
      name: 'the burst was reported already',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/report', times: 7, status: 500 }],
    },
  ],
}
