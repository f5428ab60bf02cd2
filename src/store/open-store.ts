// Opens the store of a data directory and answers everything the desk asks of it.
import { join } from 'node:path'
import { createAnswers } from './answer-queries.ts'
import { beginSession, dropEmptySessions, listSessions } from './capture-sessions.ts'
import { compileFilter } from './compile-filter.ts'
import { openCaptures } from './open-captures.ts'
import { readEntry } from './read-entry.ts'
import { readMessages } from './read-messages.ts'
import { removeExchanges } from './remove-exchanges.ts'
import { retain, storeSize } from './retain.ts'
import { fromColumns, selectedColumns } from './row-columns.ts'
import type { Store } from './store.ts'
import { writeBatch } from './write-batch.ts'

/** Sizes in octets; `now` in ms since 1970. `durable` syncs the disk at every commit. */
export type StoreOptions = {
  readonly dataDir: string
  readonly maxStore: number
  readonly maxExchanges: number
  readonly durable: boolean
  readonly version: string
  readonly now: () => number
}

export function openStore(options: StoreOptions): Store {
  const { db, notices } = openCaptures(join(options.dataDir, 'captures.db'), options)
  const answers = createAnswers(db)
  let session = ''

  function row(id: string) {
    const found = db.get(`SELECT ${selectedColumns} FROM exchanges e WHERE e.id = ?`, id)
    return found === undefined ? undefined : fromColumns(found)
  }

  return {
    notices,
    begin(begun) {
      db.transaction(() => {
        // An import is a session beside the running one; a capture is the first of this start: all before it are over.
        if (begun.kind === 'capture') {
          session = begun.id
          dropEmptySessions(db, begun.id)
        }
        beginSession(db, begun)
      })
    },
    end(sessionId) {
      db.run('UPDATE sessions SET ended = ? WHERE id = ?', new Date(options.now()).toISOString(), sessionId)
    },
    sessions: () => listSessions(db),
    rename(sessionId, name) {
      db.run('UPDATE sessions SET name = ? WHERE id = ?', name, sessionId)
    },
    write(batch) {
      db.transaction(() => writeBatch(db, batch))
    },
    entry: (id) => readEntry(db, id),
    isIndexed: (filter) => compileFilter(filter).exact,
    rows: answers.rows,
    ids: answers.ids,
    tree: answers.tree,
    content(digest) {
      const found = db.get('SELECT octets FROM contents WHERE digest = ?', digest)
      return found?.octets instanceof Uint8Array ? found.octets : undefined
    },
    messages: (id, from, limit) => readMessages(db, id, from, limit),
    annotate(id, { pinned, mark }) {
      const before = row(id)
      if (before === undefined) return undefined
      const flag = (pinned ?? before.pinned) ? 1 : 0
      db.transaction(() =>
        db.run('UPDATE exchanges SET pinned = ?, mark = ? WHERE id = ?', flag, mark ?? before.mark, id),
      )
      return row(id)
    },
    remove: (ids) => db.transaction(() => removeExchanges(db, ids)),
    retain: () => retain(db, options, session),
    status() {
      const totals = db.get('SELECT exchanges, errors, warnings, notes FROM totals')
      const number = (name: string) => Number(totals?.[name] ?? 0)
      return {
        exchanges: number('exchanges'),
        size: storeSize(db),
        limit: options.maxStore,
        findings: { error: number('errors'), warning: number('warnings'), note: number('notes') },
      }
    },
    close: () => db.close(),
  }
}
