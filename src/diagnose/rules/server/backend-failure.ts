// A 5xx whose text gives away which dependency broke: a database, a cache, a connection pool.
import { status } from '../../evidence.ts'
import { quoted } from '../../phrases.ts'
import { rfc9110 } from '../../references.ts'
import { requestIdEvidence } from '../../request-id.ts'
import type { Rule } from '../../rule.ts'
import { words } from '../../word-lists.ts'

const kinds: readonly (readonly [pattern: RegExp, brief: string, words: string])[] = [
  [
    /too many connections|connection pool|remaining connection slots/,
    'Database: no connection',
    'its database has no connection left: more work is open at once than it allows',
  ],
  [
    /deadlock|lock wait|database is locked/,
    'Database lock conflict',
    'its database gave up because transactions lock each other out',
  ],
  [
    /econnrefused|could not connect to server|upstream connect error|no healthy upstream/,
    'A dependency is down',
    'something it depends on could not be reached',
  ],
  [/redis/, 'Redis failed behind it', 'its Redis store failed'],
  [/mongo/, 'MongoDB failed behind it', 'its MongoDB failed'],
  [/replica/, 'Database replica trouble', 'a database replica is not in order'],
  [/sqlstate|ora-\d{5}|psycopg|jdbc/, 'Database error behind it', 'its database answered with an error'],
]

export const backendFailure: Rule = {
  id: 'server/backend-failure',
  rank: 1,
  level: 'error',
  title: 'Something the server depends on failed',
  summary: 'Fires on a 5xx whose text speaks of a database, a cache, a lock or a connection pool, and names it.',
  references: [rfc9110('15.6', 'Server Error 5xx')],
  on: 'failure',
  scope: 'exchange',
  check(subject, context) {
    if (subject.status < 500 || !words.backend.test(subject.errorText)) return undefined
    const match = words.backend.exec(subject.errorText)
    const kind = kinds.find(([pattern]) => pattern.test(subject.errorText))
    const text = subject.error?.message ?? subject.errorText
    return {
      confidence: 0.85,
      title: `The server failed because of what stands behind it (${match?.[0] ?? ''})`,
      brief: kind?.[1] ?? 'A dependency failed',
      explanation: `The server answered ${subject.status}, and its text gives the reason away: ${kind?.[2] ?? 'something it depends on failed'} (${quoted(text)}). The request is not at fault, unless it is what overloads it.`,
      evidence: [status(subject), ...requestIdEvidence(subject, context)],
      fix: {
        kind: 'advice',
        text: 'Tell whoever runs the server, with this text and the time. Repeat with growing pauses; fewer requests at once may already help.',
      },
    }
  },
  examples: [
    {
      name: 'a database without free connections',
      fires: true,
      primary: true,
      exchanges: [
        {
          request: 'GET https://api.test/items',
          status: 500,
          answer: { error: 'FATAL: sorry, too many connections already' },
        },
      ],
      brief: 'Database: no connection',
    },
    {
      name: 'a refused dependency',
      fires: true,
      exchanges: [
        {
          request: 'GET https://api.test/items',
          status: 503,
          answer: { message: 'connect ECONNREFUSED 10.0.0.7:6379' },
        },
      ],
      brief: 'A dependency is down',
    },
    {
      name: 'a 500 that says nothing',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/items', status: 500, answer: { error: 'Internal Server Error' } }],
    },
    {
      name: 'a 400 about a database the user named',
      fires: false,
      exchanges: [
        {
          request: 'POST https://api.test/databases',
          body: { kind: 'redis' },
          status: 400,
          answer: { error: 'redis is not supported' },
        },
      ],
    },
  ],
}
