// TLS could not be agreed with the origin: version, cipher, client certificate, or no TLS there at all.

import { onConnection } from '../../evidence.ts'
import { failureCause, failureEvidence, wantsClientCertificate } from '../../failure-cause.ts'
import type { Fix } from '../../finding.ts'
import { printable } from '../../redact.ts'
import { rfc } from '../../references.ts'
import type { Rule } from '../../rule.ts'
import type { Subject } from '../../subject.ts'

export const tlsHandshake: Rule = {
  id: 'network/tls-handshake',
  rank: 1,
  level: 'error',
  title: 'The TLS handshake with the origin failed',
  summary:
    'Fires when TLS could not be set up for another reason than the certificate’s validity: plain HTTP on the port, no common version or cipher, a client certificate that is required, or a connection cut in the handshake.',
  references: [rfc(8446, '6.2', 'Error Alerts')],
  on: 'failure',
  needs: ['network-failure'],
  scope: 'exchange',
  check(subject) {
    if (failureCause(subject) !== 'handshake' || !subject.failure) return undefined
    const { received } = subject.failure
    const { brief, title, words, fix } = describe(subject)
    return {
      title,
      brief,
      explanation: words,
      evidence: [
        ...failureEvidence(subject),
        ...(received ? [onConnection(`first bytes: ${printable(received.slice(0, 32))}`)] : []),
      ],
      fix,
    }
  },
  examples: [
    {
      name: 'plain HTTP behind an https address',
      fires: true,
      primary: true,
      fix: 'complete',
      exchanges: [
        { request: 'GET https://localhost:3000/', failure: { phase: 'tls', code: 'ERR_SSL_WRONG_VERSION_NUMBER' } },
      ],
      brief: 'Plain HTTP on this port',
    },
    {
      name: 'the origin asks for a client certificate',
      fires: true,
      fix: 'template',
      exchanges: [
        {
          request: 'GET https://mtls.test/',
          failure: { phase: 'tls', code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' },
        },
      ],
      brief: 'Client certificate needed',
    },
    {
      name: 'only an old version is spoken there',
      fires: true,
      exchanges: [
        { request: 'GET https://old.test/', failure: { phase: 'tls', code: 'ERR_SSL_UNSUPPORTED_PROTOCOL' } },
      ],
      brief: 'No common TLS version',
    },
    {
      name: 'an expired certificate is another finding',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/', failure: { phase: 'tls', code: 'CERT_HAS_EXPIRED' } }],
    },
    {
      name: 'reset after TLS stood',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/', failure: { phase: 'response', code: 'ECONNRESET' } }],
    },
  ],
}

type Description = { readonly title: string; readonly brief: string; readonly words: string; readonly fix: Fix }

const advice = (text: string): Fix => ({ kind: 'advice', text })

/** What a server that speaks no TLS sends or provokes: an HTTP answer where a TLS record should stand. */
const plain = /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|UNKNOWN_PROTOCOL|HTTP_REQUEST|RECORD_LAYER_FAILURE/

function describe(subject: Subject): Description {
  const { host, failure } = subject
  const text = `${failure?.code} ${failure?.message}`
  const { port } = subject.exchange.server
  if (plain.test(text.toUpperCase()) || /^HTTP\/|^\s*</.test(failure?.received ?? '')) {
    const url = subject.exchange.request.url.replace(/^https:/, 'http:')
    return {
      title: `${host}:${port} speaks plain HTTP, not TLS`,
      brief: 'Plain HTTP on this port',
      words: `The address says https, but what ${host}:${port} sent back is no TLS: the server on that port speaks plain HTTP.`,
      fix: url.startsWith('http:')
        ? { kind: 'complete', text: 'Send it to the http address.', edits: [{ op: 'set-url', value: url }] }
        : advice('Use http, or the port on which the server speaks TLS.'),
    }
  }
  if (wantsClientCertificate(failure?.code ?? '', failure?.message ?? '')) {
    return {
      title: `${host} asks for a client certificate`,
      brief: 'Client certificate needed',
      words: `${host} ends the handshake unless the client shows a certificate of its own (mutual TLS). A client’s certificate cannot pass through a proxy that opens TLS, so Telltale must hold it.`,
      fix: { kind: 'template', text: `Start Telltale with --client-cert ${host}={{file with certificate and key}}.` },
    }
  }
  if (
    /UNSUPPORTED_PROTOCOL|PROTOCOL_VERSION|VERSION_TOO_LOW|NO_PROTOCOLS|INAPPROPRIATE_FALLBACK|alert number 70/i.test(
      text,
    )
  ) {
    return {
      title: `${host} and this machine share no TLS version`,
      brief: 'No common TLS version',
      words: `${host} speaks only TLS versions that are refused here, most likely TLS 1.0 or 1.1, which are retired (RFC 8996).`,
      fix: advice(`Enable TLS 1.2 or 1.3 on ${host}.`),
    }
  }
  if (
    /HANDSHAKE_FAILURE|NO_SHARED_CIPHER|NO_CIPHER|INSUFFICIENT_SECURITY|DH_KEY_TOO_SMALL|alert number (?:40|71)/i.test(
      text,
    )
  ) {
    return {
      title: `${host} refused the TLS handshake`,
      brief: 'TLS handshake refused',
      words: `${host} found no cipher, curve or signature it shares with this machine, or wants a client certificate, and said so with a handshake alert.`,
      fix: advice(
        'Look at the TLS settings of the server (ciphers, client certificates); --pass-through relays this host unread, to compare with the client’s own TLS.',
      ),
    }
  }
  if (/UNRECOGNIZED_NAME|alert number 112/i.test(text)) {
    return {
      title: `The server does not know the name ${host}`,
      brief: 'Name unknown to server',
      words: `The server at this address refused the name ${host} in the handshake (SNI): the address is shared, and this name is not set up there.`,
      fix: advice('Check the name, and that DNS leads to the right server.'),
    }
  }
  if (/NO_APPLICATION_PROTOCOL|alert number 120/i.test(text)) {
    return {
      title: `${host} speaks none of the protocols offered`,
      brief: 'No common protocol (ALPN)',
      words: `The client offered HTTP versions that ${host} does not speak (ALPN), so the server ended the handshake.`,
      fix: advice('Let the client offer http/1.1 as well as h2.'),
    }
  }
  const timeout = /TIMEOUT|TIMEDOUT/.test(text)
  return {
    title: timeout ? `${host} did not finish the TLS handshake in time` : `The TLS handshake with ${host} broke off`,
    brief: timeout ? 'TLS handshake timed out' : 'TLS handshake broke off',
    words: timeout
      ? `The connection to ${host}:${port} stood, but the handshake never finished. A firewall that inspects TLS, or a server that does not speak TLS on this port, looks like this.`
      : `The connection to ${host}:${port} stood and ended during the handshake (${failure?.code}). A firewall that filters by name, a server that wants a client certificate, or one that speaks no TLS here looks like this.`,
    fix: advice(
      'Compare with a direct connection from the same machine (openssl s_client), to tell the server from the network.',
    ),
  }
}
