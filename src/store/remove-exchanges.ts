// Removes exchanges, and the contents that no other exchange names.
import type { ExchangeId } from '../exchange/exchange.ts'
import type { Database } from './database.ts'
import type { Slice } from './store.ts'
import { forgetUrl } from './url-index.ts'
import { addTotals, type Totals } from './write-batch.ts'

const contentNamed = `SELECT 1 FROM exchanges WHERE request_content = ?1
  UNION ALL SELECT 1 FROM exchanges WHERE response_content = ?1 LIMIT 1`

export function dropUnnamedContent(db: Database, contents: Iterable<number>): void {
  for (const c of contents) if (db.get(contentNamed, c) === undefined) db.run('DELETE FROM contents WHERE c = ?', c)
}

const none: Totals = { exchanges: 0, errors: 0, warnings: 0, notes: 0 }

/** Messages removed between two looks at the clock. */
const messageStep = 100

/** A long WebSocket has a hundred thousand of them. False when there are more and time is over. */
function removeMessages(db: Database, n: number, isOver: () => boolean): boolean {
  // Most exchanges have none: to ask costs a seventh of a removal that finds nothing.
  if (db.get('SELECT 1 FROM messages WHERE n = ? LIMIT 1', n) === undefined) return true
  for (;;) {
    const removed = db.run(
      'DELETE FROM messages WHERE n = ?1 AND seq IN (SELECT seq FROM messages WHERE n = ?1 LIMIT ?2)',
      n,
      messageStep,
    )
    if (removed < messageStep) return true
    if (isOver()) return false
  }
}

/** So many of them at most, and no more than it takes to get rid of so many octets. */
export function removeOldestMessages(db: Database, n: number, count: number, octets: number): void {
  let rest = octets
  let last = -1
  for (const { seq, size } of db.all('SELECT seq, size FROM messages WHERE n = ? ORDER BY seq LIMIT ?', n, count)) {
    if (rest <= 0) break
    last = Number(seq)
    rest -= Number(size)
  }
  db.transaction(() => db.run('DELETE FROM messages WHERE n = ? AND seq <= ?', n, last))
}

/** One exchange with all that hangs on it, its counts taken from `totals`; false when the time is over before its end. */
function removeOne(db: Database, id: ExchangeId, totals: Totals, isOver: () => boolean): boolean {
  const found = db.get(
    'SELECT n, url, errors, warnings, notes, request_content, response_content FROM exchanges WHERE id = ?',
    id,
  )
  if (found === undefined) return true
  const n = Number(found.n)
  if (!removeMessages(db, n, isOver)) return false
  totals.exchanges -= 1
  totals.errors -= Number(found.errors)
  totals.warnings -= Number(found.warnings)
  totals.notes -= Number(found.notes)
  forgetUrl(db, n, String(found.url))
  db.run('DELETE FROM details WHERE n = ?', n)
  db.run('DELETE FROM findings WHERE n = ?', n)
  db.run('DELETE FROM exchanges WHERE n = ?', n)
  const contents = [found.request_content, found.response_content].filter((c) => c !== null)
  dropUnnamedContent(db, new Set(contents.map(Number)))
  return true
}

/** ms of work in one slice; its commit takes as long again. */
const sliceTime = 2.5

const usual: Slice = { ms: 0, exchanges: 1 }

/**
 * From the front of the list, as many as the time of a slice allows. One transaction. `done` may be 0, when the first
 * has more messages than fit into a slice: some of them are gone then.
 */
export function removeForAWhile(
  db: Database,
  ids: readonly ExchangeId[],
  slice: Slice = usual,
): { readonly done: number; readonly removed: number } {
  const end = performance.now() + Math.max(sliceTime, slice.ms)
  const isOver = () => performance.now() >= end
  // One at least: a machine out of breath must come to an end too.
  const least = Math.max(1, slice.exchanges)
  return db.transaction(() => {
    const totals = { ...none }
    let done = 0
    while (done < ids.length && (done < least || !isOver()) && removeOne(db, ids[done] ?? '', totals, isOver)) done += 1
    // Once, not at each step: what makes SQLite begin a savepoint makes FTS5 write a segment, and soon merge sixteen.
    addTotals(db, totals)
    return { done, removed: -totals.exchanges }
  })
}
