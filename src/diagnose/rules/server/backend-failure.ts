// A 5xx whose text gives away which dependency broke: a database, a cache, a connection pool.
import { requestLine, status } from '../../evidence.ts'
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

/** SQL:2016 classes 22 (data exception) and 23 (integrity constraint violation), and how databases word them. */
const refusedValues =
  /sqlstate\[?\s?(?:22|23)|violates (?:not-null|foreign key|check)|cannot be null|data too long|out of range value|invalid input syntax|foreign key constraint fails/

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
    // A duplicate is the request's own conflict, whoever noticed it: request/conflict.
    if (words.conflict.test(subject.errorText) && !/deadlock|lock/.test(subject.errorText)) return undefined
    const text = subject.error?.message ?? subject.errorText
    if (refusedValues.test(subject.errorText))
      return {
        confidence: 0.85,
        title: 'The database behind the server refused the values it was given',
        brief: 'Database refused values',
        explanation: `The server answered ${subject.status}, and its text gives the reason away: its database does not take what was to be stored (${quoted(text)}). Most likely a value of this request is missing, too long or of another type, and the server passed it on unchecked.`,
        evidence: [status(subject), requestLine(subject, context), ...requestIdEvidence(subject, context)],
        fix: {
          kind: 'advice',
          text: 'Correct the value the text names. If you run the server, check it before storing and answer 400 or 422.',
        },
      }
    const match = words.backend.exec(text) ?? words.backend.exec(subject.errorText)
    const kind = kinds.find(([pattern]) => pattern.test(subject.errorText))
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
      name: 'values the database does not take',
      fires: true,
      brief: 'Database refused values',
      exchanges: [
        {
          request: 'POST https://api.test/users',
          body: { name: null },
          status: 500,
          answer: { message: "SQLSTATE[23000]: Integrity constraint violation: 1048 Column 'name' cannot be null" },
        },
      ],
    },
    {
      name: 'a duplicate is a conflict, whoever noticed it',
      fires: false,
      exchanges: [
        {
          request: 'POST https://api.test/users',
          body: { name: 'a' },
          status: 500,
          answer: { message: "SQLSTATE[23000]: Integrity constraint violation: 1062 Duplicate entry 'a'" },
        },
      ],
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
