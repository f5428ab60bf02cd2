// What the durability tests kill: a process that opens a store and does one thing to it, saying so line by line.

import { lockDataDir } from '../../src/store/lock.ts'
import { openCaptures } from '../../src/store/open-captures.ts'
import { openStore } from '../../src/store/open-store.ts'
import { batchOf } from './entries.ts'

const [task = '', dataDir = '', argument = '0'] = process.argv.slice(2)
const options = { durable: false, version: '0.0.0', now: () => Date.now() }

/** `beside`: the log is brought into the file while it is written, as the desk has it. */
function open(beside = false) {
  const checkpoints = beside ? { checkpoints: 'beside' as const } : {}
  return openStore({ ...options, ...checkpoints, dataDir, maxStore: 1 << 30, maxExchanges: 100_000 })
}

function say(text: string | number): void {
  process.stdout.write(`${text}\n`)
}

/** Commits ten exchanges at a time and says how many are committed. */
function write(store: ReturnType<typeof open>, session: string): void {
  let next = Number(argument)
  const step = () => {
    store.write(
      batchOf(
        Array.from({ length: 10 }, (_, i) => next + i),
        (number) => ({ session, body: `{"n":${number},"pad":"${'x'.repeat(number % 3000)}"}` }),
      ),
    )
    next += 10
    say(next)
    setTimeout(step, 4)
  }
  step()
}

if (task === 'open') {
  try {
    open().close()
    say('opened')
  } catch (error) {
    say(error instanceof Error ? error.message : String(error))
  }
}
if (task === 'write' || task === 'write-beside') write(open(task === 'write-beside'), 's1')
if (task === 'import') {
  const store = open()
  store.begin({ id: 'imported', name: 'file.har', startedDateTime: '2026-01-01T00:00:00.000Z', kind: 'import' })
  write(store, 'imported')
}
if (task === 'migrate') {
  const slowly = {
    to: 2,
    run: (db: { run(sql: string): number }) => {
      db.run('ALTER TABLE sessions ADD COLUMN extra TEXT')
      say('half')
      for (;;) db.run("UPDATE sessions SET extra = 'x'")
    },
  }
  openCaptures(`${dataDir}/captures.db`, { ...options, schemaVersion: 2, migrations: [slowly] })
}
if (task === 'lock') {
  const lock = lockDataDir(dataDir, {
    pid: process.pid,
    startedAt: 'then',
    ui: 'http://127.0.0.1:1',
    proxy: 'http://127.0.0.1:2',
  })
  say('owner' in lock ? `owned by ${lock.owner.pid}` : 'mine')
  setInterval(() => {}, 1000)
}
