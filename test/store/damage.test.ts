// Damage: changed, cut, emptied and foreign files are moved aside, and what can be read comes back.
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { toRow } from '../../src/api/row.ts'
import { Database } from '../../src/store/database.ts'
import { openStore } from '../../src/store/open-store.ts'
import { batchOf, idOf } from './entries.ts'
import { fill, housekeep, limits } from './filled-store.ts'

t.setTimeout(120_000)

t.test('B04: a damaged file is moved aside, the start not blocked, and what can be read comes back', async (t) => {
  const whole = t.testdir()
  const count = 400
  fill(whole, count)
  const size = statSync(join(whole, 'captures.db')).size
  const root = mkdtempSync(join(tmpdir(), 'telltale-corrupt-'))
  t.teardown(() => rmSync(root, { recursive: true }))
  let slowest = 0
  let hurt = 0
  const saved: number[] = []
  for (let i = 0; i < 24; i++) {
    const dataDir = join(root, String(i))
    cpSync(whole, dataDir, { recursive: true })
    const file = join(dataDir, 'captures.db')
    const octets = readFileSync(file)
    if (i < 20)
      octets
        .subarray(Math.floor((size * i) / 20) + (i === 0 ? 100 : 0))
        .subarray(0, 1024)
        .forEach((octet, at, all) => {
          all[at] = octet ^ 0xff
        })
    if (i < 20) writeFileSync(file, octets)
    if (i === 20) truncateSync(file, Math.floor(size / 2))
    if (i === 21) truncateSync(file, 100)
    if (i === 22) writeFileSync(file, Buffer.alloc(size))
    if (i === 23) writeFileSync(file, 'once upon a time')
    const begun = performance.now()
    const heard: string[] = []
    const store = openStore({ ...limits, dataDir, rowOf: toRow, notice: (text) => heard.push(text) })
    store.begin({ id: 's2', name: 'second', startedDateTime: '2026-01-02T00:00:00.000Z', kind: 'capture' })
    store.write(batchOf([count + 1]))
    slowest = Math.max(slowest, performance.now() - begun)
    housekeep(store)
    for (const id of store.ids(undefined)) store.entry(id)
    housekeep(store)
    const left = store.ids(undefined).length
    if ([...store.notices, ...heard].length > 0) {
      hurt += 1
      t.ok(
        readdirSync(dataDir).some((name) => /^captures\.db\.corrupt-2026-11-22T00-00-00$/.test(name)),
        `${i}: ${[...store.notices, ...heard].join(' ')}`,
      )
    } else t.equal(left, count + 1, `${i}: the change hit nothing that is checked`)
    saved.push(left - 1)
    t.ok(store.entry(idOf(count + 1)), 'recording goes on')
    store.close()
  }
  t.ok(slowest < 5_000, `slowest start ${slowest.toFixed(0)} ms`)
  t.comment(`came back: ${saved}`)
  t.ok(
    saved.slice(0, 20).every((one) => one > 0.8 * count),
    'of a changed file nearly all exchanges come back, wherever the change is',
  )
  t.ok((saved[20] ?? 0) > 0.2 * count, 'of half a file some')
  t.same(saved.slice(21), [0, 0, 0])
  t.ok(hurt >= 15, `${hurt} of 24 noticed`)
})

t.test('B04: damage that shows while the store is in use is met in the same way', async (t) => {
  const dataDir = t.testdir()
  // Too large to be checked as a whole at the start.
  fill(dataDir, 800, 80_000)
  const file = join(dataDir, 'captures.db')
  const heard: string[] = []
  const store = openStore({ ...limits, dataDir, notice: (text) => heard.push(text) })
  t.teardown(() => store.close())
  store.begin({ id: 's2', name: 'second', startedDateTime: '2026-01-02T00:00:00.000Z', kind: 'capture' })
  const octets = readFileSync(file)
  for (let at = 40 * 4096; at < octets.length; at += 8 * 4096) octets.fill(0xa5, at, at + 4096)
  writeFileSync(file, octets)
  for (const from of [0, 400]) store.rows({ limit: 400, offset: from, sort: 'path' })
  for (let i = 0; i < 800; i++) store.entry(idOf(i))
  store.write(batchOf([900]))
  t.match(heard, [/was moved to captures\.db\.corrupt-.*being brought back/])
  const restored = housekeep(store)
  t.match(heard.at(-1), /exchanges were brought back/)
  t.ok(restored > 300, `${restored} of 800`)
  t.match(store.sessions(), [
    { id: 's2', exchanges: 0 },
    { id: 's1', name: 'first' },
  ])
  t.ok(store.entry(idOf(900)))
})

t.test('B04: salvage goes on after a restart in the middle of it', async (t) => {
  const dataDir = t.testdir()
  fill(dataDir, 1_000)
  const file = join(dataDir, 'captures.db')
  truncateSync(file, statSync(file).size - 4096 * 3)
  const first = openStore({ ...limits, dataDir })
  const { restored = 0 } = first.retain()
  first.close()
  const second = openStore({ ...limits, dataDir })
  t.teardown(() => second.close())
  t.same(second.notices, [])
  const rest = housekeep(second)
  t.ok(restored > 0 && rest > 0 && restored + rest > 500, `${restored}, then ${rest}`)
  t.equal(second.status().exchanges, restored + rest)
})

t.test('B04: of a large file that was cut comes back what was before the cut, and the rest is counted', async (t) => {
  const count = 2_500
  const whole = t.testdir()
  const filled = openStore({ ...limits, dataDir: whole })
  // Rows so long that their tree has a level more, begun behind the middle of the file: cut there, none of them can be found.
  const long = 'p'.repeat(1_500)
  const headers = [['X-Long', 'h'.repeat(2_500)]] as const
  for (let from = 0; from < count; from += 500) {
    const numbers = Array.from({ length: 500 }, (_, i) => from + i)
    filled.write(batchOf(numbers, (n) => ({ url: `https://a.example/${long}/${n}`, headers })))
  }
  filled.close()
  for (const share of [0.5, 0.99]) {
    const dataDir = join(whole, String(share))
    mkdirSync(dataDir)
    const file = join(dataDir, 'captures.db')
    copyFileSync(join(whole, 'captures.db'), file)
    truncateSync(file, Math.floor(statSync(file).size * share))
    const heard: string[] = []
    const store = openStore({ ...limits, dataDir, rowOf: toRow, notice: (text) => heard.push(text) })
    const restored = housekeep(store)
    t.ok(restored > 0.7 * share * count, `${restored} of ${count}, cut at ${share}`)
    t.match(heard, [`${restored} exchanges were brought back`])
    t.match(heard, [`; ${count - restored} could not be read.`])
    const [oldest] = store.rows({ limit: 1, sort: 'time' }).rows
    t.match(oldest, { id: idOf(0), url: `https://a.example/${long}/0`, status: 200, client: 'curl 8.14' })
    t.equal(store.entry(idOf(0))?.exchange.request.headers.length, 4)
    store.close()
  }
})

t.test('a database of somebody else is moved aside, an empty file filled', async (t) => {
  const dataDir = t.testdir()
  const other = new Database(join(dataDir, 'captures.db'))
  other.exec('CREATE TABLE theirs (a); PRAGMA application_id = 7; PRAGMA user_version = 9')
  other.close()
  const store = openStore({ ...limits, dataDir })
  t.match(store.notices, [/is not a store of Telltale; it was moved to captures\.db\.corrupt-/])
  store.close()
  const folder = t.testdir({ 'captures.db': { theirs: 'x' } })
  const beside = openStore({ ...limits, dataDir: folder })
  t.match(beside.notices, [/is not a store of Telltale; it was moved to captures\.db\.corrupt-/])
  beside.close()
  const empty = t.testdir({ empty: { 'captures.db': '' } })
  const made = openStore({ ...limits, dataDir: join(empty, 'empty') })
  t.same(made.notices, [])
  t.same(made.rows({ limit: 1 }), { rows: [], total: 0 })
  made.close()
})
