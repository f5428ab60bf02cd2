// Answers rows, ids and trees for any filter; where indexes cannot, from a scan whose result is kept for the next page.
import type { TreeNode } from '../api/contract.ts'
import type { Row } from '../api/row.ts'
import type { ExchangeId } from '../exchange/exchange.ts'
import type { Filter } from '../filter/filter.ts'
import { makeAskedIndexes } from './asked-indexes.ts'
import { type CompiledFilter, compileFilter } from './compile-filter.ts'
import type { Database } from './database.ts'
import { exchangeTree } from './exchange-tree.ts'
import { countRows, orderOf, queryRows } from './query-rows.ts'
import { scan } from './scan.ts'
import type { Query } from './store.ts'

export type Answers = {
  rows(query: Query): { readonly rows: readonly Row[]; readonly total: number }
  ids(filter: Filter | undefined): readonly ExchangeId[]
  tree(filter: Filter | undefined): { readonly hosts: readonly TreeNode[]; readonly clients: readonly TreeNode[] }
}

/** A filter that names its exchanges: for paging and sorting through what a scan has found. */
export function amongIds(ids: readonly ExchangeId[]): CompiledFilter {
  return {
    where: 'e.id IN (SELECT value FROM json_each(?))',
    values: [JSON.stringify(ids)],
    exact: true,
    rest: { kind: 'all' },
  }
}

/** ms. */
const countedFor = 1_000

/** `database` gives the one that is open now: a damaged store is replaced while it is in use. */
export function createAnswers(database: () => Database): Answers {
  let counted:
    | { readonly key: string; readonly version: string; readonly at: number; readonly total: number }
    | undefined
  let last: { readonly key: string; readonly version: string; readonly compiled: CompiledFilter } | undefined

  let current = database()
  let files = 0

  /** `data_version` tells what other connections wrote, `total_changes` what this one did; both begin anew with a new file. */
  function version(): string {
    const db = database()
    if (db !== current) files += 1
    current = db
    return `${files}:${db.number('PRAGMA data_version')}:${db.number('SELECT total_changes()')}`
  }

  function answerable(filter: Filter | undefined): CompiledFilter {
    if (filter === undefined) return compileFilter({ kind: 'all' })
    const compiled = compileFilter(filter)
    if (compiled.exact) return compiled
    const key = JSON.stringify(filter)
    const now = version()
    if (last?.key !== key || last.version !== now) {
      const found = [...scan(database(), compiled, () => performance.now())].flatMap((slice) => slice.found)
      last = { key, version: now, compiled: amongIds(found) }
    }
    return last.compiled
  }

  /** Counting reads every match, a page a hundred: later pages of the same list use the count again, a second at most. */
  function countOf(compiled: CompiledFilter, isFirstPage: boolean): number {
    const key = JSON.stringify([compiled.where, compiled.values])
    const now = version()
    const isFresh = counted?.version === now || (!isFirstPage && performance.now() - (counted?.at ?? 0) < countedFor)
    if (counted?.key === key && isFresh) return counted.total
    counted = { key, version: now, at: performance.now(), total: countRows(database(), compiled) }
    return counted.total
  }

  return {
    rows(query) {
      const compiled = answerable(query.filter)
      makeAskedIndexes(database(), `${compiled.where} ${orderOf(query)}`)
      const total = countOf(compiled, (query.offset ?? 0) === 0)
      // Looking for nothing in the order of time would read everything.
      return { rows: total === 0 ? [] : queryRows(database(), query, compiled), total }
    },
    ids(filter) {
      const { where, values } = answerable(filter)
      makeAskedIndexes(database(), where)
      const found = database().all(`SELECT e.id FROM exchanges e WHERE ${where} ORDER BY e.id`, ...values)
      return found.map((one) => String(one.id))
    },
    tree: (filter) => exchangeTree(database(), answerable(filter)),
  }
}
