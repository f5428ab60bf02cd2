// One test of a filter as an SQL condition over the `exchanges` table (as `e`); undefined where SQL cannot tell.
import type { PropertyTest, Test } from '../filter/filter.ts'
import { mediaKinds } from '../filter/media-kinds.ts'
import { protocolNames } from '../filter/protocol-names.ts'
import type { Condition } from './condition.ts'
import type { Value } from './database.ts'
import { containing, escapeLike } from './like.ts'
import { urlFound } from './url-index.ts'

const numbers = {
  status: 'status',
  size: 'response_size',
  'request-size': 'request_size',
  mark: 'mark',
  duration: 'duration',
}
const texts = { 'mime-type': 'mime_type', client: 'client', code: 'failure', unread: 'unread' }

const exact = (sql: string, ...values: readonly Value[]): Condition => ({ sql, values, exact: true })

/** SQLite compares without case for ASCII only, and ends a text at NUL: everything else is left to JavaScript. */
const isPlain = (text: string) => /^[\u0001-\u007f]*$/.test(text)

const like = (expression: string) => `${expression} LIKE ? ESCAPE '\\'`

/** `*` as in filters; more than two of them make LIKE slow: the caller then judges itself. */
function globPattern(glob: string): { readonly pattern: string; readonly exact: boolean } {
  const parts = glob.split('*').map(escapeLike)
  if (parts.length <= 3) return { pattern: parts.join('%'), exact: true }
  return { pattern: `${parts[0]}%${parts.at(-1)}`, exact: false }
}

/**
 * Columns with few different values and an index: the values are found by leaping through the index, then those that
 * fit are looked up in it.
 */
function amongValues(column: string, condition: string, values: readonly Value[], isExact = true): Condition {
  const sql = `e.${column} IN (WITH RECURSIVE every(x) AS (
    SELECT min(${column}) FROM exchanges UNION ALL
    SELECT (SELECT min(${column}) FROM exchanges WHERE ${column} > x) FROM every WHERE x IS NOT NULL)
    SELECT x FROM every WHERE x IS NOT NULL AND (${condition}))`
  return { sql, values, exact: isExact }
}

/** A range beside other conditions must not be what rows are looked up by: `+` keeps SQLite from its index. */
function range(column: string, rest: string, ...values: readonly Value[]): Condition {
  return { ...exact(`e.${column} ${rest}`, ...values), loose: `+e.${column} ${rest}` }
}

function numberTest(column: string, test: Test): Condition | undefined {
  if (test.op !== 'compare' && test.op !== 'between') return undefined
  const made =
    test.op === 'between'
      ? range(column, 'BETWEEN ? AND ?', test.from, test.to)
      : test.sign === '='
        ? exact(`e.${column} = ?`, test.value)
        : range(column, `${test.sign} ?`, test.value)
  // Only a duration may be NULL, while it is not known.
  if (column !== 'duration') return made
  const known = (sql: string) => `e.duration IS NOT NULL AND ${sql}`
  return { ...made, sql: known(made.sql), ...(made.loose ? { loose: `+${known(made.loose)}` } : {}) }
}

function momentTest(test: Test): Condition | undefined {
  if (test.op !== 'compare') return undefined
  // Texts of years 0 to 9999 sort like moments.
  const moment = Math.min(Math.max(test.value, -62_167_219_200_000), 253_402_300_799_999)
  return range('started', `${test.sign} ?`, new Date(moment).toISOString())
}

function urlTest(test: Test): Condition | undefined {
  if (test.op !== 'has' && test.op !== 'equals') return undefined
  if (!isPlain(test.text)) return undefined
  if (test.op === 'equals') return exact(like('e.url'), escapeLike(test.text))
  const pattern = containing(test.text)
  // The index knows sequences of three characters.
  if (test.text.length < 3) return exact(like('e.url'), pattern)
  return exact(urlFound, `"${test.text.replaceAll('"', '""')}"`, pattern)
}

function hostTest(test: Test): Condition | undefined {
  if ((test.op !== 'has' && test.op !== 'equals') || !isPlain(test.text)) return undefined
  if (test.op === 'equals') return amongValues('host', like('x'), [escapeLike(test.text)])
  const { pattern, exact: isExact } = globPattern(test.text)
  const patterns = /:\d+$/.test(test.text) ? [pattern] : [pattern, `${pattern}:%`]
  if (!test.text.includes('*')) patterns.push(...patterns.map((one) => `%.${one}`))
  // `a:%` also fits what is not a port: `a:b` cannot stand in a host, so nothing is found too much.
  return amongValues('host', patterns.map(() => like('x')).join(' OR '), patterns, isExact && !test.text.includes('*'))
}

function pathTest(test: Test): Condition | undefined {
  if ((test.op !== 'has' && test.op !== 'equals') || !isPlain(test.text)) return undefined
  const text = escapeLike(test.text)
  if (test.op === 'equals') return exact(like('e.path'), text)
  if (test.text.includes('*')) {
    const { pattern } = globPattern(test.text)
    return { sql: like('e.path'), values: [`${test.text.startsWith('/') ? '' : '%'}${pattern}%`], exact: false }
  }
  if (!test.text.startsWith('/')) return exact(like('e.path'), `%${text}%`)
  if (test.text.endsWith('/')) return exact(like('e.path'), `${text}%`)
  const either = [like('e.path'), like('e.path'), like('e.path')].join(' OR ')
  return exact(either, text, `${text}/%`, `${text}?%`)
}

function textTest(column: string, test: Test): Condition | undefined {
  if ((test.op !== 'has' && test.op !== 'equals') || !isPlain(test.text)) return undefined
  const pattern = test.op === 'has' ? `%${escapeLike(test.text)}%` : escapeLike(test.text)
  if (column === 'mime_type' || column === 'client') return amongValues(column, like('x'), [pattern])
  return exact(like(`coalesce(e.${column}, '')`), pattern)
}

function causeTest(test: Test): Condition | undefined {
  if ((test.op !== 'has' && test.op !== 'equals') || !isPlain(test.text)) return undefined
  const { pattern, exact: isExact } = globPattern(test.text)
  const patterns = test.op === 'has' ? [pattern, `${escapeLike(test.text)}/%`] : [pattern]
  const conditions = patterns.map(() => like('rule')).join(' OR ')
  return { sql: `e.n IN (SELECT n FROM findings WHERE ${conditions})`, values: patterns, exact: isExact }
}

function sessionTest(test: Test): Condition | undefined {
  if ((test.op !== 'has' && test.op !== 'equals') || !isPlain(test.text)) return undefined
  const name = test.op === 'has' ? `%${escapeLike(test.text)}%` : escapeLike(test.text)
  const ids = `SELECT id FROM sessions WHERE ${like('name')} UNION SELECT ? UNION SELECT ?`
  return exact(`e.session IN (${ids})`, name, test.text, test.text.toLowerCase())
}

function schemeTest(scheme: string): Condition {
  const equal = scheme === 'ws' ? 'http:%' : scheme === 'wss' ? 'https:%' : undefined
  if (equal === undefined) return exact(like('e.url'), `${scheme}:%`)
  return exact(`${like('e.url')} OR (e.kind = 'websocket' AND ${like('e.url')})`, `${scheme}:%`, equal)
}

const states: Readonly<Record<string, string>> = {
  running: "e.outcome NOT IN ('complete', 'failed')",
  complete: "e.outcome = 'complete'",
  failed: "e.outcome = 'failed'",
  held: "e.outcome = 'held'",
  replayed: "e.origin = 'replay'",
  imported: "e.origin = 'import'",
  captured: "e.origin = 'capture'",
  pinned: 'e.pinned <> 0',
  marked: 'e.mark > 0',
  websocket: "e.kind = 'websocket'",
  tunnel: "e.kind = 'tunnel'",
  http: "e.kind = 'http'",
  shed: 'e.shed <> 0',
}
const parts: Readonly<Record<string, string>> = {
  finding: 'e.errors + e.warnings + e.notes > 0',
  body: 'e.request_size > 0 OR e.response_size > 0',
  'request-body': 'e.request_size > 0',
  'response-body': 'e.response_size > 0',
  messages: 'e.message_count > 0',
  response: 'e.status > 0',
  query: "instr(e.url, '?') > 0",
}
const levels: Readonly<Record<string, string>> = {
  error: 'e.errors > 0',
  warning: 'e.warnings > 0',
  note: 'e.notes > 0',
}

function wordTest(property: string, value: string): Condition | undefined {
  if (property === 'scheme') return schemeTest(value)
  if (property === 'type') {
    const patterns = (mediaKinds[value] ?? []).map((glob) => globPattern(glob).pattern)
    return amongValues('mime_type', patterns.map(() => like('x')).join(' OR ') || '0', patterns)
  }
  const sql = (property === 'is' ? states : property === 'has' ? parts : levels)[value]
  return sql === undefined ? undefined : exact(sql)
}

export function compileTest({ property, test }: PropertyTest): Condition | undefined {
  switch (property) {
    case 'url':
      return urlTest(test)
    case 'domain':
      return hostTest(test)
    case 'path':
      return pathTest(test)
    case 'method':
      return test.op !== 'regex' && 'text' in test && isPlain(test.text)
        ? amongValues('method', like('x'), [escapeLike(test.text)])
        : undefined
    case 'id':
      return test.op !== 'regex' && 'text' in test ? exact('e.id = ?', test.text.toLowerCase()) : undefined
    case 'status':
    case 'size':
    case 'request-size':
    case 'mark':
    case 'duration':
      return numberTest(numbers[property], test)
    case 'since':
    case 'until':
      return momentTest(test)
    case 'mime-type':
    case 'client':
    case 'code':
    case 'unread':
      return textTest(texts[property], test)
    case 'cause':
      return causeTest(test)
    case 'session':
      return sessionTest(test)
    case 'protocol': {
      const names = test.op === 'has' || test.op === 'equals' ? protocolNames(test.text) : []
      return exact(`lower(e.protocol) IN (${names.map(() => '?').join(', ')})`, ...names)
    }
    case 'scheme':
    case 'type':
    case 'is':
    case 'has':
    case 'level':
      return test.op === 'has' ? wordTest(property, test.text) : undefined
    case 'body':
      return { sql: 'e.request_content IS NOT NULL OR e.response_content IS NOT NULL', values: [], exact: false }
    case 'request-body':
      return { sql: 'e.request_content IS NOT NULL', values: [], exact: false }
    case 'response-body':
      return { sql: 'e.response_content IS NOT NULL', values: [], exact: false }
    case 'message':
      return { sql: 'e.message_count > 0', values: [], exact: false }
    default:
      return undefined
  }
}
