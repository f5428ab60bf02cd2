// The inbox: content named by its digest, ends in either order, recall, socket messages, and events of streams while they run.
import { createHash } from 'node:crypto'
import { createBrotliCompress, createDeflate, createGzip, createZstdCompress, gzipSync } from 'node:zlib'
import t from 'tap'
import { createInbox, type Taken } from '../../src/bridge/inbox.ts'
import { followEvents } from '../../src/desk/follow-events.ts'
import { apply } from '../../src/exchange/apply.ts'
import type { ExchangeEvent } from '../../src/exchange/event.ts'
import { type Exchange, responseOf } from '../../src/exchange/exchange.ts'

const octets = (text: string) => Buffer.from(text)
const hash = (data: Uint8Array) => createHash('sha256').update(data).digest('hex')
const digest = (text: string) => `sha256-${hash(octets(text))}`
const limits = { events: 3, octets: 40, decoded: 100_000 }
const id = '0000000000000001'

const opened = (own = id): ExchangeEvent => ({
  type: 'opened',
  id: own,
  sessionId: 's1',
  kind: 'http',
  time: 0,
  client: { address: '127.0.0.1', port: 5000 },
  server: { host: 'api.example', port: 443 },
  connection: { id: 1, reused: false, way: 'connect' },
  origin: { by: 'capture' },
  httpVersion: 'HTTP/1.1',
  method: 'POST',
  target: '/',
  url: 'https://api.example/',
  headers: [],
})
const asked = (text = ''): ExchangeEvent => ({
  type: 'request-ended',
  id,
  content: { bodySize: text.length, ...(text === '' ? {} : { tail: octets(text) }) },
  trailers: [],
  marks: {},
})
const responded = (...headers: string[]): ExchangeEvent => ({
  type: 'responded',
  id,
  httpVersion: 'HTTP/1.1',
  status: 200,
  statusText: 'OK',
  headers,
  marks: { firstByte: 5 },
})
const piece = (text: string, at?: number, side: 'request' | 'response' = 'response'): ExchangeEvent => ({
  type: 'content',
  id,
  side,
  data: octets(text),
  ...(at === undefined ? {} : { at }),
})
const ended = (bodySize: number, more: { tail?: Uint8Array; shed?: boolean; truncated?: boolean } = {}) =>
  ({ type: 'ended', id, content: { bodySize, ...more }, trailers: [], marks: { end: 90 } }) satisfies ExchangeEvent
const failed = (bodySize: number, tail?: Uint8Array): ExchangeEvent => ({
  type: 'failed',
  id,
  failure: { phase: 'response', code: 'RESPONSE_CUT', message: 'Cut.' },
  content: { bodySize, ...(tail ? { tail } : {}) },
  marks: { end: 70 },
})
const stream = responded('content-type', 'Text/Event-Stream; charset=utf-8')

/** What came out of decoders after the batch that held it. */
const late: Taken[] = []

function started(recall: (id: string) => Exchange | undefined = () => undefined) {
  const inbox = createInbox({
    hash,
    recall,
    follow: (response, ready) => followEvents(response, limits, ready),
    ready: (id) => late.push(inbox.collect(id)),
  })
  return inbox
}
const told = (taken: Taken) =>
  taken.messages.map(({ seq, at, data, size, truncated }) => [seq, at, data, size, truncated])
const contentOf = (taken: Taken) => {
  const exchange = taken.changed.get(id)
  return exchange && responseOf(exchange)?.content
}

t.test('content in pieces over several batches is named by the digest of the whole', async (t) => {
  const inbox = started()
  t.same(inbox.take([opened(), piece('ab', 1, 'request'), piece('cd', 2, 'request')]).contents, [])
  t.equal(inbox.open, 1)
  const second = inbox.take([asked('ef'), responded('content-type', 'text/plain'), piece('123')])
  t.match(second.contents, [{ id, side: 'request', digest: digest('abcdef') }])
  t.equal(Buffer.from(second.contents[0]?.octets ?? []).toString(), 'abcdef')
  t.same(second.ended, [])
  t.equal(inbox.running()[0]?.outcome.state, 'receiving')
  t.equal(inbox.take([piece('456')]).changed.size, 0, 'a piece alone changes nothing of the exchange')
  const last = inbox.take([ended(7, { tail: octets('7') })])
  t.match(last.contents, [{ side: 'response', digest: digest('1234567') }])
  t.match(contentOf(last), { kept: 'whole', keptSize: 7, bodySize: 7 })
  t.same([last.ended, inbox.open, last.messages], [[id], 0, []])
  t.equal(inbox.take([piece('x'), ended(1)]).changed.size, 0, 'what comes after the end is for nobody')
})

t.test('content that is empty, cut or given up is told apart', async (t) => {
  const one = (end: ExchangeEvent, ...before: ExchangeEvent[]) =>
    started().take([opened(), asked(), responded(), ...before, end])
  t.match(contentOf(one(ended(0))), { kept: 'none', why: 'empty' })
  t.match(contentOf(one(ended(9, { tail: octets('1234'), truncated: true }))), { kept: 'truncated', keptSize: 4 })
  const shed = one(ended(9, { shed: true }), piece('1234'))
  t.match([contentOf(shed), shed.contents], [{ kept: 'none', why: 'overload' }, []])
  t.match(contentOf(one(ended(9))), { kept: 'none', why: 'too-large' })
})

t.test('a request that ends after its response is waited for, unless the exchange failed', async (t) => {
  const inbox = started()
  t.same(inbox.take([opened(), responded(), ended(2, { tail: octets('ok') })]).ended, [id])
  t.equal(inbox.open, 1)
  const late = inbox.take([asked('late')])
  t.match(late.contents, [{ side: 'request', digest: digest('late') }])
  t.same([late.ended, inbox.open], [[id], 0])
  t.match(late.changed.get(id), { outcome: { state: 'complete' }, request: { content: { kept: 'whole' } } })

  const broken = started()
  const taken = broken.take([opened(), responded(), piece('half '), failed(10, octets('a body'))])
  t.match(taken.contents, [{ side: 'response', digest: digest('half a body') }])
  t.match(taken.changed.get(id)?.outcome, { state: 'failed', failure: { code: 'RESPONSE_CUT' } })
  t.same([taken.ended, broken.open], [[id], 0])
})

t.test('the end of an exchange from before the desk’s restart is folded into what was stored', async (t) => {
  const before = apply(apply(undefined, opened()), stream)
  const inbox = started((asked) => (asked === id ? before : undefined))
  const taken = inbox.take([piece('data: the second half of some event\n\n'), ended(37)])
  t.match(taken.changed.get(id), { outcome: { state: 'complete', response: { status: 200 } } })
  t.same(taken.messages, [], 'a stream is not read from its middle')
  t.equal(taken.contents.length, 1)
  const unknown = started().take([ended(3), asked()])
  t.same([unknown.changed.size, unknown.ended], [0, []])
  const over = taken.changed.get(id)
  const again = started(() => over).take([failed(3)])
  t.same([again.changed.size, again.ended], [0, []], 'what has ended stays as it is')
})

t.test('WebSocket messages are counted over batches, text as text and all else in base64', async (t) => {
  const inbox = started()
  const message = (
    opcode: 'text' | 'binary' | 'close',
    data: Uint8Array,
    more: { code?: number } = {},
  ): ExchangeEvent => ({
    type: 'message',
    id,
    message: { from: 'client', at: 7, opcode, size: data.length, data, truncated: false, compressed: true, ...more },
  })
  const first = inbox.take([opened(), message('text', octets('hé')), message('binary', Uint8Array.from([0, 255]))])
  t.match(first.messages, [
    { exchangeId: id, seq: 0, from: 'client', at: 7, opcode: 'text', data: 'hé', size: 3, compressed: true },
    { seq: 1, opcode: 'binary', data: 'AP8=' },
  ])
  t.equal(first.changed.get(id)?.messageCount, 2)
  const second = inbox.take([message('close', Uint8Array.from([3, 232]), { code: 1000 })])
  t.match(second.messages, [{ seq: 2, opcode: 'close', code: 1000, data: 'A+g=' }])
  t.equal(second.changed.get(id)?.messageCount, 3)
})

t.test('events of a stream come as messages with the batch that ends them', async (t) => {
  const inbox = started()
  t.same(told(inbox.take([opened(), asked(), stream, piece(': hello\n\nid: 1\nevent: tick\nda', 10)])), [])
  const first = inbox.take([piece('ta: {"n":1}\r\n\r\n: still here\n\ndata: t', 20)])
  t.same(told(first), [[0, 20, 'id: 1\nevent: tick\ndata: {"n":1}', 33, false]], 'comments alone are none')
  t.match(first.messages[0], { from: 'server', opcode: 'text', compressed: false })
  t.match(first.changed.get(id), { messageCount: 1, outcome: { state: 'receiving' } })
  const last = inbox.take([ended(99, { tail: octets('wo\n\ndata: cut') })])
  t.same(told(last), [
    [1, 90, 'data: two', 10, false],
    [2, 90, 'data: cut', 9, true],
  ])
  t.match(last.changed.get(id), { messageCount: 3, outcome: { state: 'complete' } })
  t.match(last.contents, [
    {
      digest: digest(': hello\n\nid: 1\nevent: tick\ndata: {"n":1}\r\n\r\n: still here\n\ndata: two\n\ndata: cut'),
    },
  ])
})

t.test('a stream that fails tells what it began; events are bounded in number and size', async (t) => {
  const cut = started().take([opened(), asked(), stream, failed(8, octets('data: 1\n\nevent: b\n'))])
  t.same(told(cut), [
    [0, 70, 'data: 1', 8, false],
    [1, 70, 'event: b', 9, true],
  ])
  const many = started().take([
    opened(),
    stream,
    piece('data: 1\n\n'.repeat(50)),
    ended(450, { tail: octets('data: 2') }),
  ])
  t.equal(many.messages.length, limits.events)
  t.equal(many.changed.get(id)?.messageCount, limits.events)
  t.equal(many.messages[0]?.at, 5, 'without a time of its own, that of the first octet')
  const long = started().take([opened(), stream, piece(`data: ${'x'.repeat(100)}\n\n`, 1)])
  t.same(told(long), [[0, 1, `data: ${'x'.repeat(34)}`, 107, true]])
})

t.test('events come through content codings while the stream runs, and all of them at its end', async (t) => {
  const codings = [
    { coding: 'gzip', make: () => createGzip() },
    { coding: 'br', make: () => createBrotliCompress() },
    { coding: 'deflate', make: () => createDeflate() },
    { coding: 'zstd', make: () => createZstdCompress() },
  ]
  for (const { coding, make } of codings) {
    const encoder = make()
    const coded = async (text: string): Promise<Uint8Array> => {
      encoder.write(text)
      await new Promise<void>((done) => encoder.flush(done))
      return encoder.read() as Uint8Array
    }
    const bytes = (data: Uint8Array, at: number): ExchangeEvent => ({ type: 'content', id, side: 'response', data, at })
    late.splice(0)
    const inbox = started()
    inbox.take([opened(), asked(), responded('content-type', 'text/event-stream', 'content-encoding', coding)])
    inbox.take([bytes(await coded('data: 1\n\nda'), 10)])
    for (let i = 0; i < 500 && late.length === 0; i++) await new Promise((done) => setTimeout(done, 10))
    t.same(late.flatMap(told), [[0, 10, 'data: 1', 8, false]], `${coding}: while it runs`)
    t.match(late[0]?.changed.get(id), { messageCount: 1, outcome: { state: 'receiving' } })
    t.equal(late[0]?.messages[0]?.compressed, true)
    // Ended before the decoder could answer, and without the end of the coding.
    const last = inbox.take([bytes(await coded('ta: 2\n\n'), 20), ended(30, { tail: await coded('data: 3') })])
    const rest = [...late.slice(1), last].flatMap(told)
    t.same(
      rest.map(([seq, , data, , truncated]) => [seq, data, truncated]),
      [
        [1, 'data: 2', false],
        [2, 'data: 3', true],
      ],
      `${coding}: the rest at the end`,
    )
    t.equal(last.changed.get(id)?.messageCount, 3)
    await new Promise((done) => setTimeout(done, 20))
    t.equal([...late, last].flatMap(told).length, 3, 'each once')
  }
})

t.test(
  'a coded stream that inflates without end is read up to the limit, a broken one as far as it goes',
  async (t) => {
    late.splice(0)
    const bomb = gzipSync(`data: 1\n\n${'data: x\n'.repeat(400_000)}`)
    const head = responded('content-type', 'text/event-stream', 'content-encoding', 'gzip')
    const inbox = started()
    inbox.take([opened(), asked(), head, { type: 'content', id, side: 'response', data: bomb, at: 1 }])
    const last = inbox.take([ended(bomb.length)])
    t.ok([...late, last].flatMap(told).length <= limits.events)
    const broken = started().take([opened(), asked(), head, piece('this is no gzip'), ended(15)])
    t.same(broken.messages, [])
    t.match(broken.changed.get(id)?.outcome, { state: 'complete' })
  },
)

t.test('streams with an unknown content coding, and what is no stream, have no messages', async (t) => {
  for (const headers of [
    ['content-type', 'text/event-stream', 'content-encoding', 'secret'],
    ['content-type', 'text/plain'],
    [],
  ]) {
    const taken = started().take([opened(), asked(), responded(...headers), piece('data: 1\n\n'), ended(9)])
    t.same([taken.messages, taken.changed.get(id)?.messageCount], [[], 0], headers.join(' '))
  }
  const inRequest = started().take([opened(), stream, piece('data: 1\n\n', 1, 'request')])
  t.same(inRequest.messages, [], 'nor is a request’s content part of the response’s stream')
})
