// Crashes: processes killed and logs cut at any moment; what was committed is there again.
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, statSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { openStore } from '../../src/store/open-store.ts'
import { fill, limits, soundPrefix } from './filled-store.ts'
import { kill, start } from './started.ts'

t.setTimeout(120_000)

t.test('R08: kill -9 in full flight loses nothing that was committed', async (t) => {
  const dataDir = t.testdir()
  let from = 0
  for (const lines of [3, 17, 40]) {
    const running = start('write-beside', dataDir, String(from))
    await running.said(lines)
    await kill(running)
    const committed = Number(running.lines.at(-1))
    from = soundPrefix(dataDir)
    t.ok(from >= committed && from % 10 === 0, `${from} of ${committed}`)
  }
})

t.test('B01: files as a power cut leaves them, at 100 random moments, open sound and without a gap', async (t) => {
  const dataDir = t.testdir()
  const running = start('write-beside', dataDir)
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
  const lengths = Array.from({ length: 50 }, (_, i) => Math.floor((size * (49 - i)) / 50) + (49 - i) * 37)
  for (const [i, length] of lengths.entries()) {
    const copy = join(root, String(i))
    mkdirSync(copy)
    copyFileSync(join(dataDir, 'captures.db'), join(copy, 'captures.db'))
    copyFileSync(wal, join(copy, 'captures.db-wal'))
    truncateSync(join(copy, 'captures.db-wal'), length)
    counts.push(soundPrefix(copy))
  }
  t.same(
    counts,
    counts.toSorted((a, b) => b - a),
    'the more is cut, the fewer are left',
  )
  t.equal(new Set(counts).size > 10 && counts.length, 50, `${counts}`)
  t.equal(counts.at(-1), 0, 'without the log nothing: all of it was in there')
})

t.test('B26: half an import is gone after the next start', async (t) => {
  const dataDir = t.testdir()
  fill(dataDir, 100)
  const running = start('import', dataDir, '1000')
  await running.said(20)
  await kill(running)
  const first = openStore({ ...limits, dataDir, removedAtStart: 150 })
  const left = first.status().exchanges
  t.ok(left > 100, 'what is too much for the start is left to the housekeeping')
  t.ok(first.retain().removed.length > 0 && first.status().exchanges < left)
  first.close()
  const store = openStore({ ...limits, dataDir })
  t.teardown(() => store.close())
  store.begin({ id: 's3', name: 'third', startedDateTime: '2026-01-03T00:00:00.000Z', kind: 'capture' })
  t.equal(store.status().exchanges, 100)
  t.same(
    store.sessions().map((session) => session.id),
    ['s3', 's1'],
  )
})
