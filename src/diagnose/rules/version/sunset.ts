// The day on which this endpoint goes away is known, or has passed.
import { httpDate } from '../../../http/http-date.ts'
import { responseHeader } from '../../evidence.ts'
import { brief, moment, span } from '../../phrases.ts'
import { rfc } from '../../references.ts'
import type { Rule } from '../../rule.ts'

export const versionSunset: Rule = {
  id: 'version/sunset',
  rank: 1,
  level: 'error',
  title: 'The endpoint is going to be switched off',
  summary:
    'Fires once per endpoint on a Sunset date. A warning while the endpoint still answers; an error when a failure comes after the date has passed.',
  references: [rfc(8594, '3', 'The Sunset HTTP Response Header Field')],
  needs: ['sunset'],
  scope: 'exchange',
  check(subject, context) {
    const value = subject.response?.header('sunset')
    const date = value === undefined ? undefined : (httpDate(value, subject.time) ?? isoDate(value))
    if (date === undefined || subject.outcome.is === 'pending') return undefined
    const failed = subject.outcome.is === 'failure'
    const past = date < subject.time
    // A refusal before the date has another cause.
    if (failed && !past) return undefined
    if (!failed && !context.once(`version/sunset ${subject.endpoint.key}`)) return undefined
    return {
      level: failed ? 'error' : 'warning',
      ...(failed && ![404, 410, 400, 501].includes(subject.status) ? { mayLead: false } : {}),
      confidence: 0.8,
      title: past
        ? `The switch-off date passed ${span(subject.time - date)} ago`
        : `It will be switched off in ${span(date - subject.time)}`,
      brief: brief(past ? 'Past its switch-off date' : `Switched off in ${span(date - subject.time)}`),
      explanation: past
        ? `Sunset names ${moment(date)} as the end of this endpoint. ${failed ? 'That day has passed, and the request fails.' : 'That day has passed; it still answers, but may stop at any moment.'}`
        : `Sunset names ${moment(date)} as the end of this endpoint. After that day requests to it will fail.`,
      evidence: [responseHeader(subject, 'Sunset', context)],
      fix: { kind: 'advice', text: 'Move to what replaces it; the Link field or the provider’s change notes name it.' },
    }
  },
  examples: [
    {
      name: 'switched off in a month',
      fires: true,
      exchanges: [
        {
          request: 'GET https://api.test/v1/items',
          status: 200,
          answer: [],
          answerHeaders: { Sunset: 'Wed, 01 Jul 2026 00:00:00 GMT' },
        },
      ],
      level: 'warning',
      brief: 'Switched off in 30 days',
    },
    {
      name: 'gone after its date',
      fires: true,
      exchanges: [
        {
          request: 'GET https://api.test/v1/items',
          status: 404,
          answerHeaders: { Sunset: 'Fri, 01 May 2026 00:00:00 GMT' },
        },
      ],
      level: 'error',
    },
    {
      name: 'a 400 long before the date',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/v1/items',
          status: 400,
          answerHeaders: { Sunset: 'Wed, 01 Jul 2026 00:00:00 GMT' },
        },
      ],
    },
    {
      name: 'said once per endpoint',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/v1/items',
          times: 2,
          status: 200,
          answer: [],
          answerHeaders: { Sunset: 'Wed, 01 Jul 2026 00:00:00 GMT' },
        },
      ],
    },
    {
      name: 'an answer without the field',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/sunset?day=today', status: 200, answer: { sunset: '20:15' } }],
    },
  ],
}

/** Not in the grammar, and sent often. */
function isoDate(value: string): number | undefined {
  const time = /^\d{4}-\d\d-\d\d/.test(value.trim()) ? Date.parse(value) : Number.NaN
  return Number.isNaN(time) ? undefined : time
}
