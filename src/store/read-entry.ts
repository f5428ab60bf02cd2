// Reads one exchange back, whole or piece by piece as a search asks for it.
import type { Finding } from '../diagnose/finding.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { Candidate } from '../filter/matches.ts'
import { contentText } from './content-text.ts'
import type { Database, Fields } from './database.ts'
import { unpackExchange } from './packed-exchange.ts'
import { fromColumns, selectedColumns } from './row-columns.ts'
import type { Entry } from './store.ts'

function readExchange(db: Database, n: number): Exchange | undefined {
  const found = db.get('SELECT exchange, request_lines, response_lines FROM details WHERE n = ?', n)
  if (found === undefined) return undefined
  return unpackExchange({
    exchange: String(found.exchange),
    request: String(found.request_lines),
    response: found.response_lines === null ? null : String(found.response_lines),
  })
}

function readFindings(db: Database, n: number): Finding[] {
  const found = db.all('SELECT finding FROM findings WHERE n = ? ORDER BY f', n)
  return found.map((one): Finding => JSON.parse(String(one.finding)))
}

export function readEntry(db: Database, id: string): Entry | undefined {
  const found = db.get(`SELECT e.n, ${selectedColumns} FROM exchanges e WHERE e.id = ?`, id)
  const exchange = found && readExchange(db, Number(found.n))
  if (found === undefined || exchange === undefined) return undefined
  return { exchange, findings: readFindings(db, Number(found.n)), row: fromColumns(found) }
}

export const candidateColumns = `e.n, e.request_content, e.response_content, e.request_codings, e.response_codings, ${selectedColumns}`

function readText(db: Database, content: unknown, codings: unknown, mimeType: string): string | undefined {
  const found = db.get('SELECT octets FROM contents WHERE c = ?', Number(content))
  if (!(found?.octets instanceof Uint8Array)) return undefined
  return contentText(found.octets, codings === null ? [] : String(codings).split(','), mimeType)
}

function readMessageText(db: Database, n: number): string {
  const found = db.all("SELECT data FROM messages WHERE n = ? AND opcode = 'text' ORDER BY seq", n)
  return found.map((one) => String(one.data)).join('\n')
}

/** From `candidateColumns`; everything beyond the row is read when it is asked for, and once. */
export function readCandidate(db: Database, found: Fields): Candidate {
  const n = Number(found.n)
  const row = fromColumns(found)
  let exchange: Exchange | undefined
  const texts = new Map<string, string | undefined>()
  const read = (side: 'request' | 'response' | 'messages'): string | undefined => {
    if (side === 'messages') return row.messageCount > 0 ? readMessageText(db, n) : undefined
    const content = found[`${side}_content`]
    if (content === null) return undefined
    return readText(db, content, found[`${side}_codings`] ?? null, side === 'response' ? row.mimeType : '')
  }
  return {
    row,
    get exchange() {
      exchange ??= readExchange(db, n)
      if (exchange === undefined) throw new SyntaxError(`Exchange ${row.id} has no details.`)
      return exchange
    },
    get findings() {
      return readFindings(db, n)
    },
    get sessionName() {
      return String(db.get('SELECT name FROM sessions WHERE id = ?', row.sessionId)?.name ?? '')
    },
    text(side) {
      if (!texts.has(side)) texts.set(side, read(side))
      return texts.get(side)
    },
  }
}
