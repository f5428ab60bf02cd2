// Writes a filter as text that parses to the same filter.
import type { Filter, PropertyTest, Test } from './filter.ts'
import { findProperty } from './properties.ts'

function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`
}

/** Bare where the parser would read the very same text. */
function value(text: string, bareWord = false): string {
  const plain = bareWord
    ? /^[\w.%@~][\w./%@~+-]*$/.test(text) && !/^(?:AND|OR|NOT)$|^[a-z][a-z-]*~|\/i?$/i.test(text)
    : // After a colon, two slashes would make a URL of property and value.
      /^[\w./%@~+*:-][\w./%@~+*:=?&-]*$/.test(text) && !/^\/(\/|.*\/i?$)/.test(text)
  return plain ? text : quoted(text)
}

/** Slashes need no backslash in our syntax tree, but a space would end the expression. */
function regex(source: string): string {
  const isPlain = /^[^\s/()[\]\\]+$/.test(source)
  return isPlain ? `/${source}/` : `~${quoted(source)}`
}

function formatText(name: string, operator: string, test: Test): string {
  if (test.op === 'regex') {
    const written = regex(test.source)
    return written.startsWith('~') ? `${name}${written}` : `${name}~${written}`
  }
  if (test.op === 'exists') return name
  if (test.op === 'compare') return test.sign === '=' ? `${name}:${test.written}` : `${name}${test.sign}${test.written}`
  if (test.op === 'between') return `${name}:${test.written}`
  return `${name}${operator}${value(test.text)}`
}

function formatTest({ property, name, test }: PropertyTest): string {
  if (name !== undefined) return formatText(`${property}:${name}`, '=', test)
  if (property === 'url' && test.op === 'has') return value(test.text, true)
  if (property === 'since' || property === 'until')
    return test.op === 'compare' ? `${property}:${test.written}` : property
  // Alternatives of these are parted by commas: a comma that is part of the text stands in quotes.
  const operator = test.op === 'equals' && findProperty(property)?.type !== 'word' ? '=' : ':'
  return formatText(property, operator, test)
}

function nested(filter: Filter): string {
  return filter.kind === 'and' || filter.kind === 'or' ? `(${formatFilter(filter)})` : formatFilter(filter)
}

export function formatFilter(filter: Filter): string {
  switch (filter.kind) {
    case 'all':
      return ''
    case 'test':
      return formatTest(filter)
    case 'not':
      return `-${nested(filter.of)}`
    case 'and':
      return filter.of.map(nested).join(' ')
    case 'or':
      return filter.of.map(nested).join(' OR ')
  }
}
