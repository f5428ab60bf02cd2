// What came back was not the protocol asked for: unreadable HTTP, an HTTP/2 error, or another service altogether.

import { onConnection, status } from '../../evidence.ts'
import { failureCause, failureEvidence } from '../../failure-cause.ts'
import type { Fix } from '../../finding.ts'
import { printable } from '../../redact.ts'
import { rfc } from '../../references.ts'
import type { Rule, Verdict } from '../../rule.ts'
import type { Subject } from '../../subject.ts'

/** What other services say first, and TLS alerts, which are how a TLS port answers plain HTTP. */
const banners: readonly (readonly [look: RegExp, name: string])[] = [
  [/^SSH-/, 'an SSH server'],
  [/^220[ -].*(?:SMTP|ESMTP|mail)/i, 'a mail server (SMTP)'],
  [/^220[ -]/, 'an FTP or mail server'],
  [/^\+OK/, 'a mail server (POP3)'],
  [/^\* OK/, 'a mail server (IMAP)'],
  [/^-(?:ERR|NOAUTH)|^\+PONG/, 'a Redis server'],
  [/mysql|mariadb/i, 'a MySQL server'],
  [/^ICY /, 'a streaming server of the old kind (ICY)'],
  [/^RTSP\//, 'an RTSP server'],
]
const tlsRecord = /^[\x14-\x17]\x03[\x00-\x04]/
const tlsWanted =
  /plain HTTP request was sent to HTTPS port|client sent an HTTP request to an HTTPS server|speaking plain HTTP to an SSL-enabled server port/i

export const protocolError: Rule = {
  id: 'network/protocol-error',
  rank: 1,
  level: 'error',
  title: 'The answer cannot be read as HTTP',
  summary:
    'Fires on an unreadable status line or header, on HTTP/2 protocol errors, and where something else than HTTP answers on that port. Shows the first bytes, and recognises TLS, SSH and mail banners.',
  references: [rfc(9112, '2.2', 'Message Parsing'), rfc(9113, '7', 'Error Codes')],
  on: 'failure',
  scope: 'exchange',
  check(subject) {
    if (failureCause(subject) === 'client-malformed') return byClient(subject)
    const received = subject.failure?.received ?? ''
    const other = banners.find(([look]) => look.test(received))?.[1]
    const tls = tlsRecord.test(received) || (subject.status === 400 && tlsWanted.test(answerText(subject)))
    if (failureCause(subject) !== 'protocol' && !(other && subject.failure) && !tls) return undefined
    const { host, port } = subject.exchange.server
    const { brief, title, words, fix } = describe(subject, tls, other, `${host}:${port}`)
    return {
      title,
      brief,
      explanation: words,
      evidence: [
        ...(subject.failure ? failureEvidence(subject) : [status(subject)]),
        ...(received ? [onConnection(`first bytes: ${printable(received.slice(0, 32))}`)] : []),
      ],
      fix,
    }
  },
  examples: [
    {
      name: 'an SSH server on the port',
      fires: true,
      primary: true,
      exchanges: [
        {
          request: 'GET http://api.test:22/',
          failure: { phase: 'response', code: 'HPE_INVALID_CONSTANT', received: 'SSH-2.0-OpenSSH_10.0\r\n' },
        },
      ],
      brief: 'Not an HTTP server',
    },
    {
      name: 'a TLS port asked in plain HTTP',
      fires: true,
      fix: 'complete',
      exchanges: [
        {
          request: 'GET http://api.test:8443/a',
          failure: { phase: 'response', code: 'HPE_INVALID_CONSTANT', received: '\x15\x03\x01\x00\x02\x02\x46' },
        },
      ],
      brief: 'TLS wanted on this port',
    },
    {
      name: 'nginx says that its port wants TLS',
      fires: true,
      fix: 'complete',
      exchanges: [
        {
          request: 'GET http://api.test:8443/a',
          status: 400,
          answerHeaders: { 'Content-Type': 'text/html' },
          answer: '<html><h1>400 Bad Request</h1>The plain HTTP request was sent to HTTPS port</html>',
        },
      ],
    },
    {
      name: 'a broken header line',
      fires: true,
      exchanges: [
        {
          request: 'GET http://api.test/',
          failure: { phase: 'response', code: 'HPE_INVALID_HEADER_TOKEN', received: 'HTTP/1.1 200 OK\r\nBad Name: x' },
        },
      ],
      brief: 'Unreadable HTTP answer',
    },
    {
      name: 'the client’s own request cannot be read',
      fires: true,
      exchanges: [{ request: 'GET http://api.test/', failure: { phase: 'client', code: 'REQUEST_FRAMING' } }],
      brief: 'Client broke HTTP rules',
    },
    {
      name: 'closed without a word',
      fires: false,
      exchanges: [{ request: 'GET http://api.test/', failure: { phase: 'response', code: 'ECONNRESET' } }],
    },
    {
      name: 'an ordinary 400',
      fires: false,
      exchanges: [
        { request: 'GET http://api.test/', status: 400, answer: { error: 'HTTPS is required for callbacks' } },
      ],
    },
  ],
}

function answerText(subject: Subject): string {
  const { response } = subject
  return response && !response.truncated ? response.text.slice(0, 2000) : ''
}

type Description = { readonly title: string; readonly brief: string; readonly words: string; readonly fix: Fix }

function describe(subject: Subject, tls: boolean, other: string | undefined, where: string): Description {
  const code = subject.failure?.code ?? ''
  if (tls) {
    return {
      title: `${where} wants TLS, but was asked in plain HTTP`,
      brief: 'TLS wanted on this port',
      words: `The address says http, but the server on ${where} speaks TLS and did not understand the request.`,
      fix: {
        kind: 'complete',
        text: 'Send it to the https address.',
        edits: [{ op: 'set-url', value: subject.exchange.request.url.replace(/^http:/, 'https:') }],
      },
    }
  }
  if (other !== undefined) {
    return {
      title: `${where} is ${other}, not an HTTP server`,
      brief: 'Not an HTTP server',
      words: `What answered on ${where} is ${other}. It does not speak HTTP, so the port is the wrong one.`,
      fix: { kind: 'advice', text: 'Correct the port.' },
    }
  }
  if (/HTTP_?2|NGHTTP2|GOAWAY/.test(code)) {
    return {
      title: `${where} broke off the HTTP/2 stream (${code})`,
      brief: 'HTTP/2 stream broken off',
      words: `The server ended the HTTP/2 stream or connection with ${code}: a limit was reached, the server restarts, or one side broke the protocol. Repeating on a new connection often works.`,
      fix: { kind: 'advice', text: 'Repeat it on a new connection; if it stays, compare with HTTP/1.1.' },
    }
  }
  return {
    title: `The answer of ${where} is not readable HTTP`,
    brief: 'Unreadable HTTP answer',
    words: `The server answered, but its status line or a header breaks the rules of HTTP (${code}), so no client could be sure what it means.`,
    fix: {
      kind: 'advice',
      text: 'Show the first bytes to whoever runs the server; a header with a line break or a script that prints before its headers is a common cause.',
    },
  }
}

/** The client’s request could not be sent on: what it sent is no request a proxy may forward. */
function byClient(subject: Subject): Verdict {
  const { failure } = subject
  const notProxy = failure?.code === 'REQUEST_NOT_PROXY' || failure?.code === 'CONNECT_REFUSED'
  return {
    title: notProxy ? 'The request does not say where it should go' : 'The client’s request breaks the rules of HTTP',
    brief: notProxy ? 'Not a proxy request' : 'Client broke HTTP rules',
    explanation: notProxy
      ? `${failure?.message ?? ''} A proxy needs the whole address in the request line, or CONNECT with host and port; the client most likely talked to Telltale as if it were the API itself.`
      : `${failure?.message ?? ''} Two readers could understand such a request differently, so it was answered with an error and not sent on.`,
    evidence: [
      ...failureEvidence(subject),
      { location: { at: 'request.line' }, value: printable(subject.method).slice(0, 40) },
    ],
    fix: {
      kind: 'advice',
      text: notProxy
        ? 'Set Telltale as the client’s proxy (HTTP_PROXY, HTTPS_PROXY), or start it with --mode reverse:URL.'
        : 'Look at how the client builds the request: lengths, line ends and header values made by hand are the usual cause.',
    },
  }
}
