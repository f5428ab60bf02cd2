// The store's everyday work: what was written is read again, changed, listed, counted and removed.
import { statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { removeInSlices } from '../../src/desk/remove-in-slices.ts'
import { Database } from '../../src/store/database.ts'
import { openReadOnly } from '../../src/store/open-read-only.ts'
import { openStore } from '../../src/store/open-store.ts'
import { batchOf, digestOf, entryOf, exchangeOf, idOf } from './entries.ts'

const limits = { maxStore: 1 << 30, maxExchanges: 100_000, durable: false, version: '0.0.0', now: () => Date.now() }
const session = { id: 's1', name: 'first', startedDateTime: '2026-01-01T00:00:00.000Z', kind: 'capture' } as const

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i)
}

t.test('what was written is there again after closing and opening', async (t) => {
  const dataDir = t.testdir()
  const first = openStore({ ...limits, dataDir })
  first.begin(session)
  const entry = entryOf(7, { finding: {} })
  const octets = Buffer.from('{"number":7,"word":"w7x"}')
  first.write({ contents: [{ digest: digestOf(octets), octets }], entries: [entry], messages: [] })
  first.close()
  const second = openStore({ ...limits, dataDir })
  t.teardown(() => second.close())
  t.same(second.entry(idOf(7)), entry)
  t.same(second.rows({ limit: 10 }), { rows: [entry.row], total: 1 })
  t.same(Buffer.from(second.content(digestOf(octets)) ?? []), octets)
  t.match(second.sessions(), [{ ...session, exchanges: 1 }])
  t.match(second.status(), { exchanges: 1, limit: 1 << 30, findings: { error: 1, warning: 0, note: 0 } })
  t.same(second.notices, [])
})

t.test('indexes that are seldom needed are made by the first question that needs them, and stay', async (t) => {
  const dataDir = t.testdir()
  const store = openStore({ ...limits, dataDir })
  store.write(batchOf(range(0, 50)))
  const file = new Database(join(dataDir, 'captures.db'), { readOnly: true })
  const made = () =>
    file.all("SELECT name FROM sqlite_master WHERE tbl_name = 'exchanges' AND type = 'index'").map(({ name }) => name)
  const before = made()
  const slowest = () => store.rows({ limit: 100, sort: '-duration' }).rows.map(({ duration }) => duration ?? 0)
  const readOnly = openReadOnly(dataDir)
  const slow = {
    kind: 'test',
    property: 'duration',
    test: { op: 'compare', sign: '>', value: 0, written: '0' },
  } as const
  const unindexed = readOnly.ids(slow)
  readOnly.close()
  t.same(made(), before, 'who only reads makes none')
  const first = slowest()
  t.same(
    first,
    first.toSorted((a, b) => b - a),
  )
  t.same(made(), [...before, 'exchanges_duration'])
  t.same(store.ids(slow), unindexed)
  store.rows({ limit: 100, sort: 'path' })
  store.write(batchOf(range(50, 60)))
  t.equal(slowest().length, 60)
  const levels = store.rows({ limit: 100, sort: '-finding' }).rows.map(({ findings }) => Number(findings.error > 0))
  t.same(
    levels,
    levels.toSorted((a, b) => b - a),
  )
  t.same(made(), [...before, 'exchanges_duration', 'exchanges_path', 'exchanges_worst'])
  file.close()
  store.close()
  const again = openStore({ ...limits, dataDir })
  t.equal(again.rows({ limit: 100, sort: 'path' }).rows.length, 60)
  t.same(again.notices, [])
  again.close()
})

t.test('directory and files are for their owner only', async (t) => {
  const dataDir = join(t.testdir(), 'made')
  const store = openStore({ ...limits, dataDir })
  t.teardown(() => store.close())
  store.write(batchOf([1]))
  t.equal(statSync(dataDir).mode & 0o777, 0o700)
  for (const name of ['captures.db', 'captures.db-wal', 'captures.db-shm'])
    t.equal(statSync(join(dataDir, name)).mode & 0o777, 0o600, name)
})

t.test('an exchange that changes later is replaced, and keeps its pin and mark', async (t) => {
  const store = openStore({ ...limits, dataDir: t.testdir() })
  t.teardown(() => store.close())
  const done = exchangeOf(3)
  const waiting = { ...entryOf(3), exchange: { ...done, outcome: { state: 'waiting' } as const, marks: {} } }
  const { status: _, ...rest } = waiting.row
  store.write({
    contents: [],
    entries: [{ ...waiting, row: { ...rest, status: 0, outcome: 'waiting', duration: null } }],
    messages: [],
  })
  t.match(store.annotate(idOf(3), { pinned: true, mark: 2 }), { pinned: true, mark: 2, outcome: 'waiting' })
  store.write(batchOf([3], () => ({ finding: { level: 'warning' } })))
  t.match(store.entry(idOf(3)), { exchange: done, row: { pinned: true, mark: 2, outcome: 'complete', status: 301 } })
  t.equal(store.rows({ limit: 5 }).total, 1)
  t.same(store.status().findings, { error: 0, warning: 1, note: 0 })
  store.write(batchOf([3]))
  t.same(store.status().findings, { error: 0, warning: 0, note: 0 })
  t.same(store.annotate(idOf(3), { mark: 0 })?.pinned, true)
  t.equal(store.annotate(idOf(99), { mark: 0 }), undefined)
})

t.test('pages of rows in every order, by offset and by neighbour', async (t) => {
  const store = openStore({ ...limits, dataDir: t.testdir() })
  t.teardown(() => store.close())
  store.write(batchOf(range(0, 500)))
  const ids = (query: Parameters<typeof store.rows>[0]) => store.rows(query).rows.map((row) => row.id)
  t.same(ids({ limit: 2 }), [idOf(499), idOf(498)])
  t.same(ids({ limit: 2, offset: 100 }), [idOf(399), idOf(398)])
  t.same(ids({ limit: 2, sort: 'time' }), [idOf(0), idOf(1)])
  t.same(ids({ limit: 2, before: idOf(250) }), [idOf(249), idOf(248)])
  t.same(ids({ limit: 500, after: idOf(497) }), [idOf(499), idOf(498)])
  for (const key of ['method', 'host', 'path', 'status', 'type', 'size', 'duration'] as const) {
    const up = ids({ limit: 500, sort: key })
    t.same(ids({ limit: 500, sort: `-${key}` }), up.toReversed(), key)
    t.equal(new Set(up).size, 500)
    t.same(ids({ limit: 7, offset: 321, sort: key }), up.slice(321, 328))
  }
  const durations = store.rows({ limit: 500, sort: '-duration' }).rows.map((row) => row.duration ?? 0)
  t.same(
    durations,
    durations.toSorted((a, b) => b - a),
  )
})

t.test('content goes when nobody names it any more', async (t) => {
  const store = openStore({ ...limits, dataDir: t.testdir() })
  t.teardown(() => store.close())
  store.write(batchOf([1, 2], () => ({ body: 'same for both' })))
  const digest = digestOf(Buffer.from('same for both'))
  t.equal(store.remove([idOf(1), idOf(77)]).removed, 1)
  t.ok(store.content(digest))
  t.equal(store.remove([idOf(2)]).removed, 1)
  t.equal(store.content(digest), undefined)
  t.equal(store.status().exchanges, 0)
  t.same(store.rows({ limit: 5 }), { rows: [], total: 0 })
})

t.test('messages of a WebSocket are read in windows and leave with their exchange', async (t) => {
  const dataDir = t.testdir()
  const store = openStore({ ...limits, dataDir })
  t.teardown(() => store.close())
  const message = (seq: number) => ({
    exchangeId: idOf(1),
    seq,
    from: 'server' as const,
    at: seq,
    opcode: 'text' as const,
    size: 2,
    data: `m${seq}`,
    truncated: false,
    compressed: false,
  })
  store.write({ ...batchOf([1]), messages: range(0, 10).map(message) })
  t.same(store.messages(idOf(1), 4, 2), { messages: [message(4), message(5)], total: 10 })
  const beside = openReadOnly(dataDir)
  const every = beside.everyMessage(idOf(1), 3)
  t.same([...every], range(0, 10).map(message), 'page by page')
  t.same([...every].length, 10, 'and again')
  t.same([...beside.everyMessage('nothing')], [])
  beside.close()
  store.remove([idOf(1)])
  t.same(store.messages(idOf(1), 0, 5), { messages: [], total: 0 })
})

t.test('sessions begin, end, are renamed and counted', async (t) => {
  const store = openStore({ ...limits, dataDir: t.testdir(), now: () => Date.UTC(2026, 1, 1) })
  t.teardown(() => store.close())
  store.begin({ ...session, cwd: '/tmp', command: ['npm', 'test'], git: { branch: 'main', commit: 'abc' } })
  store.write(batchOf([1, 2]))
  store.end('s1')
  store.begin({ ...session, id: 's2', name: 'second', startedDateTime: '2026-01-02T00:00:00.000Z' })
  store.rename('s1', 'login bug')
  t.match(store.sessions(), [
    { id: 's2', exchanges: 0 },
    { id: 's1', name: 'login bug', exchanges: 2, endedDateTime: '2026-02-01T00:00:00.000Z', git: { branch: 'main' } },
  ])
  const third = { ...session, id: 's3', startedDateTime: '2026-01-03T00:00:00.000Z' }
  store.begin(third)
  store.rename('s3', 'renamed while it runs')
  t.equal(store.running?.name, 'renamed while it runs')
  store.begin(third)
  t.equal(store.running?.name, 'renamed while it runs', 'a desk that was started again begins it again')
  t.same(
    store.sessions().map((one) => one.id),
    ['s3', 's1'],
    'a session without exchanges is forgotten',
  )
  await removeInSlices(store, [idOf(1), idOf(2)])
  t.same(
    store.sessions().map((one) => one.id),
    ['s3'],
    'one that is over goes with its last exchange, the running one stays',
  )
  store.clear()
  t.match(store.sessions(), [{ id: 's3', name: 'renamed while it runs' }], 'by its name also in a new file')
})

t.test('the tree counts hosts, path segments and clients, with the worst finding below', async (t) => {
  const store = openStore({ ...limits, dataDir: t.testdir() })
  t.teardown(() => store.close())
  store.write(
    batchOf([1, 2, 3], (number) => ({
      url: `https://h.test/v1/${['', 'a', 'a/b', 'c'][number]}?q=1`,
      ...(number === 2 ? { finding: { level: 'warning' } } : {}),
    })),
  )
  const { hosts, clients } = store.tree(undefined)
  t.match(hosts, [
    {
      name: 'h.test',
      count: 3,
      worst: 'warning',
      children: [
        {
          name: 'v1',
          count: 3,
          children: [
            { name: 'a', count: 2 },
            { name: 'c', count: 1 },
          ],
        },
      ],
    },
  ])
  t.match(clients, [{ name: 'curl 8.14', count: 3, worst: 'warning' }])
})

t.test('clearing begins a new file at once, and the running session goes on', async (t) => {
  const dataDir = t.testdir()
  const store = openStore({ ...limits, dataDir })
  t.teardown(() => store.close())
  store.begin(session)
  store.write(batchOf(range(0, 2_000)))
  store.annotate(idOf(5), { pinned: true })
  const begun = performance.now()
  t.equal(store.clear(), 2_000)
  t.ok(performance.now() - begun < 30_000)
  t.ok(statSync(join(dataDir, 'captures.db')).size < 400_000)
  t.same(store.rows({ limit: 5 }), { rows: [], total: 0 })
  t.same(store.status().findings, { error: 0, warning: 0, note: 0 })
  t.match(store.sessions(), [{ id: 's1', exchanges: 0 }])
  store.write(batchOf([1]))
  t.equal(store.status().exchanges, 1)
})

t.test('odd numbers and texts of a file from elsewhere cost no batch', async (t) => {
  const store = openStore({ ...limits, dataDir: t.testdir() })
  t.teardown(() => store.close())
  const { exchange, row } = entryOf(1)
  const odd = {
    ...row,
    status: 200.5,
    duration: Number.NaN,
    responseSize: Number.POSITIVE_INFINITY,
    phases: [Number.NaN, -1, 1e300] as const,
    url: 'http://x.test/\u0000\ud800%',
    statusText: '\u0000\uffff',
    mark: 1.5,
  }
  store.write({ contents: [], entries: [{ exchange, findings: [], row: odd }, entryOf(2)], messages: [] })
  t.equal(store.status().exchanges, 2)
  t.match(store.entry(idOf(1))?.row, { status: 200, duration: 0, phases: [0, -1, 1e300], mark: 1 })
  t.same(store.rows({ limit: 9 }).rows.length, 2)
  t.equal(await removeInSlices(store, [idOf(1), idOf(2)]), 2)
})
