// Too many requests: which bucket is empty, who emptied it, and when it fills again.
import { type RateLimit, rateLimits } from '../../../http/rate-limit-fields.ts'
import { type RetryAfter, retryAfter } from '../../../http/retry-after.ts'
import { askedWait } from '../../asked-wait.ts'
import type { Context } from '../../context.ts'
import { responseHeader, status } from '../../evidence.ts'
import { brief, clock, count, span } from '../../phrases.ts'
import { rfc } from '../../references.ts'
import type { Rule } from '../../rule.ts'
import { speaksOfRate } from '../../speaks-of-rate.ts'
import type { Subject } from '../../subject.ts'

export const rateLimitExceeded: Rule = {
  id: 'ratelimit/exceeded',
  rank: 1,
  level: 'error',
  title: 'The rate limit is exceeded',
  summary:
    'Fires on 429, and on 403, 503, 400 or a hidden failure that shows an empty bucket or speaks of throttling. Computes the earliest useful retry from Retry-After, RateLimit and X-RateLimit fields, and counts what this client sent.',
  references: [
    rfc(6585, '4', '429 Too Many Requests'),
    {
      title: 'RateLimit header fields for HTTP (draft)',
      url: 'https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/',
    },
  ],
  on: 'failure',
  scope: 'exchange',
  check(subject, context) {
    const { response } = subject
    if (!response) return undefined
    const received = subject.time + (subject.duration ?? 0)
    const limits = rateLimits(response.headers, received)
    const empty = limits.find((limit) => limit.remaining === 0)
    const after = retryAfter(response.headers, received)
    if (!isLimit(subject, empty)) return undefined
    const until = earliest(subject, received, after, empty ?? limits[0])
    const bucket = empty?.bucket ? ` for ${empty.bucket}` : ''
    const limit = empty?.limit ?? limits[0]?.limit
    const window = empty?.windowSeconds ?? limits[0]?.windowSeconds
    const allowed =
      limit === undefined
        ? ''
        : ` The limit${bucket} is ${limit} requests${window === undefined ? '' : ` in ${span(window * 1000)}`}.`
    const when =
      until === undefined
        ? ' The server does not say when to come back.'
        : ` The next request can succeed from ${moreThanADay(until - received) ? new Date(until).toISOString() : clock(until)} on, ${span(until - received)} after this answer.`
    return {
      title: `The rate limit${bucket} is used up`,
      brief: brief(until === undefined ? 'Rate limit exceeded' : `Rate limited for ${span(until - received)}`),
      explanation: `The server counts requests and this client has sent too many.${allowed}${use(subject, context)}${when}`,
      evidence: [
        status(subject),
        ...(after ? [responseHeader(subject, after.name, context)] : (askedWait(subject)?.evidence ?? [])),
        ...((empty ?? limits[0])?.fields.flatMap((index) => {
          const line = response.headers[index]
          return line
            ? [{ location: { at: 'response.header' as const, name: line.name, index }, value: line.value.slice(0, 80) }]
            : []
        }) ?? []),
      ],
      fix: {
        kind: 'advice',
        text:
          until === undefined
            ? 'Wait before the next request and double the pause after each refusal, with some randomness.'
            : `Send nothing to this bucket before ${clock(until)}; then spread requests instead of sending them in bursts.`,
      },
    }
  },
  examples: [
    {
      name: '429 with Retry-After in seconds',
      fires: true,
      exchanges: [{ request: 'GET https://api.test/items', status: 429, answerHeaders: { 'Retry-After': '30' } }],
      brief: 'Rate limited for 30 s',
      primary: true,
    },
    {
      name: '429 that says in its body how long to wait',
      fires: true,
      exchanges: [
        {
          request: 'GET https://api.test/items',
          status: 429,
          answer: { message: 'You are being rate limited.', retry_after: 64.57, global: false },
        },
      ],
      brief: 'Rate limited for 65 s',
    },
    {
      name: '429 with nothing but its status',
      fires: true,
      exchanges: [{ request: 'GET https://api.test/items', status: 429 }],
      brief: 'Rate limit exceeded',
    },
    {
      name: '403 with an empty bucket that resets at an epoch',
      fires: true,
      exchanges: [
        {
          request: 'GET https://api.test/items',
          headers: { Authorization: 'Bearer abcdefghijklmnop' },
          status: 403,
          answerHeaders: {
            'X-RateLimit-Limit': '5000',
            'X-RateLimit-Remaining': '0',
            'X-RateLimit-Reset': '1780315500',
          },
          answer: { message: 'API rate limit exceeded' },
        },
      ],
      primary: true,
    },
    {
      name: 'a 200 that says ratelimited',
      fires: true,
      exchanges: [
        {
          request: 'POST https://api.test/chat.post',
          body: { a: 1 },
          status: 200,
          answer: { ok: false, error: 'rate_limited' },
        },
      ],
    },
    {
      name: '403 for lack of permission with plenty of requests left',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/admin',
          headers: { Authorization: 'Bearer abcdefghijklmnop' },
          status: 403,
          answerHeaders: { 'X-RateLimit-Remaining': '4999' },
          answer: { message: 'Forbidden' },
        },
      ],
    },
    {
      name: 'the last request a bucket allows succeeded',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/items',
          status: 200,
          answerHeaders: { 'X-RateLimit-Remaining': '0' },
          answer: {},
        },
      ],
    },
    {
      name: 'a file that is too large',
      fires: false,
      exchanges: [
        {
          request: 'POST https://api.test/files',
          body: { a: 1 },
          status: 400,
          answer: { error: 'File size limit exceeded' },
        },
      ],
    },
  ],
}

/** Real 429s often carry neither Retry-After nor an empty bucket, so the status is enough. */
function isLimit(subject: Subject, empty: RateLimit | undefined): boolean {
  if (subject.status === 429) return true
  if (speaksOfRate(subject.errorText)) return [400, 403, 503].includes(subject.status) || subject.status < 400
  return empty !== undefined && (subject.status === 403 || subject.status === 503)
}

function earliest(subject: Subject, received: number, after: RetryAfter | undefined, limit: RateLimit | undefined) {
  if (after && after.kind !== 'invalid') return Math.max(received, after.at)
  const asked = askedWait(subject)
  if (asked) return received + asked.ms
  if (limit?.resetAt !== undefined && limit.remaining === 0) return Math.max(received, limit.resetAt)
  return undefined
}

/** How many requests went to this origin lately, and where most of them went. */
function use(subject: Subject, context: Context): string {
  const lately = context.ofOrigin.filter((past) => subject.time - past.time <= 60_000)
  if (lately.length < 3) return ''
  const counts = new Map<string, number>()
  for (const past of lately) {
    const key = `${past.method} ${past.template}`
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  const [most] = [...counts].toSorted((a, b) => b[1] - a[1])
  return ` In the minute before, ${count(lately.length, 'request')} went to this origin, ${most?.[1] ?? 0} of them ${most?.[0] ?? ''}.`
}

const moreThanADay = (ms: number): boolean => ms > 86_400_000
