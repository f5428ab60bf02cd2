// The rules of a connection, frame by frame: what begins, what is counted, what is a fault and of what, and what a mutated session does.
import t from 'tap'
import { FrameReader } from '../../src/http2/frame-reader.ts'
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
  settingsAck,
  windowUpdate,
} from '../support/http2-frames.ts'
import { seededRandom } from './seeded-random.ts'
import { of, type Spoken, speak } from './spoken.ts'

const { data, headers, continuation, ping, priority, pushPromise } = frameTypes
const begin = Buffer.concat([preface, settings()])
const get = (stream = 1): Buffer => request(stream, 'a.test', '/')
const post = (stream = 1, ...more: string[]): Buffer => request(stream, 'a.test', '/', false, ...more)
const plain = [':method', 'GET', ':scheme', 'http', ':authority', 'a', ':path', '/']
const block = (...pairs: string[]): Buffer =>
  frame(headers, flags.endHeaders | flags.endStream, 1, fieldBlock(...pairs))
const many = (count: number, make: (index: number) => Buffer): Buffer =>
  Buffer.concat(Array.from({ length: count }, (_, i) => make(i)))

type Seen = { type: number; flags: number; stream: number; payload: Buffer }
function framesIn(octets: Buffer): Seen[] {
  const out: Seen[] = []
  for (let at = 0; at + 9 <= octets.length; ) {
    const size = octets.readUIntBE(at, 3)
    out.push({
      type: octets[at + 3] ?? 0,
      flags: octets[at + 4] ?? 0,
      stream: octets.readUInt32BE(at + 5),
      payload: octets.subarray(at + 9, at + 9 + size),
    })
    at += 9 + size
  }
  return out
}

const server = (...octets: Buffer[]): Spoken => {
  const spoken = speak({ serves: true })
  for (const part of [begin, ...octets]) spoken.connection.receive(part)
  return spoken
}
/** A client of ours with one request on its way. */
const client = (...octets: Buffer[]): Spoken => {
  const spoken = speak({ serves: false, settings: { enablePush: 0 } })
  spoken.connection.request({ fields: plain, ended: true }, '')
  spoken.connection.receive(settings())
  for (const part of octets) spoken.connection.receive(part)
  return spoken
}

const codes = { PROTOCOL: 1, FLOW: 3, CLOSED: 5, SIZE: 6, COMPRESSION: 9, CALM: 11 }

t.test('what breaks the rules of the connection ends it, with the code', async (t) => {
  const cases: [string, Buffer, number][] = [
    ['DATA on stream 0', frame(data, 0, 0, 'x'), codes.PROTOCOL],
    ['DATA on an idle stream', frame(data, 0, 1, 'x'), codes.PROTOCOL],
    ['HEADERS on an even stream', frame(headers, 5, 2, fieldBlock(...plain)), codes.PROTOCOL],
    ['a number lower than the last', Buffer.concat([get(5), get(3)]), codes.CLOSED],
    ['a request on a stream that has ended', Buffer.concat([get(), rstStream(1, 8), get()]), codes.CLOSED],
    ['a frame that is too large', frame(data, 0, 1, Buffer.alloc(16_385)), codes.SIZE],
    ['SETTINGS of five octets', frame(frameTypes.settings, 0, 0, '12345'), codes.SIZE],
    ['an acknowledgement that says more', frame(frameTypes.settings, flags.ack, 0, '123456'), codes.SIZE],
    ['a window beyond its bound', settings([4, 0x80000000]), codes.FLOW],
    ['frames that are too small', settings([5, 100]), codes.PROTOCOL],
    ['PING of seven octets', frame(ping, 0, 0, '1234567'), codes.SIZE],
    ['PING on a stream', frame(ping, 0, 1, '12345678'), codes.PROTOCOL],
    ['a window that grows by nothing', windowUpdate(0, 0), codes.PROTOCOL],
    ['a window that grows too far', windowUpdate(0, 0x7fffffff), codes.FLOW],
    ['a window of a stream nobody opened', windowUpdate(9, 1), codes.PROTOCOL],
    ['RST of a stream nobody opened', rstStream(9, 8), codes.PROTOCOL],
    ['RST of three octets', Buffer.concat([get(), frame(3, 0, 1, '123')]), codes.SIZE],
    ['GOAWAY of four octets', frame(7, 0, 0, '1234'), codes.SIZE],
    ['CONTINUATION of nothing', frame(continuation, 4, 1, ''), codes.PROTOCOL],
    [
      'a block interrupted',
      Buffer.concat([frame(headers, 1, 1, fieldBlock(...plain)), frame(ping, 0, 0, '12345678')]),
      codes.PROTOCOL,
    ],
    [
      'a block continued elsewhere',
      Buffer.concat([frame(headers, 1, 1, fieldBlock(...plain)), frame(continuation, 4, 3, '')]),
      codes.PROTOCOL,
    ],
    [
      'a block interrupted by DATA',
      Buffer.concat([frame(headers, 1, 1, fieldBlock(...plain)), frame(data, 0, 1, '')]),
      codes.PROTOCOL,
    ],
    ['a block that is none', frame(headers, 5, 1, Buffer.from([0x80])), codes.COMPRESSION],
    ['a promise', frame(pushPromise, 4, 1, Buffer.concat([number32(2), fieldBlock(...plain)])), codes.PROTOCOL],
    [
      'padding longer than its frame',
      Buffer.concat([post(), frame(data, flags.padded, 1, Buffer.from([9, 1]))]),
      codes.PROTOCOL,
    ],
    [
      'continuations without end',
      Buffer.concat([frame(headers, 1, 1, fieldBlock(...plain)), many(1100, () => frame(continuation, 0, 1, 'x'))]),
      codes.CALM,
    ],
    [
      'continuations of nothing',
      Buffer.concat([frame(headers, 1, 1, fieldBlock(...plain)), many(20, () => frame(continuation, 0, 1))]),
      codes.CALM,
    ],
    [
      'a block of two megabytes',
      Buffer.concat([
        frame(headers, 1, 1, fieldBlock(...plain)),
        many(130, () => frame(continuation, 0, 1, Buffer.alloc(16_384, 0x82))),
      ]),
      codes.CALM,
    ],
    ['pings without end', many(10_100, () => frame(ping, 0, 0, '12345678')), codes.CALM],
    ['empty DATA without end', Buffer.concat([post(), many(10_100, () => frame(data, 0, 1))]), codes.CALM],
    ['rapid reset', many(1100, (i) => Buffer.concat([get(i * 2 + 1), rstStream(i * 2 + 1, 8)])), codes.CALM],
    [
      'streams we are made to reset',
      many(1100, (i) => Buffer.concat([post(i * 2 + 1), windowUpdate(i * 2 + 1, 0)])),
      codes.CALM,
    ],
  ]
  for (const [name, octets, code] of cases) {
    const spoken = server(octets)
    t.match(of(spoken.told, 'fault'), [{ code, why: /./ }], name)
    t.equal(spoken.connection.over, true)
    const last = framesIn(spoken.written()).at(-1)
    t.equal(last?.type, frameTypes.goaway)
    t.equal(last?.payload.readUInt32BE(4), code)
  }
  const first = speak({ serves: true })
  first.connection.receive(Buffer.concat([preface, get()]))
  t.match(of(first.told, 'fault'), [{ why: /SETTINGS/ }])
  const other = speak({ serves: true })
  other.connection.receive(Buffer.from('GET / HTTP/1.1\r\n\r\n'))
  t.match(of(other.told, 'fault'), [{ why: /begin/ }])
})

t.test('what breaks the rules of a stream resets it, and the connection goes on', async (t) => {
  const cases: [string, Buffer, number][] = [
    ['content after the end', Buffer.concat([get(), frame(data, 0, 1, 'x')]), codes.CLOSED],
    ['trailers that end nothing', Buffer.concat([post(), frame(headers, 4, 1, fieldBlock('x', 'y'))]), codes.PROTOCOL],
    [
      'pseudo fields in trailers',
      Buffer.concat([post(), frame(headers, 5, 1, fieldBlock(':path', '/'))]),
      codes.PROTOCOL,
    ],
    ['a window of nothing', Buffer.concat([post(), windowUpdate(1, 0)]), codes.PROTOCOL],
    ['a window too far', Buffer.concat([post(), windowUpdate(1, 0x7fffffff)]), codes.FLOW],
    [
      'content beyond the window',
      Buffer.concat([post(), many(5, () => frame(data, 0, 1, Buffer.alloc(16_384)))]),
      codes.FLOW,
    ],
    [
      'content that is too long',
      Buffer.concat([post(1, 'content-length', '3'), frame(data, 0, 1, 'abcd')]),
      codes.PROTOCOL,
    ],
    [
      'content that is too short',
      Buffer.concat([post(1, 'content-length', '3'), frame(data, 1, 1, 'ab')]),
      codes.PROTOCOL,
    ],
    [
      'none where some is due',
      Buffer.concat([post(1, 'content-length', '3'), frame(headers, 5, 1, fieldBlock('x', 'y'))]),
      codes.PROTOCOL,
    ],
    ['an upper-case name', block(...plain, 'X', 'y'), codes.PROTOCOL],
    ['a name with a space', block(...plain, 'x y', 'z'), codes.PROTOCOL],
    ['an empty name', block(...plain, '', 'z'), codes.PROTOCOL],
    ['a line end', block(...plain, 'x', 'a\r\nb: c'), codes.PROTOCOL],
    ['Connection', block(...plain, 'connection', 'close'), codes.PROTOCOL],
    ['TE', block(...plain, 'te', 'gzip'), codes.PROTOCOL],
    ['two paths', block(...plain, ':path', '/'), codes.PROTOCOL],
    ['no path', block(...plain.slice(0, 6)), codes.PROTOCOL],
    ['an empty path', block(...plain.slice(0, 6), ':path', ''), codes.PROTOCOL],
    ['no host', block(':method', 'GET', ':scheme', 'http', ':path', '/'), codes.PROTOCOL],
    ['a pseudo field too late', block(...plain.slice(0, 6), 'x', 'y', ':path', '/'), codes.PROTOCOL],
    ['an unknown pseudo field', block(...plain, ':x', 'y'), codes.PROTOCOL],
    ['extended CONNECT that nobody offered', block(...plain, ':protocol', 'websocket'), codes.PROTOCOL],
    ['two lengths', block(...plain, 'content-length', '0', 'content-length', '0'), codes.PROTOCOL],
    ['a length of words', block(...plain, 'content-length', 'x'), codes.PROTOCOL],
    [
      'more fields than allowed',
      Buffer.concat([
        frame(headers, 1, 1, fieldBlock(...plain)),
        many(40, () => frame(continuation, 0, 1, fieldBlock('x', 'a'.repeat(16_000)))),
        frame(continuation, 4, 1),
      ]),
      codes.CALM,
    ],
  ]
  for (const [name, octets, code] of cases) {
    const spoken = speak({ serves: true, uses: false })
    for (const part of [begin, octets, get(3)]) spoken.connection.receive(part)
    const frames = framesIn(spoken.written())
    const reset = frames.find(({ type, stream }) => type === frameTypes.rstStream && stream === 1)
    t.equal(reset?.payload.readUInt32BE(0), code, name)
    t.equal(of(spoken.told, 'head').at(-1)?.stream.id, 3, 'the next request is taken')
    t.notOk(spoken.connection.over)
  }
})

t.test('what is allowed, though it is odd', async (t) => {
  const odd = server(
    frame(0xee, 0xff, 7, 'unknown'),
    frame(priority, 0, 9, Buffer.from([0, 0, 0, 3, 1])),
    frame(
      headers,
      flags.endHeaders | flags.endStream | flags.padded | 32,
      1,
      Buffer.concat([
        Buffer.from([3, 0, 0, 0, 0, 9]),
        fieldBlock(...plain, 'te', 'trailers', 'x', ''),
        Buffer.alloc(3),
      ]),
    ),
    frame(data, flags.padded, 1, Buffer.from([0])).subarray(0, 0),
    settings([0xf0, 1]),
    settingsAck,
  )
  t.match(of(odd.told, 'head'), [{ head: { ended: true, fields: [...plain, 'te', 'trailers', 'x', ''] } }])
  const padded = server(
    post(),
    frame(data, flags.padded, 1, Buffer.from([2, 0x61, 0x62, 0, 0])),
    frame(data, flags.padded | flags.endStream, 1, Buffer.from([1, 0])),
  )
  t.same(
    of(padded.told, 'data').map(({ octets, ended }) => [String(octets), ended]),
    [
      ['ab', false],
      ['', true],
    ],
  )
  const connect = server(block(':method', 'CONNECT', ':authority', 'a:443'))
  t.equal(of(connect.told, 'head').length, 1)
  const options = server(block(':method', 'OPTIONS', ':scheme', 'http', ':authority', 'a', ':path', '*'))
  t.equal(of(options.told, 'head').length, 1)
  const late = server(get())
  late.connection.reset(of(late.told, 'head')[0]?.stream as never, 8)
  for (const part of [windowUpdate(1, 5), frame(data, 0, 1, 'late'), rstStream(1, 8)]) late.connection.receive(part)
  t.notOk(late.connection.over, 'what was sent before the peer knew of the reset')
})

t.test('answers: what can be relayed is', async (t) => {
  const status = (...pairs: string[]): Buffer => frame(headers, flags.endHeaders, 1, fieldBlock(...pairs))
  const good = client(
    status(':status', '103', 'link', '</a>'),
    status(':status', '200', 'x y', '1', 'a', 'b\nc', 'x', 'z'),
    frame(data, 1, 1, 'ok'),
  )
  t.same(
    of(good.told, 'head').map(({ head }) => head.fields),
    [
      [':status', '103', 'link', '</a>'],
      [':status', '200', 'x', 'z'],
    ],
    'without what no peer would take',
  )
  const bad: [string, Buffer][] = [
    ['no status', status('x', 'y')],
    ['a status of words', status(':status', 'abc')],
    ['101', status(':status', '101')],
    ['a path', status(':status', '200', ':path', '/')],
    ['a status too late', status('x', 'y', ':status', '200')],
    ['content before the head', frame(data, 0, 1, 'x')],
    ['an interim head that ends', frame(headers, 5, 1, fieldBlock(':status', '103'))],
    ['trailers that end nothing', Buffer.concat([ok200(1), status('x', 'y')])],
    ['two lengths', status(':status', '200', 'content-length', '1', 'content-length', '2')],
    [
      'content that is too short',
      Buffer.concat([status(':status', '200', 'content-length', '9'), frame(data, 1, 1, 'x')]),
    ],
  ]
  for (const [name, octets] of bad) t.match(of(client(octets).told, 'closed'), [{ by: 'fault', code: 1 }], name)
  const toHead = speak({ serves: false })
  toHead.connection.request({ fields: [':method', 'HEAD', ...plain.slice(2)], ended: true }, '')
  for (const part of [settings(), frame(headers, 5, 1, fieldBlock(':status', '200', 'content-length', '9'))])
    toHead.connection.receive(part)
  t.equal(of(toHead.told, 'closed').length, 0, 'HEAD is answered with the length of what is not sent')
  t.match(of(client(ok200(7)).told, 'fault'), [{ code: 1 }], 'an answer nobody asked for')
  t.match(of(client(settings([2, 1])).told, 'fault'), [{ code: 1 }], 'a server that offers to be pushed to')
  t.match(of(client(goaway(0, 0, 'bye')).told, 'goaway'), [{ lastStream: 0, code: 0, data: 'bye' }])
})

t.test('content waits where a window is closed, and goes on when it opens', async (t) => {
  const spoken = server(settings([4, 10]), get(), get(3))
  const [one, two] = of(spoken.told, 'head').map(({ stream }) => stream)
  if (!one || !two) throw new Error('no streams')
  const { connection } = spoken
  for (const stream of [one, two]) {
    connection.respond(stream, { fields: [':status', '200'], ended: false })
    connection.send(stream, Buffer.alloc(25, String(stream.id)), true)
  }
  const sizes = (): string =>
    framesIn(spoken.written())
      .filter(({ type }) => type === data)
      .map((one) => `${one.stream}:${one.payload.length}${one.flags & 1 ? '.' : ''}`)
      .join(' ')
  t.equal(sizes(), '1:10 3:10')
  connection.receive(windowUpdate(1, 5))
  t.equal(sizes(), '1:5')
  connection.receive(settings([4, 0]))
  connection.receive(windowUpdate(3, 10))
  t.equal(sizes(), '', 'a window below nothing takes as much to open again')
  connection.receive(settings([4, 30]))
  t.equal(sizes(), '1:10. 3:15.')
  t.same(of(spoken.told, 'left').length, 2)
})

t.test('a receiver grants what was used up, in portions', async (t) => {
  const spoken = speak({ serves: true, uses: false })
  spoken.connection.receive(
    Buffer.concat([
      begin,
      post(),
      frame(data, 0, 1, Buffer.alloc(16_000)),
      frame(data, 0, 1, Buffer.alloc(16_000)),
      frame(data, 0, 1, Buffer.alloc(16_000)),
    ]),
  )
  spoken.written()
  const stream = of(spoken.told, 'head')[0]?.stream
  if (!stream) throw new Error('no stream')
  const granted = (): number[][] =>
    framesIn(spoken.written())
      .filter(({ type }) => type === frameTypes.windowUpdate)
      .map((one) => [one.stream, one.payload.readUInt32BE(0)])
  spoken.connection.use(stream, 16_000)
  t.same(granted(), [])
  spoken.connection.use(stream, 32_000)
  t.same(granted(), [[1, 48_000]])
})

t.test('octet by octet it is the same', async (t) => {
  const octets = Buffer.concat([
    begin,
    post(1, 'x', 'a'.repeat(300)),
    frame(data, flags.padded, 1, Buffer.from([2, 0x61, 0x62, 0x63, 0, 0])),
    frame(data, 0, 1, 'b'.repeat(1000)),
    frame(ping, 0, 0, '12345678'),
    frame(headers, flags.endStream, 1, fieldBlock('x-t', '1')),
    frame(continuation, flags.endHeaders, 1, fieldBlock('x-u', '2')),
    goaway(0, 0, 'bye'),
  ])
  const whole = speak({ serves: true })
  whole.connection.receive(octets)
  const split = speak({ serves: true })
  for (const octet of octets) split.connection.receive(Uint8Array.of(octet))
  const shown = ({ told }: Spoken) => ({
    heads: of(told, 'head').map(({ head }) => head.fields),
    content: Buffer.concat(of(told, 'data').map(({ octets }) => octets)).toString(),
    trailers: of(told, 'trailers').map(({ fields }) => fields),
    goaway: of(told, 'goaway'),
  })
  t.same(shown(split), shown(whole))
  t.same(shown(whole).trailers, [['x-t', '1', 'x-u', '2']])
  t.same(split.written(), whole.written())
})

t.test('sessions that are mutated do not throw, hang or grow', async (t) => {
  const random = seededRandom(8441)
  const frames = [
    post(1),
    frame(data, 0, 1, 'content'),
    get(3),
    frame(headers, 1, 5, fieldBlock(...plain)),
    frame(continuation, 4, 5, fieldBlock('x', 'y')),
    settings([4, 1000], [1, 0]),
    windowUpdate(0, 10),
    windowUpdate(1, 10),
    frame(data, 1, 1, 'end'),
    rstStream(3, 8),
    frame(ping, 0, 0, '12345678'),
    get(7),
    frame(headers, 5, 1, fieldBlock('x-t', '1')),
    goaway(0, 0),
  ]
  const origins = [
    ok200(1),
    frame(data, 0, 1, 'some'),
    frame(headers, 4, 3, fieldBlock(':status', '103')),
    ok200(3, true),
    frame(data, 1, 1, ''),
    rstStream(5, 7),
    settings([3, 1]),
    windowUpdate(0, 70_000),
    windowUpdate(5, 9),
    goaway(3, 2, 'why'),
  ]
  const ends = new Set<string>()
  for (let run = 0; run < 6000; run++) {
    const serves = random(2) === 0
    const spoken = speak({
      serves,
      react: (told, connection) => {
        if (!serves || told.what !== 'head') return
        connection.respond(told.stream, { fields: [':status', '200'], ended: false })
        connection.send(told.stream, Buffer.alloc(random(3000)), random(2) === 0)
      },
    })
    if (!serves)
      for (let i = 0; i < 4; i++) {
        const stream = spoken.connection.request({ fields: plain, ended: i % 2 === 0 }, '')
        if (i % 2 === 1) spoken.connection.send(stream, Buffer.alloc(random(100_000)), random(2) === 0)
      }
    const list = serves ? frames : origins
    const parts = Array.from({ length: 1 + random(20) }, () => list[random(list.length)] as Buffer)
    const octets = Buffer.concat([serves ? begin : settings(), ...parts])
    const spared = serves ? begin.length : 9
    for (let i = random(4); i > 0; i--) octets[spared + random(Math.max(1, octets.length - spared))] = random(256)
    for (let at = 0; at < octets.length; ) {
      const size = 1 + random(200)
      spoken.connection.receive(octets.subarray(at, at + size))
      at += size
    }
    const out = spoken.written()
    if (out.length > 2_000_000) t.fail(`${out.length} octets`)
    ends.add(of(spoken.told, 'fault')[0]?.why ?? 'stands')
    spoken.connection.closed()
  }
  t.ok(ends.size > 10, [...ends].join('; '))
})

t.test('the frame reader hands DATA on as it comes, uncopied', async (t) => {
  const pieces: string[] = []
  let first: Uint8Array | undefined
  const reader = new FrameReader({
    takeFrame: () => undefined,
    beginData: () => undefined,
    takeData(piece, last) {
      first ??= piece
      pieces.push(`${Buffer.from(piece)}${last ? '.' : ''}`)
    },
    skipPadding() {},
  })
  const octets = frame(data, 0, 1, 'abcdef')
  reader.read(octets.subarray(0, 12), 0)
  reader.read(octets.subarray(12), 0)
  t.same(pieces, ['abc', 'def.'])
  t.equal(first?.buffer, octets.buffer)
})
