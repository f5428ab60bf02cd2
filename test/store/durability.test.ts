// Crashes, cut and changed files, full disks, upgrades: done to real files and real processes.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
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
import { Database, isStoreFull } from '../../src/store/database.ts'
import { openCaptures } from '../../src/store/open-captures.ts'
import { openStore } from '../../src/store/open-store.ts'
import { batchOf, idOf } from './entries.ts'
import { kill, start } from './started.ts'

t.setTimeout(120_000)

const base = { durable: false, version: '0.0.0', now: () => Date.UTC(2026, 10, 22) }
const limits = { ...base, maxStore: 1 << 30, maxExchanges: 100_000 }
/** The store is sound, and holds the exchanges from 0 on without a gap; returns how many. */
function soundPrefix(dataDir: string): number {
  const store = openStore({ ...limits, dataDir })
  const ids = store.ids(undefined)
  const gap = ids.findIndex((id, i) => id !== idOf(i))
  store.close()
  const db = new Database(join(dataDir, 'captures.db'), { readOnly: true })
  const check = String(db.get('PRAGMA integrity_check')?.integrity_check)
  db.close()
  if (check !== 'ok' || gap >= 0 || store.notices.length > 0)
    throw new Error(`${check}, gap at ${gap}, ${store.notices}`)
  return ids.length
}

function fill(dataDir: string, count: number, pad = 900): void {
  const store = openStore({ ...limits, dataDir })
  store.begin({ id: 's1', name: 'first', startedDateTime: '2026-01-01T00:00:00.000Z', kind: 'capture' })
  for (let from = 0; from < count; from += 100)
    store.write(
      batchOf(
        Array.from({ length: 100 }, (_, i) => from + i),
        (n) => ({ body: `{"n":${n},"pad":"${'y'.repeat(pad > 900 ? pad : n % pad)}"}` }),
      ),
    )
  store.close()
}

function hashOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex')
}

function housekeep(store: ReturnType<typeof openStore>): number {
  let restored = 0
  for (let more = true; more; ) {
    const slice = store.retain()
    more = slice.more
    restored += slice.restored ?? 0
  }
  return restored
}

t.test('R08: kill -9 in full flight loses nothing that was committed', async (t) => {
  const dataDir = t.testdir()
  let from = 0
  for (const lines of [3, 17, 40]) {
    const running = start('write', dataDir, String(from))
    await running.said(lines)
    await kill(running)
    const committed = Number(running.lines.at(-1))
    from = soundPrefix(dataDir)
    t.ok(from >= committed && from % 10 === 0, `${from} of ${committed}`)
  }
})

t.test('B01: files as a power cut leaves them, at 100 random moments, open sound and without a gap', async (t) => {
  const dataDir = t.testdir()
  const running = start('write', dataDir)
  await running.said(1)
  const copies: string[] = []
  const root = mkdtempSync(join(tmpdir(), 'telltale-power-'))
  t.teardown(() => rmSync(root, { recursive: true }))
  for (let i = 0; i < 100; i++) {
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 12))
    // Stopped, so that both files are of one moment, as on a disk that lost its power.
    running.process.kill('SIGSTOP')
    const copy = join(root, String(i))
    mkdirSync(copy)
    for (const name of ['captures.db', 'captures.db-wal']) copyFileSync(join(dataDir, name), join(copy, name))
    copies.push(copy)
    running.process.kill('SIGCONT')
  }
  await kill(running)
  const counts = copies.map(soundPrefix)
  t.same(
    counts,
    counts.toSorted((a, b) => a - b),
    'never fewer than a moment before',
  )
  t.ok((counts.at(-1) ?? 0) > 50, `up to ${counts.at(-1)} exchanges`)
})

t.test('B05: a torn write-ahead log costs the last commits only', async (t) => {
  const dataDir = t.testdir()
  const running = start('write', dataDir)
  await running.said(30)
  await kill(running)
  const wal = join(dataDir, 'captures.db-wal')
  const size = statSync(wal).size
  const root = mkdtempSync(join(tmpdir(), 'telltale-torn-'))
  t.teardown(() => rmSync(root, { recursive: true }))
  const counts: number[] = []
  for (let i = 0; i < 50; i++) {
    const copy = join(root, String(i))
    mkdirSync(copy)
    copyFileSync(join(dataDir, 'captures.db'), join(copy, 'captures.db'))
    copyFileSync(wal, join(copy, 'captures.db-wal'))
    truncateSync(join(copy, 'captures.db-wal'), Math.floor((size * (50 - i)) / 50 + (i % 3)))
    counts.push(soundPrefix(copy))
  }
  t.same(
    counts,
    counts.toSorted((a, b) => b - a),
    'the more is cut, the fewer are left',
  )
  t.ok((counts[0] ?? 0) >= 300)
})

t.test('B04: a damaged file is moved aside, the start not blocked, and what can be read comes back', async (t) => {
  const whole = t.testdir()
  const count = 400
  fill(whole, count)
  const size = statSync(join(whole, 'captures.db')).size
  const root = mkdtempSync(join(tmpdir(), 'telltale-corrupt-'))
  t.teardown(() => rmSync(root, { recursive: true }))
  let slowest = 0
  let saved = 0
  let hurt = 0
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
    const store = openStore({ ...limits, dataDir, notice: (text) => heard.push(text) })
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
    if (i < 20) saved += left - 1
    t.ok(store.entry(idOf(count + 1)), 'recording goes on')
    store.close()
  }
  t.ok(slowest < 5_000, `slowest start ${slowest.toFixed(0)} ms`)
  t.ok(saved / (20 * count) > 0.6, `${((100 * saved) / (20 * count)).toFixed(1)} % of all exchanges came back`)
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

t.test('B17: an older store is copied and migrated in one transaction, also after kill -9 in the middle', async (t) => {
  const dataDir = t.testdir()
  fill(dataDir, 200)
  const running = start('migrate', dataDir)
  await running.said(1)
  await kill(running)
  const half = openStore({ ...limits, dataDir })
  t.equal(half.status().exchanges, 200, 'still the old version')
  half.close()
  const step = { to: 2, run: (db: Database) => db.exec('ALTER TABLE sessions ADD COLUMN extra TEXT') }
  const { db, notices } = openCaptures(join(dataDir, 'captures.db'), { ...base, schemaVersion: 2, migrations: [step] })
  t.equal(db.number('PRAGMA user_version'), 2)
  t.equal(db.number('SELECT count(*) FROM exchanges WHERE (SELECT count(extra) FROM sessions) = 0'), 200)
  t.match(notices, ['captures.db was brought from version 1 to 2; the old one is captures.db.version-1.'])
  db.close()
  const copy = new Database(join(dataDir, 'captures.db.version-1'), { readOnly: true })
  t.equal(copy.number('SELECT count(*) FROM exchanges'), 200)
  t.equal(statSync(join(dataDir, 'captures.db.version-1')).mode & 0o777, 0o600)
  copy.close()

  t.test('B18: a store of a newer version is refused in one sentence and left as it is', async (t) => {
    const file = join(dataDir, 'captures.db')
    const before = hashOf(file)
    t.throws(() => openStore({ ...limits, dataDir }), {
      code: 'STORE_UNUSABLE',
      message: /made by a newer Telltale \(store version 2, this is 0\.0\.0 with store version 1\)/,
    })
    t.equal(hashOf(file), before)
    // The version may stand in the log only.
    const open = new Database(file)
    open.exec('PRAGMA user_version = 3')
    const log = join(dataDir, 'copied')
    mkdirSync(log)
    for (const end of ['', '-wal']) copyFileSync(`${file}${end}`, join(log, `captures.db${end}`))
    open.close()
    const logged = ['captures.db', 'captures.db-wal'].map((name) => hashOf(join(log, name)))
    t.throws(() => openStore({ ...limits, dataDir: log }), { message: /store version 3/ })
    t.same(
      ['captures.db', 'captures.db-wal'].map((name) => hashOf(join(log, name))),
      logged,
    )
  })
})

t.test('a database of somebody else is moved aside, an empty file filled', async (t) => {
  const dataDir = t.testdir()
  const other = new Database(join(dataDir, 'captures.db'))
  other.exec('CREATE TABLE theirs (a); PRAGMA application_id = 7; PRAGMA user_version = 9')
  other.close()
  const store = openStore({ ...limits, dataDir })
  t.match(store.notices, [/is not a store of Telltale; it was moved to captures\.db\.corrupt-/])
  store.close()
  const empty = t.testdir({ empty: { 'captures.db': '' } })
  const made = openStore({ ...limits, dataDir: join(empty, 'empty') })
  t.same(made.notices, [])
  t.same(made.rows({ limit: 1 }), { rows: [], total: 0 })
  made.close()
})

t.test('B03: a data directory that cannot be used is refused in one sentence', async (t) => {
  const dir = t.testdir({ file: 'x' })
  t.throws(() => openStore({ ...limits, dataDir: join(dir, 'file') }), {
    code: 'STORE_UNUSABLE',
    message: /cannot be used: a file stands in its place\.$/,
  })
  t.throws(() => openStore({ ...limits, dataDir: join(dir, 'file', 'below') }), {
    message: /cannot be used: a file stands in its (way|place)\.$/,
  })
  t.throws(() => openStore({ ...limits, dataDir: '/proc/telltale' }), { code: 'STORE_UNUSABLE' })
})

t.test(
  'B02: a full disk refuses the commit, keeps what was there, and the next commit after making room succeeds',
  async (t) => {
    // Not in tap's own folder: that is removed before the file system is unmounted.
    const mount = mkdtempSync(join(tmpdir(), 'telltale-full-'))
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=20m,mode=0700', 'tmpfs', mount])
    if (mounted.status !== 0) {
      t.pass('a full disk', { skip: 'no tmpfs can be mounted here' })
      return
    }
    t.teardown(() => {
      spawnSync('umount', ['-l', mount])
      rmSync(mount, { recursive: true, force: true })
    })
    const store = openStore({ ...limits, dataDir: mount })
    store.write(batchOf([1, 2, 3]))
    writeFileSync(join(mount, 'ballast'), Buffer.alloc(14_000_000))
    const large = (n: number) => batchOf([n], () => ({ body: `${n}${'z'.repeat(400_000)}` }))
    let refused: unknown
    let written = 3
    for (let n = 10; n < 100 && refused === undefined; n++) {
      try {
        store.write(large(n))
        written += 1
      } catch (error) {
        refused = error
      }
    }
    t.ok(isStoreFull(refused), String(refused))
    t.equal(store.status().exchanges, written)
    t.throws(() => store.write(large(200)), { code: 'STORE_FULL' })
    t.same(store.retain().removed, [])
    t.ok(store.entry(idOf(2)), 'reading goes on')
    rmSync(join(mount, 'ballast'))
    store.write(large(300))
    t.equal(store.status().exchanges, written + 1)
    store.close()
    const again = openStore({ ...limits, dataDir: mount })
    t.equal(again.status().exchanges, written + 1)
    t.same(again.notices, [])
    again.close()
  },
)

t.test('B26: half an import is gone after the next start', async (t) => {
  const dataDir = t.testdir()
  fill(dataDir, 100)
  const running = start('import', dataDir, '1000')
  await running.said(20)
  await kill(running)
  const store = openStore({ ...limits, dataDir })
  t.teardown(() => store.close())
  t.ok(store.status().exchanges >= 300)
  store.begin({ id: 's3', name: 'third', startedDateTime: '2026-01-03T00:00:00.000Z', kind: 'capture' })
  t.equal(store.status().exchanges, 100)
  t.same(
    store.sessions().map((session) => session.id),
    ['s3', 's1'],
  )
})
