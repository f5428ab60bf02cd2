// A refusal that says "not now" without saying when.
import { rateLimits } from '../../../http/rate-limit-fields.ts'
import { askedWait } from '../../asked-wait.ts'
import { responseHeader, status } from '../../evidence.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'

export const retryAfterMissing: Rule = {
  id: 'ratelimit/retry-after-missing',
  rank: 4,
  level: 'note',
  title: 'The server does not say when to come back',
  summary:
    'Fires on 429 and 503 without Retry-After and without any reset field, so that a client can only guess how long to wait.',
  references: [rfc9110('10.2.3', 'Retry-After')],
  on: 'failure',
  scope: 'exchange',
  check(subject, context) {
    const { response } = subject
    if ((subject.status !== 429 && subject.status !== 503) || !response || subject.headersStripped) return undefined
    if (response.header('retry-after') !== undefined || response.header('retry-after-ms') !== undefined)
      return undefined
    if (rateLimits(response.headers, subject.time).some((limit) => limit.resetAt !== undefined)) return undefined
    if (askedWait(subject)) return undefined
    return {
      brief: 'No Retry-After given',
      explanation: `A ${subject.status} may name in Retry-After when the next attempt can succeed; this one does not, so clients have to guess, and mostly guess too early.`,
      evidence: [responseHeader(subject, 'Retry-After', context), status(subject)],
      fix: {
        kind: 'advice',
        text: 'Begin with a pause of a second or more and double it after each refusal, with some randomness.',
      },
    }
  },
  examples: [
    {
      name: 'a bare 429',
      fires: true,
      exchanges: [{ request: 'GET https://api.test/items', status: 429 }],
      level: 'note',
    },
    {
      name: 'a bare 503',
      fires: true,
      exchanges: [{ request: 'GET https://api.test/items', status: 503 }],
    },
    {
      name: 'a reset field says as much',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/items', status: 429, answerHeaders: { 'X-RateLimit-Reset': '30' } }],
    },
    {
      name: 'Retry-After is there',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/items', status: 503, answerHeaders: { 'Retry-After': '30' } }],
    },
  ],
}
