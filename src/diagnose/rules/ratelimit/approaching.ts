// A success that shows how little of the rate limit is left.
import { rateLimits } from '../../../http/rate-limit-fields.ts'
import type { Context } from '../../context.ts'
import { brief, count, span } from '../../phrases.ts'
import type { Rule } from '../../rule.ts'
import type { Subject } from '../../subject.ts'

/** Limits below this many requests are too small for a share of them to mean anything. */
const smallLimit = 10
const nearlyUsed = 0.1

export const rateLimitApproaching: Rule = {
  id: 'ratelimit/approaching',
  rank: 1,
  level: 'warning',
  title: 'The rate limit is nearly used up',
  summary:
    'Fires on a success when a bucket is empty, or when a tenth or less is left and the present pace would empty it before it resets. Once per bucket and window.',
  references: [
    {
      title: 'RateLimit header fields for HTTP (draft)',
      url: 'https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/',
    },
  ],
  on: 'success',
  needs: ['limit-fields'],
  scope: 'exchange',
  check(subject, context) {
    const { response } = subject
    if (!response) return undefined
    const received = subject.time + (subject.duration ?? 0)
    const [tightest] = rateLimits(response.headers, received)
    const remaining = tightest?.remaining
    if (!tightest || remaining === undefined) return undefined
    const { limit, resetAt, bucket } = tightest
    const left = resetAt === undefined ? undefined : resetAt - received
    if (left !== undefined && left <= 0) return undefined
    if (remaining > 0) {
      if (limit === undefined || limit < smallLimit || remaining > limit * nearlyUsed) return undefined
      const pace = requestsPerMinute(subject, context)
      const needed = left === undefined ? pace : (pace * left) / 60_000
      if (needed <= remaining) return undefined
    }
    const who = context.prints[0]?.fingerprint ?? ''
    if (!context.once(`ratelimit/approaching ${subject.origin} ${bucket} ${who}`, left ?? 60_000)) return undefined
    return {
      title:
        remaining === 0
          ? 'This was the last request the limit allows'
          : `${count(remaining, 'request')} left${limit === undefined ? '' : ` of ${limit}`}`,
      brief: brief(remaining === 0 ? 'Rate limit is used up' : `${remaining} requests left`),
      explanation: `${
        remaining === 0 ? 'Nothing is left' : `${count(remaining, 'request')} of ${limit} are left`
      } in the bucket${bucket ? ` ${bucket}` : ''}${
        left === undefined ? '' : `, and it fills again in ${span(left)}`
      }. ${remaining === 0 ? 'The next request will be refused.' : 'At the pace of the last minute it will be empty before that.'}`,
      evidence: tightest.fields.flatMap((index) => {
        const line = response.headers[index]
        return line
          ? [{ location: { at: 'response.header' as const, name: line.name, index }, value: line.value.slice(0, 80) }]
          : []
      }),
      fix: {
        kind: 'advice',
        text: 'Slow down until the bucket fills again, ask for more per request (paging, batches), or keep answers that do not change.',
      },
    }
  },
  examples: [
    {
      name: 'the last one allowed',
      fires: true,
      exchanges: [
        {
          request: 'GET https://api.test/items',
          status: 200,
          answer: [],
          answerHeaders: { 'X-RateLimit-Limit': '60', 'X-RateLimit-Remaining': '0' },
        },
      ],
      level: 'warning',
      brief: 'Rate limit is used up',
    },
    {
      name: 'three left and a fast pace',
      fires: true,
      exchanges: [
        { request: 'GET https://api.test/items/{n}', times: 9, status: 200, answer: {} },
        {
          request: 'GET https://api.test/items/10',
          status: 200,
          answer: {},
          answerHeaders: { RateLimit: '"default";r=3;t=120', 'RateLimit-Policy': '"default";q=100;w=600' },
        },
      ],
      brief: '3 requests left',
    },
    {
      name: 'little left, but hardly used',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/items',
          status: 200,
          answer: {},
          answerHeaders: { 'X-RateLimit-Limit': '100', 'X-RateLimit-Remaining': '9', 'X-RateLimit-Reset': '30' },
        },
      ],
    },
    {
      name: 'decimals, most of it left',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/items',
          status: 200,
          answer: {},
          answerHeaders: { 'X-Ratelimit-Remaining': '598.0', 'X-Ratelimit-Used': '2', 'X-Ratelimit-Reset': '480' },
        },
      ],
    },
    {
      name: 'a small bucket',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/a',
          status: 200,
          answerHeaders: { 'X-RateLimit-Limit': '5', 'X-RateLimit-Remaining': '1' },
          answer: [],
        },
      ],
    },
  ],
}

function requestsPerMinute(subject: Subject, context: Context): number {
  return context.ofOrigin.filter((past) => subject.time - past.time <= 60_000).length + 1
}
