// Opens the store of a data directory and answers everything the desk asks of it.
import { rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Session } from '../exchange/session.ts'
import { createAnswers } from './answer-queries.ts'
import {
  beginSession,
  dropEmptySessions,
  dropUnfinishedImports,
  listSessions,
  unfinishedImports,
} from './capture-sessions.ts'
import { compileFilter } from './compile-filter.ts'
import { isCorrupt, isStoreFull } from './database.ts'
import { beginAnew, type CapturesOptions, damaged, openCaptures } from './open-captures.ts'
import { openCheckpointer } from './open-checkpointer.ts'
import type { RowOf } from './read-damaged.ts'
import { readEntry } from './read-entry.ts'
import { readMessages } from './read-messages.ts'
import { removeForAWhile } from './remove-exchanges.ts'
import { logShare, retain, storeSize } from './retain.ts'
import { fromColumns, selectedColumns } from './row-columns.ts'
import { salvageSlice } from './salvage.ts'
import type { Batch, Slice, Store } from './store.ts'
import { contentOctets } from './stored-content.ts'
import { writeBatch } from './write-batch.ts'

/** Sizes in octets; `now` in ms since 1970. `durable` syncs the disk at every commit. */
export type StoreOptions = CapturesOptions & {
  readonly dataDir: string
  readonly maxStore: number
  readonly maxExchanges: number
  /** Hears of what happens later than opening: a damage that was met, what was brought back from it. */
  readonly notice?: (text: string) => void
  /** The log is brought into the file by a thread of its own: for who must not wait for the disk. */
  readonly checkpoints?: 'beside'
  /** Half an import is removed at the next opening: so many exchanges at once (20,000), the rest with the housekeeping. */
  readonly removedAtStart?: number
  /** Makes rows that a damaged store has lost. */
  readonly rowOf?: RowOf
}

/** Pages in the log from which a commit copies them into the file itself, should the thread beside not have kept up; 128 MiB at most. */
const logPages = ({ maxStore }: StoreOptions) =>
  Math.min(Math.max(256, Math.floor((maxStore * logShare) / 8192)), 16_384)

/** Octets that the log's file keeps when it begins anew. */
const longestLog = 16 * 1024 * 1024

/** ms to wait for another program, or for the thread that copies the log, when Telltale ends. */
const shortPatience = 300

export function openStore(options: StoreOptions): Store {
  const opened = openCaptures(join(options.dataDir, 'captures.db'), options)
  let { db } = opened
  const checkpointer =
    options.checkpoints === 'beside' ? openCheckpointer(db.file, (logPages(options) * 3) / 4) : undefined
  const leaveCheckpoints = () => {
    db.exec(`PRAGMA journal_size_limit = ${Math.min(logPages(options) * 8192, longestLog)}`)
    if (checkpointer) db.exec(`PRAGMA wal_autocheckpoint = ${logPages(options)}`)
  }
  leaveCheckpoints()
  const answers = createAnswers(() => db)
  const monotonic = () => performance.now()
  const notice = options.notice ?? (() => {})
  let running: Session | undefined
  let interrupted: string[] = []
  /** The last slice of retention had something to do. */
  let wasBusy = false

  /** Set when a damaged store was moved aside and no new one could be made (a full disk): tried again at every call. */
  let lost = false
  let hurried = false

  function leave(): void {
    checkpointer?.rest()
    db.close()
    lost = true
  }

  function goOn(anew: typeof db): void {
    db = anew
    lost = false
    leaveCheckpoints()
    if (running) beginSession(db, running)
  }

  function replace(): void {
    leave()
    const anew = beginAnew(db.file, damaged, options)
    goOn(anew.db)
    notice(anew.notice)
  }

  function reopen(): void {
    const again = openCaptures(db.file, options)
    goOn(again.db)
    for (const text of again.notices) notice(text)
  }

  /** A store that turns out to be damaged is replaced and the call made again: recording never ends for it. */
  function guarded<A extends readonly unknown[], R>(call: (...args: A) => R): (...args: A) => R {
    return (...args) => {
      if (lost) reopen()
      try {
        return call(...args)
      } catch (error) {
        if (!isCorrupt(error)) throw error
        replace()
        return call(...args)
      }
    }
  }

  function row(id: string) {
    const found = db.get(`SELECT ${selectedColumns} FROM exchanges e WHERE e.id = ?`, id)
    return found === undefined ? undefined : fromColumns(found)
  }

  function removeSlice(ids: readonly string[]) {
    if (checkpointer?.isBehind()) return { done: 0, removed: 0 }
    const slice = removeForAWhile(db, ids)
    checkpointer?.written(slice.done, 0)
    return slice
  }

  /** An import without an end was cut off: all of a file comes in, or nothing. Whoever opens the store has it alone. */
  function removeInterrupted(most: number): readonly string[] {
    let from = 0
    const end = Math.min(most, interrupted.length)
    while (from < end) from += removeForAWhile(db, interrupted.slice(from, Math.min(from + 500, end))).done
    checkpointer?.written(from, 0)
    const removed = interrupted.slice(0, from)
    interrupted = interrupted.slice(from)
    if (interrupted.length === 0) dropUnfinishedImports(db)
    return removed
  }

  function begin(session: Session): void {
    db.transaction(() => beginSession(db, session))
    // An import is a session beside the running one; a capture is the first of this start: all before it are over.
    if (session.kind !== 'capture') return
    const name = String(db.get('SELECT name FROM sessions WHERE id = ?', session.id)?.name)
    running = { ...session, name }
    db.transaction(() => dropEmptySessions(db, session.id))
  }

  /** Removing a hundred thousand exchanges one by one takes half a minute; a new file takes none. */
  function clear(): number {
    const count = db.number('SELECT exchanges FROM totals')
    leave()
    for (const end of ['', '-wal', '-shm']) rmSync(`${db.file}${end}`, { force: true })
    interrupted = []
    reopen()
    return count
  }

  function housekeep(slice?: Slice) {
    if (!slice && checkpointer?.isBehind()) return { removed: [], more: true }
    if (interrupted.length > 0) return { removed: removeInterrupted(50), more: true }
    const salvaged = salvageSlice(db, monotonic, options.rowOf)
    if (salvaged?.done) {
      const { file, saved, lost } = salvaged.done
      notice(`${saved} exchanges were brought back from ${basename(file)}; ${lost} could not be read.`)
    }
    if (salvaged) return { removed: [], more: true, restored: salvaged.restored }
    try {
      const retained = retain(db, options, running?.id ?? '', slice)
      checkpointer?.written(retained.removed.length, 0)
      // The file itself gets shorter when the log is brought into it, which no commit may ask for until tomorrow.
      const waits = wasBusy && !retained.more && checkpointer?.begin() === false
      wasBusy = retained.more || waits
      return { ...retained, more: wasBusy }
    } catch (error) {
      // Removing needs room too; recording pauses for the same reason and comes back here.
      if (isStoreFull(error)) return { removed: [], more: false }
      throw error
    }
  }

  function write(batch: Batch): void {
    try {
      db.transaction(() => writeBatch(db, batch))
    } catch (error) {
      // Room in the log, should the file itself still have some.
      if (isStoreFull(error)) checkpointer?.begin()
      throw error
    }
    checkpointer?.written(
      batch.entries.length,
      batch.contents.reduce((sum, { octets }) => sum + octets.length, 0),
    )
  }

  guarded(() => {
    interrupted = unfinishedImports(db)
    if (interrupted.length > 0) removeInterrupted(options.removedAtStart ?? 20_000)
  })()

  return {
    notices: opened.notices,
    begin: guarded(begin),
    get running() {
      return running
    },
    end: guarded((sessionId) => {
      const ended = new Date(options.now()).toISOString()
      db.transaction(() => db.run('UPDATE sessions SET ended = ? WHERE id = ?', ended, sessionId))
    }),
    sessions: guarded(() => listSessions(db)),
    rename: guarded((sessionId, name) => {
      db.run('UPDATE sessions SET name = ? WHERE id = ?', name, sessionId)
      if (running?.id === sessionId) running = { ...running, name }
    }),
    write: guarded(write),
    entry: guarded((id) => readEntry(db, id)),
    isIndexed: (filter) => compileFilter(filter).exact,
    rows: guarded(answers.rows),
    ids: guarded(answers.ids),
    tree: guarded(answers.tree),
    content: guarded((digest) => contentOctets(db, digest)),
    messages: guarded((id, from, limit) => readMessages(db, id, from, limit)),
    annotate: guarded((id, { pinned, mark }) => {
      const before = row(id)
      if (before === undefined) return undefined
      const pin = (pinned ?? before.pinned) ? 1 : 0
      db.transaction(() =>
        db.run('UPDATE exchanges SET pinned = ?, mark = ? WHERE id = ?', pin, mark ?? before.mark, id),
      )
      return row(id)
    }),
    remove: guarded(removeSlice),
    clear: guarded(clear),
    retain: guarded(housekeep),
    status: guarded(() => {
      const totals = db.get('SELECT exchanges, errors, warnings, notes FROM totals')
      const number = (name: string) => Number(totals?.[name] ?? 0)
      return {
        exchanges: number('exchanges'),
        size: storeSize(db),
        limit: options.maxStore,
        findings: { error: number('errors'), warning: number('warnings'), note: number('notes') },
      }
    }),
    hurry() {
      hurried = true
      if (!lost) db.wait(shortPatience)
    },
    close() {
      checkpointer?.close(hurried ? shortPatience : undefined)
      db.close()
    },
  }
}
