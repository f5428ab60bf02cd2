// Sorts every network failure into exactly one cause, so that no failure stays without a rule that speaks of it.
import { onConnection } from './evidence.ts'
import type { Evidence } from './finding.ts'
import type { Subject } from './subject.ts'

export type FailureCause =
  | 'dns'
  | 'refused'
  | 'connect-timeout'
  | 'unreachable'
  | 'reset'
  | 'cut'
  | 'certificate'
  | 'handshake'
  | 'client-rejects'
  | 'upstream-proxy'
  | 'loop'
  | 'response-timeout'
  | 'client-gone'
  | 'protocol'
  | 'client-malformed'
  | 'local-limit'

/** Codes whose meaning does not depend on the phase. First match wins. */
const byCode: readonly (readonly [FailureCause, RegExp])[] = [
  ['loop', /LOOP/],
  ['client-gone', /^(?:INTERRUPTED|RECORDING_INTERRUPTED|UNFINISHED|NOT_SENT|CLIENT_CLOSED|CLIENT_ABORTED)$/],
  ['client-malformed', /^(?:REQUEST_MALFORMED|REQUEST_FRAMING|REQUEST_NOT_PROXY|CONNECT_REFUSED)$/],
  ['local-limit', /^(?:EMFILE|ENFILE|ENOMEM|ENOBUFS)$/],
  ['cut', /^RESPONSE_CUT$/],
  ['client-rejects', /^CLIENT_(?:REJECTED|TLS)/],
  ['upstream-proxy', /^(?:UPSTREAM_)?PROXY_|^UPSTREAM_PROXY|SOCKS/],
  ['dns', /^(?:ENOTFOUND|EAI_\w+|ENODATA|ESERVFAIL|EREFUSED|ENONAME|EBADNAME|EBADRESP|ECANCELLED)$|^DNS_|^RESOLVE/],
  // X509_V_ERR_* names as Node reports them.
  [
    'certificate',
    /CERT|^HOSTNAME_MISMATCH$|^INVALID_(?:CA|PURPOSE|EXTENSION|NON_CA)|^PATH_LENGTH_EXCEEDED$|^UNABLE_TO_|^SELF_SIGNED|^CRL_|^(?:CA|EE)_(?:MD|KEY)_TOO_|^OCSP/,
  ],
  ['refused', /^ECONNREFUSED$/],
  ['unreachable', /^(?:EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN|EACCES|EPERM|EADDRNOTAVAIL|EINVAL)$/],
  ['protocol', /^HPE_|^ERR_HTTP2?_|^NGHTTP2_|^HTTP2_|^RESPONSE_(?:MALFORMED|FRAMING)$|UNREADABLE|GOAWAY/],
]

/** Alert and library codes in which TLS says that the certificate of this proxy's own side is missing. */
export const wantsClientCertificate = (code: string, message: string): boolean =>
  /CERTIFICATE_REQUIRED|alert certificate required|alert number 116/i.test(`${code} ${message}`)

export function failureCause(subject: Subject): FailureCause | undefined {
  const { failure } = subject
  if (!failure) return undefined
  const { phase, code, message } = failure
  // With TLS 1.3 the origin's alert comes after the handshake seemed done, so the phase may be a later one.
  if (phase !== 'client' && (wantsClientCertificate(code, message) || /^ERR_SSL|^EPROTO/.test(code))) return 'handshake'
  // Behind an upstream proxy, what cannot be resolved or reached is that proxy.
  if (subject.exchange.connection.via !== undefined && (phase === 'resolve' || phase === 'connect'))
    return 'upstream-proxy'
  const known = byCode.find(([, pattern]) => pattern.test(code))?.[0]
  // HTTP/2 resets a stream where HTTP/1.1 closes a connection: after the head, both cut the content.
  if (known === 'protocol' && /HTTP2_/.test(code) && subject.response) return 'cut'
  if (known) return known
  const timeout = /TIMEOUT|TIMEDOUT/.test(code)
  switch (phase) {
    case 'resolve':
      return 'dns'
    case 'connect':
      return timeout ? 'connect-timeout' : 'unreachable'
    case 'tls':
      return 'handshake'
    case 'client':
      return 'client-gone'
    case 'request':
    case 'response':
      // What began to arrive and stopped is a cut body, not an unanswered request.
      if (subject.response) return 'cut'
      return timeout ? 'response-timeout' : 'reset'
    default:
      return phase satisfies never
  }
}

const phases: Readonly<Record<string, string>> = {
  resolve: 'while looking up the name',
  connect: 'while connecting',
  tls: 'in the TLS handshake',
  request: 'while sending the request',
  response: 'while waiting for the response',
  client: 'on the client’s side',
}

/** Phase and code, and what every address that was tried answered. */
export function failureEvidence(subject: Subject): readonly Evidence[] {
  const { failure } = subject
  if (!failure) return []
  const { host, port } = subject.exchange.server
  return [
    onConnection(`${failure.code} ${phases[failure.phase] ?? ''} (${host}:${port})`),
    ...(failure.addresses ?? []).map(({ address, code }) => onConnection(`${address}: ${code}`)),
  ]
}
