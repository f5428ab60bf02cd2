// Turns what broke on the wire into a recorded failure: phase, stable code, plain sentence, and the status that says so.
import type { Failure, FailurePhase } from '../exchange/failure.ts'

/**
 * Codes of our own (all others are Node's or OpenSSL's): LOOP, UPSTREAM_CONNECT_TIMEOUT, UPSTREAM_TLS_TIMEOUT,
 * UPSTREAM_TLS_CLOSED, UPSTREAM_PROXY_REFUSED, UPSTREAM_PROXY_UNREACHABLE, UPSTREAM_PROXY_TIMEOUT, UPSTREAM_CLOSED (no
 * answer), UPSTREAM_RESPONSE_TIMEOUT, RESPONSE_MALFORMED, RESPONSE_FRAMING, RESPONSE_CUT, HTTP2_NOT_SPOKEN, HTTP2_<ERROR>,
 * PROXY_AUTHENTICATION, REQUEST_MALFORMED, REQUEST_FRAMING, REQUEST_NOT_PROXY, CONNECT_REFUSED, CLIENT_CLOSED,
 * CLIENT_REJECTED_CERTIFICATE, CLIENT_TLS_FAILED, INTERRUPTED.
 */
export function failure(phase: FailurePhase, code: string, message: string, more?: Partial<Failure>): Failure {
  return { phase, code, message, ...more }
}

const sentences: Readonly<Record<string, string>> = {
  ENOTFOUND: 'The name {host} does not exist in DNS.',
  EAI_AGAIN: 'The DNS server did not answer for {host}.',
  ECONNREFUSED: 'Nothing accepts connections on {host}:{port}.',
  EHOSTUNREACH: 'There is no route to {host}.',
  ENETUNREACH: 'The network of {host} cannot be reached from here.',
  EADDRNOTAVAIL: 'The address of {host} cannot be reached from here.',
  ETIMEDOUT: '{host}:{port} did not answer in time.',
  EACCES: 'The system does not allow a connection to {host}:{port}.',
  EPERM: 'The system does not allow a connection to {host}:{port}.',
  EMFILE: 'Telltale has run out of file descriptors.',
  ECONNRESET: '{host}:{port} reset the connection.',
  EPIPE: '{host}:{port} closed the connection while the request was being sent.',
  CERT_HAS_EXPIRED: 'The certificate of {host} has expired.',
  CERT_NOT_YET_VALID: 'The certificate of {host} is not valid yet; is the clock right?',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'The certificate of {host} is signed by itself and not trusted.',
  SELF_SIGNED_CERT_IN_CHAIN: 'The certificate of {host} comes from an authority that is not trusted here.',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'The certificate of {host} cannot be verified: its issuer was not sent or is unknown.',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'The certificate of {host} comes from an authority that is not trusted here.',
  UNABLE_TO_GET_ISSUER_CERT: 'The certificate of {host} comes from an authority that is not trusted here.',
  ERR_TLS_CERT_ALTNAME_INVALID: 'The certificate of {host} is for other names.',
  ERR_SSL_WRONG_VERSION_NUMBER: '{host}:{port} does not speak TLS (its answer looks like another protocol).',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: '{host}:{port} does not speak TLS (its answer looks like another protocol).',
  ERR_SSL_UNSUPPORTED_PROTOCOL: '{host} offers only TLS versions that are too old.',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: '{host} refused the TLS versions it was offered.',
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: '{host} refused the TLS handshake.',
  ERR_SSL_TLSV1_UNRECOGNIZED_NAME: '{host} does not know that server name.',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: '{host} demands a client certificate.',
  ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL: '{host} speaks none of the protocols the client offered (ALPN).',
  UPSTREAM_TLS_CLOSED: '{host}:{port} closed the connection during the TLS handshake.',
}

/** The sentence for a code met on the way to `host:port`; unknown codes keep the library's own words. */
export function sentence(code: string, host: string, port: number, otherwise: string): string {
  const known = sentences[code]
  if (!known) return otherwise
  return known.replace('{host}', host.includes(':') ? `[${host}]` : host).replace('{port}', String(port))
}

export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'UNKNOWN'
  return 'code' in error && typeof error.code === 'string' ? error.code : 'UNKNOWN'
}

export function fromError(phase: FailurePhase, error: unknown, host: string, port: number): Failure {
  const code = codeOf(error)
  const words = error instanceof Error ? error.message : String(error)
  return failure(phase, code, sentence(code, host, port, `${host}:${port} failed: ${words.split('\n')[0] ?? ''}`))
}

/** 508 for a loop (RFC 5842 §7.2), 504 where time ran out, 400 for the client's own fault, else 502. */
export function statusFor(failed: Failure): number {
  if (failed.code === 'LOOP') return 508
  if (failed.code.endsWith('_TIMEOUT') || failed.code === 'ETIMEDOUT') return 504
  return failed.phase === 'client' ? 400 : 502
}

/** What can be done about it, for the problem page. */
export function remedy(failed: Failure): string {
  const { code, phase } = failed
  if (code === 'LOOP') return 'Ask for another address: this one is Telltale itself.'
  if (phase === 'resolve') return 'Check the spelling of the host name, and DNS or VPN.'
  if (code === 'ECONNREFUSED') return 'Start the server, or check the port and the scheme.'
  if (code.includes('CERT') || code.includes('VERIFY') || code.includes('ISSUER'))
    return 'Start Telltale with --upstream-ca FILE (its authority) or --insecure HOST (no verification for this host).'
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER') return 'Try http:// instead of https://, or another port.'
  if (code.startsWith('UPSTREAM_PROXY_'))
    return 'Check the address, the credentials and the rules of the upstream proxy.'
  if (phase === 'client') return 'Correct the request; nothing was sent to a server.'
  if (phase === 'response') return 'The server answered wrongly or not to the end; look at its own log.'
  return 'Try again, and look at the server and the network between.'
}
