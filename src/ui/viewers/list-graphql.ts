// Lays a GraphQL document out one selection a line; one that already has line breaks keeps its own lines.
import type { Listing } from './listing.ts'
import { listingBuilder } from './listing-builder.ts'

// A string has at most a hundred escapes here: what never ends must not be searched to the end from every quote.
const token = /"""[\s\S]*?"""|"[^"\\\n]*(?:\\.[^"\\\n]*){0,100}"|#[^\n]*|[{}()[\]:=!|&@]|\.\.\.|\$?[\w-]+|[^\s,]/g

/** What is looked at again for every word; longer lines are broken. */
const longest = 400

export function listGraphql(source: string): Listing {
  const lines = listingBuilder()
  let line = ''
  let brackets = 0
  let previous = ''
  const flush = () => {
    if (line !== '') lines.line(line)
    line = ''
  }
  const tight = (text: string) => /^[):\]!]$/.test(text) || text === '(' || /[([$@]$/.test(line) || previous === '...'
  for (const [text] of source.matchAll(token)) {
    if (line.length > longest) flush()
    if (text === '{' && brackets === 0) {
      lines.open(`${line}${line === '' ? '' : ' '}{`)
      line = ''
    } else if (text === '}' && brackets === 0) {
      flush()
      lines.close('}')
    } else if (text.startsWith('#')) {
      flush()
      lines.line(text)
    } else {
      if (text === '(' || text === '[' || text === '{') brackets++
      if (text === ')' || text === ']' || text === '}') brackets--
      // Between two selections of the same set a new line begins; arguments, types and aliases stay together.
      const joins = brackets > 0 || tight(text) || /[:=@]$|^\.\.\.$|\bon$/.test(line) || /^[:=@(]/.test(text)
      const heading = /^(?:query|mutation|subscription|fragment)\b/.test(line) || /^\.\.\.\s*on\b/.test(line)
      if (line !== '' && !joins && !heading && text !== 'on') flush()
      const comma = brackets > 0 && /^[$\w]/.test(text) && /[\w"!\])}]$/.test(line) && previous !== ':'
      line += line === '' || tight(text) ? text : `${comma ? ', ' : ' '}${text}`
    }
    previous = text
  }
  flush()
  return lines.finish(true)
}
