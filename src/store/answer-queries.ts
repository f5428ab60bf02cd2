// Answers rows, ids and trees for any filter; where indexes cannot, from a scan whose result is kept for the next page.
import type { TreeNode } from '../api/contract.ts'
import type { Row } from '../api/row.ts'
import type { ExchangeId } from '../exchange/exchange.ts'
import type { Filter } from '../filter/filter.ts'
import { type CompiledFilter, compileFilter } from './compile-filter.ts'
import type { Database } from './database.ts'
import { exchangeTree } from './exchange-tree.ts'
import { countRows, queryRows } from './query-rows.ts'
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

/** `database` gives the one that is open now: a damaged store is replaced while it is in use. */
export function createAnswers(database: () => Database): Answers {
  let last: { readonly key: string; readonly version: string; readonly compiled: CompiledFilter } | undefined

  /** `data_version` tells what other connections wrote, `total_changes` what this one did. */
  function version(): string {
    return `${database().number('PRAGMA data_version')}:${database().number('SELECT total_changes()')}`
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

  return {
    rows(query) {
      const compiled = answerable(query.filter)
      const total = countRows(database(), compiled)
      // Looking for nothing in the order of time would read everything.
      return { rows: total === 0 ? [] : queryRows(database(), query, compiled), total }
    },
    ids(filter) {
      const { where, values } = answerable(filter)
      const found = database().all(`SELECT e.id FROM exchanges e WHERE ${where} ORDER BY e.id`, ...values)
      return found.map((one) => String(one.id))
    },
    tree: (filter) => exchangeTree(database(), answerable(filter)),
  }
}
