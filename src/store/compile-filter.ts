// Turns a filter into SQL with bound parameters, and says when what it finds must still be looked at one by one.
import type { Filter } from '../filter/filter.ts'
import type { Value } from './database.ts'

export type CompiledFilter = { readonly where: string; readonly values: readonly Value[]; readonly exact: boolean }

export function compileFilter(filter: Filter): CompiledFilter {
  return { where: '1', values: [], exact: filter.kind === 'all' }
}
