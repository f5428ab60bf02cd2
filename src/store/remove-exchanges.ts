// Removes exchanges, and the contents that no other exchange names.
import type { ExchangeId } from '../exchange/exchange.ts'
import type { Database } from './database.ts'
import { addTotals, type Totals } from './write-batch.ts'

const contentNamed = `SELECT 1 FROM exchanges WHERE request_content = ?1
  UNION ALL SELECT 1 FROM exchanges WHERE response_content = ?1 LIMIT 1`

export function dropUnnamedContent(db: Database, contents: Iterable<number>): void {
  for (const c of contents) if (db.get(contentNamed, c) === undefined) db.run('DELETE FROM contents WHERE c = ?', c)
}

/** To be called within a transaction; returns how many there were. */
export function removeExchanges(db: Database, ids: readonly ExchangeId[]): number {
  const totals: Totals = { exchanges: 0, errors: 0, warnings: 0, notes: 0 }
  const contents = new Set<number>()
  for (const id of ids) {
    const found = db.get(
      `SELECT n, url, errors, warnings, notes, request_content, response_content, message_count
       FROM exchanges WHERE id = ?`,
      id,
    )
    if (found === undefined) continue
    const n = Number(found.n)
    totals.exchanges -= 1
    totals.errors -= Number(found.errors)
    totals.warnings -= Number(found.warnings)
    totals.notes -= Number(found.notes)
    if (found.request_content !== null) contents.add(Number(found.request_content))
    if (found.response_content !== null) contents.add(Number(found.response_content))
    db.run("INSERT INTO urls (urls, rowid, url) VALUES ('delete', ?, ?)", n, String(found.url))
    db.run('DELETE FROM details WHERE n = ?', n)
    db.run('DELETE FROM findings WHERE n = ?', n)
    db.run('DELETE FROM messages WHERE n = ?', n)
    db.run('DELETE FROM exchanges WHERE n = ?', n)
  }
  dropUnnamedContent(db, contents)
  addTotals(db, totals)
  return -totals.exchanges
}

/** ms of one slice; with its commit it stays below 15 ms. */
const sliceTime = 6
/** Between two looks at the clock. */
const step = 5

/** From the front of the list, as many as the time of a slice allows, one step at least. One transaction. */
export function removeForAWhile(
  db: Database,
  ids: readonly ExchangeId[],
): { readonly done: number; readonly removed: number } {
  const end = performance.now() + sliceTime
  return db.transaction(() => {
    let done = 0
    let removed = 0
    while (done < ids.length && (done === 0 || performance.now() < end)) {
      removed += removeExchanges(db, ids.slice(done, done + step))
      done = Math.min(done + step, ids.length)
    }
    return { done, removed }
  })
}
