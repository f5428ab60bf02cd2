// Reads a damaged store: exchange by exchange, each from wherever it can still be read.
import { createHash } from 'node:crypto'
import { closeSync, fstatSync, openSync, readSync, writeFileSync, writeSync } from 'node:fs'
import type { Row } from '../api/row.ts'
import type { Finding } from '../diagnose/finding.ts'
import { type Exchange, responseOf } from '../exchange/exchange.ts'
import { Database, type Fields } from './database.ts'
import { unpackExchange } from './packed-exchange.ts'
import { readPage } from './read-messages.ts'
import { fromColumns, selectedColumns } from './row-columns.ts'
import type { Batch } from './store.ts'
import { contentNumber } from './stored-content.ts'

/** Octets of a page of every store. */
const pageSize = 8192

/** The row of an exchange whose own cannot be read. */
export type RowOf = (exchange: Exchange, findings: readonly Finding[]) => Row

/** Runs something on the damaged file; what cannot be read is undefined. */
export function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

/** Tables are found by what the first page says; that of any other store says the same of those that every store begins with. */
function lendFirstPage(from: string, to: string): void {
  const [lender, borrower] = [openSync(from, 'r'), openSync(to, 'r+')]
  try {
    const [page, own] = [Buffer.alloc(pageSize), Buffer.alloc(pageSize)]
    readSync(lender, page, 0, pageSize, 0)
    readSync(borrower, own, 0, pageSize, 0)
    writeFileSync(`${to}-first-page`, own, { mode: 0o600 })
    // The size of the file, in pages (sqlite.org/fileformat2.html §1.3.8).
    page.writeUInt32BE(Math.ceil(fstatSync(borrower).size / pageSize), 28)
    writeSync(borrower, page, 0, pageSize, 0)
  } finally {
    closeSync(lender)
    closeSync(borrower)
  }
}

/** `sound`: a store that is not damaged; its first page is lent where the file's own says nothing any more. */
export function openDamaged(file: string, sound: string): Database | undefined {
  const open = () => attempt(() => new Database(file, { damaged: true }))
  const old = open()
  if (attempt(() => old?.all('SELECT * FROM exchanges, details, contents LIMIT 0'))) return old
  old?.close()
  attempt(() => lendFirstPage(sound, file))
  return open()
}

const tables = ['exchanges', 'details']

/** What may be left ends here: nothing behind it can be read. */
export function lastOf(old: Database): number {
  // A file that has been cut ends, for SQLite, with an error: so does whatever lies behind.
  const reaches = (n: number) =>
    tables.some(
      (table) => attempt(() => old.get(`SELECT 1 FROM ${table} WHERE n >= ? ORDER BY n LIMIT 1`, n)) !== undefined,
    )
  let low = Array.from({ length: 40 }, (_, i) => 2 ** i).findLast(reaches) ?? 0
  for (let step = low / 2; step >= 1; step /= 2) if (reaches(low + step)) low += step
  // They are numbered without a gap but where some were removed.
  const first = attempt(() => old.number('SELECT min(n) FROM exchanges')) ?? 1
  const count = attempt(() => old.number('SELECT exchanges FROM totals')) ?? 0
  const ends = tables.map((table) => attempt(() => old.number(`SELECT max(n) FROM ${table}`)) ?? 0)
  return Math.max(low, first + count - 1, ...ends)
}

/** The next that is there, or behind the last; where two tables do not agree about it, the next number. */
export function followerOf(old: Database, n: number, last: number): number {
  const [one, other] = tables.map((table) =>
    attempt(() => Number(old.get(`SELECT min(n) AS n FROM ${table} WHERE n > ?`, n)?.n ?? last + 1)),
  )
  return one !== undefined && one === other ? one : n + 1
}

function readContents(old: Database, ids: readonly unknown[]): Batch['contents'] {
  return ids.flatMap((c) => {
    const found =
      c === null ? undefined : attempt(() => old.get('SELECT digest, octets FROM contents WHERE c = ?', Number(c)))
    if (!(found?.octets instanceof Uint8Array)) return []
    const digest = `sha256-${createHash('sha256').update(found.octets).digest('hex')}`
    // Octets may have changed without the database noticing.
    return digest === found.digest ? [{ digest, octets: found.octets }] : []
  })
}

function contentNumbers(old: Database, exchange: Exchange): readonly (number | null)[] {
  return [exchange.request.content, responseOf(exchange)?.content].map((content) =>
    content === undefined || content.kept === 'none'
      ? null
      : (attempt(() => contentNumber(old, content.digest)) ?? null),
  )
}

const none: Fields = {}

/** All of an exchange stands in `details`; its row is read from `exchanges`, or made anew where that cannot be read. */
export function readDamaged(old: Database, n: number, rowOf: RowOf | undefined): Batch | 'none' | 'lost' {
  const columns = `e.request_content, e.response_content, ${selectedColumns}`
  const found = attempt(() => old.get(`SELECT ${columns} FROM exchanges e WHERE e.n = ?`, n) ?? none)
  const lines = 'SELECT exchange, request_lines, response_lines FROM details WHERE n = ?'
  const details = attempt(() => old.get(lines, n) ?? none)
  if (found === none && details === none) return 'none'
  if (details === undefined || details === none) return 'lost'
  return (
    attempt((): Batch => {
      const exchange = unpackExchange({
        exchange: String(details.exchange),
        request: String(details.request_lines),
        response: details.response_lines === null ? null : String(details.response_lines),
      })
      const findings =
        attempt(() =>
          old
            .all('SELECT finding FROM findings WHERE n = ? ORDER BY f', n)
            .map((one): Finding => JSON.parse(String(one.finding))),
        ) ?? []
      const own = found?.id === exchange.id ? found : undefined
      const row = own ? fromColumns(own) : rowOf?.(exchange, findings)
      if (row === undefined) throw new Error('its row cannot be read')
      const messages = attempt(() => readPage(old, row.id, n, 0, 1_000_000)) ?? []
      const numbers = own ? [own.request_content ?? null, own.response_content ?? null] : contentNumbers(old, exchange)
      return { contents: readContents(old, numbers), entries: [{ exchange, findings, row }], messages }
    }) ?? 'lost'
  )
}
