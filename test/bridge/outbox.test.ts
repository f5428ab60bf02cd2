// Ids that sort, batches that are bounded, and content given up before memory.
import t from 'tap'
import type { WireToDesk } from '../../src/bridge/messages.ts'
import { createOutbox } from '../../src/bridge/outbox.ts'

type Batch = Extract<WireToDesk, { type: 'events' }>

function box(maxOctets: number, clock?: () => number) {
  const sent: Batch[] = []
  const options = { sessionId: 's', maxOctets, batchMs: 60_000, ...(clock ? { clock } : {}) }
  return { sent, outbox: createOutbox((message) => sent.push(message as Batch), options) }
}

await t.test('ids are 16 characters and never go back, whatever the clock does', async (t) => {
  const times = [1000, 1000, 1001, 5, 5, 1002]
  const { outbox } = box(0, () => times.shift() ?? 2000)
  const ids = Array.from({ length: 6 }, () => outbox.nextId())
  t.ok(ids.every((id) => /^[0-9a-z]{16}$/.test(id)))
  t.same(ids.toSorted(), ids)
  t.equal(new Set(ids).size, 6)
})

await t.test('content in flight is bounded; what is taken makes room again', async (t) => {
  const { sent, outbox } = box(100)
  const end = (id: string): void =>
    outbox.emit({ type: 'ended', id, content: { bodySize: 60, tail: new Uint8Array(60) }, trailers: [], marks: {} })
  end('a')
  outbox.flush()
  end('b')
  outbox.flush()
  const content = (i: number) =>
    (sent[i]?.events[0] as { content?: { tail?: Uint8Array; shed?: boolean } } | undefined)?.content
  t.equal(content(0)?.tail?.length, 60)
  t.match(content(1), { shed: true, tail: undefined })
  t.equal(outbox.shed, 1)
  outbox.taken(sent[0]?.sequence ?? 0)
  end('c')
  outbox.flush()
  t.equal(content(2)?.tail?.length, 60)
  outbox.lost()
  end('d')
  outbox.flush()
  t.equal(content(3)?.tail?.length, 60, 'a desk that died owes nothing')
})

await t.test('a message whose content was given up in the middle says so at its end', async (t) => {
  const { sent, outbox } = box(10)
  outbox.emit({ type: 'content', id: 'a', side: 'response', data: new Uint8Array(20) })
  outbox.emit({ type: 'content', id: 'a', side: 'response', data: new Uint8Array(1) })
  outbox.emit({ type: 'ended', id: 'a', content: { bodySize: 21 }, trailers: [], marks: {} })
  outbox.flush()
  t.match(sent[0]?.events, [{ type: 'ended', content: { bodySize: 21, shed: true } }])
  t.equal(sent[0]?.events.length, 1)
})
