// Turns a filter into SQL with bound parameters, and says when what it finds must still be looked at one by one.
import type { Filter, PropertyTest } from '../filter/filter.ts'
import { compileTest } from './compile-test.ts'
import type { Condition } from './condition.ts'
import type { Value } from './database.ts'
import { sieveTest } from './sieve-test.ts'

/**
 * `where` reads indexes and the `exchanges` table only (as `e`). `sieve` is a second condition, to be tried on a few
 * exchanges at a time, because it reads their details. What passes both of a filter that is not `exact` is judged by
 * the filter itself.
 */
export type CompiledFilter = {
  readonly where: string
  readonly values: readonly Value[]
  readonly exact: boolean
  readonly sieve?: Condition
  /** What is left to judge of a filter that is not `exact`: the terms that SQL has settled are not in it. */
  readonly rest: Filter
}

const anything: Condition = { sql: '1', values: [], exact: false }

type CompileTest = (test: PropertyTest) => Condition

/** Joined half by half: in a chain every term is one level deeper, and SQLite refuses more than a thousand levels. */
function joined(terms: readonly string[], operator: string): string {
  if (terms.length <= 8) return terms.join(operator)
  const half = terms.length >> 1
  return `(${joined(terms.slice(0, half), operator)})${operator}(${joined(terms.slice(half), operator)})`
}

function compile(filter: Filter, test: CompileTest): Condition {
  switch (filter.kind) {
    case 'all':
      return { ...anything, exact: true }
    case 'test':
      return test(filter)
    case 'not': {
      const of = compile(filter.of, test)
      return of.exact ? { sql: `NOT (${of.sql})`, values: of.values, exact: true } : anything
    }
    case 'and':
    case 'or': {
      const parts = filter.of.map((one) => compile(one, test))
      const exact = parts.every((part) => part.exact)
      const unknown = (part: Condition) => part.sql === '1'
      if (filter.kind === 'or' && parts.some(unknown)) return { ...anything, exact }
      const telling = parts.filter((part) => !unknown(part))
      if (telling.length === 0) return { ...anything, exact }
      const beside = filter.kind === 'and' && telling.length > 1
      const terms = telling.map((part) => `(${beside ? (part.loose ?? part.sql) : part.sql})`)
      const sql = joined(terms, filter.kind === 'and' ? ' AND ' : ' OR ')
      return { sql, values: telling.flatMap((part) => part.values), exact }
    }
  }
}

export function compileFilter(filter: Filter): CompiledFilter {
  const { sql, values, exact } = compile(filter, (test) => compileTest(test) ?? anything)
  if (exact) return { where: sql, values, exact, rest: { kind: 'all' } }
  // What the first condition has settled need not be tried again.
  const sieve = compile(filter, (test) => sieveTest(test) ?? anything)
  const settled = (one: Filter) => compile(one, (test) => compileTest(test) ?? anything).exact
  const rest: Filter = filter.kind === 'and' ? { kind: 'and', of: filter.of.filter((one) => !settled(one)) } : filter
  return { where: sql, values, exact, rest, ...(sieve.sql === '1' ? {} : { sieve }) }
}
