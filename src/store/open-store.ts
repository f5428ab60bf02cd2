// Opens the store of a data directory and answers everything the desk asks of it.
import { join } from 'node:path'
import type { Finding } from '../diagnose/finding.ts'
import type { Filter } from '../filter/filter.ts'
import { beginSession, dropEmptySessions, listSessions } from './capture-sessions.ts'
import { compileFilter } from './compile-filter.ts'
import { exchangeTree } from './exchange-tree.ts'
import { openCaptures } from './open-captures.ts'
import { unpackExchange } from './packed-exchange.ts'
import { countRows, queryRows } from './query-rows.ts'
import { readMessages } from './read-messages.ts'
import { removeExchanges } from './remove-exchanges.ts'
import { retain, storeSize } from './retain.ts'
import { fromColumns, selectedColumns } from './row-columns.ts'
import type { Entry, Store } from './store.ts'
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

const everything: Filter = { kind: 'all' }

export function openStore(options: StoreOptions): Store {
  const { db, notices } = openCaptures(join(options.dataDir, 'captures.db'), options)
  let session = ''

  function entry(id: string): Entry | undefined {
    const found = db.get(
      `SELECT ${selectedColumns}, e.n, d.exchange, d.request_headers, d.response_headers
       FROM exchanges e JOIN details d ON d.n = e.n WHERE e.id = ?`,
      id,
    )
    if (found === undefined) return undefined
    const exchange = unpackExchange({
      exchange: String(found.exchange),
      request: String(found.request_headers),
      response: found.response_headers === null ? null : String(found.response_headers),
    })
    const findings = db
      .all('SELECT finding FROM findings WHERE n = ? ORDER BY f', Number(found.n))
      .map((one): Finding => JSON.parse(String(one.finding)))
    return { exchange, findings, row: fromColumns(found) }
  }

  function row(id: string) {
    const found = db.get(`SELECT ${selectedColumns} FROM exchanges e WHERE e.id = ?`, id)
    return found === undefined ? undefined : fromColumns(found)
  }

  return {
    notices,
    begin(begun) {
      session = begun.id
      db.transaction(() => {
        dropEmptySessions(db, begun.id)
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
    entry,
    rows(query) {
      const compiled = compileFilter(query.filter ?? everything)
      return { rows: queryRows(db, query, compiled), total: countRows(db, compiled) }
    },
    ids(filter) {
      const compiled = compileFilter(filter ?? everything)
      const found = db.all(`SELECT e.id FROM exchanges e WHERE ${compiled.where} ORDER BY e.id`, ...compiled.values)
      return found.map((one) => String(one.id))
    },
    tree: (filter) => exchangeTree(db, compileFilter(filter ?? everything)),
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
