// The fold: every kind of event, in every order that can happen, and those that must not change anything.
import t from 'tap'
import { apply, type Kept } from '../../src/exchange/apply.ts'
import type { ExchangeEvent } from '../../src/exchange/event.ts'
import type { Exchange } from '../../src/exchange/exchange.ts'
import { duration, timings } from '../../src/exchange/timings.ts'

const id = '0000000000000001'
const opened: ExchangeEvent = {
  type: 'opened',
  id,
  sessionId: 's1',
  kind: 'http',
  time: Date.UTC(2026, 10, 22, 14, 2, 31, 500),
  client: { address: '127.0.0.1', port: 5000 },
  server: { host: 'api.example', port: 443 },
  connection: { id: 1, reused: false, way: 'connect' },
  origin: { by: 'capture' },
  httpVersion: 'HTTP/1.1',
  method: 'POST',
  target: '/v1/orders',
  url: 'https://api.example/v1/orders',
  headers: ['Host', 'api.example', 'X-A', '1', 'x-a', '2', 'Content-Type', 'application/json'],
}
const responded: ExchangeEvent = {
  type: 'responded',
  id,
  httpVersion: 'HTTP/1.1',
  status: 401,
  statusText: 'Unauthorized',
  headers: ['Content-Type', 'application/json', 'Content-Encoding', 'gzip, br'],
  marks: { firstByte: 30 },
}
const kept: Kept = { digest: 'sha256-aa', keptSize: 7 }
const fold = (...events: (ExchangeEvent | [ExchangeEvent, Kept])[]): Exchange | undefined =>
  events.reduce<Exchange | undefined>(
    (exchange, event) => (Array.isArray(event) ? apply(exchange, ...event) : apply(exchange, event)),
    undefined,
  )

t.test('a whole exchange', async (t) => {
  const exchange = fold(
    opened,
    {
      type: 'connected',
      id,
      server: { host: 'api.example', port: 443, address: '10.0.0.1' },
      upstreamId: 9,
      reused: false,
      marks: { connectStart: 1, connectEnd: 11 },
    },
    [
      { type: 'request-ended', id, content: { bodySize: 7 }, trailers: [], marks: { sendStart: 12, sendEnd: 13 } },
      kept,
    ],
    { type: 'interim', id, status: 103, statusText: 'Early Hints', headers: ['Link', '</a>'], at: 20 },
    responded,
    [{ type: 'ended', id, content: { bodySize: 7 }, trailers: ['X-T', '1'], marks: { end: 40 } }, kept],
  )
  t.match(exchange, {
    startedDateTime: '2026-11-22T14:02:31.500Z',
    server: { address: '10.0.0.1' },
    connection: { upstreamId: 9 },
    outcome: {
      state: 'complete',
      response: {
        status: 401,
        interim: [{ status: 103, at: 20 }],
        trailers: [{ name: 'X-T', value: '1' }],
        content: { kept: 'whole', digest: 'sha256-aa', wholeDigest: 'sha256-aa', codings: ['gzip', 'br'] },
      },
    },
  })
  t.same(
    exchange?.request.headers.map((line) => `${line.name}=${line.value}`),
    ['Host=api.example', 'X-A=1', 'x-a=2', 'Content-Type=application/json'],
    'case, order and duplicates stay',
  )
  t.equal(duration(exchange as Exchange), 40)
  t.same(timings((exchange as Exchange).marks), {
    blocked: 1,
    dns: -1,
    connect: 10,
    ssl: -1,
    send: 1,
    wait: 17,
    receive: 10,
  })
})

t.test('content that was not kept says why', async (t) => {
  const end = (
    content: { bodySize: number; shed?: boolean; truncated?: boolean; wholeDigest?: string },
    named?: Kept,
  ) => {
    const event: ExchangeEvent = { type: 'ended', id, content, trailers: [], marks: {} }
    const outcome = fold(opened, responded, named ? [event, named] : event)?.outcome
    return outcome?.state === 'complete' ? outcome.response.content : undefined
  }
  t.match(end({ bodySize: 0 }), { kept: 'none', why: 'empty' })
  t.match(end({ bodySize: 9, shed: true }), { kept: 'none', why: 'overload', bodySize: 9 })
  t.match(end({ bodySize: 9 }), { kept: 'none', why: 'too-large' })
  const cut = end({ bodySize: 90, truncated: true, wholeDigest: 'bb' }, kept)
  t.match(cut, { kept: 'truncated', keptSize: 7, wholeDigest: 'sha256-bb' })
})

t.test('a failure keeps what had come before it', async (t) => {
  const failure = { phase: 'response', code: 'ECONNRESET', message: 'The server closed the connection.' } as const
  const failed: ExchangeEvent = { type: 'failed', id, failure, marks: { end: 5 } }
  t.match(fold(opened, failed)?.outcome, { state: 'failed', failure })
  t.notOk('response' in (fold(opened, failed)?.outcome ?? {}))
  const halfway = fold(opened, responded, [{ ...failed, content: { bodySize: 7, truncated: true } }, kept])
  t.match(halfway?.outcome, { state: 'failed', response: { status: 401, content: { kept: 'truncated' } } })
  const onlyInterim = fold(
    opened,
    { type: 'interim', id, status: 100, statusText: 'Continue', headers: [], at: 1 },
    failed,
  )
  t.notOk('response' in (onlyInterim?.outcome ?? {}), 'an interim response is no response')
})

t.test('events that do not fit change nothing', async (t) => {
  t.equal(fold(responded), undefined, 'nothing before opened')
  const done = fold(opened, responded, { type: 'ended', id, content: { bodySize: 0 }, trailers: [], marks: { end: 4 } })
  t.same(apply(done, { ...responded, status: 200 }), done)
  t.same(apply(done, { type: 'failed', id, failure: { phase: 'client', code: 'X', message: '' }, marks: {} }), done)
  t.same(apply(done, opened), done)
  const late = apply(done, { type: 'request-ended', id, content: { bodySize: 0 }, trailers: [], marks: {} })
  t.match(late?.request.content, { kept: 'none', why: 'empty' }, 'a request may end after its response')
})

t.test('a WebSocket counts its messages', async (t) => {
  const message: ExchangeEvent = {
    type: 'message',
    id,
    message: {
      from: 'client',
      at: 1,
      opcode: 'text',
      size: 1,
      data: new Uint8Array([97]),
      truncated: false,
      compressed: false,
    },
  }
  const exchange = fold(opened, { ...responded, status: 101, kind: 'websocket' }, message, message)
  t.match(exchange, { kind: 'websocket', messageCount: 2 })
})
