// Reads a filter given on the command line; a mistake in it is shown where it stands.
import type { Filter } from '../filter/filter.ts'
import { parseFilter } from '../filter/parse-filter.ts'
import { comparingNames, findProperty } from '../filter/properties.ts'
import { searchEverywhere } from '../filter/search-everywhere.ts'
import { type Options, refusal } from '../options.ts'
import { columnsOf, safeLine } from './terminal-text.ts'

/** Characters of the text shown on each side of a mistake. */
const around = 60

/** @throws Refusal with the place of the mistake. */
export function readFilter(text: string): Filter | undefined {
  if (text.trim() === '') return undefined
  const parsed = parseFilter(text)
  if ('filter' in parsed) return parsed.filter
  const { message, position } = parsed.error
  const from = Math.max(0, position - around)
  const before = `${from > 0 ? '…' : ''}${safeLine(text.slice(from, position))}`
  const after = `${safeLine(text.slice(position, position + around))}${text.length > position + around ? '…' : ''}`
  throw refusal(`${safeLine(message)}\n  ${before}${after}\n  ${' '.repeat(columnsOf(before))}^`, 2)
}

/** `-type:image` is a term of a filter, where parseArgs would see options. */
export function withTerms(args: readonly string[]): readonly string[] {
  const end = args.includes('--') ? args.indexOf('--') : args.length
  return args.map((arg, i) => {
    const [, name] = i < end ? (/^-([a-z][a-z-]+)(?:[:=~<>]|!=)/i.exec(arg) ?? []) : []
    return name !== undefined && findProperty(comparingNames[name.toLowerCase()]?.property ?? name)
      ? `NOT ${arg.slice(1)}`
      : arg
  })
}

/** Words of the command line as one filter; what stands behind `--` belongs to it (`-- -users`). */
export function filterOf(options: Options): string {
  const text = [...options.positionals, ...options.rest].join(' ')
  readFilter(text)
  return options.flag('everywhere') ? searchEverywhere(text) : text
}
