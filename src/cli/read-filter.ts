// Reads a filter given on the command line; a mistake in it is shown where it stands.
import type { Filter } from '../filter/filter.ts'
import { parseFilter } from '../filter/parse-filter.ts'
import { type Options, refusal } from '../options.ts'

/** @throws Refusal with the place of the mistake. */
export function readFilter(text: string): Filter | undefined {
  if (text.trim() === '') return undefined
  const parsed = parseFilter(text)
  if ('filter' in parsed) return parsed.filter
  const { message, position } = parsed.error
  throw refusal(`${message}\n  ${text}\n  ${' '.repeat(position)}^`, 2)
}

/** Words of the command line as one filter; what stands behind `--` belongs to it (`-- -type:image`). */
export function filterOf(options: Options): string {
  const text = [...options.positionals, ...options.rest].join(' ')
  readFilter(text)
  return text
}
