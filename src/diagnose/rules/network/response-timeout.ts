// The request was sent and no response began in time: the origin gave none, or the client stopped waiting.

import { clientPatience } from '../../cancelled.ts'
import { onTiming } from '../../evidence.ts'
import { failureCause, failureEvidence } from '../../failure-cause.ts'
import { brief, span } from '../../phrases.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'

export const responseTimeout: Rule = {
  id: 'network/response-timeout',
  rank: 1,
  level: 'error',
  title: 'No response came in time',
  summary:
    'Fires when a request was sent whole and no response began: within the proxy’s limit, or before the client gave up after 5 s or more. Says who gave up, and how long this endpoint usually takes.',
  references: [rfc9110('15.6.5', '504 Gateway Timeout')],
  on: 'failure',
  scope: 'exchange',
  check(subject, context) {
    const cause = failureCause(subject)
    const waited = subject.duration ?? 0
    const left =
      cause === 'client-gone' &&
      !subject.response &&
      waited >= clientPatience &&
      subject.failure?.code !== 'INTERRUPTED'
    if (cause !== 'response-timeout' && !left) return undefined
    const usual = context.baseline && context.baseline.latencies.length >= 3 ? context.baseline : undefined
    return {
      title: left
        ? `The client gave up after ${span(waited)} without a response`
        : `No response within ${span(waited)}`,
      brief: brief(left ? `Client gave up, ${span(waited)}` : `No response in ${span(waited)}`),
      explanation: `The request was sent, and ${subject.exchange.server.host} did not begin to answer for ${span(waited)}. ${
        left
          ? 'The client closed the connection, which is its own time limit at work.'
          : 'The proxy’s limit for a response ended the wait.'
      }${
        usual
          ? ` Usually this endpoint answers in ${span(usual.median)}, and 19 of 20 times within ${span(usual.p95)}: something is stuck, rather than merely slow.`
          : ''
      }`,
      evidence: [onTiming(`${span(waited)} without a first byte of response`), ...failureEvidence(subject)],
      fix: {
        kind: 'advice',
        text: 'Find out what the server waits for (a lock, a slow query, another service). If the work really takes that long, raise the client’s time limit or let the server answer 202 at once.',
      },
    }
  },
  examples: [
    {
      name: 'the proxy’s limit for a response',
      fires: true,
      primary: true,
      exchanges: [
        {
          request: 'GET https://api.test/report',
          failure: { phase: 'response', code: 'UPSTREAM_RESPONSE_TIMEOUT' },
          took: 30_000,
        },
      ],
      brief: 'No response in 30 s',
    },
    {
      name: 'the client gave up after 10 s',
      fires: true,
      exchanges: [
        { request: 'GET https://api.test/report', failure: { phase: 'client', code: 'CLIENT_CLOSED' }, took: 10_000 },
      ],
      brief: 'Client gave up, 10 s',
    },
    {
      name: 'the user moved on after a second',
      fires: false,
      exchanges: [
        { request: 'GET https://api.test/report', failure: { phase: 'client', code: 'CLIENT_CLOSED' }, took: 1000 },
      ],
    },
    {
      name: 'no connection stood',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/', failure: { phase: 'connect', code: 'ETIMEDOUT' }, took: 20_000 }],
    },
  ],
}
