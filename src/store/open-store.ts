// Opens the store of a data directory and answers everything the desk asks of it.
import { rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Session } from '../exchange/session.ts'
import { createAnswers } from './answer-queries.ts'
import { beginSession, dropEmptySessions, listSessions, unfinishedImports } from './capture-sessions.ts'
import { compileFilter } from './compile-filter.ts'
import { isCorrupt, isStoreFull } from './database.ts'
import { beginAnew, type CapturesOptions, damaged, openCaptures } from './open-captures.ts'
import { readEntry } from './read-entry.ts'
import { readMessages } from './read-messages.ts'
import { removeExchanges } from './remove-exchanges.ts'
import { retain, storeSize } from './retain.ts'
import { fromColumns, selectedColumns } from './row-columns.ts'
import { salvageSlice } from './salvage.ts'
import type { Store } from './store.ts'
import { writeBatch } from './write-batch.ts'

/** Sizes in octets; `now` in ms since 1970. `durable` syncs the disk at every commit. */
export type StoreOptions = CapturesOptions & {
  readonly dataDir: string
  readonly maxStore: number
  readonly maxExchanges: number
  /** Hears of what happens later than opening: a damage that was met, what was brought back from it. */
  readonly notice?: (text: string) => void
}

/** Half an import is removed at the next start: so many at once, the rest with the housekeeping. */
const removedAtStart = 20_000

export function openStore(options: StoreOptions): Store {
  const opened = openCaptures(join(options.dataDir, 'captures.db'), options)
  let { db } = opened
  const answers = createAnswers(() => db)
  const monotonic = () => performance.now()
  const notice = options.notice ?? (() => {})
  let running: Session | undefined
  let interrupted: string[] = []

  /** Set when a damaged store was moved aside and no new one could be made (a full disk): tried again at every call. */
  let lost = false

  function replace(): void {
    db.close()
    lost = true
    const anew = beginAnew(db.file, damaged, options)
    db = anew.db
    lost = false
    if (running) beginSession(db, running)
    notice(anew.notice)
  }

  function reopen(): void {
    const again = openCaptures(db.file, options)
    db = again.db
    lost = false
    if (running) beginSession(db, running)
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

  function removeInterrupted(count: number): readonly string[] {
    const slice = interrupted.slice(0, count)
    interrupted = interrupted.slice(count)
    db.transaction(() => removeExchanges(db, slice))
    return slice
  }

  function begin(session: Session): void {
    db.transaction(() => beginSession(db, session))
    // An import is a session beside the running one; a capture is the first of this start: all before it are over.
    if (session.kind !== 'capture') return
    running = session
    interrupted = unfinishedImports(db)
    for (let i = 0; i < removedAtStart && interrupted.length > 0; i += 500) removeInterrupted(500)
    db.transaction(() => dropEmptySessions(db, session.id))
  }

  /** Removing a hundred thousand exchanges one by one takes half a minute; a new file takes none. */
  function clear(): number {
    const count = db.number('SELECT exchanges FROM totals')
    db.close()
    lost = true
    for (const end of ['', '-wal', '-shm']) rmSync(`${db.file}${end}`, { force: true })
    interrupted = []
    reopen()
    return count
  }

  function housekeep() {
    if (interrupted.length > 0) return { removed: removeInterrupted(50), more: true }
    const salvaged = salvageSlice(db, monotonic)
    if (salvaged?.done) {
      const { file, saved, lost } = salvaged.done
      notice(`${saved} exchanges were brought back from ${basename(file)}; ${lost} could not be read.`)
    }
    if (salvaged) return { removed: [], more: true, restored: salvaged.restored }
    try {
      return retain(db, options, running?.id ?? '')
    } catch (error) {
      // Removing needs room too; recording pauses for the same reason and comes back here.
      if (isStoreFull(error)) return { removed: [], more: false }
      throw error
    }
  }

  return {
    notices: opened.notices,
    begin: guarded(begin),
    end: guarded((sessionId) => {
      db.run('UPDATE sessions SET ended = ? WHERE id = ?', new Date(options.now()).toISOString(), sessionId)
    }),
    sessions: guarded(() => listSessions(db)),
    rename: guarded((sessionId, name) => {
      db.run('UPDATE sessions SET name = ? WHERE id = ?', name, sessionId)
    }),
    write: guarded((batch) => db.transaction(() => writeBatch(db, batch))),
    entry: guarded((id) => readEntry(db, id)),
    isIndexed: (filter) => compileFilter(filter).exact,
    rows: guarded(answers.rows),
    ids: guarded(answers.ids),
    tree: guarded(answers.tree),
    content: guarded((digest) => {
      const found = db.get('SELECT octets FROM contents WHERE digest = ?', digest)
      return found?.octets instanceof Uint8Array ? found.octets : undefined
    }),
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
    remove: guarded((ids) => db.transaction(() => removeExchanges(db, ids))),
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
    close: () => db.close(),
  }
}
