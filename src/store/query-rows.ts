// Answers the list: one page of rows in any order, and how many there are in all.
import type { SortKey } from '../api/contract.ts'
import type { Row } from '../api/row.ts'
import type { CompiledFilter } from './compile-filter.ts'
import type { Database, Value } from './database.ts'
import { fromColumns, selectedColumns } from './row-columns.ts'
import type { Query } from './store.ts'

/** Of what was found. */
export const worstLevel =
  '(CASE WHEN e.errors > 0 THEN 3 WHEN e.warnings > 0 THEN 2 WHEN e.notes > 0 THEN 1 ELSE 0 END)'

const sortColumns: Readonly<Record<SortKey, string>> = {
  time: 'id',
  method: 'method',
  host: 'host',
  path: 'path',
  status: 'status',
  type: 'mime_type',
  size: 'response_size',
  duration: 'duration',
  finding: worstLevel,
  client: 'client',
  session: 'session',
}

function isSortKey(key: string): key is SortKey {
  return key in sortColumns
}

/** `ORDER BY` terms; equal values keep the order of time in the same direction, so that one index serves both. */
export function orderOf({ sort = '-time' }: Pick<Query, 'sort'>): string {
  const key = sort.startsWith('-') ? sort.slice(1) : sort
  const direction = sort.startsWith('-') ? 'DESC' : 'ASC'
  const column = isSortKey(key) ? sortColumns[key] : 'id'
  if (column === 'id') return `e.id ${direction}`
  return `${column.startsWith('(') ? column : `e.${column}`} ${direction}, e.id ${direction}`
}

/** Rows of one page. The inner query walks indexes only: skipping 90,000 rows must not read them. */
export function queryRows(db: Database, query: Query, compiled: CompiledFilter): Row[] {
  const order = orderOf(query)
  const conditions = [`(${compiled.where})`]
  const values: Value[] = [...compiled.values]
  if (query.before !== undefined) {
    conditions.push('e.id < ?')
    values.push(query.before)
  }
  if (query.after !== undefined) {
    conditions.push('e.id > ?')
    values.push(query.after)
  }
  const sql = `SELECT ${selectedColumns} FROM exchanges e WHERE e.n IN (
    SELECT e.n FROM exchanges e WHERE ${conditions.join(' AND ')} ORDER BY ${order} LIMIT ? OFFSET ?) ORDER BY ${order}`
  return db.all(sql, ...values, query.limit, query.offset ?? 0).map(fromColumns)
}

export function countRows(db: Database, compiled: CompiledFilter): number {
  if (compiled.where === '1') return db.number('SELECT exchanges FROM totals')
  return db.number(`SELECT count(*) FROM exchanges e WHERE ${compiled.where}`, ...compiled.values)
}
