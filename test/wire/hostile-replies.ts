// Hostile origins over HTTP/1: garbage, ambiguous and endless heads, broken framing, cuts at every point, bombs and surprises.
import { gzipSync } from 'node:zlib'
import { type HostileCase, head, ok, post, type Step, wait } from './hostile-case.ts'

const reply = (name: string, origin: readonly Step[], more: Partial<HostileCase> = {}): HostileCase => ({
  name,
  client: [head()],
  origin,
  ...more,
})
const bad = (name: string, text: string, told = /RESPONSE_MALFORMED/): HostileCase =>
  reply(name, [text], { got: /^HTTP\/1\.1 502 [\s\S]*problem\+json/, told })
const passes = (name: string, text: string, got: RegExp, told = /complete/): HostileCase =>
  reply(name, [text], { got, told })

const heads: HostileCase[] = [
  bad('an SSH banner', 'SSH-2.0-OpenSSH_9.2\r\n'),
  bad('an SMTP greeting', '220 mail.test ESMTP\r\n'),
  bad('HTML without a head', '<html>hello</html>'),
  bad('JSON without a head', '{"a":1}'),
  bad('a TLS alert', '\x15\x03\x01\x00\x02\x02\x46'),
  bad('octets of nothing', '\0\0\0\0'),
  bad('a status of words', 'HTTP/1.1 OK 200\r\n\r\n'),
  bad('a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n'),
  bad('a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\n'),
  bad('a negative status', 'HTTP/1.1 -20 OK\r\n\r\n'),
  bad('no status', 'HTTP/1.1\r\n\r\n'),
  bad('two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 5\r\n\r\nokHTTP/', /RESPONSE_FRAMING/),
  bad('a negative length', 'HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok', /RESPONSE_FRAMING/),
  bad('a length with a sign', 'HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nok', /RESPONSE_FRAMING/),
  bad('a length in hex', 'HTTP/1.1 200 OK\r\nContent-Length: 0x2\r\n\r\nok', /RESPONSE_FRAMING/),
  bad('lengths in a list that differ', 'HTTP/1.1 200 OK\r\nContent-Length: 2, 3\r\n\r\nok', /RESPONSE_FRAMING/),
  bad('a head of 700 kB', `HTTP/1.1 200 OK\r\nX: ${'a'.repeat(700_000)}`),
  passes('status 999', 'HTTP/1.1 999 Denied\r\nContent-Length: 2\r\n\r\nok', /^HTTP\/1\.1 999 Denied/),
  passes('status 000', 'HTTP/1.1 000 What\r\nContent-Length: 2\r\n\r\nok', /^HTTP\/1\.1 000 What|^HTTP\/1\.1 502/, /./),
  passes(
    'twenty thousand lines',
    `HTTP/1.1 200 OK\r\n${Array.from({ length: 20_000 }, (_, i) => `X-${i}: v\r\n`).join('')}Content-Length: 2\r\n\r\nok`,
    /X-19999: v\r\nContent-Length: 2\r\n\r\nok$/,
  ),
  passes(
    'bare LF',
    'HTTP/1.1 200 OK\nContent-Length: 2\n\nok',
    /^HTTP\/1\.1 200 OK\r?\nContent-Length: 2\r?\n\r?\nok$/,
  ),
  passes('a folded line', 'HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 2\r\n\r\nok', /X: a b\r\n[\s\S]*ok$/),
  passes(
    'a folded line that looks like a length',
    'HTTP/1.1 200 OK\r\nX: a\r\n Content-Length: 9\r\nContent-Length: 2\r\n\r\nok',
    /X: a Content-Length: 9\r\nContent-Length: 2\r\n\r\nok$/,
  ),
  passes(
    'TE and CL',
    'HTTP/1.1 200 OK\r\nContent-Length: 50\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
    /^HTTP\/1\.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok/,
  ),
  passes('a line without a colon', 'HTTP/1.1 200 OK\r\nnothing\r\nContent-Length: 2\r\n\r\nok', /ok$/),
  passes('HTTP/2.0 in the status line', 'HTTP/2.0 200 OK\r\nContent-Length: 2\r\n\r\nok', /ok$/),
  passes('ICY', 'ICY 200 OK\r\nContent-Length: 2\r\n\r\nok', /ok$/),
  passes('an escape sequence in the reason', 'HTTP/1.1 200 \x1b[2J\r\nContent-Length: 2\r\n\r\nok', /ok$/),
  passes(
    'ten thousand cookies',
    `HTTP/1.1 200 OK\r\n${'Set-Cookie: a=b\r\n'.repeat(10_000)}Content-Length: 2\r\n\r\nok`,
    /ok$/,
  ),
  passes(
    'a field value of 200 kB',
    `HTTP/1.1 200 OK\r\nX: ${'\xff'.repeat(200_000)}\r\nContent-Length: 2\r\n\r\nok`,
    /\xff\r\nContent-Length: 2\r\n\r\nok$/,
  ),
]

const framings: readonly (readonly [string, string, readonly number[]])[] = [
  [
    'a length',
    'HTTP/1.1 200 OK\r\nContent-Length: 10\r\nX-A: 1\r\n\r\n0123456789',
    [0, 1, 6, 12, 16, 17, 30, 36, 38, 45, 46, 48, 49, 50, 56],
  ],
  [
    'chunks',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\n01234\r\n5\r\n56789\r\n0\r\nX-T: 1\r\n\r\n',
    [20, 45, 47, 48, 52, 53, 54, 57, 59, 60, 61, 63, 66, 69, 70, 71, 72, 73, 76, 80, 82],
  ],
]
/** Cut by FIN or RST at each of these octets: what came is passed on, and nothing that could be taken for the end. */
const cuts: HostileCase[] = framings.flatMap(([name, text, points]) =>
  points.flatMap((at) =>
    (['fin', 'rst'] as const).map((how) =>
      reply(`an answer by ${name} cut by ${how} at octet ${at}`, [text.slice(0, at), wait(10), how], {
        never: name === 'chunks' ? /0\r\n(?:X-T: 1\r\n)?\r\n$/ : /0123456789/,
        ends: at === 0 ? 'open' : how,
        told: /UPSTREAM_CLOSED|RESPONSE_CUT|RESPONSE_MALFORMED|ECONNRESET/,
      }),
    ),
  ),
)

const chunked = (body: string): string => `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${body}`
const bodies: HostileCase[] = [
  ...[
    ['a size that is no number', '5\r\nhello\r\nzz\r\nworld\r\n0\r\n\r\n'],
    ['a size beyond all numbers', '5\r\nhello\r\nffffffffffffffffff\r\nworld\r\n0\r\n\r\n'],
    ['data longer than its size', '5\r\nhello world\r\n0\r\n\r\n'],
    ['data shorter than its size', '9\r\nhello\r\n0\r\n\r\n'],
    ['endless extensions', `5;${'a'.repeat(20_000)}\r\nhello\r\n0\r\n\r\n`],
    ['trailers of 300 kB', `5\r\nhello\r\n0\r\n${`A: ${'a'.repeat(1000)}\r\n`.repeat(300)}\r\n`],
  ].map(([name = '', body = '']) =>
    reply(`chunks: ${name}`, [chunked(body), wait(20), 'fin'], {
      ends: 'gone',
      told: /RESPONSE_MALFORMED|RESPONSE_CUT/,
      never: name === 'data shorter than its size' ? /^$/ : /\r\n0\r\n\r\n$/,
    }),
  ),
  passes('chunks with bare LF', chunked('5\nhello\n0\n\n'), /hello\r?\n0\r?\n\r?\n$/),
  passes(
    'framing fields in trailers',
    chunked('2\r\nok\r\n0\r\nContent-Length: 50\r\nTransfer-Encoding: gzip\r\n\r\n'),
    /ok\r\n0\r\nContent-Length: 50/,
  ),
  passes(
    'a coding that is not chunked',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\nConnection: close\r\n\r\nxyz',
    /xyz$/,
    /./,
  ),
  passes('extra octets after the end', `${ok}HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nextra`, /ok$/),
  passes('a second answer nobody asked for', ok + ok, /^HTTP\/1\.1 200 OK\r\nContent-Length: 2\r\n\r\nok$/),
  passes('204 with a body', 'HTTP/1.1 204 No Content\r\n\r\nsurprise', /^HTTP\/1\.1 204 No Content\r\n\r\n$/),
  passes(
    '304 with a length',
    'HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\n\r\n',
    /Content-Length: 500\r\n\r\n$/,
  ),
  passes('gzip that is none', 'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nplain', /plain$/),
  passes('br that is none', 'HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 5\r\n\r\nplain', /plain$/),
  passes(
    'twenty codings',
    `HTTP/1.1 200 OK\r\nContent-Encoding: ${'gzip, '.repeat(19)}gzip\r\nContent-Length: 2\r\n\r\nok`,
    /ok$/,
  ),
  reply('HEAD answered with a body', ['HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody'], {
    client: ['HEAD @u HTTP/1.1\r\nHost: @host\r\n\r\n'],
    got: /Content-Length: 4\r\n\r\n$/,
    never: /body/,
    told: /complete/,
  }),
  reply(
    'an answer octet by octet',
    ok.split('').flatMap((octet) => [octet, wait(1)]),
    { got: /ok$/, told: /complete/ },
  ),
  reply('an answer that stalls until the client leaves', ['HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc'], {
    client: [head(), wait(80), 'fin'],
    got: /abc$/,
    ends: 'gone',
    told: /CLIENT_CLOSED|RESPONSE_CUT/,
  }),
]

const bombs: HostileCase[] = (['gzip', 'gzip, gzip'] as const).map((coding) => {
  const once = gzipSync(Buffer.alloc(20_000_000))
  const body = coding === 'gzip' ? once : gzipSync(once)
  const lines = `HTTP/1.1 200 OK\r\nContent-Encoding: ${coding}\r\nContent-Length: ${body.length}\r\n\r\n`
  return reply(`a bomb of ${coding}`, [Buffer.concat([Buffer.from(lines), body])], {
    got: new RegExp(`^[\\s\\S]{${lines.length + body.length}}$`),
    told: /complete/,
  })
})

const surprises: HostileCase[] = [
  reply('an answer before the request', [ok], {
    client: [wait(40), head()],
    atOnce: true,
    way: 'tunnel',
    got: /ok$/,
  }),
  passes(
    '100 that nobody asked for',
    `HTTP/1.1 100 Continue\r\n\r\n${ok}`,
    /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200/,
  ),
  passes(
    'a thousand times 100',
    'HTTP/1.1 100 Continue\r\n\r\n'.repeat(1000) + ok,
    /^(?:HTTP\/1\.1 100 Continue\r\n\r\n){1000}HTTP\/1\.1 200[\s\S]*ok$/,
  ),
  passes(
    'an interim answer with fields',
    `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${ok}`,
    /^HTTP\/1\.1 103[\s\S]*ok$/,
  ),
  passes('199', `HTTP/1.1 199 Odd\r\nX: 1\r\n\r\n${ok}`, /^HTTP\/1\.1 199 Odd[\s\S]*ok$/),
  reply('103 and then FIN', ['HTTP/1.1 103 Early Hints\r\n\r\n', wait(20), 'fin'], {
    got: /^HTTP\/1\.1 103/,
    told: /UPSTREAM_CLOSED/,
  }),
  reply('103 and then RST', ['HTTP/1.1 103 Early Hints\r\n\r\n', wait(20), 'rst'], {
    got: /^HTTP\/1\.1 103/,
    told: /ECONNRESET/,
  }),
  reply(
    '101 that nobody asked for',
    ['HTTP/1.1 101 Switching Protocols\r\nUpgrade: odd\r\nConnection: Upgrade\r\n\r\nodd octets', wait(30), 'fin'],
    { got: /odd octets$/, ends: 'gone', told: /receiving|complete/ },
  ),
  reply('101 without an Upgrade field', ['HTTP/1.1 101 Switching Protocols\r\n\r\nxyz', wait(30), 'fin'], {
    got: /xyz$/,
    ends: 'gone',
    told: /receiving|complete/,
  }),
  reply(
    '101 for a WebSocket, then garbage',
    [
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
      Buffer.from('ffffffffffffffff', 'hex'),
      wait(20),
      'rst',
    ],
    {
      client: [
        head(
          'Connection: Upgrade',
          'Upgrade: websocket',
          'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
          'Sec-WebSocket-Version: 13',
        ),
      ],
      got: /\xff{8}$/,
      ends: 'gone',
      told: /ECONNRESET/,
    },
  ),
  reply(
    'a WebSocket frame of a tebibyte',
    [
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
      Buffer.from('827f00000100000000006161', 'hex'),
      wait(20),
      'fin',
    ],
    {
      client: [
        head(
          'Connection: Upgrade',
          'Upgrade: websocket',
          'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
          'Sec-WebSocket-Version: 13',
        ),
      ],
      got: /aa$/,
      ends: 'gone',
      told: /receiving|complete/,
    },
  ),
  reply(
    'a deflate bomb in a WebSocket',
    [
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n',
      Buffer.from('c27e0004ffffffff', 'hex'),
      wait(20),
      'fin',
    ],
    {
      client: [
        head(
          'Connection: Upgrade',
          'Upgrade: websocket',
          'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
          'Sec-WebSocket-Version: 13',
        ),
      ],
      got: /\xff{4}$/,
      ends: 'gone',
      told: /receiving|complete/,
    },
  ),
  reply(
    '413 and RST while the upload runs',
    ['HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n', wait(20), 'rst'],
    {
      client: [post('a'.repeat(500_000), 'Content-Length: 1000000')],
      got: /^HTTP\/1\.1 413/,
      ends: 'gone',
      told: /complete|ECONNRESET/,
    },
  ),
  reply('RST while the upload runs', ['rst'], {
    client: [post('a'.repeat(500_000), 'Content-Length: 1000000')],
    told: /ECONNRESET|EPIPE/,
  }),
  reply('FIN as soon as it is connected', ['fin'], {
    atOnce: true,
    told: /UPSTREAM_CLOSED|ECONNRESET|EPIPE/,
    got: /^HTTP\/1\.1 502/,
  }),
  reply('RST as soon as it is connected', ['rst'], {
    atOnce: true,
    told: /UPSTREAM_CLOSED|ECONNRESET|EPIPE/,
    got: /^HTTP\/1\.1 502/,
  }),
  reply('silence, until the client leaves', [], {
    client: [head(), wait(60), 'rst'],
    ends: 'gone',
    told: /CLIENT_CLOSED/,
  }),
  reply(
    'a redirect to ourselves',
    ['HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:@self/\r\nContent-Length: 0\r\n\r\n'],
    { got: /^HTTP\/1\.1 302/, told: /complete/ },
  ),
  reply(
    'HTML with a script in the reason phrase',
    ['HTTP/1.1 500 <script>alert(1)</script>\r\nContent-Length: 2\r\n\r\nok'],
    { got: /ok$/, told: /complete/ },
  ),
]

const overTls = (cases: readonly HostileCase[]): HostileCase[] =>
  cases.map((one) => ({ ...one, name: `${one.name}, in TLS`, way: 'tls' as const }))

export const hostileReplies: readonly HostileCase[] = [
  ...heads,
  ...cuts,
  ...bodies,
  ...bombs,
  ...surprises,
  ...overTls([
    ...heads.slice(0, 8),
    ...cuts.filter((_, i) => i % 4 < 2),
    ...bodies.slice(0, 6),
    ...surprises.slice(5, 9),
  ]),
]
