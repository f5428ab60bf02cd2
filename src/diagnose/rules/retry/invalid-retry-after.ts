// Retry-After is there and says nothing a client can use.
import { retryAfter } from '../../../http/retry-after.ts'
import { responseHeader } from '../../evidence.ts'
import { span } from '../../phrases.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'

const day = 86_400_000

export const invalidRetryAfter: Rule = {
  id: 'retry/invalid-retry-after',
  rank: 4,
  level: 'note',
  title: 'Retry-After cannot be used',
  summary: 'Fires when Retry-After is neither seconds nor an HTTP date, lies in the past, or asks for more than a day.',
  references: [rfc9110('10.2.3', 'Retry-After')],
  needs: ['retry-after'],
  scope: 'exchange',
  check(subject, context) {
    const received = subject.time + (subject.duration ?? 0)
    const after = subject.response && retryAfter(subject.response.headers, received)
    if (!after) return undefined
    const away = after.kind === 'invalid' ? 0 : after.at - received
    // A moment just past is a slow network, not a mistake.
    if (after.kind !== 'invalid' && away <= day && away > -2000) return undefined
    const why =
      after.kind === 'invalid'
        ? 'It is neither a number of seconds nor an HTTP date, so clients ignore it.'
        : away < 0
          ? `It names a moment ${span(away)} before the answer: the server’s clock is off, or the date is a leftover.`
          : `It asks to wait ${span(away)}, which no client will do; the number may be milliseconds or an epoch.`
    return {
      brief: 'Unusable Retry-After',
      explanation: `Retry-After should be a number of seconds or an HTTP date. ${why}`,
      evidence: [responseHeader(subject, after.name, context)],
      fix: { kind: 'advice', text: 'Wait with growing pauses instead, and tell whoever runs the server.' },
    }
  },
  examples: [
    {
      name: 'words instead of a number',
      fires: true,
      exchanges: [{ request: 'GET https://api.test/items', status: 429, answerHeaders: { 'Retry-After': 'soon' } }],
      level: 'note',
    },
    {
      name: 'an epoch instead of seconds',
      fires: true,
      exchanges: [
        { request: 'GET https://api.test/items', status: 429, answerHeaders: { 'Retry-After': '1780315500' } },
      ],
    },
    {
      name: 'seconds',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/items', status: 429, answerHeaders: { 'Retry-After': '30' } }],
    },
    {
      name: 'a date',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/items',
          status: 503,
          answerHeaders: { 'Retry-After': 'Mon, 01 Jun 2026 12:10:00 GMT' },
        },
      ],
    },
  ],
}
