// What must pass octet for octet in both directions, as a table: each case runs over plain HTTP and inside TLS.
import type { OriginConnection } from '../support/origin.ts'

export type RelayCase = {
  readonly name: string
  /** `@` before a path stands for scheme and authority on the proxy port; `@host` for the authority. */
  readonly send: string
  /** Sent in a second write, after a pause. */
  readonly later?: string
  /** What the origin must have received when the case is over; default: the request in origin form. */
  readonly origin?: string | RegExp | null
  /** The origin waits for this before it answers; default: the end of the head. */
  readonly until?: string
  readonly reply?: string | ((connection: OriginConnection) => Promise<void> | void)
  /** How the origin ends its connection after the reply; default: not at all. */
  readonly end?: 'fin' | 'rst'
  /** What the client must have received; default: the reply. */
  readonly client?: string | RegExp
  /** How the client's connection must end. 'open': it stands after the response. */
  readonly after?: 'open' | 'fin' | 'rst' | 'ended'
  /** State of the recorded exchange, or the code of its failure. */
  readonly outcome?: string
  readonly check?: 'plain' | 'tls'
}

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
const get = (...lines: string[]): string =>
  `GET @/x HTTP/1.1\r\nHost: @host\r\n${lines.map((l) => `${l}\r\n`).join('')}\r\n`
const post = (body: string, ...lines: string[]): string =>
  `POST @/x HTTP/1.1\r\nHost: @host\r\n${lines.map((l) => `${l}\r\n`).join('')}\r\n${body}`
const reply = (...lines: string[]): string =>
  `HTTP/1.1 200 OK\r\n${lines.map((l) => `${l}\r\n`).join('')}Content-Length: 2\r\n\r\nok`
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

const requests: RelayCase[] = [
  { name: 'a plain GET', send: get() },
  { name: 'field names keep their case and order', send: get('X-CaSe: 1', 'x-case: 2', 'ACCEPT: a', 'aCCept: b') },
  { name: 'an empty field value', send: get('X-Empty:') },
  { name: 'a field value without a space after the colon', send: get('X-Tight:v') },
  { name: 'spaces around a field value', send: get('X-Wide:   v  ') },
  { name: 'octets above 0x7f in a field value', send: get('X-Latin: caf\xe9 \xff') },
  { name: 'a very long field line', send: get(`X-Long: ${'a'.repeat(100_000)}`) },
  { name: 'five thousand field lines', send: get(...Array.from({ length: 5000 }, (_, i) => `X-${i}: v`)) },
  {
    name: 'heads of 256 KiB in both directions, with 5,000 lines and a target of 64 KiB',
    send: `GET @/${'p'.repeat(65_536)} HTTP/1.1\r\nHost: @host\r\n${Array.from({ length: 5000 }, (_, i) => `X-${i}: ${'b'.repeat(30)}\r\n`).join('')}\r\n`,
    reply: reply(...Array.from({ length: 5000 }, (_, i) => `X-${i}: ${'c'.repeat(45)}`)),
  },
  {
    name: 'one line of 256 KiB in both directions',
    send: get(`X-Long: ${'a'.repeat(262_144)}`),
    reply: reply(`X-Long: ${'\xff'.repeat(262_144)}`),
  },
  { name: 'a target of 64 KiB', send: `GET @/${'p'.repeat(65_000)} HTTP/1.1\r\nHost: @host\r\n\r\n` },
  { name: 'an odd target', send: "GET @/a//b/../c/./%2e%2E?x=1&x=2&&=;'|{}^`<>\\# HTTP/1.1\r\nHost: @host\r\n\r\n" },
  { name: 'raw non-ASCII octets in the target', send: 'GET @/caf\xe9 HTTP/1.1\r\nHost: @host\r\n\r\n' },
  { name: 'a fragment in the target', send: 'GET @/a#b HTTP/1.1\r\nHost: @host\r\n\r\n' },
  { name: 'an unknown method', send: 'FROBNICATE @/x HTTP/1.1\r\nHost: @host\r\n\r\n' },
  { name: 'a lower-case method', send: 'get @/x HTTP/1.1\r\nHost: @host\r\n\r\n' },
  { name: 'HTTP/1.0', send: 'GET @/x HTTP/1.0\r\nHost: @host\r\n\r\n', after: 'fin' },
  {
    name: 'HTTP/1.0 with keep-alive',
    send: 'GET @/x HTTP/1.0\r\nHost: @host\r\nConnection: keep-alive\r\n\r\n',
    reply: 'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok',
    after: 'open',
  },
  { name: 'a body with Content-Length', send: post('hello', 'Content-Length: 5'), until: 'hello' },
  { name: 'Content-Length: 0', send: post('', 'Content-Length: 0') },
  {
    name: 'a body with NUL and high octets',
    send: post('a\0\xff\r\n\r\n', 'Content-Length: 7'),
    until: '\xff\r\n\r\n',
  },
  { name: 'a chunked body', send: post('5\r\nhello\r\n0\r\n\r\n', 'Transfer-Encoding: chunked'), until: '0\r\n\r\n' },
  {
    name: 'chunk extensions',
    send: post('5;a=b;c="d"\r\nhello\r\n0;e\r\n\r\n', 'Transfer-Encoding: chunked'),
    until: '0;e\r\n\r\n',
  },
  {
    name: 'request trailers',
    send: post('1\r\nz\r\n0\r\nX-Sum: 1\r\nx-sum: 2\r\n\r\n', 'Transfer-Encoding: chunked', 'Trailer: X-Sum'),
    until: 'x-sum: 2\r\n\r\n',
  },
  {
    name: 'upper-case chunk sizes',
    send: post('A\r\n0123456789\r\n0\r\n\r\n', 'Transfer-Encoding: Chunked'),
    until: '0\r\n\r\n',
  },
  { name: 'a GET with a body', send: `GET @/x HTTP/1.1\r\nHost: @host\r\nContent-Length: 3\r\n\r\nabc`, until: 'abc' },
  { name: 'a body that comes later', send: post('', 'Content-Length: 3'), later: 'abc', until: 'abc', origin: /abc$/ },
  { name: 'an empty line before the request', send: `\r\n${get()}`, origin: /^GET \/x HTTP/ },
  { name: 'OPTIONS of the whole server', send: 'OPTIONS * HTTP/1.1\r\nHost: @host\r\n\r\n', check: 'tls' },
  {
    name: 'OPTIONS in absolute form without a path',
    send: 'OPTIONS http://@host HTTP/1.1\r\nHost: @host\r\n\r\n',
    origin: /^OPTIONS \* HTTP/,
    check: 'plain',
  },
  {
    name: 'an absolute target without a path',
    send: 'GET http://@host HTTP/1.1\r\nHost: @host\r\n\r\n',
    origin: /^GET \/ HTTP/,
    check: 'plain',
  },
  {
    name: 'an absolute target with a query only',
    send: 'GET http://@host?q HTTP/1.1\r\nHost: @host\r\n\r\n',
    origin: /^GET \/\?q HTTP/,
    check: 'plain',
  },
  {
    name: 'Host follows an absolute target',
    send: 'GET @/x HTTP/1.1\r\nhOst: other.test\r\n\r\n',
    origin: /^GET \/x HTTP\/1\.1\r\nhOst: @host\r\n\r\n$/,
    check: 'plain',
  },
  {
    name: 'an upper-case scheme',
    send: 'GET HTTP://@host/x HTTP/1.1\r\nHost: @host\r\n\r\n',
    origin: /^GET \/x HTTP/,
    check: 'plain',
  },
  {
    name: 'Proxy-Connection and Proxy-Authorization stay here',
    send: get('Proxy-Connection: Keep-Alive', 'Proxy-Authorization: Basic c2VjcmV0', 'X-A: 1'),
    origin: /^GET \/x HTTP\/1\.1\r\nHost: @host\r\nX-A: 1\r\n\r\n$/,
  },
  {
    name: 'fields named by Connection stay here',
    send: get('Connection: X-Hop, keep-alive', 'X-Hop: 1', 'X-Kept: 2'),
    origin: /^GET \/x HTTP\/1\.1\r\nHost: @host\r\nConnection: keep-alive\r\nX-Kept: 2\r\n\r\n$/,
  },
  {
    name: 'Connection cannot remove framing',
    send: post('abc', 'Connection: Content-Length', 'Content-Length: 3'),
    until: 'abc',
    origin: /Content-Length: 3\r\n\r\nabc$/,
  },
  { name: 'TE: trailers goes on', send: get('TE: trailers', 'Connection: TE') },
  {
    name: 'an offer of h2c is declined',
    send: get('Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABk'),
    origin: /^GET \/x HTTP\/1\.1\r\nHost: @host\r\n\r\n$/,
  },
  { name: 'Connection: close ends both', send: get('Connection: close'), after: 'fin' },
  {
    name: 'Expect: 100-continue is left to the origin',
    send: post('', 'Content-Length: 3', 'Expect: 100-continue'),
    reply: async (c) => {
      c.send('HTTP/1.1 100 Continue\r\n\r\n')
      await c.take(3)
      c.send(ok)
    },
    later: 'abc',
    client: `HTTP/1.1 100 Continue\r\n\r\n${ok}`,
    origin: /abc$/,
  },
  {
    name: 'Expect answered 417 at once',
    send: post('', 'Content-Length: 3', 'Expect: 100-continue'),
    reply: 'HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
    end: 'fin',
    after: 'fin',
  },
]

const responses: RelayCase[] = [
  {
    name: 'names, order, duplicates of a response',
    send: get(),
    reply: reply('SeRVer: x', 'set-cookie: a=1', 'Set-Cookie: b=2', 'X-E:', 'sErver: y'),
  },
  { name: 'no reason phrase', send: get(), reply: 'HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nok' },
  { name: 'no space after the status', send: get(), reply: 'HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok' },
  {
    name: 'a reason phrase of its own, with high octets',
    send: get(),
    reply: 'HTTP/1.1 299 \xc9t\xe9 fine!\r\nContent-Length: 0\r\n\r\n',
  },
  { name: 'status 999', send: get(), reply: 'HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n' },
  { name: 'octets above 0x7f in a response field', send: get(), reply: reply('X-L: \xe9\xff') },
  { name: 'no Date is added', send: get(), reply: 'HTTP/1.1 204 No Content\r\n\r\n' },
  {
    name: 'a 304 with Content-Length',
    send: get(),
    reply: 'HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\nETag: "a"\r\n\r\n',
    after: 'open',
  },
  {
    name: 'HEAD with Content-Length',
    send: 'HEAD @/x HTTP/1.1\r\nHost: @host\r\n\r\n',
    reply: 'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n',
    after: 'open',
  },
  {
    name: 'HEAD with Transfer-Encoding',
    send: 'HEAD @/x HTTP/1.1\r\nHost: @host\r\n\r\n',
    reply: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n',
    after: 'open',
  },
  {
    name: 'a chunked response',
    send: get(),
    reply: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
    after: 'open',
  },
  {
    name: 'chunk extensions in a response',
    send: get(),
    reply: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0;z\r\n\r\n',
  },
  {
    name: 'response trailers',
    send: get('TE: trailers'),
    reply:
      'HTTP/1.1 200 OK\r\nTrailer: X-T\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-T: 9\r\nx-t: 10\r\n\r\n',
  },
  {
    name: 'a chunk split across writes',
    send: get(),
    reply: async (c) => {
      for (const part of [
        'HTTP/1.1 200 OK\r\nTransfer-Enc',
        'oding: chunked\r\n\r',
        '\n',
        '1',
        '0\r\n0123456789',
        'abcdef\r',
        '\n0\r\n',
        '\r\n',
      ]) {
        c.send(part)
        await pause(5)
      }
    },
    client: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n0123456789abcdef\r\n0\r\n\r\n',
  },
  {
    name: 'a body that ends with the connection',
    send: get(),
    reply: 'HTTP/1.1 200 OK\r\n\r\nhello',
    end: 'fin',
    after: 'fin',
  },
  { name: 'an HTTP/1.0 response', send: get(), reply: 'HTTP/1.0 200 OK\r\n\r\nhello', end: 'fin', after: 'fin' },
  {
    name: 'Connection: close from the origin',
    send: get(),
    reply: reply('Connection: close'),
    end: 'fin',
    after: 'fin',
  },
  {
    name: '103 Early Hints',
    send: get(),
    reply: `HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\nlink: </b.css>\r\n\r\n${ok}`,
  },
  { name: 'an unasked 100', send: get(), reply: `HTTP/1.1 100 Continue\r\n\r\n${ok}` },
  {
    name: '102 twice',
    send: get(),
    reply: `HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 102 Processing\r\nX: 1\r\n\r\n${ok}`,
  },
  { name: 'an unknown 1xx', send: get(), reply: `HTTP/1.1 199 Soon\r\n\r\n${ok}` },
  {
    name: 'a redirect is passed on',
    send: get(),
    reply: 'HTTP/1.1 302 Found\r\nLocation: http://elsewhere.test/\r\nContent-Length: 0\r\n\r\n',
  },
  {
    name: 'a coded body is not decoded',
    send: get('Accept-Encoding: br'),
    reply: 'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\0\xff',
  },
  { name: 'Upgrade offered by the origin', send: get(), reply: reply('Upgrade: h2,h2c', 'Connection: Upgrade') },
  {
    name: 'an answer before the request is complete',
    send: post('ab', 'Content-Length: 4'),
    reply: 'HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n',
    later: 'cd',
    origin: /abcd$/,
    after: 'open',
  },
  {
    name: 'a large head',
    send: get(),
    reply: reply(...Array.from({ length: 5000 }, (_, i) => `X-${i}: ${'v'.repeat(40)}`)),
  },
  {
    name: 'server-sent events at once',
    send: get(),
    reply: async (c) => {
      c.send('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n')
      await pause(60)
      c.send('data: 2\n\n')
      c.fin()
    },
    client: 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\ndata: 2\n\n',
    after: 'fin',
  },
  {
    name: 'an empty chunked body',
    send: get(),
    reply: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    after: 'open',
  },
]

const lenient: RelayCase[] = [
  {
    name: 'bare LF in a response head',
    send: get(),
    reply: 'HTTP/1.1 200 OK\nContent-Length: 2\nX-A: 1\n\nok',
    client: 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A: 1\r\n\r\nok',
  },
  {
    name: 'mixed line ends in a response head',
    send: get(),
    reply: 'HTTP/1.1 200 OK\r\nContent-Length: 2\nX-A: 1\r\n\r\nok',
    client: 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A: 1\r\n\r\nok',
  },
  {
    name: 'bare LF in a chunked body',
    send: get(),
    reply: 'HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n2\nok\n0\n\n',
    client: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\nok\n0\n\n',
    after: 'fin',
  },
  {
    name: 'a folded response field',
    send: get(),
    reply: 'HTTP/1.1 200 OK\r\nX-A: 1\r\n  2\r\nContent-Length: 2\r\n\r\nok',
    client: 'HTTP/1.1 200 OK\r\nX-A: 1 2\r\nContent-Length: 2\r\n\r\nok',
  },
  {
    name: 'a space before the colon of a response field',
    send: get(),
    reply: 'HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok',
  },
  {
    name: 'a response line that is no field',
    send: get(),
    reply: 'HTTP/1.1 200 OK\r\nnonsense\r\nContent-Length: 2\r\n\r\nok',
  },
  { name: 'ICY 200 OK', send: get(), reply: 'ICY 200 OK\r\nicy-name: r\r\n\r\nmp3', end: 'fin', after: 'fin' },
  {
    name: 'HTTP/2.0 in a status line',
    send: get(),
    reply: 'HTTP/2.0 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok',
  },
  {
    name: 'two equal Content-Length lines',
    send: get(),
    reply: 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok',
  },
  {
    name: 'Transfer-Encoding wins over Content-Length',
    send: get(),
    reply: 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
    client: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
  },
  {
    name: 'gzip, chunked as transfer codings',
    send: get(),
    reply: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
  },
  {
    name: 'Transfer-Encoding: identity',
    send: get(),
    reply: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\nok',
    end: 'fin',
    after: 'fin',
  },
]

const failures: RelayCase[] = [
  {
    name: 'a body cut by FIN is cut',
    send: get(),
    reply: 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello',
    end: 'fin',
    after: 'ended',
    outcome: 'RESPONSE_CUT',
  },
  {
    name: 'a chunked body cut by FIN is cut',
    send: get(),
    reply: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n',
    end: 'fin',
    after: 'ended',
    outcome: 'RESPONSE_CUT',
  },
  {
    name: 'a chunk cut in the middle is cut',
    send: get(),
    reply: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe',
    end: 'fin',
    after: 'ended',
    outcome: 'RESPONSE_CUT',
  },
  {
    name: 'a body cut by RST is reset',
    send: get(),
    reply: 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello',
    end: 'rst',
    after: 'rst',
    outcome: 'ECONNRESET',
  },
  {
    name: 'a body without length cut by RST is reset',
    send: get(),
    reply: 'HTTP/1.1 200 OK\r\n\r\nhello',
    end: 'rst',
    after: 'rst',
    outcome: 'ECONNRESET',
  },
  {
    name: 'a chunked body with a broken size',
    send: get(),
    reply: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n',
    client: /hello\r\nzz\r\n$/,
    after: 'ended',
    outcome: 'RESPONSE_MALFORMED',
  },
  {
    name: 'a connection closed without an answer',
    send: get(),
    reply: '',
    end: 'fin',
    client: /^HTTP\/1\.1 502 [\s\S]*"code":"UPSTREAM_CLOSED"/,
    outcome: 'UPSTREAM_CLOSED',
  },
  {
    name: 'a connection reset without an answer',
    send: get(),
    reply: '',
    end: 'rst',
    client: /^HTTP\/1\.1 502 [\s\S]*"code":"ECONNRESET"/,
    outcome: 'ECONNRESET',
  },
  {
    name: 'a head cut by FIN',
    send: get(),
    reply: 'HTTP/1.1 200 OK\r\nConte',
    end: 'fin',
    after: 'ended',
    outcome: 'RESPONSE_MALFORMED',
  },
  {
    name: 'a head cut by RST',
    send: get(),
    reply: 'HTTP/1.1 200 OK\r\nConte',
    end: 'rst',
    after: 'rst',
    outcome: 'ECONNRESET',
  },
  {
    name: 'an SSH banner',
    send: get(),
    reply: 'SSH-2.0-OpenSSH_9.2\r\n',
    client: /^HTTP\/1\.1 502 [\s\S]*"received":"SSH-2.0/,
    outcome: 'RESPONSE_MALFORMED',
  },
  {
    name: 'a status line that cannot be read',
    send: get(),
    reply: 'HTTP/1.1 OK 200\r\n\r\n',
    client: /^HTTP\/1\.1 502 /,
    outcome: 'RESPONSE_MALFORMED',
  },
  {
    name: 'two different Content-Lengths',
    send: get(),
    reply: 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok',
    client: /^HTTP\/1\.1 502 /,
    outcome: 'RESPONSE_FRAMING',
  },
  {
    name: 'a Content-Length that is no number',
    send: get(),
    reply: 'HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\nok',
    client: /^HTTP\/1\.1 502 /,
    outcome: 'RESPONSE_FRAMING',
  },
  {
    name: 'octets after the end of a response are not passed on',
    send: get(),
    reply: `${ok}HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nextra`,
    client: ok,
    after: 'fin',
    outcome: 'complete',
  },
  {
    name: 'an HTML problem page for a browser',
    send: get('Accept: text/html'),
    reply: '',
    end: 'fin',
    client: /^HTTP\/1\.1 502 Bad Gateway\r\nVia: 1\.1 telltale\r\nContent-Type: text\/html[\s\S]*UPSTREAM_CLOSED/,
    outcome: 'UPSTREAM_CLOSED',
  },
]

const framing = (name: string, send: string, code = 'REQUEST_FRAMING', status = 400): RelayCase => ({
  name: `refused: ${name}`,
  send,
  origin: null,
  client: new RegExp(`^HTTP/1\\.1 ${status} [\\s\\S]*"code":"${code}"`),
  after: 'fin',
  ...(code === '' ? {} : { outcome: code }),
})
const malformed = (name: string, send: string): RelayCase => framing(name, send, 'REQUEST_MALFORMED')

const refused: RelayCase[] = [
  framing(
    'Content-Length with Transfer-Encoding',
    post('0\r\n\r\n', 'Content-Length: 5', 'Transfer-Encoding: chunked'),
  ),
  framing(
    'Transfer-Encoding with Content-Length',
    post('0\r\n\r\n', 'Transfer-Encoding: chunked', 'Content-Length: 5'),
  ),
  framing('two Content-Length lines', post('abc', 'Content-Length: 3', 'Content-Length: 3')),
  ...['+3', '-3', '0x3', '3, 3', '3,4', '3 3', '3;', ' ', '', '1e1', '3.0', '\xb2', '99999999999999999999'].map(
    (value) => framing(`Content-Length: ${JSON.stringify(value)}`, post('abc', `Content-Length: ${value}`)),
  ),
  ...[
    'xchunked',
    'chunked, identity',
    'gzip, chunked',
    'identity',
    'chunked;q=1',
    '"chunked"',
    'chunk',
    'chunked, chunked',
    '',
  ].map((value) =>
    framing(`Transfer-Encoding: ${JSON.stringify(value)}`, post('0\r\n\r\n', `Transfer-Encoding: ${value}`)),
  ),
  framing('two Transfer-Encoding lines', post('0\r\n\r\n', 'Transfer-Encoding: chunked', 'Transfer-Encoding: chunked')),
  framing(
    'Transfer-Encoding in HTTP/1.0',
    'POST @/x HTTP/1.0\r\nHost: @host\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  ),
  malformed('a space before the colon', get('Content-Length : 3')),
  malformed('a tab before the colon', get('X-A\t: 3')),
  malformed('a folded field', get('X-A: 1', ' 2')),
  malformed('a folded first field', 'GET @/x HTTP/1.1\r\n Host: @host\r\n\r\n'),
  malformed('a NUL in a field', get('X-A: a\0b')),
  malformed('a bare CR in a field', get('X-A: a\rb')),
  malformed('a bare CR before a name', get('X-A: a\r\rX: b')),
  malformed('CR LF CR in place of the end of a head', `GET @/x HTTP/1.1\r\nHost: @host\r\n\rX-A: 1\r\n\r\n`),
  malformed('CR LF CR and a second request', `${get('X-A: 1').slice(0, -2)}\rGET @/y HTTP/1.1\r\nHost: @host\r\n\r\n`),
  malformed('a field without a name', get(': v')),
  malformed('a field without a colon', get('nonsense')),
  malformed('a name with a space', get('X A: v')),
  malformed('bare LF line ends', 'GET @/x HTTP/1.1\nHost: @host\n\n'),
  malformed('one bare LF', 'GET @/x HTTP/1.1\r\nHost: @host\nX: 1\r\n\r\n'),
  malformed('two Host lines', 'GET @/x HTTP/1.1\r\nHost: @host\r\nHost: @host\r\n\r\n'),
  malformed('no Host line', 'GET @/x HTTP/1.1\r\n\r\n'),
  malformed('a Host that is none', 'GET @/x HTTP/1.1\r\nHost: a b\r\n\r\n'),
  malformed('a Host with a path', 'GET @/x HTTP/1.1\r\nHost: a.test/b\r\n\r\n'),
  malformed('two spaces after the method', 'GET  @/x HTTP/1.1\r\nHost: @host\r\n\r\n'),
  malformed('a space in the target', 'GET @/x y HTTP/1.1\r\nHost: @host\r\n\r\n'),
  malformed('a control character in the target', 'GET @/x\x01 HTTP/1.1\r\nHost: @host\r\n\r\n'),
  malformed('HTTP/1.2', 'GET @/x HTTP/1.2\r\nHost: @host\r\n\r\n'),
  malformed('HTTP/2.0 in a request line', 'GET @/x HTTP/2.0\r\nHost: @host\r\n\r\n'),
  malformed('a request line without a version', 'GET @/x\r\nHost: @host\r\n\r\n'),
  framing('CONNECT inside a tunnel', 'CONNECT @host HTTP/1.1\r\nHost: @host\r\n\r\n', 'CONNECT_REFUSED'),
]

const brokenBody = (name: string, body: string): RelayCase => ({
  name: `a broken body: ${name}`,
  send: post(body, 'Transfer-Encoding: chunked'),
  reply: '',
  origin: /^(?![\s\S]*SMUGGLED)/,
  client: /^HTTP\/1\.1 400 [\s\S]*"code":"REQUEST_FRAMING"/,
  after: 'fin',
  outcome: 'REQUEST_FRAMING',
})
const smuggled = 'GET /SMUGGLED HTTP/1.1\r\nHost: a\r\n\r\n'

const bodies: RelayCase[] = [
  brokenBody('a chunk size that is no number', `zz\r\n${smuggled}`),
  brokenBody('a negative chunk size', `-1\r\n${smuggled}`),
  brokenBody('a chunk size with 0x', `0x3\r\nabc\r\n0\r\n\r\n${smuggled}`),
  brokenBody('a chunk size with a sign', `+3\r\nabc\r\n0\r\n\r\n${smuggled}`),
  brokenBody('a chunk that is longer than its size', `3\r\nabcd\r\n0\r\n\r\n${smuggled}`),
  brokenBody('a chunk line with bare LF', `3\nabc\r\n0\r\n\r\n${smuggled}`),
  brokenBody('chunk data that ends with bare LF', `3\r\nabc\n0\r\n\r\n${smuggled}`),
  brokenBody('a last chunk with bare LF', `3\r\nabc\r\n0\n\n${smuggled}`),
  brokenBody('a bare CR in a chunk extension', `3;a\rb\r\nabc\r\n0\r\n\r\n${smuggled}`),
  brokenBody('a NUL in a chunk extension', `3;a\0b\r\nabc\r\n0\r\n\r\n${smuggled}`),
  brokenBody('an enormous chunk size', `${'f'.repeat(17)}\r\nabc\r\n0\r\n\r\n${smuggled}`),
  brokenBody('an endless chunk extension', `3;${'a'.repeat(20_000)}\r\nabc\r\n0\r\n\r\n${smuggled}`),
  brokenBody('a folded trailer', `0\r\nX: 1\r\n 2\r\n\r\n${smuggled}`),
  brokenBody('a trailer without a colon', `0\r\nnonsense\r\n\r\n${smuggled}`),
]

const onlyPlain: RelayCase[] = [
  {
    ...framing('origin form on the proxy port', 'GET /x HTTP/1.1\r\nHost: @host\r\n\r\n', 'REQUEST_NOT_PROXY'),
    check: 'plain',
  },
  {
    ...framing('an ftp target', 'GET ftp://@host/x HTTP/1.1\r\nHost: @host\r\n\r\n', 'REQUEST_NOT_PROXY'),
    check: 'plain',
  },
  {
    ...framing(
      'a target with port 0',
      'GET http://localhost:0/ HTTP/1.1\r\nHost: localhost:0\r\n\r\n',
      'REQUEST_NOT_PROXY',
    ),
    check: 'plain',
  },
  ...['nonsense', ':443', 'localhost', 'localhost:0', 'localhost:99999', 'http://localhost/', '[::1:443', 'a b:1'].map(
    (target): RelayCase => ({
      name: `refused: CONNECT ${target}`,
      send: `CONNECT ${target} HTTP/1.1\r\nHost: x\r\n\r\n`,
      origin: null,
      client: /^HTTP\/1\.1 400 /,
      after: 'fin',
      check: 'plain',
    }),
  ),
]

export const relayCases: readonly RelayCase[] = [
  ...requests,
  ...responses,
  ...lenient,
  ...failures,
  ...refused,
  ...bodies,
  ...onlyPlain,
]
