// Writes one batch: contents, exchanges with their details and findings, messages, totals.
import type { Exchange } from '../exchange/exchange.ts'
import { responseOf } from '../exchange/exchange.ts'
import type { Message } from '../exchange/message.ts'
import type { Database } from './database.ts'
import { packExchange } from './packed-exchange.ts'
import { finite, rowColumns, whole } from './row-columns.ts'
import type { Batch, Entry } from './store.ts'

/** How the counts of the store change. */
export type Totals = { exchanges: number; errors: number; warnings: number; notes: number }

const contentColumns = ['request_content', 'response_content', 'request_codings', 'response_codings']
const updated = [...rowColumns.map(([name]) => name), ...contentColumns]
const inserted = ['id', 'pinned', 'mark', ...updated]
const insertSql = `INSERT INTO exchanges (${inserted.join(', ')}) VALUES (${inserted.map(() => '?').join(', ')})`
const updateSql = `UPDATE exchanges SET ${updated.map((name) => `${name} = ?`).join(', ')} WHERE n = ?`

function contentColumn(db: Database, message: Message | undefined): number | null {
  if (message === undefined || message.content.kept === 'none') return null
  const found = db.get('SELECT c FROM contents WHERE digest = ?', message.content.digest)
  return found === undefined ? null : Number(found.c)
}

function codingsColumn(message: Message | undefined): string | null {
  return message === undefined || message.content.codings.length === 0 ? null : message.content.codings.join(',')
}

function contentValues(db: Database, exchange: Exchange): (number | string | null)[] {
  const { request } = exchange
  const response = responseOf(exchange)
  return [contentColumn(db, request), contentColumn(db, response), codingsColumn(request), codingsColumn(response)]
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

function writeEntry(db: Database, entry: Entry, totals: Totals): void {
  const { row } = entry
  const packed = packExchange(entry.exchange)
  const values = [...rowColumns.map(([, read]) => read(row)), ...contentValues(db, entry.exchange)]
  const known = db.get('SELECT n, url, errors, warnings, notes FROM exchanges WHERE id = ?', row.id)
  totals.errors += row.findings.error - Number(known?.errors ?? 0)
  totals.warnings += row.findings.warning - Number(known?.warnings ?? 0)
  totals.notes += row.findings.note - Number(known?.notes ?? 0)
  if (known === undefined) {
    totals.exchanges += 1
    const n = db.insert(insertSql, row.id, row.pinned ? 1 : 0, whole(row.mark), ...values)
    db.run('INSERT INTO urls (rowid, url) VALUES (?, ?)', n, row.url)
    db.run('INSERT INTO details VALUES (?, ?, ?, ?)', n, packed.request, packed.response, packed.exchange)
    writeFindings(db, n, entry)
    return
  }
  const n = Number(known.n)
  db.run(updateSql, ...values, n)
  if (known.url !== row.url) {
    db.run("INSERT INTO urls (urls, rowid, url) VALUES ('delete', ?, ?)", n, String(known.url))
    db.run('INSERT INTO urls (rowid, url) VALUES (?, ?)', n, row.url)
  }
  db.run('INSERT OR REPLACE INTO details VALUES (?, ?, ?, ?)', n, packed.request, packed.response, packed.exchange)
  db.run('DELETE FROM findings WHERE n = ?', n)
  writeFindings(db, n, entry)
}

function writeMessages(db: Database, messages: Batch['messages']): void {
  for (const message of messages) {
    const known = db.get('SELECT n FROM exchanges WHERE id = ?', message.exchangeId)
    if (known === undefined) continue
    db.run(
      'INSERT OR REPLACE INTO messages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      Number(known.n),
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
  for (const { digest, octets } of batch.contents)
    db.run(
      'INSERT OR IGNORE INTO contents (digest, has_nul, octets) VALUES (?, ?, ?)',
      digest,
      octets.includes(0) ? 1 : 0,
      octets,
    )
  for (const entry of batch.entries) writeEntry(db, entry, totals)
  writeMessages(db, batch.messages)
  addTotals(db, totals)
}
