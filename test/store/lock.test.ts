// One instance per data directory, and the documents a person writes: locks and broken files, with real processes.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { lockDataDir } from '../../src/store/lock.ts'
import { openDocuments } from '../../src/store/settings.ts'
import { kill, start } from './started.ts'

t.setTimeout(120_000)
const base = { now: () => Date.UTC(2026, 10, 22) }

t.test('B19: one instance per data directory; the lock names its owner and outlives nobody', async (t) => {
  const dataDir = t.testdir()
  const info = {
    pid: process.pid,
    startedAt: '2026-11-22T00:00:00.000Z',
    ui: 'http://127.0.0.1:8081',
    proxy: 'http://127.0.0.1:8080',
  }
  const racers = Array.from({ length: 4 }, () => start('lock', dataDir))
  await Promise.all(racers.map((racer) => racer.said(1)))
  const winners = racers.filter((racer) => racer.lines[0] === 'mine')
  t.equal(winners.length, 1)
  const [winner] = winners
  if (!winner) return
  t.ok(racers.every((racer) => racer === winner || racer.lines[0] === `owned by ${winner.process.pid}`))
  t.same(lockDataDir(dataDir, info), {
    owner: { pid: winner.process.pid, startedAt: 'then', ui: 'http://127.0.0.1:1', proxy: 'http://127.0.0.1:2' },
  })
  t.equal(statSync(join(dataDir, 'lock')).mode & 0o777, 0o600)
  for (const racer of racers) await kill(racer)
  // Stale now: several take it over at once, one gets it.
  const heirs = Array.from({ length: 4 }, () => start('lock', dataDir))
  await Promise.all(heirs.map((heir) => heir.said(1)))
  t.equal(heirs.filter((heir) => heir.lines[0] === 'mine').length, 1)
  for (const heir of heirs) await kill(heir)
  // A living process with the same number, born at another time, is somebody else.
  writeFileSync(join(dataDir, 'lock'), JSON.stringify({ ...info, born: 'another-boot:1' }))
  const lock = lockDataDir(dataDir, info)
  t.notOk('owner' in lock)
  if ('owner' in lock) return
  lock.update({ ...info, ui: 'http://127.0.0.1:9999' })
  t.match(lockDataDir(dataDir, info), { owner: { ui: 'http://127.0.0.1:9999' } })
  lock.release()
  t.notOk(existsSync(join(dataDir, 'lock')))
  writeFileSync(join(dataDir, 'lock'), 'half a lo')
  const broken = lockDataDir(dataDir, info)
  t.notOk('owner' in broken)
  t.same(readdirSync(dataDir), ['lock'], 'nothing else is left lying about')
})

t.test('B19: an owner that has ended but was never asked how (a zombie) owns nothing', async (t) => {
  if (!existsSync('/proc/self/stat')) return t.plan(0, 'no /proc here')
  const dataDir = t.testdir()
  const child = join(import.meta.dirname, 'child.ts')
  // The shell becomes a program that does not wait for its children, as the first process of many containers does not.
  const parent = spawn('sh', ['-c', '"$0" "$1" lock "$2" & exec sleep 60', process.execPath, child, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.teardown(() => parent.kill('SIGKILL'))
  await once(parent.stdout, 'data')
  const { pid } = JSON.parse(readFileSync(join(dataDir, 'lock'), 'utf8')) as { pid: number }
  process.kill(pid, 'SIGKILL')
  const state = () => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.[0]
  while (state() !== 'Z') await new Promise((done) => setTimeout(done, 10))
  const lock = lockDataDir(dataDir, { pid: process.pid, startedAt: '', ui: '', proxy: '' })
  t.notOk('owner' in lock)
})

t.test('documents: a broken file is moved aside and told, never lost, never in the way', async (t) => {
  const dataDir = t.testdir({
    'settings.json': '{"savedFilters": [',
    'rules.json': '{"mutes":[{"rule":1}]}',
    'saved-requests.json': '{"requests":[]}',
  })
  const documents = openDocuments(dataDir, base.now)
  t.match(documents.notices, [
    /^settings\.json could not be read, it is not JSON; it was moved to settings\.json\.broken-2026-11-22T/,
    /^rules\.json could not be read, its members are not those of rules\.json; it was moved to rules\.json\.broken-/,
  ])
  t.same(documents.settings.get(), { savedFilters: [], environments: [], page: {} })
  await documents.settings.put({
    savedFilters: [{ name: 'a', filter: 'status:4xx' }],
    environments: [],
    page: { theme: 'dark' },
  })
  await documents.mutes.put([{ rule: 'auth/*', since: '2026-11-22T00:00:00.000Z' }])
  const request = {
    id: '1',
    name: 'n',
    folder: '',
    request: { method: 'GET', url: 'http://x.test/', headers: [{ name: 'A', value: 'b' }] },
  }
  await documents.savedRequests.put([request])
  t.equal(statSync(join(dataDir, 'settings.json')).mode & 0o777, 0o600)
  const again = openDocuments(dataDir, base.now)
  t.same(again.notices, [])
  t.match(again.settings.get(), { savedFilters: [{ name: 'a' }], page: { theme: 'dark' } })
  t.same(again.savedRequests.get(), [request])
  t.same(again.mutes.get(), [{ rule: 'auth/*', since: '2026-11-22T00:00:00.000Z' }])
  writeFileSync(join(dataDir, 'rules.json'), '{"mutes":[]}')
  t.same(again.mutes.get(), [], 'an edit by hand is seen')
  const later: string[] = []
  const running = openDocuments(dataDir, base.now, (notice) => later.push(notice))
  await running.mutes.put([{ rule: 'perf/*', since: '2026-11-22T00:00:00.000Z' }])
  writeFileSync(join(dataDir, 'rules.json'), '{"mutes":[{"rule":"auth/*",,}]}')
  t.same(running.mutes.get(), [{ rule: 'perf/*', since: '2026-11-22T00:00:00.000Z' }], 'what was known stays in effect')
  t.same(later, [], 'an editor may be in the middle of writing')
  const before = new Date(Date.now() - 5000)
  utimesSync(join(dataDir, 'rules.json'), before, before)
  t.same(running.mutes.get(), [{ rule: 'perf/*', since: '2026-11-22T00:00:00.000Z' }])
  t.match(later, [/^rules\.json could not be read, it is not JSON; it was moved to rules\.json\.broken-/])
  t.equal(
    readFileSync(
      join(dataDir, readdirSync(dataDir).find((name) => name.startsWith('settings.json.broken')) ?? ''),
      'utf8',
    ),
    '{"savedFilters": [',
  )
})
