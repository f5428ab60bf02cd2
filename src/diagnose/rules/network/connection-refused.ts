// The host answered, but nothing listens on that port.
import { failureCause, failureEvidence } from '../../failure-cause.ts'
import { clock, listed } from '../../phrases.ts'
import type { Rule } from '../../rule.ts'

const loopback = /^(?:localhost|127\.|\[?::1\]?$)/

export const connectionRefused: Rule = {
  id: 'network/connection-refused',
  rank: 1,
  level: 'error',
  title: 'The connection was refused',
  summary:
    'Fires on ECONNREFUSED: the host is reachable, but nothing listens on that port. Lists what each address answered, which shows a server that listens on IPv4 or IPv6 only.',
  references: [
    { title: 'RFC 9293 §3.5.2: Reset Generation', url: 'https://www.rfc-editor.org/rfc/rfc9293#section-3.5.2' },
  ],
  on: 'failure',
  needs: ['network-failure'],
  scope: 'exchange',
  check(subject, context) {
    if (failureCause(subject) !== 'refused') return undefined
    const { host, port } = subject.exchange.server
    const worked = context.ofOrigin.findLast((past) => past.status > 0)
    const otherPorts = new Set(
      context.earlier
        .filter((past) => past.status > 0 && past.exchange.server.host === host && past.exchange.server.port !== port)
        .map((past) => String(past.exchange.server.port)),
    )
    const hints = [
      worked ? `It was answering at ${clock(worked.end)}, so it has stopped or is restarting since.` : '',
      otherPorts.size > 0 ? `On the same host, port ${listed([...otherPorts])} answered in this session.` : '',
      loopback.test(host)
        ? 'Inside a container, localhost is the container itself, not the machine it runs on.'
        : 'A firewall that rejects instead of dropping looks the same.',
    ].filter((hint) => hint !== '')
    return {
      title: `Nothing listens on ${host}:${port}`,
      brief: 'Connection refused',
      explanation: `${host} was reached and refused the connection at once: no program listens on port ${port} there. ${hints.join(' ')}`,
      evidence: failureEvidence(subject),
      fix: {
        kind: 'advice',
        text: `Start the server, or correct the port: check that it is ${port} and that the server listens on the address tried, not on another one only.`,
      },
      ...(worked ? { related: [worked.id] } : {}),
    }
  },
  examples: [
    {
      name: 'refused on both addresses of localhost',
      fires: true,
      primary: true,
      exchanges: [
        {
          request: 'GET http://localhost:3999/',
          failure: {
            phase: 'connect',
            code: 'ECONNREFUSED',
            addresses: [
              { address: '::1', code: 'ECONNREFUSED' },
              { address: '127.0.0.1', code: 'ECONNREFUSED' },
            ],
          },
        },
      ],
      brief: 'Connection refused',
    },
    {
      name: 'refused after it worked',
      fires: true,
      exchanges: [
        { request: 'GET http://api.test:3000/', status: 200 },
        { request: 'GET http://api.test:3000/', failure: { phase: 'connect', code: 'ECONNREFUSED' } },
      ],
    },
    {
      name: 'no answer at all is a timeout',
      fires: false,
      exchanges: [{ request: 'GET http://api.test/', failure: { phase: 'connect', code: 'ETIMEDOUT' } }],
    },
    {
      name: 'an API whose own database refused',
      fires: false,
      exchanges: [
        { request: 'GET http://api.test/', status: 500, answer: { error: 'connect ECONNREFUSED 10.0.0.5:5432' } },
      ],
    },
  ],
}
