// Retention: which exchanges must go, oldest unpinned first, and giving the space back to the disk, in short slices.
import { statSync } from 'node:fs'
import type { ExchangeId } from '../exchange/exchange.ts'
import type { Database } from './database.ts'
import { removeForAWhile, removeOldestMessages } from './remove-exchanges.ts'
import type { Slice } from './store.ts'

export type Limits = { readonly maxStore: number; readonly maxExchanges: number }

/** Of what the store may take on the disk: for what it keeps, and for the write-ahead log; the rest is for pages that are free. */
const keptShare = 0.8
export const logShare = 1 / 8
/** A slice ends after its time, or so many pages given back. */
const slicePages = 128
/** More exchanges than a ms is enough for, anywhere; and those of the shortest slice. */
const perMs = 50
const fewest = 200
/** Messages that are removed in the time of one exchange. */
const messagesOfExchange = 5

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

/** By when they came here: a file brought in today may tell of last year, and is not what goes first. */
function oldestUnpinned(db: Database, session: string, count: number): ExchangeId[] {
  return db
    .all(
      `SELECT id FROM exchanges WHERE pinned = 0 AND (outcome IN ('complete', 'failed') OR session <> ?)
       ORDER BY n LIMIT ?`,
      session,
      count,
    )
    .map((found) => String(found.id))
}

/** The exchange that goes on with the oldest message, which came at this time, ms since 1970. */
function oldestMessage(db: Database, session: string): { readonly n: number; readonly at: number } | undefined {
  const found = db.all(
    `SELECT n, started, (SELECT at FROM messages WHERE n = e.n ORDER BY seq LIMIT 1) AS at FROM exchanges e
     WHERE outcome NOT IN ('complete', 'failed') AND +session = ? AND message_count > 0 AND pinned = 0`,
    session,
  )
  return found
    .filter(({ at }) => at !== null)
    .map(({ n, started, at }) => ({ n: Number(n), at: Date.parse(String(started)) + Number(at) }))
    .toSorted((one, other) => one.at - other.at)[0]
}

/** A retention slice removed these; true while more is to do. `restored` counts what came back from a damaged store. */
export type Retained = { readonly removed: readonly ExchangeId[]; readonly more: boolean; readonly restored?: number }

/** One slice. `session` is the running one: what it has not finished stays. */
export function retain(db: Database, limits: Limits, session: string, slice?: Slice): Retained {
  const count = db.number('SELECT exchanges FROM totals')
  // As many as there is room for, were all as large as they are in the mean.
  const [used, most] = [usedSize(db), limits.maxStore * keptShare]
  const room = Math.floor((count * most) / used)
  const surplus = count - Math.min(limits.maxExchanges, room)
  if (surplus > 0) {
    const sliceful = slice ? Math.max(fewest, slice.exchanges, Math.ceil(slice.ms * perMs)) : fewest
    const doomed = oldestUnpinned(db, session, Math.min(surplus, sliceful))
    // What goes on stays; but its messages, which may fill any store, make room by the time they came, as exchanges do.
    const message = room < count ? oldestMessage(db, session) : undefined
    const began = db.get('SELECT started FROM exchanges WHERE id = ?', doomed[0] ?? '')?.started
    if (message && !(Date.parse(String(began)) < message.at)) {
      removeOldestMessages(db, message.n, sliceful * messagesOfExchange, used - most)
      return { removed: [], more: true }
    }
    const gone = doomed.slice(0, removeForAWhile(db, doomed, slice).done)
    // Only pinned ones are left: nothing more can be done.
    if (doomed.length > 0) return { removed: gone, more: true }
  }
  return { removed: [], more: shrink(db) }
}
