// Reads one exchange back, whole or piece by piece as a search asks for it.
import type { Row } from '../api/row.ts'
import type { Finding } from '../diagnose/finding.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { Candidate } from '../filter/matches.ts'
import { contentText, unreadable } from './content-text.ts'
import type { Database, Fields } from './database.ts'
import { unpackExchange } from './packed-exchange.ts'
import { readJson } from './read-json.ts'
import { fromColumns, selectedColumns } from './row-columns.ts'
import type { Entry } from './store.ts'

function readExchange(db: Database, n: number): Exchange | undefined {
  const found = db.get('SELECT exchange, request_lines, response_lines FROM details WHERE n = ?', n)
  if (found === undefined) return undefined
  try {
    return unpackExchange({
      exchange: String(found.exchange),
      request: String(found.request_lines),
      response: found.response_lines === null ? null : String(found.response_lines),
    })
  } catch (error) {
    // A disk may change octets where SQLite does not look: this one exchange is lost, the others are not.
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function readFindings(db: Database, n: number): Finding[] {
  const found = db.all('SELECT finding FROM findings WHERE n = ? ORDER BY f', n)
  return found.flatMap((one) => readJson<Finding>(one.finding) ?? [])
}

export function readEntry(db: Database, id: string): Entry | undefined {
  const found = db.get(`SELECT e.n, ${selectedColumns} FROM exchanges e WHERE e.id = ?`, id)
  const exchange = found && readExchange(db, Number(found.n))
  if (found === undefined || exchange === undefined) return undefined
  return { exchange, findings: readFindings(db, Number(found.n)), row: fromColumns(found) }
}

/** What a search through contents needs of an exchange; everything else is read when it is asked for. */
export const candidateColumns = `e.n, e.id, e.mime_type, e.message_count, e.request_size, e.response_size,
  e.request_content, e.response_content, e.request_codings, e.response_codings`

/** Contents up to this size are read many at a time. */
export const smallContent = 64 * 1024

/** Octets by number, for those contents of these exchanges that are small. */
export function readContents(db: Database, found: readonly Fields[]): ReadonlyMap<number, Uint8Array> {
  const small = found.flatMap((one) => [
    ...(one.request_content !== null && Number(one.request_size) <= smallContent ? [one.request_content] : []),
    ...(one.response_content !== null &&
    Number(one.response_size) <= smallContent &&
    !unreadable.test(String(one.mime_type))
      ? [one.response_content]
      : []),
  ])
  const contents = new Map<number, Uint8Array>()
  const sql = 'SELECT c, octets FROM contents WHERE c IN (SELECT value FROM json_each(?))'
  for (const one of db.all(sql, JSON.stringify(small.map(Number))))
    if (one.octets instanceof Uint8Array) contents.set(Number(one.c), one.octets)
  return contents
}

function readMessageText(db: Database, n: number): string {
  const found = db.all("SELECT data FROM messages WHERE n = ? AND opcode = 'text' ORDER BY seq", n)
  return found.map((one) => String(one.data)).join('\n')
}

/** From `candidateColumns`. `contents` holds what was read already. */
export function readCandidate(db: Database, found: Fields, contents: ReadonlyMap<number, Uint8Array>): Candidate {
  const n = Number(found.n)
  let exchange: Exchange | undefined
  let row: Row | undefined
  const texts = new Map<string, string | undefined>()

  function octetsOf(content: number): Uint8Array | undefined {
    const known = contents.get(content)
    if (known) return known
    const octets = db.get('SELECT octets FROM contents WHERE c = ?', content)?.octets
    return octets instanceof Uint8Array ? octets : undefined
  }
  function read(side: 'request' | 'response' | 'messages'): string | undefined {
    if (side === 'messages') return Number(found.message_count) > 0 ? readMessageText(db, n) : undefined
    const mimeType = side === 'response' ? String(found.mime_type) : ''
    if (unreadable.test(mimeType)) return undefined
    const octets = found[`${side}_content`] === null ? undefined : octetsOf(Number(found[`${side}_content`]))
    if (octets === undefined) return undefined
    const codings = found[`${side}_codings`]
    const list = typeof codings === 'string' ? codings.split(',') : []
    return contentText(octets, list, mimeType)
  }

  return {
    get row() {
      row ??= fromColumns(db.get(`SELECT ${selectedColumns} FROM exchanges e WHERE e.n = ?`, n) ?? {})
      return row
    },
    get exchange() {
      exchange ??= readExchange(db, n)
      if (exchange === undefined) throw new SyntaxError(`Exchange ${found.id} has no details.`)
      return exchange
    },
    get findings() {
      return readFindings(db, n)
    },
    get sessionName() {
      const id = db.get('SELECT session FROM exchanges WHERE n = ?', n)?.session ?? ''
      return String(db.get('SELECT name FROM sessions WHERE id = ?', String(id))?.name ?? '')
    },
    text(side) {
      if (!texts.has(side)) texts.set(side, read(side))
      return texts.get(side)
    },
  }
}
