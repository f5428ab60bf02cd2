// Every request opens a connection of its own.
import { onConnection } from '../../evidence.ts'
import { rfc } from '../../references.ts'
import type { Rule } from '../../rule.ts'

const least = 10
/** Connections that lie further apart, in ms, would have been closed by most servers anyway. */
const keptAlive = 5000

export const noConnectionReuse: Rule = {
  id: 'perf/no-connection-reuse',
  rank: 4,
  level: 'note',
  title: 'Connections are not reused',
  summary:
    'Fires once per origin when of ten or more exchanges in close succession more than four in five opened a connection of their own.',
  references: [rfc(9112, '9.3', 'Persistence')],
  quiet: true,
  needs: ['captured'],
  scope: 'group',
  check(subject, context) {
    if (!subject.live || subject.exchange.connection.reused) return undefined
    const close = context.ofOrigin.filter(
      (past, index, all) =>
        past.exchange.origin.by !== 'import' && (all[index + 1]?.time ?? subject.time) - past.end <= keptAlive,
    )
    if (close.length + 1 < least) return undefined
    const fresh = close.filter((past) => !past.exchange.connection.reused).length + 1
    if (fresh <= (close.length + 1) * 0.8 || !context.once(`perf/no-connection-reuse ${subject.origin}`))
      return undefined
    return {
      title: `${fresh} of ${close.length + 1} exchanges opened a connection of their own`,
      brief: 'Connections not reused',
      explanation: `Of ${close.length + 1} exchanges with ${subject.host} in close succession, ${fresh} opened a new connection. Each costs one to three round trips before the first byte.`,
      evidence: [onConnection('new connection')],
      fix: {
        kind: 'advice',
        text: 'Create the HTTP client once and share it (a session, an agent with keep-alive), and do not send Connection: close.',
      },
    }
  },
  examples: [
    {
      name: 'twelve requests, twelve connections',
      fires: true,
      about: 9,
      exchanges: [
        {
          request: 'GET https://api.test/items/{n}',
          times: 12,
          status: 200,
          answer: {},
          connection: { reused: false },
        },
      ],
      level: 'note',
    },
    {
      name: 'exactly ten',
      fires: true,
      exchanges: [
        { request: 'GET https://api.test/a', times: 10, status: 200, answer: {}, connection: { reused: false } },
      ],
    },
    {
      name: 'kept alive',
      fires: false,
      exchanges: [
        { request: 'GET https://api.test/a', times: 12, status: 200, answer: {}, connection: { reused: true } },
      ],
    },
    {
      name: 'once a minute',
      fires: false,
      exchanges: Array.from({ length: 12 }, (_, n) => ({
        request: 'GET https://api.test/a',
        status: 200,
        answer: {},
        at: n * 60,
        connection: { reused: false },
      })),
    },
  ],
}
