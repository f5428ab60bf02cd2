// The same question asked several times within seconds, with the same answer each time.
import { inSession } from '../../evidence.ts'
import { clock, span } from '../../phrases.ts'
import { rfc } from '../../references.ts'
import type { Rule } from '../../rule.ts'

const together = 10_000
const least = 3

export const duplicateRequests: Rule = {
  id: 'perf/duplicate-requests',
  rank: 4,
  level: 'note',
  title: 'The same request was sent several times',
  summary:
    'Fires when the same GET or HEAD got the same content three times within ten seconds. One answer, kept for a moment, would do.',
  references: [rfc(9111, '4', 'Constructing Responses from Caches')],
  quiet: true,
  on: 'success',
  scope: 'group',
  check(subject, context) {
    const { response } = subject
    if ((subject.method !== 'GET' && subject.method !== 'HEAD') || !response || response.content.kept === 'none')
      return undefined
    const { digest } = response.content
    const same = context.sameRequest.filter(
      (past) => subject.time - past.time <= together && past.responseHash === digest,
    )
    const [first] = same
    if (!first || same.length + 1 < least || !context.once(`perf/duplicate-requests ${first.requestKey}`, together))
      return undefined
    return {
      title: `Sent ${same.length + 1} times within ${span(subject.time - first.time)}, with the same answer`,
      brief: 'Same request repeated',
      explanation: `This request was sent ${same.length + 1} times since ${clock(first.time)} and got the same content each time. Two parts of the client may each load it, or a component loads it again whenever it is drawn.`,
      evidence: same.map((past) => inSession(clock(past.time), past.id)),
      related: same.map((past) => past.id),
      fix: {
        kind: 'advice',
        text: 'Load it once and share the answer, or let the server allow caching for a moment (Cache-Control).',
      },
    }
  },
  examples: [
    {
      name: 'three times within three seconds',
      fires: true,
      exchanges: [{ request: 'GET https://api.test/me', times: 3, status: 200, answer: { id: 1 } }],
      level: 'note',
    },
    {
      name: 'a list loaded by three components',
      fires: true,
      exchanges: [{ request: 'GET https://api.test/items?page=1', times: 3, status: 200, answer: [1, 2] }],
    },
    {
      name: 'polling once a minute',
      fires: false,
      exchanges: [0, 60, 120].map((at) => ({ request: 'GET https://api.test/me', status: 200, answer: { id: 1 }, at })),
    },
    {
      name: 'different pages',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/items?page={n}', times: 5, status: 200, answer: [1] }],
    },
  ],
}
