// Retention: which exchanges must go, oldest unpinned first, and giving the space back to the disk, in short slices.
import { statSync } from 'node:fs'
import type { ExchangeId } from '../exchange/exchange.ts'
import type { Database } from './database.ts'
import { removeForAWhile } from './remove-exchanges.ts'

export type Limits = { readonly maxStore: number; readonly maxExchanges: number }

/** A slice ends after so many exchanges (or the time of `removeForAWhile`), or so many pages given back. */
const sliceExchanges = 200
const slicePages = 128

function fileSize(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

/** Octets on the disk, the write-ahead log included. */
export function storeSize(db: Database): number {
  return fileSize(db.file) + fileSize(`${db.file}-wal`)
}

/** Octets in use: pages that are free already count for nothing. */
function usedSize(db: Database): number {
  const pages = db.number('PRAGMA page_count') - db.number('PRAGMA freelist_count')
  return pages * db.number('PRAGMA page_size')
}

/** Free pages are kept up to a tenth of the store: what comes next goes there, without moving pages about. */
function shrink(db: Database): boolean {
  const free = db.number('PRAGMA freelist_count')
  const pages = db.number('PRAGMA page_count')
  if (free < Math.max(slicePages, pages / 10)) return false
  db.exec(`PRAGMA incremental_vacuum(${slicePages})`)
  return true
}

function oldestUnpinned(db: Database, session: string, count: number): ExchangeId[] {
  return db
    .all(
      `SELECT id FROM exchanges WHERE pinned = 0 AND (outcome IN ('complete', 'failed') OR session <> ?)
       ORDER BY id LIMIT ?`,
      session,
      count,
    )
    .map((found) => String(found.id))
}

/** A retention slice removed these; true while more is to do. `restored` counts what came back from a damaged store. */
export type Retained = { readonly removed: readonly ExchangeId[]; readonly more: boolean; readonly restored?: number }

/** One slice. `session` is the running one: what it has not finished stays. */
export function retain(db: Database, limits: Limits, session: string): Retained {
  const surplus = db.number('SELECT exchanges FROM totals') - limits.maxExchanges
  const tooLarge = usedSize(db) > limits.maxStore
  if (surplus > 0 || tooLarge) {
    const doomed = oldestUnpinned(db, session, tooLarge ? sliceExchanges / 4 : Math.min(surplus, sliceExchanges))
    const gone = doomed.slice(0, removeForAWhile(db, doomed).done)
    // Only pinned ones are left: nothing more can be done.
    if (doomed.length > 0) return { removed: gone, more: true }
  }
  return { removed: [], more: shrink(db) }
}
