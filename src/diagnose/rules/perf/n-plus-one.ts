// Many single requests where one for the whole list would do.
import { inSession } from '../../evidence.ts'
import { span } from '../../phrases.ts'
import type { Rule } from '../../rule.ts'

const together = 2000
const least = 10

export const nPlusOne: Rule = {
  id: 'perf/n-plus-one',
  rank: 4,
  level: 'note',
  title: 'One request per item',
  summary:
    'Fires when ten or more requests of one endpoint, each with another id, go out within two seconds. A list call, or a call with several ids, would do.',
  references: [{ title: 'Batching requests', url: 'https://cloud.google.com/apis/design/design_patterns' }],
  quiet: true,
  on: 'success',
  scope: 'group',
  check(subject, context) {
    if (subject.method !== 'GET' || !subject.endpoint.template.includes('{}')) return undefined
    const close = context.ofOrigin.filter(
      (past) => subject.time - past.time <= together && past.endpoint === subject.endpoint.key,
    )
    const paths = new Set([...close.map((past) => past.path), subject.path])
    const [first] = close
    if (!first || paths.size < least || !context.once(`perf/n-plus-one ${subject.endpoint.key}`, 10_000))
      return undefined
    return {
      title: `${paths.size} requests to ${subject.endpoint.template} within ${span(subject.time - first.time)}`,
      brief: 'One request per item',
      explanation: `The client asks for items one by one: ${paths.size} requests to ${subject.endpoint.template} within ${span(subject.time - first.time)}. Each costs a round trip and counts against the rate limit.`,
      evidence: [inSession(`${paths.size} different paths`, first.id)],
      related: close.map((past) => past.id),
      fix: {
        kind: 'advice',
        text: 'Use the list call of the API, a call that takes several ids, or one that embeds what is needed (expand, include).',
      },
    }
  },
  examples: [
    {
      name: 'twelve items at once',
      fires: true,
      about: 9,
      exchanges: Array.from({ length: 12 }, (_, n) => ({
        request: `GET https://api.test/items/${n + 1}`,
        status: 200,
        answer: { id: n },
        at: n * 0.1,
      })),
      level: 'note',
    },
    {
      name: 'details of ten users',
      fires: true,
      exchanges: Array.from({ length: 10 }, (_, n) => ({
        request: `GET https://api.test/users/${n + 1}/profile`,
        status: 200,
        answer: { id: n },
        at: n * 0.2,
      })),
    },
    {
      name: 'spread over twelve seconds',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/items/{n}', times: 12, status: 200, answer: { id: 1 } }],
    },
    {
      name: 'the same item',
      fires: false,
      exchanges: Array.from({ length: 12 }, (_, n) => ({
        request: 'GET https://api.test/items/1',
        status: 200,
        answer: { id: 1 },
        at: n * 0.1,
      })),
    },
  ],
}
