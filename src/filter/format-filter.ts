// Writes a filter as text that parses to the same filter.
import type { Filter } from './filter.ts'

export function formatFilter(filter: Filter): string {
  return filter.kind === 'all' ? '' : JSON.stringify(filter)
}
