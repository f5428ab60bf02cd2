// The *everywhere* switch: the same filter, its bare words looked for in field lines, content and messages too.
import { formatFilter } from './format-filter.ts'
import { parseFilter } from './parse-filter.ts'

/** A text with a mistake in it stays as it is. */
export function searchEverywhere(text: string): string {
  const parsed = parseFilter(text, undefined, 'everywhere')
  return 'filter' in parsed ? formatFilter(parsed.filter) : text
}
