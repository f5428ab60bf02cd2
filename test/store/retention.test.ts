// The store stays within its bounds: by count, by size, oldest unpinned first, in short slices; the file really shrinks.
import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate, setTimeout } from 'node:timers/promises'
import t from 'tap'
import { createRecorder } from '../../src/desk/recorder.ts'
import { createDiagnosis } from '../../src/diagnose/diagnose.ts'
import { limits } from '../../src/options.ts'
import { Database } from '../../src/store/database.ts'
import { openStore } from '../../src/store/open-store.ts'
import { batchOf, idOf } from './entries.ts'

const base = { maxStore: 1 << 30, maxExchanges: 100_000, durable: false, version: '0.0.0', now: () => Date.now() }
type Store = ReturnType<typeof openStore>

function write(store: Store, from: number, to: number, size = 0): void {
  for (let at = from; at < to; at += 50)
    store.write(
      batchOf(
        Array.from({ length: Math.min(50, to - at) }, (_, i) => at + i),
        (n) => ({ body: `${n}:${'x'.repeat(size)}` }),
      ),
    )
}

function housekeep(store: Store): { readonly removed: string[]; readonly slices: number } {
  const removed: string[] = []
  let slices = 0
  for (let more = true; more; slices++) {
    const slice = store.retain()
    removed.push(...slice.removed)
    more = slice.more
  }
  return { removed, slices }
}

t.test('B06: by count, the oldest go first, and pinned ones stay', async (t) => {
  const store = openStore({ ...base, dataDir: t.testdir(), maxExchanges: 300 })
  t.teardown(() => store.close())
  write(store, 0, 500)
  for (const n of [3, 7, 400]) store.annotate(idOf(n), { pinned: true })
  const { removed } = housekeep(store)
  t.equal(removed.length, 200)
  t.same(removed.slice(0, 4), [0, 1, 2, 4].map(idOf))
  t.equal(store.status().exchanges, 300)
  t.ok(store.entry(idOf(3)) && store.entry(idOf(7)))
  t.equal(store.entry(idOf(100)), undefined)
  t.same(store.retain(), { removed: [], more: false })
  // As a file tells of exchanges that began long before: what came last is not what goes first.
  write(store, 10, 60)
  t.same(housekeep(store).removed.slice(0, 2), [202, 203].map(idOf))
  t.ok(store.entry(idOf(10)) && store.entry(idOf(59)))
})

t.test('B06: by size, at three times the limit the file ends below 1.2 times, and pinned ones stay', async (t) => {
  const dataDir = t.testdir()
  const maxStore = 6_000_000
  const store = openStore({ ...base, dataDir, maxStore })
  t.teardown(() => store.close())
  write(store, 0, 100, 20_000)
  store.annotate(idOf(0), { pinned: true })
  write(store, 100, 900, 20_000)
  t.ok(store.status().size > 2.5 * maxStore, `${store.status().size} octets before`)
  const { removed, slices } = housekeep(store)
  t.ok(removed.length > 500)
  store.close()
  const after = statSync(join(dataDir, 'captures.db')).size
  t.ok(after < 1.2 * maxStore, `${after} octets after`)
  t.ok(slices > 5, `${slices} slices`)
  const again = openStore({ ...base, dataDir, maxStore })
  t.ok(again.entry(idOf(0)), 'the pinned one')
  t.ok(again.entry(idOf(899)), 'the newest one')
  t.ok(again.content(again.entry(idOf(899))?.exchange.outcome.state === 'complete' ? digest(again, 899) : ''))
  again.close()
})

t.test('B06: the file shrinks while it is in use, without anything more being recorded', async (t) => {
  const dataDir = t.testdir()
  const store = openStore({ ...base, dataDir, maxExchanges: 100, checkpoints: 'beside' })
  t.teardown(() => store.close())
  write(store, 0, 600, 20_000)
  const size = () => statSync(join(dataDir, 'captures.db')).size
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; await setTimeout(5)) if (!store.retain().more) break
  t.equal(store.status().exchanges, 100)
  for (const deadline = Date.now() + 30_000; size() > 5_000_000 && Date.now() < deadline; ) await setTimeout(20)
  t.ok(size() < 5_000_000, `${size()} octets`)
})

/** As the wire would tell them, 200 at a time, as fast as the recorder takes them; `seen` after each. */
async function flood(store: Store, count: number, size: number, seen: () => void): Promise<void> {
  const hash = (octets: Uint8Array | string) => createHash('sha256').update(octets).digest('hex')
  const diagnosis = createDiagnosis({
    hash,
    now: Date.now,
    onRuleFailure: (_rule, _id, error) => t.fail(String(error)),
  })
  const nothing = () => {}
  const report = (error: Error) => t.fail(error.message)
  const watch = {
    changed: nothing,
    removed: nothing,
    restored: nothing,
    messages: nothing,
    stateChanged: nothing,
    report,
  }
  const times = { commitMs: 100, retryMs: 2000, retainMs: 1000, diagnosedContent: limits.diagnosedContent }
  const recorder = createRecorder(store, diagnosis, watch, { ...times, waiting: limits.waiting })
  const vary = (n: number) => ({ body: `${n}:${'x'.repeat(size)}`, status: 200 })
  for (let from = 0; from < count; from += 200) {
    const { entries, contents } = batchOf(
      Array(200)
        .keys()
        .map((i) => from + i),
      vary,
    )
    const changed = new Map(entries.map(({ exchange }) => [exchange.id, exchange]))
    const named = contents.map(({ digest, octets }) => ({ id: '', side: 'response' as const, digest, octets }))
    recorder.take({ changed, ended: [...changed.keys()], contents: named, messages: [] })
    await setImmediate()
    seen()
  }
  recorder.close(0)
}

t.test('B06: in a flood room is made as fast as it is taken: by count', async (t) => {
  const maxExchanges = 10_000
  const store = openStore({ ...base, dataDir: t.testdir(), maxExchanges, checkpoints: 'beside' })
  t.teardown(() => store.close())
  let most = 0
  await flood(store, 1.8 * maxExchanges, 0, () => {
    most = Math.max(most, store.status().exchanges)
  })
  t.ok(most < 1.2 * maxExchanges, `never more than ${most}`)
  t.ok(store.status().exchanges > 0.9 * maxExchanges)
})

t.test('B06: in a flood room is made as fast as it is taken: by size', async (t) => {
  const maxStore = 50_000_000
  const dataDir = t.testdir()
  const store = openStore({ ...base, dataDir, maxStore, checkpoints: 'beside' })
  t.teardown(() => store.close())
  const size = (end: string) => statSync(join(dataDir, `captures.db${end}`)).size
  const most = { file: 0, log: 0 }
  await flood(store, 14_000, 2_000, () => {
    most.file = Math.max(most.file, size(''))
    most.log = Math.max(most.log, size('-wal'))
  })
  t.ok(most.file < maxStore && most.file > 0.7 * maxStore, `the file: never more than ${most.file}`)
  // How long the log gets is also a matter of the disk, and of the thread that brings it into the file.
  t.ok(most.log < 0.5 * maxStore, `its log: never more than ${most.log}`)
})

function digest(store: Store, n: number): string {
  const outcome = store.entry(idOf(n))?.exchange.outcome
  if (outcome?.state !== 'complete' || outcome.response.content.kept === 'none') return ''
  return outcome.response.content.digest
}

t.test('an exchange with very many messages goes in slices too, and none of them is left', async (t) => {
  const dataDir = t.testdir()
  const store = openStore({ ...base, dataDir, maxExchanges: 2 })
  t.teardown(() => store.close())
  write(store, 0, 4)
  const message = { from: 'client', at: 1, opcode: 'text', size: 9, data: 'a message', truncated: false } as const
  const messages = Array.from({ length: 20_000 }, (_, seq) => ({
    ...message,
    exchangeId: idOf(seq % 2),
    seq,
    compressed: false,
  }))
  store.write({ contents: [], entries: [], messages })
  const { removed, slices } = housekeep(store)
  t.same(removed, [0, 1].map(idOf))
  t.ok(slices > 2, `${slices} slices`)
  const db = new Database(join(dataDir, 'captures.db'), { readOnly: true })
  t.equal(db.number('SELECT count(*) FROM messages'), 0)
  t.equal(db.number('SELECT exchanges FROM totals'), 2)
  db.close()
})

t.test('B06: the messages of an exchange that goes on make room by their own age', async (t) => {
  const maxStore = 8_000_000
  const dataDir = t.testdir()
  const store = openStore({ ...base, dataDir, maxStore })
  t.teardown(() => store.close())
  store.begin({ id: 's1', name: 'first', startedDateTime: '2026-01-01T00:00:00.000Z', kind: 'capture' })
  const { entries } = batchOf([1])
  const [entry] = entries
  if (!entry) throw new Error('no entry')
  const id = entry.exchange.id
  const data = 'm'.repeat(10_000)
  const message = { exchangeId: id, from: 'server', opcode: 'text', size: 10_000, data, truncated: false } as const
  // Messages of 10 kB, a second apart, and as many exchanges that begin in the meantime.
  for (let seq = 0; seq < 2_000; seq += 100) {
    const messages = Array.from({ length: 100 }, (_, i) => ({
      ...message,
      seq: seq + i,
      at: (seq + i) * 1000,
      compressed: false,
    }))
    const row = { ...entry.row, outcome: 'receiving' as const, duration: null, messageCount: seq + 100 }
    store.write({ contents: [], entries: [{ ...entry, row }], messages })
    write(store, seq + 2, seq + 102, 10_000)
    housekeep(store)
  }
  t.ok(store.entry(id), 'it stays while it goes on')
  const { messages, total } = store.messages(id, 0, 10)
  t.equal(total, 2_000, 'all are counted')
  const oldestMessage = messages[0]?.seq ?? 0
  const oldestExchange = Number.parseInt(store.ids(undefined)[1] ?? '', 36)
  t.ok(oldestMessage > 1_000, `the first ${oldestMessage} are gone`)
  t.ok(Math.abs(oldestMessage - oldestExchange) < 400, 'and so are the exchanges that began in their time')
  store.close()
  t.ok(statSync(join(dataDir, 'captures.db')).size < 1.2 * maxStore)
})

t.test('only pinned ones left: retention stops instead of turning for ever', async (t) => {
  const store = openStore({ ...base, dataDir: t.testdir(), maxExchanges: 5 })
  t.teardown(() => store.close())
  write(store, 0, 10)
  for (let n = 0; n < 10; n++) store.annotate(idOf(n), { pinned: true })
  t.same(housekeep(store).removed, [])
  t.equal(store.status().exchanges, 10)
})

t.test('what still runs stays while its session runs', async (t) => {
  const store = openStore({ ...base, dataDir: t.testdir(), maxExchanges: 2 })
  t.teardown(() => store.close())
  store.begin({ id: 's1', name: 'first', startedDateTime: '2026-01-01T00:00:00.000Z', kind: 'capture' })
  const batch = batchOf([1, 2, 3, 4])
  const [first, ...rest] = batch.entries
  if (!first) throw new Error('no entry')
  const running = { ...first, row: { ...first.row, outcome: 'receiving' as const, duration: null } }
  store.write({ ...batch, entries: [running, ...rest] })
  t.same(housekeep(store).removed, [2, 3].map(idOf))
  store.begin({ id: 's2', name: 'second', startedDateTime: '2026-01-02T00:00:00.000Z', kind: 'capture' })
  write(store, 5, 6)
  t.same(housekeep(store).removed, [1].map(idOf), 'of an earlier session it is as old as it looks')
})

t.test('B07: memory and file stay flat while exchanges come and go', async (t) => {
  const dataDir = t.testdir()
  const store = openStore({ ...base, dataDir, maxExchanges: 500 })
  t.teardown(() => store.close())
  const round = (from: number) => {
    write(store, from, from + 1_000, 500)
    housekeep(store)
    return { rss: process.memoryUsage().rss, size: store.status().size }
  }
  for (let i = 0; i < 4; i++) round(i * 1_000)
  const before = round(5_000)
  let after = before
  for (let i = 6; i < 14; i++) after = round(i * 1_000)
  const grown = (after.rss - before.rss) / 1024 / 1024
  t.ok(grown < 60, `${grown.toFixed(1)} MiB more after 8,000 further exchanges`)
  t.ok(after.size < 1.6 * before.size + 4_000_000, `file ${before.size} then ${after.size}`)
  t.equal(store.status().exchanges, 500)
})
