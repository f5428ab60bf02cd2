// Nobody answered the attempt to connect: packets vanish on the way.
import { failureCause, failureEvidence } from '../../failure-cause.ts'
import { span } from '../../phrases.ts'
import type { Rule } from '../../rule.ts'

export const connectTimeout: Rule = {
  id: 'network/connect-timeout',
  rank: 1,
  level: 'error',
  title: 'The host did not answer the attempt to connect',
  summary:
    'Fires when no connection stood within the time limit. Silence, instead of a refusal, is typical of a firewall that drops packets, of a wrong address, or of a host that is off.',
  references: [
    { title: 'RFC 9293 §3.8.3: TCP Connection Failures', url: 'https://www.rfc-editor.org/rfc/rfc9293#section-3.8.3' },
  ],
  on: 'failure',
  needs: ['network-failure'],
  scope: 'exchange',
  check(subject, context) {
    if (failureCause(subject) !== 'connect-timeout') return undefined
    const { host, port } = subject.exchange.server
    const others = context.earlier.some((past) => past.status > 0 && past.exchange.server.host !== host)
    const waited = subject.duration
    return {
      title: `${host}:${port} did not answer the attempt to connect`,
      brief: 'Connection timed out',
      explanation: `${waited === undefined ? 'Nothing' : `For ${span(waited)} nothing`} came back from ${host}, not even a refusal. That is typical of a firewall or security group that drops packets, of an address that is not in use, or of a VPN that is off. ${
        others
          ? 'Other hosts answered in this session, so this machine’s network works.'
          : 'No other host has answered yet, so the local network may be at fault.'
      }`,
      evidence: failureEvidence(subject),
      fix: {
        kind: 'advice',
        text: `Check the address and port ${port}, then whether a firewall, security group or VPN lets this machine reach them.`,
      },
    }
  },
  examples: [
    {
      name: 'the system gave up connecting',
      fires: true,
      primary: true,
      exchanges: [{ request: 'GET https://10.1.2.3/', failure: { phase: 'connect', code: 'ETIMEDOUT' }, took: 20_000 }],
      brief: 'Connection timed out',
    },
    {
      name: 'the proxy’s own limit for connecting',
      fires: true,
      exchanges: [
        { request: 'GET https://10.1.2.3/', failure: { phase: 'connect', code: 'UPSTREAM_CONNECT_TIMEOUT' } },
      ],
    },
    {
      name: 'connected, but the response never came',
      fires: false,
      exchanges: [
        { request: 'GET https://api.test/', failure: { phase: 'response', code: 'UPSTREAM_RESPONSE_TIMEOUT' } },
      ],
    },
    {
      name: 'refused at once',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/', failure: { phase: 'connect', code: 'ECONNREFUSED' } }],
    },
  ],
}
