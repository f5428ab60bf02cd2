// Hostile HTTP/2, frame by frame: floods, frames that must not be, fields that must not be, from either side.
import {
  fieldBlock,
  flags,
  frame,
  frameTypes,
  goaway,
  number32,
  ok200,
  preface,
  request,
  rstStream,
  settings,
  windowUpdate,
} from '../support/http2-frames.ts'
import { type HostileCase, type Step, wait } from './hostile-case.ts'

const begin = Buffer.concat([preface, settings()])
const get = (stream = 1): Buffer => request(stream, 'localhost', '/h2')
const { data, headers, continuation, ping, pushPromise, priority } = frameTypes
const plain = [':method', 'GET', ':scheme', 'http', ':authority', 'localhost', ':path', '/h2']
const block = (...pairs: string[]): Buffer =>
  frame(headers, flags.endHeaders | flags.endStream, 1, fieldBlock(...pairs))
const many = (count: number, make: (index: number) => Buffer): Buffer =>
  Buffer.concat(Array.from({ length: count }, (_, i) => make(i)))
/** The client's answer to its request has begun. */
const answered = /\x00\x00\x01\x01[\x04\x05]\x00\x00\x00\x01\x88/

const client = (name: string, steps: readonly Step[], more: Partial<HostileCase> = {}): HostileCase => ({
  name: `client: ${name}`,
  way: 'h2',
  client: [begin, ...steps],
  origin: [ok200(1, true)],
  ...more,
})
/** The connection ends, or the stream is reset: what was wrong goes no further. */
const refused = (name: string, octets: Buffer): HostileCase =>
  client(name, [octets], { got: /\x00\x00\x04\x03\x00|\x07\x00\x00\x00\x00\x00/, never: answered })

const fromClients: HostileCase[] = [
  client(
    'rapid reset, five hundred times',
    [many(500, (i) => Buffer.concat([get(i * 2 + 1), rstStream(i * 2 + 1, 8)])), wait(50), 'rst'],
    { ends: 'gone' },
  ),
  client('settings, ten thousand times', [many(10_000, () => settings([3, 100])), wait(30), 'rst'], { ends: 'gone' }),
  client('pings, ten thousand times', [many(10_000, () => frame(ping, 0, 0, '12345678')), wait(30), 'rst'], {
    ends: 'gone',
  }),
  client(
    'priorities, ten thousand times',
    [many(10_000, () => frame(priority, 0, 1, Buffer.from([0, 0, 0, 3, 1]))), get(), wait(30), 'rst'],
    { ends: 'gone' },
  ),
  client(
    'empty data, ten thousand times',
    [request(1, 'localhost', '/h2', false), many(10_000, () => frame(data, 0, 1)), wait(30), 'rst'],
    { ends: 'gone' },
  ),
  client(
    'continuations without end',
    [
      frame(headers, flags.endStream, 1, fieldBlock(...plain)),
      many(5_000, () => frame(continuation, 0, 1, fieldBlock('x', 'a'.repeat(100)))),
      wait(30),
      'rst',
    ],
    { ends: 'gone' },
  ),
  client(
    'a field list of four megabytes',
    [
      frame(headers, flags.endStream, 1, fieldBlock(...plain)),
      many(300, () => frame(continuation, 0, 1, fieldBlock('x', 'a'.repeat(15_000)))),
      frame(continuation, flags.endHeaders, 1),
      wait(30),
      'rst',
    ],
    { ends: 'gone', never: answered },
  ),
  client('a window that never opens', [settings([4, 0]), get(), wait(60), 'rst'], {
    origin: [settings(), ok200(1), frame(data, 0, 1, 'a'.repeat(10_000))],
    ends: 'gone',
    told: /CLIENT_CLOSED/,
  }),
  client('a thousand unknown frames, which are ignored', [many(1000, () => frame(0xee, 0xff, 0, 'what')), get()], {
    got: answered,
    told: /complete/,
  }),
  client('GOAWAY and then a request', [goaway(0, 0), get(), wait(30), 'rst'], { ends: 'gone' }),
  client('octets of nothing after the preface', [Buffer.alloc(100), wait(20), 'rst'], { ends: 'gone' }),
  client('HTTP/1.1 after the preface', ['GET / HTTP/1.1\r\nHost: x\r\n\r\n', wait(20), 'rst'], {
    ends: 'gone',
    never: answered,
  }),
  client('half a preface, then FIN', ['fin'], { client: [preface.subarray(0, 15), wait(20), 'fin'], never: answered }),
  client('a request and then RST of the connection', [get(), wait(30), 'rst'], {
    origin: [settings()],
    ends: 'gone',
    told: /CLIENT_CLOSED/,
  }),
  client('a frame cut in the middle, then FIN', [get().subarray(0, 20), wait(20), 'fin'], { ends: 'gone' }),
  refused('a frame larger than allowed', frame(data, 0, 1, Buffer.alloc(20_000))),
  refused('DATA on stream 0', frame(data, 0, 0, 'x')),
  refused('HEADERS on stream 0', frame(headers, flags.endHeaders | flags.endStream, 0, fieldBlock(...plain))),
  refused('HEADERS on an even stream', frame(headers, flags.endHeaders | flags.endStream, 2, fieldBlock(...plain))),
  refused('DATA before HEADERS', frame(data, 0, 1, 'x')),
  refused(
    'a promise from a client',
    frame(pushPromise, flags.endHeaders, 1, Buffer.concat([number32(2), fieldBlock(...plain)])),
  ),
  refused('PING of seven octets', frame(ping, 0, 0, '1234567')),
  refused('SETTINGS of five octets', frame(frameTypes.settings, 0, 0, '12345')),
  refused('SETTINGS on a stream', frame(frameTypes.settings, 0, 1)),
  refused('a window beyond 2^31', settings([4, 0x80000000])),
  refused('frames smaller than allowed', settings([5, 1])),
  refused('ENABLE_PUSH of 2', settings([2, 2])),
  refused('a window update of 0', windowUpdate(0, 0)),
  refused('window updates beyond 2^31', Buffer.concat([windowUpdate(0, 0x7fffffff), windowUpdate(0, 0x7fffffff)])),
  refused('RST of a stream that never was', rstStream(5, 8)),
  refused(
    'a field block that is none',
    frame(headers, flags.endHeaders | flags.endStream, 1, Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff])),
  ),
  refused('padding longer than its frame', frame(data, flags.padded, 1, Buffer.from([200, 1]))),
  refused('CONTINUATION without HEADERS', frame(continuation, flags.endHeaders, 1, fieldBlock('a', 'b'))),
  refused('an upper-case name', block(...plain, 'X-Upper', 'v')),
  refused('a pseudo field after a plain one', block(':method', 'GET', ':scheme', 'http', 'x', 'y', ':path', '/h2')),
  refused('no path', block(':method', 'GET', ':scheme', 'http', ':authority', 'localhost')),
  refused('two methods', block(...plain, ':method', 'POST')),
  refused('an unknown pseudo field', block(...plain, ':evil', 'x')),
  refused('a status in a request', block(...plain, ':status', '200')),
  refused('Connection', block(...plain, 'connection', 'close')),
  refused('Transfer-Encoding', block(...plain, 'transfer-encoding', 'chunked')),
  refused('TE of something else', block(...plain, 'te', 'gzip')),
  refused('a line end in a value', block(...plain, 'x', 'a\r\ny: b')),
  refused('NUL in a value', block(...plain, 'x', 'a\0b')),
  refused('a space in a name', block(...plain, 'x y', 'v')),
  refused('two lengths', block(...plain, 'content-length', '1', 'content-length', '2')),
  refused(
    'a length that is not kept',
    Buffer.concat([
      frame(headers, flags.endHeaders, 1, fieldBlock(...plain, 'content-length', '9')),
      frame(data, flags.endStream, 1, 'abc'),
    ]),
  ),
]

const origin = (name: string, steps: readonly Step[], more: Partial<HostileCase> = {}): HostileCase => ({
  name: `origin: ${name}`,
  way: 'h2',
  client: [begin, get()],
  origin: [...steps],
  told: /./,
  ...more,
})
const reset = {
  got: /\x00\x00\x04\x03\x00\x00\x00\x00\x01|\x07\x00\x00\x00\x00\x00|502/,
  told: /HTTP2_|UPSTREAM_CLOSED|RESPONSE_CUT/,
}
const status = (...pairs: string[]): Buffer => frame(headers, flags.endHeaders, 1, fieldBlock(...pairs))

const fromOrigins: HostileCase[] = [
  origin('HTTP/1.1 instead', [], {
    origin: ['HTTP/1.1 400 Bad Request\r\n\r\n', wait(20), 'fin'],
    atOnce: true,
    told: /HTTP2_NOT_SPOKEN/,
  }),
  origin('octets of nothing instead', [], { origin: [Buffer.alloc(200)], atOnce: true, told: /HTTP2_NOT_SPOKEN/ }),
  origin('FIN instead', [], { origin: ['fin'], atOnce: true, told: /UPSTREAM_CLOSED/ }),
  origin('RST instead', [], { origin: ['rst'], atOnce: true, told: /UPSTREAM_CLOSED|ECONNRESET/ }),
  origin('FIN after SETTINGS', ['fin'], { told: /UPSTREAM_CLOSED/ }),
  origin(
    'FIN in the middle of a frame',
    [ok200(1), frame(data, 0, 1, 'abcdef').subarray(0, 12), wait(10), 'fin'],
    reset,
  ),
  origin('RST within the answer', [ok200(1), frame(data, 0, 1, 'abc'), wait(10), 'rst'], reset),
  origin('DATA before HEADERS', [frame(data, 0, 1, 'x')], reset),
  origin('no status', [status('x', 'y')], reset),
  origin('a status of words', [status(':status', 'good')], reset),
  origin('a path in an answer', [status(':status', '200', ':path', '/')], reset),
  origin('an upper-case name', [status(':status', '200', 'X-Upper', 'v')], reset),
  origin('Connection', [status(':status', '200', 'connection', 'close')], reset),
  origin(
    'a line end in a value',
    [status(':status', '200', 'x', 'a\r\nSet-Cookie: b'), frame(data, flags.endStream, 1)],
    { told: /complete/, never: /Set-Cookie/ },
  ),
  origin('101, which HTTP/2 has not', [status(':status', '101')], reset),
  origin(
    'a length that is not kept',
    [status(':status', '200', 'content-length', '9'), frame(data, flags.endStream, 1, 'abc')],
    reset,
  ),
  origin(
    'a promise',
    [frame(pushPromise, flags.endHeaders, 1, Buffer.concat([number32(2), fieldBlock(...plain)]))],
    reset,
  ),
  origin('a frame larger than allowed', [ok200(1), frame(data, 0, 1, Buffer.alloc(20_000))], reset),
  origin('an answer on a stream nobody opened', [ok200(7)], reset),
  origin('settings that cannot be', [settings([4, 0x80000000])], reset),
  origin('trailers without an end', [ok200(1), status('x-t', '1')], reset),
  origin('GOAWAY for everything', [goaway(0, 1)], { told: /HTTP2_REFUSED_STREAM/ }),
  origin(
    'GOAWAY and FIN within the answer',
    [ok200(1), goaway(1, 2), frame(data, 0, 1, 'abc'), wait(10), 'fin'],
    reset,
  ),
  origin('settings, five thousand times', [many(5000, () => settings([3, 100])), ok200(1, true)], {
    told: /complete|HTTP2_|UPSTREAM_CLOSED/,
  }),
  origin('pings, five thousand times', [many(5000, () => frame(ping, 0, 0, '12345678')), ok200(1, true)], {
    told: /complete|HTTP2_|UPSTREAM_CLOSED/,
  }),
  origin('five hundred interim answers', [many(500, () => status(':status', '103', 'link', '</a>')), ok200(1, true)], {
    told: /complete/,
  }),
  origin(
    'empty data, ten thousand times',
    [ok200(1), many(10_000, () => frame(data, 0, 1)), frame(data, flags.endStream, 1)],
    { told: /complete|HTTP2_|UPSTREAM_CLOSED|RESPONSE_CUT/ },
  ),
  origin(
    'continuations without end',
    [
      frame(headers, 0, 1, Buffer.from([0x88])),
      many(5000, () => frame(continuation, 0, 1, fieldBlock('x', 'a'.repeat(100)))),
      wait(20),
      'fin',
    ],
    { told: /HTTP2_|UPSTREAM_CLOSED/ },
  ),
  origin('a window that never opens', [settings([4, 0])], {
    client: [begin, request(1, 'localhost', '/h2', false), frame(data, 0, 1, Buffer.alloc(16_000)), wait(60), 'rst'],
    ends: 'gone',
    told: /CLIENT_CLOSED/,
  }),
  origin('silence', [], { client: [begin, get(), wait(60), 'rst'], origin: [], ends: 'gone', told: /CLIENT_CLOSED/ }),
]

export const hostileHttp2: readonly HostileCase[] = [...fromClients, ...fromOrigins]
