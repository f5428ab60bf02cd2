// Upgrades and downgrades, closed folders and full disks: done to real files and file systems.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import t from 'tap'
import { removeInSlices } from '../../src/desk/remove-in-slices.ts'
import { parseFilter } from '../../src/filter/parse-filter.ts'
import { Database, isStoreFull } from '../../src/store/database.ts'
import { isRemote, mountedType } from '../../src/store/is-remote.ts'
import { openCaptures } from '../../src/store/open-captures.ts'
import { openReader } from '../../src/store/open-reader.ts'
import { openStore } from '../../src/store/open-store.ts'
import { batchOf, idOf } from './entries.ts'
import { base, fill, limits } from './filled-store.ts'
import { child, kill, start } from './started.ts'

t.setTimeout(120_000)

function hashOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex')
}

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

t.test('B01: a log is kept, and with --durable each commit waits for the disk', (t) => {
  for (const durable of [false, true]) {
    const { db } = openCaptures(join(t.testdir({}), 'captures.db'), { ...base, durable })
    t.equal(db.get('PRAGMA journal_mode')?.journal_mode, 'wal')
    // 1 is NORMAL, 2 is FULL (sqlite.org/pragma.html#pragma_synchronous).
    t.equal(db.number('PRAGMA synchronous'), durable ? 2 : 1)
    db.close()
  }
  t.end()
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
  // Root may write anywhere: somebody else has to try.
  const closed = mkdtempSync(join(tmpdir(), 'telltale-closed-'))
  t.teardown(() => rmSync(closed, { recursive: true }))
  chmodSync(closed, 0o500)
  const isRoot = process.getuid?.() === 0
  const tried = spawnSync(process.execPath, [child, 'open', closed], {
    encoding: 'utf8',
    ...(isRoot ? { uid: 65_534, gid: 65_534 } : {}),
  })
  if (tried.stdout === '') t.pass('somebody else tries', { skip: 'this folder is closed to others' })
  else t.equal(tried.stdout, `The data directory ${closed} cannot be used: permission denied.\n`, tried.stderr)
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

t.test('B03: on a network file system there is no write-ahead log, and the start says what that means', async (t) => {
  const folder = t.testdir({ 'a share': { data: {} }, local: {} })
  const mounts = join(folder, 'mounts')
  const escaped = folder.replaceAll(' ', '\\040')
  const lines = (type: string) =>
    `/dev/vda / ext4 rw,relatime 0 0\nproc /proc proc rw 0 0\nnas:/home ${escaped}/a\\040share ${type} rw,vers=4.2 0 0\n/dev/vdb ${escaped}/a ext4 rw 0 0\n`
  for (const type of ['nfs', 'nfs4', 'cifs', 'smb3', '9p', 'fuse.sshfs']) {
    writeFileSync(mounts, lines(type))
    t.ok(isRemote(join(folder, 'a share', 'data'), mounts), type)
    t.notOk(isRemote(join(folder, 'local'), mounts), `${type}: the folder beside it`)
  }
  for (const type of ['ext4', 'tmpfs', 'overlay', 'btrfs', 'fuse.ntfs-3g', 'nfsd']) {
    writeFileSync(mounts, lines(type))
    t.notOk(isRemote(join(folder, 'a share', 'data'), mounts), type)
  }
  t.equal(mountedType('a / ext4 rw 0 0\nb /x nfs rw 0 0\nc /x tmpfs rw 0 0', '/x/y'), 'tmpfs', 'the later of two')
  t.equal(mountedType('', '/x'), undefined)
  t.equal(isRemote(folder, join(folder, 'no such file')), false, 'asked of the system where there is no list')

  writeFileSync(mounts, lines('nfs4'))
  const dataDir = join(folder, 'a share', 'data')
  const options = { ...limits, dataDir, mounts, checkpoints: 'beside' } as const
  const store = openStore(options)
  t.match(store.notices, [/is on a network file system: searching there may hold recording up/])
  for (let n = 0; n < 600; n += 100) store.write(batchOf(Array.from({ length: 100 }, (_, i) => n + i)))
  t.same(
    readdirSync(dataDir).filter((name) => /-(wal|shm)$/.test(name)),
    [],
    'neither log nor shared memory',
  )
  const reader = openReader(dataDir)
  const filter = parseFilter('body:number')
  t.equal('filter' in filter && (await reader.rows({ filter: filter.filter, limit: 5 })).rows.length, 5)
  await reader.close()
  t.equal(await removeInSlices(store, [idOf(1), idOf(2)]), 2)
  store.close()
  const again = openStore(options)
  t.equal(again.status().exchanges, 598)
  t.equal(again.notices.length, 1)
  again.close()
  writeFileSync(mounts, lines('ext4'))
  const moved = openStore(options)
  t.same([moved.notices.length, moved.status().exchanges], [0, 598], 'the same files on a disk of this machine')
  moved.write(batchOf([9_999]))
  t.ok(readdirSync(dataDir).includes('captures.db-wal'))
  moved.close()
})

t.test('the log is brought into the file by a thread beside, whatever happens to the file', async (t) => {
  const dataDir = t.testdir()
  const open = () => openStore({ ...limits, dataDir, maxStore: 64_000_000, checkpoints: 'beside' })
  const store = open()
  const file = join(dataDir, 'captures.db')
  const some = (from: number) => batchOf(Array.from({ length: 100 }, (_, i) => from + i))
  for (let n = 0; n < 2_000; n += 100) store.write(some(n))
  const deadline = Date.now() + 20_000
  // The file itself grows although the writer is far from copying anything: the thread did it.
  while (statSync(file).size < 1_000_000 && Date.now() < deadline) await setTimeout(20)
  t.ok(statSync(file).size >= 1_000_000, `${statSync(file).size} octets in the file`)
  const ids = Array.from({ length: 2_000 }, (_, n) => idOf(n))
  t.equal(await removeInSlices(store, ids), 2_000)
  t.equal(store.status().exchanges, 0)
  // Cleared and written over and over while checkpoints run: nothing of an old file may touch a new one.
  for (let round = 0; round < 10; round++) {
    for (let n = 0; n < 500; n += 100) store.write(some(n))
    if (round < 9) t.equal(store.clear(), 500)
  }
  store.close()
  const again = open()
  t.equal(again.status().exchanges, 500)
  again.close()
  const db = new Database(file, { readOnly: true })
  t.equal(db.get('PRAGMA integrity_check')?.integrity_check, 'ok')
  db.close()
})
