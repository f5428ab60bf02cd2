// The client came back before the moment the server had named.
import type { FieldLine } from '../../../exchange/message.ts'
import { rateLimits } from '../../../http/rate-limit-fields.ts'
import { type RetryAfter, retryAfter } from '../../../http/retry-after.ts'
import type { Context } from '../../context.ts'
import { onTiming } from '../../evidence.ts'
import type { Evidence } from '../../finding.ts'
import type { Past } from '../../past.ts'
import { clock, span } from '../../phrases.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'
import type { Subject } from '../../subject.ts'

/** Clocks and networks are this inexact, in ms. */
const tolerance = 1000

export const retryAfterIgnored: Rule = {
  id: 'retry/after-ignored',
  rank: 1,
  level: 'error',
  title: 'The server’s Retry-After was ignored',
  summary:
    'Fires when a request goes to an endpoint, or a bucket, more than a second before the moment that Retry-After or a rate limit reset had named. An error where the early repetition failed as well.',
  references: [rfc9110('10.2.3', 'Retry-After')],
  needs: ['earlier-trouble'],
  scope: 'group',
  check(subject, context) {
    if (!subject.live && subject.headersStripped) return undefined
    const { ofOrigin } = context
    for (let at = ofOrigin.length - 1; at >= 0 && at >= ofOrigin.length - 30; at--) {
      const past = ofOrigin[at]
      // Imported recordings need not be in the order of their times.
      if (!past || past.status < 301 || past.time > subject.time) continue
      const named = namedMoment(past)
      if (!named || named.at - subject.time <= tolerance || !sameBucket(past, subject, context)) continue
      const early = named.at - subject.time
      const failed = subject.outcome.is === 'failure'
      return {
        level: failed ? 'error' : 'warning',
        // The refusal itself leads; this explains why it came again.
        mayLead: false,
        title: `Sent ${span(early)} before the server allowed it`,
        brief: 'Retry-After ignored',
        explanation: `At ${clock(past.end)} the server answered ${past.status} and asked to wait until ${clock(named.at)}. This request went out at ${clock(subject.time)}, ${span(early)} too early${
          failed ? ', and was refused as well' : ''
        }. Servers lengthen the ban, or block the client, for this.`,
        evidence: [named.evidence, onTiming(`sent at ${clock(subject.time)}, allowed from ${clock(named.at)}`)],
        related: [past.id],
        fix: {
          kind: 'advice',
          text: `In the client, read ${named.name} on 429 and 503 and send nothing to this endpoint before that moment.`,
        },
      }
    }
    return undefined
  },
  examples: [
    {
      name: 'repeated two seconds after Retry-After: 30',
      fires: true,
      exchanges: [
        { request: 'GET https://api.test/items', status: 429, answerHeaders: { 'Retry-After': '30' }, at: 0 },
        { request: 'GET https://api.test/items', status: 429, answerHeaders: { 'Retry-After': '30' }, at: 2 },
      ],
      level: 'error',
      brief: 'Retry-After ignored',
    },
    {
      name: 'too early, but it worked',
      fires: true,
      exchanges: [
        {
          request: 'GET https://api.test/items',
          status: 503,
          answerHeaders: { 'Retry-After': 'Mon, 01 Jun 2026 12:00:30 GMT' },
          at: 0,
        },
        { request: 'GET https://api.test/items', status: 200, answer: [], at: 5 },
      ],
      level: 'warning',
    },
    {
      name: 'waited as long as asked',
      fires: false,
      exchanges: [
        { request: 'GET https://api.test/items', status: 429, answerHeaders: { 'Retry-After': '30' }, at: 0 },
        { request: 'GET https://api.test/items', status: 200, answer: [], at: 31 },
      ],
    },
    {
      name: 'another endpoint of the same origin',
      fires: false,
      exchanges: [
        { request: 'GET https://api.test/items', status: 429, answerHeaders: { 'Retry-After': '30' }, at: 0 },
        { request: 'GET https://api.test/profile', status: 200, answer: {}, at: 2 },
      ],
    },
    {
      name: 'another credential has its own bucket',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/items',
          headers: { 'X-Api-Key': 'aaaaaaaaaaaaaaaaaaaa' },
          status: 429,
          answerHeaders: { 'Retry-After': '30' },
          at: 0,
        },
        {
          request: 'GET https://api.test/items',
          headers: { 'X-Api-Key': 'bbbbbbbbbbbbbbbbbbbb' },
          status: 200,
          answer: [],
          at: 2,
        },
      ],
    },
  ],
}

type Named = { readonly at: number; readonly name: string; readonly evidence: Evidence }

function namedMoment(past: Past): Named | undefined {
  const { outcome } = past.exchange
  const response = outcome.state === 'complete' ? outcome.response : undefined
  if (
    !response ||
    (past.status !== 429 && past.status !== 503 && past.status !== 403 && (past.status < 301 || past.status > 308))
  ) {
    return undefined
  }
  const place = (line: FieldLine, index: number): Evidence => ({
    location: { at: 'response.header', name: line.name, index },
    value: line.value.slice(0, 80),
    exchange: past.id,
  })
  const after: RetryAfter | undefined = retryAfter(response.headers, past.end)
  const line = after && response.headers[after.index]
  if (after && line && after.kind !== 'invalid')
    return { at: after.at, name: after.name, evidence: place(line, after.index) }
  const empty = rateLimits(response.headers, past.end).find(
    (limit) => limit.remaining === 0 && limit.resetAt !== undefined,
  )
  const index = empty?.fields.find((one) => /reset|^ratelimit$/i.test(response.headers[one]?.name ?? '')) ?? -1
  const reset = response.headers[index]
  return empty?.resetAt !== undefined && reset
    ? { at: empty.resetAt, name: reset.name, evidence: place(reset, index) }
    : undefined
}

function sameBucket(past: Past, subject: Subject, context: Context): boolean {
  const theirs = past.credentials.map((print) => print.fingerprint)
  const mine = context.prints.map((print) => print.fingerprint)
  if (theirs.length > 0 && mine.length > 0 && !theirs.some((print) => mine.includes(print))) return false
  if (past.endpoint === subject.endpoint.key) return true
  const { outcome } = past.exchange
  const bucket = outcome.state === 'complete' ? rateLimits(outcome.response.headers, past.end)[0]?.bucket : undefined
  return Boolean(bucket) && bucket === rateLimits(subject.response?.headers ?? [], subject.time)[0]?.bucket
}
