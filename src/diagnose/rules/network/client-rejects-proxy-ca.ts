// The client hung up on Telltale's certificate: it does not trust the CA, or it pins its own.

import { onConnection } from '../../evidence.ts'
import { failureCause, failureEvidence } from '../../failure-cause.ts'
import type { Rule, Verdict } from '../../rule.ts'
import type { Subject } from '../../subject.ts'

const rejected = (subject: Subject): boolean =>
  failureCause(subject) === 'client-rejects' || subject.exchange.unread === 'client-rejected'

export const clientRejectsProxyCa: Rule = {
  id: 'network/client-rejects-proxy-ca',
  rank: 1,
  level: 'error',
  title: 'The client does not trust Telltale’s certificate',
  summary:
    'Fires when the client ends the TLS handshake with an alert about the certificate. The client does not know Telltale’s CA yet, or pins the certificate of the real server. Names the setting for each runtime.',
  references: [
    {
      title: 'RFC 8446 §6.2: unknown_ca and bad_certificate',
      url: 'https://www.rfc-editor.org/rfc/rfc8446#section-6.2',
    },
  ],
  scope: 'exchange',
  check(subject) {
    if (!rejected(subject)) return undefined
    const host = subject.exchange.server.host || 'the host it asked for'
    if (subject.failure?.code === 'CLIENT_TLS_FAILED') return otherwise(subject, host)
    const evidence = failureEvidence(subject)
    const named = subject.exchange.server.host || 'HOST'
    return {
      title: `The client refused Telltale’s certificate for ${host}`,
      brief: 'Client distrusts the CA',
      explanation: `To read the traffic, Telltale shows a certificate for ${host}, signed by its own CA. The client does not trust that CA (or expects the server’s own certificate), so it closed the connection before sending anything.`,
      evidence: evidence.length > 0 ? evidence : [onConnection(`client refused the certificate for ${host}`)],
      fix: {
        kind: 'advice',
        text: `Give the client Telltale’s CA file: NODE_EXTRA_CA_CERTS for Node, REQUESTS_CA_BUNDLE for Python requests, SSL_CERT_FILE for OpenSSL, Go and Ruby, --cacert for curl, the keystore for Java; “telltale run -- CMD” sets them all. If the client expects the server’s own certificate (pinning), relay it unread with --pass-through ${named}.`,
      },
    }
  },
  examples: [
    {
      name: 'the client sent the alert unknown_ca',
      fires: true,
      primary: true,
      exchanges: [
        {
          request: 'CONNECT api.test:443',
          server: { host: 'api.test', port: 443 },
          kind: 'tunnel',
          unread: 'client-rejected',
          failure: { phase: 'client', code: 'CLIENT_REJECTED_CERTIFICATE' },
        },
      ],
      brief: 'Client distrusts the CA',
    },
    {
      name: 'a failure in the client’s handshake',
      fires: true,
      exchanges: [
        { request: 'CONNECT api.test:443', failure: { phase: 'client', code: 'CLIENT_REJECTED_CERTIFICATE' } },
      ],
    },
    {
      name: 'the origin’s certificate is the one at fault',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/', failure: { phase: 'tls', code: 'SELF_SIGNED_CERT_IN_CHAIN' } }],
    },
    {
      name: 'a tunnel passed through on purpose',
      fires: false,
      exchanges: [{ request: 'CONNECT api.test:443', kind: 'tunnel', unread: 'pass-through', status: 200 }],
    },
  ],
}

/** The client broke the handshake off without saying that it was the certificate. */
function otherwise(subject: Subject, host: string): Verdict {
  return {
    confidence: 0.6,
    title: `The client broke off the TLS handshake for ${host}`,
    brief: 'Client ended handshake',
    explanation: `The client closed the connection during its TLS handshake with Telltale without naming a reason. Most often it does not trust Telltale’s CA or pins the certificate of ${host}; a TLS version or cipher that is too old looks the same.`,
    evidence: failureEvidence(subject),
    fix: {
      kind: 'advice',
      text: `Give the client Telltale’s CA file (“telltale run -- CMD” does), or relay this host unread with --pass-through ${subject.exchange.server.host || 'HOST'}.`,
    },
  }
}
