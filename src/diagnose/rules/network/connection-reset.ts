// The connection broke before any response: a stale kept-alive connection, a crash, or something that cuts it.

import { onTiming } from '../../evidence.ts'
import { failureCause, failureEvidence } from '../../failure-cause.ts'
import { span } from '../../phrases.ts'
import { rfc } from '../../references.ts'
import type { Rule } from '../../rule.ts'

export const connectionReset: Rule = {
  id: 'network/connection-reset',
  rank: 1,
  level: 'error',
  title: 'The connection was closed before a response came',
  summary:
    'Fires when the origin closes or resets the connection before the status line. On a connection that had been idle this is the usual keep-alive race, and repeating is safe.',
  references: [rfc(9112, '9.5', 'Failures and Timeouts'), rfc(9110, '9.2.2', 'Idempotent Methods')],
  on: 'failure',
  needs: ['network-failure'],
  scope: 'exchange',
  check(subject, context) {
    const cause = failureCause(subject)
    if (cause !== 'reset' || !subject.failure) return undefined
    const { host, port } = subject.exchange.server
    const { reused } = subject.exchange.connection
    const idempotent = ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'].includes(subject.method)
    const sent = subject.request.content.bodySize
    const waited = subject.duration
    // A server that speaks TLS on this port closes what it cannot read, often without an alert.
    const asTls = subject.exchange.request.url.startsWith('http:') && !reused
    const tlsSeen =
      asTls &&
      context.earlier.some(
        (past) =>
          past.status > 0 &&
          past.url.startsWith('https:') &&
          past.exchange.server.host === host &&
          past.exchange.server.port === port,
      )
    const maybeTls = tlsSeen || (asTls && (port === 443 || port === 8443))
    const stale = reused && (waited ?? 0) < 500
    return {
      title: `${host}:${port} closed the connection without answering`,
      brief: stale ? 'Stale connection closed' : 'Connection reset',
      explanation: `${
        stale
          ? 'The request went out on a connection that had been used before, and the origin was just closing it: the usual race of kept-alive connections, no fault of the request.'
          : `The connection stood and the request${sent > 0 ? ` with ${sent} bytes of content` : ''} was on its way, but the origin closed the connection${
              waited === undefined ? '' : ` after ${span(waited)}`
            } without a single byte of response. A crash of the server process, a limit of a load balancer, or a firewall that cuts connections looks like this.`
      }${
        maybeTls
          ? ` The address says http, but port ${port} ${tlsSeen ? 'spoke TLS earlier in this session' : 'is usually a TLS port'}: try https.`
          : ''
      } ${idempotent ? `${subject.method} may be repeated safely.` : `${subject.method} may already have taken effect: check before repeating it.`}`,
      evidence: [
        ...failureEvidence(subject),
        ...(waited === undefined
          ? []
          : [onTiming(`closed after ${span(waited)}, ${reused ? 'on a reused connection' : 'on a new connection'}`)]),
      ],
      fix: tlsSeen
        ? {
            kind: 'complete',
            text: 'Send it to the https address.',
            edits: [{ op: 'set-url', value: subject.exchange.request.url.replace(/^http:/, 'https:') }],
          }
        : {
            kind: 'advice',
            text: stale
              ? 'Repeat it once; keep idle connections shorter than the server does, to see this less often.'
              : 'Repeat it if that is safe; if it happens again, look at the server’s log for a crash at this moment.',
          },
    }
  },
  examples: [
    {
      name: 'reset on a fresh connection',
      fires: true,
      primary: true,
      exchanges: [
        {
          request: 'GET https://api.test/items',
          failure: { phase: 'response', code: 'ECONNRESET' },
          connection: { reused: false },
        },
      ],
      brief: 'Connection reset',
    },
    {
      name: 'a kept-alive connection that the origin was closing',
      fires: true,
      exchanges: [
        { request: 'GET https://api.test/items', status: 200 },
        {
          request: 'GET https://api.test/items',
          failure: { phase: 'request', code: 'EPIPE' },
          connection: { reused: true },
        },
      ],
      brief: 'Stale connection closed',
    },
    {
      name: 'plain http to a port that spoke TLS before',
      fires: true,
      fix: 'complete',
      exchanges: [
        { request: 'GET https://api.test:8443/items', status: 200 },
        {
          request: 'GET http://api.test:8443/items',
          failure: { phase: 'response', code: 'UPSTREAM_CLOSED' },
          connection: { reused: false },
        },
      ],
    },
    {
      name: 'cut in the middle of a body is another finding',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/items',
          status: 200,
          answer: '{"a":',
          failure: { phase: 'response', code: 'ECONNRESET' },
        },
      ],
    },
    {
      name: 'the client went away',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/items', failure: { phase: 'client', code: 'ECONNRESET' } }],
    },
  ],
}
