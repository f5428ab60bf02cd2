// 503: the server says that it cannot serve now, and at best why and for how long.
import { retryAfter } from '../../../http/retry-after.ts'
import { answeredBy } from '../../answered-by.ts'
import { responseHeader, status } from '../../evidence.ts'
import { brief, clock, span } from '../../phrases.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'
import { speaksOfRate } from '../../speaks-of-rate.ts'
import { words } from '../../word-lists.ts'

export const unavailable: Rule = {
  id: 'server/unavailable',
  rank: 3,
  level: 'error',
  title: 'The service is temporarily unavailable',
  summary:
    'Fires on 503 unless it is a rate limit. Tells maintenance, overload and a missing backend apart where the answer says so, and computes when Retry-After allows the next attempt.',
  references: [rfc9110('15.6.4', '503 Service Unavailable'), rfc9110('10.2.3', 'Retry-After')],
  on: 'failure',
  scope: 'exchange',
  check(subject, context) {
    const { response } = subject
    if (subject.status !== 503 || !response || speaksOfRate(subject.errorText)) return undefined
    const text = `${subject.errorText} ${response.mediaType === 'text/html' ? response.text.slice(0, 4000) : ''}`
    const received = subject.time + (subject.duration ?? 0)
    const after = retryAfter(response.headers, received)
    // “Temporarily unavailable” is what nginx says of every 503; it promises no maintenance.
    const maintenance = /maintenance|scheduled downtime|be right back|undergoing/i.test(text)
    const overload = !maintenance && words.overload.test(text)
    const until = after && after.kind !== 'invalid' ? after.at : undefined
    const wait =
      until === undefined ? '' : ` It asks to wait until ${clock(until)}, ${span(until - received)} after this answer.`
    const who = answeredBy(subject)
    const cause = maintenance
      ? 'The answer speaks of maintenance: the service is down on purpose and will return.'
      : overload
        ? 'The answer speaks of overload: the service has more work than it can take.'
        : who.kind === 'intermediary'
          ? `${who.product} answered in its place, so nothing behind it is ready to take requests.`
          : 'The server is up but cannot serve now: overloaded, restarting or under maintenance.'
    return {
      rank: maintenance || overload || until !== undefined ? 1 : 3,
      title: maintenance ? 'The service is under maintenance' : 'The service is unavailable for now',
      brief: brief(
        maintenance
          ? 'Down for maintenance'
          : overload
            ? 'Server is overloaded'
            : until === undefined
              ? 'Service unavailable'
              : `Unavailable, wait ${span(until - received)}`,
      ),
      explanation: `${cause}${wait}`,
      evidence: [
        status(subject),
        ...(after ? [responseHeader(subject, after.name, context)] : []),
        ...(who.kind === 'intermediary' ? who.evidence : []),
      ],
      fix: {
        kind: 'advice',
        text:
          until === undefined
            ? 'Repeat it later, with growing pauses between attempts; the request itself is not at fault.'
            : `Repeat it at ${clock(until)} or later; the request itself is not at fault.`,
      },
    }
  },
  examples: [
    {
      name: 'maintenance with Retry-After in seconds',
      fires: true,
      exchanges: [
        {
          request: 'GET https://api.test/orders',
          status: 503,
          answerHeaders: { 'Retry-After': '120' },
          answer: { message: 'Scheduled maintenance in progress' },
        },
      ],
      brief: 'Down for maintenance',
      primary: true,
    },
    {
      name: 'Retry-After as a date and nothing else',
      fires: true,
      exchanges: [
        {
          request: 'GET https://api.test/orders',
          status: 503,
          answerHeaders: { 'Retry-After': 'Mon, 01 Jun 2026 12:05:00 GMT' },
        },
      ],
      brief: 'Unavailable, wait 5 min',
    },
    {
      name: 'the page nginx shows for every 503',
      fires: true,
      exchanges: [
        {
          request: 'GET https://api.test/orders',
          status: 503,
          answerHeaders: { Server: 'nginx', 'Content-Type': 'text/html' },
          answer: '<html><head><title>503 Service Temporarily Unavailable</title></head><center>nginx</center></html>',
        },
      ],
      brief: 'Service unavailable',
    },
    {
      name: 'a bare 503',
      fires: true,
      exchanges: [{ request: 'GET https://api.test/orders', status: 503 }],
      brief: 'Service unavailable',
    },
    {
      name: 'a 503 that says too many requests is a rate limit',
      fires: false,
      exchanges: [
        { request: 'GET https://api.test/orders', status: 503, answer: { error: 'Rate limit exceeded, slow down' } },
      ],
    },
    {
      name: 'a maintenance notice in a success',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/status', status: 200, answer: { notice: 'maintenance on Sunday' } }],
    },
  ],
}
