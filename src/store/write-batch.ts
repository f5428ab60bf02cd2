// Writes one batch: contents, exchanges with their details and findings, messages, totals.
import { type Exchange, type ExchangeId, responseOf } from '../exchange/exchange.ts'
import type { Message } from '../exchange/message.ts'
import type { Database } from './database.ts'
import { packExchange } from './packed-exchange.ts'
import { finite, rowColumns, whole } from './row-columns.ts'
import type { Batch, Entry } from './store.ts'
import { contentNumber, writeContent } from './stored-content.ts'
import { indexUrls, replaceUrl } from './url-index.ts'

/** How the counts of the store change. */
export type Totals = { exchanges: number; errors: number; warnings: number; notes: number }

const contentColumns = ['request_content', 'response_content', 'request_codings', 'response_codings']
const updated = [...rowColumns.map(([name]) => name), ...contentColumns]
const inserted = ['id', 'pinned', 'mark', ...updated]
const insertSql = `INSERT INTO exchanges (${inserted.join(', ')}) VALUES (${inserted.map(() => '?').join(', ')})
  ON CONFLICT (id) DO NOTHING`
const updateSql = `UPDATE exchanges SET ${updated.map((name) => `${name} = ?`).join(', ')} WHERE n = ?`

/** The numbers of contents, by digest: those of this batch are not looked up. */
type Numbers = ReadonlyMap<string, number>

function contentColumn(db: Database, message: Message | undefined, written: Numbers): number | null {
  if (message === undefined || message.content.kept === 'none') return null
  const { digest } = message.content
  return written.get(digest) ?? contentNumber(db, digest) ?? null
}

function codingsColumn(message: Message | undefined): string | null {
  return message === undefined || message.content.codings.length === 0 ? null : message.content.codings.join(',')
}

function contentValues(db: Database, exchange: Exchange, written: Numbers): (number | string | null)[] {
  const { request } = exchange
  const response = responseOf(exchange)
  const [asked, answered] = [contentColumn(db, request, written), contentColumn(db, response, written)]
  return [asked, answered, codingsColumn(request), codingsColumn(response)]
}

function writeFindings(db: Database, n: number, entry: Entry): void {
  for (const finding of entry.findings)
    db.run(
      'INSERT INTO findings (n, rule, level, is_primary, finding) VALUES (?, ?, ?, ?, ?)',
      n,
      finding.ruleId,
      finding.level,
      finding.primary ? 1 : 0,
      JSON.stringify(finding),
    )
}

function writeEntry(db: Database, entry: Entry, totals: Totals, written: Numbers): void {
  const { row } = entry
  const { error, warning, note } = row.findings
  const packed = packExchange(entry.exchange)
  const values = [...rowColumns.map(([, read]) => read(row)), ...contentValues(db, entry.exchange, written)]
  totals.errors += error
  totals.warnings += warning
  totals.notes += note
  const made = db.insertNew(insertSql, row.id, row.pinned ? 1 : 0, whole(row.mark), ...values)
  if (made !== undefined) {
    totals.exchanges += 1
    db.run('INSERT INTO details VALUES (?, ?, ?, ?)', made, packed.request, packed.response, packed.exchange)
    writeFindings(db, made, entry)
    return
  }
  const known = db.get('SELECT n, url, errors, warnings, notes FROM exchanges WHERE id = ?', row.id)
  if (known === undefined) throw new Error(`Exchange ${row.id} can be neither added nor found.`)
  totals.errors -= Number(known.errors)
  totals.warnings -= Number(known.warnings)
  totals.notes -= Number(known.notes)
  const n = Number(known.n)
  db.run(updateSql, ...values, n)
  if (known.url !== row.url) replaceUrl(db, n, String(known.url), row.url)
  db.run('INSERT OR REPLACE INTO details VALUES (?, ?, ?, ?)', n, packed.request, packed.response, packed.exchange)
  db.run('DELETE FROM findings WHERE n = ?', n)
  writeFindings(db, n, entry)
}

function writeMessages(db: Database, messages: Batch['messages']): void {
  const numbers = new Map<ExchangeId, number | undefined>()
  const numberOf = (id: ExchangeId): number | undefined => {
    if (!numbers.has(id)) {
      const found = db.get('SELECT n FROM exchanges WHERE id = ?', id)
      numbers.set(id, found === undefined ? undefined : Number(found.n))
    }
    return numbers.get(id)
  }
  for (const message of messages) {
    const n = numberOf(message.exchangeId)
    if (n === undefined) continue
    db.run(
      'INSERT OR REPLACE INTO messages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      n,
      message.seq,
      message.from,
      finite(message.at),
      message.opcode,
      whole(message.size),
      message.data,
      message.truncated ? 1 : 0,
      message.compressed ? 1 : 0,
      message.code === undefined ? null : whole(message.code),
    )
  }
}

export function addTotals(db: Database, change: Totals): void {
  const { exchanges, errors, warnings, notes } = change
  if (exchanges === 0 && errors === 0 && warnings === 0 && notes === 0) return
  db.run(
    `UPDATE totals SET exchanges = exchanges + ?, errors = errors + ?, warnings = warnings + ?, notes = notes + ?
     WHERE one = 1`,
    exchanges,
    errors,
    warnings,
    notes,
  )
}

/** To be called within a transaction. */
export function writeBatch(db: Database, batch: Batch): void {
  const totals: Totals = { exchanges: 0, errors: 0, warnings: 0, notes: 0 }
  const written = new Map<string, number>()
  for (const { digest, octets } of batch.contents) written.set(digest, writeContent(db, digest, octets))
  for (const entry of batch.entries) writeEntry(db, entry, totals, written)
  indexUrls(db)
  writeMessages(db, batch.messages)
  addTotals(db, totals)
}
