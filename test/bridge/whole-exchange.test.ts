// What a batch is condensed to: the same exchanges that folding its events gives, in the order in which they ended.
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { createInbox, type Inbox } from '../../src/bridge/inbox.ts'
import { condense, isWhole } from '../../src/bridge/whole-exchange.ts'
import type { ContentEnd, ExchangeEvent } from '../../src/exchange/event.ts'

const inbox = (): Inbox =>
  createInbox({
    hash: (octets) => createHash('sha256').update(octets).digest('hex'),
    recall: () => undefined,
    follow: () => undefined,
    ready: () => undefined,
  })

const fields = fc
  .array(fc.tuple(fc.constantFrom('Content-Type', 'Content-Encoding', 'X-A', 'x-a'), fc.string({ maxLength: 12 })), {
    maxLength: 4,
  })
  .map((lines) => lines.flat())
const end: fc.Arbitrary<ContentEnd> = fc.oneof(
  fc.nat(9).map((bodySize) => ({ bodySize })),
  fc.uint8Array({ minLength: 1, maxLength: 9 }).map((tail) => ({ bodySize: tail.length, tail })),
  fc.uint8Array({ minLength: 1, maxLength: 9 }).map((tail) => ({ bodySize: 99, tail, truncated: true })),
  fc.constant({ bodySize: 5, shed: true }),
)
const at = fc.nat(1000)
const tls = { protocol: 'TLSv1.3', cipher: 'TLS_AES_128_GCM_SHA256', resumed: true }

function opened(id: string): fc.Arbitrary<ExchangeEvent> {
  const legs = fc.subarray([{ via: 'proxy:1' }, { upstreamId: 7 }, { clientTls: tls }, { serverTls: tls }])
  return fc.record({ headers: fields, reused: fc.boolean(), legs, unread: fc.boolean() }).map(
    ({ headers, reused, legs, unread }): ExchangeEvent => ({
      type: 'opened',
      id,
      sessionId: 's1',
      kind: 'http',
      time: 1_790_000_000_000.25,
      client: { address: '127.0.0.1', port: 5000 },
      server: { host: 'api.example', port: 443 },
      connection: { id: 1, reused, way: 'connect', ...Object.assign({}, ...legs) },
      origin: { by: 'capture' },
      httpVersion: 'HTTP/1.1',
      method: 'GET',
      target: '/',
      url: 'https://api.example/',
      headers,
      ...(unread ? { unread: 'not-http' } : {}),
    }),
  )
}

/** The events of one exchange, most often exactly the four. */
function events(id: string): fc.Arbitrary<ExchangeEvent[]> {
  const asked = fc
    .record({ content: end, trailers: fields, sendEnd: at })
    .map(({ sendEnd, ...more }) => ({ type: 'request-ended' as const, id, ...more, marks: { sendStart: 0, sendEnd } }))
  const responded = fc.record({ headers: fields, firstByte: at, turned: fc.nat(5) }).map(
    ({ headers, firstByte, turned }): ExchangeEvent => ({
      type: 'responded',
      id,
      httpVersion: 'HTTP/1.1',
      status: 200,
      statusText: 'OK',
      headers,
      marks: { firstByte },
      ...(turned === 0 ? { kind: 'websocket' as const } : {}),
    }),
  )
  const interim: ExchangeEvent = { type: 'interim', id, status: 103, statusText: '', headers: [], at: 2 }
  const ended = fc
    .record({ content: end, trailers: fields, end: at })
    .map(({ end, ...more }) => ({ type: 'ended' as const, id, ...more, marks: { end } }))
  return fc
    .tuple(opened(id), asked, fc.nat(4), responded, fc.nat(4), ended)
    .map(([opened, asked, early, responded, open, ended]): ExchangeEvent[] => [
      opened,
      asked,
      ...(early === 0 ? [interim] : []),
      responded,
      ...(open === 0 ? [] : [ended]),
    ])
}

/** Events of three exchanges, mixed, each in its own order, in two batches. */
const batches = fc
  .tuple(events('a'), events('b'), events('c'), fc.array(fc.nat(2), { minLength: 15, maxLength: 15 }), fc.nat(15))
  .map(([a, b, c, turns, cut]) => {
    const rest = [[...a], [...b], [...c]]
    const mixed = turns.flatMap((turn) => rest[turn]?.splice(0, 1) ?? []).concat(...rest)
    return [mixed.slice(0, cut), mixed.slice(cut)]
  })
const byDigest = (a: { digest: string }, b: { digest: string }) => (a.digest < b.digest ? -1 : 1)

t.test('what is condensed folds to the same, in the same order', async (t) => {
  let condensed = 0
  fc.assert(
    fc.property(batches, (batches) => {
      const [one, other] = [inbox(), inbox()]
      for (const batch of batches) {
        const items = condense(batch)
        condensed += items.filter(isWhole).length
        const [expected, found] = [one.take(batch), other.take(structuredClone(items))]
        t.same([...found.changed].toSorted(), [...expected.changed].toSorted())
        t.same([found.ended, found.messages], [expected.ended, expected.messages])
        t.same(found.contents.toSorted(byDigest), expected.contents.toSorted(byDigest))
        t.equal(other.open, one.open)
      }
    }),
    { numRuns: 200 },
  )
  t.ok(condensed > 100, `${condensed} were condensed`)
})

t.test('a stream of events is told event by event', async (t) => {
  const [batch] = fc.sample(batches, 1)
  const told = (batch ?? [])
    .flat()
    .map((event) =>
      event.type === 'responded' ? { ...event, headers: ['content-TYPE', ' Text/Event-Stream'] } : event,
    )
  t.same(condense(told), told)
})
