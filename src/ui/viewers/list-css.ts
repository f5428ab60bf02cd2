// Lays CSS out one declaration a line: only white space is added, strings, addresses and comments stay as they are.

import { listLines } from './list-lines.ts'
import { type Listing, placeOf } from './listing.ts'
import { listingBuilder } from './listing-builder.ts'

// CSS Syntax §4: what is not one of these is taken as it stands up to the next character that matters.
const token =
  /\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*'|url\(\s*(?!["'\s])(?:[^)\\]|\\[\s\S])*\)|\s+|[{};(),]|(?:(?!url\(|\/\*)(?:[^\s{};(),"'\\]|\\[\s\S]))+|url\(/iy

export function readCss(source: string): { readonly tokens: readonly string[]; readonly stoppedAt?: number } {
  const tokens: string[] = []
  token.lastIndex = 0
  for (let at = 0; at < source.length; at = token.lastIndex) {
    token.lastIndex = at
    const text = token.exec(source)?.[0]
    if (!text) return { tokens, stoppedAt: at }
    tokens.push(text)
  }
  return { tokens }
}

export function listCss(source: string, limit = Number.POSITIVE_INFINITY): Listing {
  const { tokens, stoppedAt } = readCss(source)
  if (stoppedAt !== undefined && limit === Number.POSITIVE_INFINITY)
    return {
      ...listLines(source),
      problem: { message: 'Not laid out: a string or comment never ends', ...placeOf(source, stoppedAt) },
    }
  const lines = listingBuilder()
  let depth = 0
  let rounds = 0
  let line = ''
  let space = false
  const flush = () => {
    const [first = '', ...rest] = line.split(/\r\n?|\n/)
    if (line !== '') lines.line(first)
    for (const one of rest) lines.raw(one)
    line = ''
    space = false
  }
  for (const text of tokens) {
    if (lines.count() >= limit) return lines.finish(false)
    if (/^\s/.test(text)) {
      space = line !== ''
      continue
    }
    if (text === '{' && rounds === 0) {
      const head = line === '' ? '{' : `${line} {`
      line = ''
      lines.open(head)
      depth++
      space = false
    } else if (text === '}' && rounds === 0) {
      flush()
      if (depth > 0) lines.close('}')
      else lines.line('}')
      depth = Math.max(0, depth - 1)
    } else if (text === ';' && rounds === 0) {
      line += ';'
      flush()
    } else {
      if (text === '(') rounds++
      else if (text === ')') rounds = Math.max(0, rounds - 1)
      line += (space || line.endsWith(',') ? (line === '' ? '' : ' ') : '') + text
      space = false
      if (text.startsWith('/*') && rounds === 0) flush()
    }
  }
  flush()
  return lines.finish(true)
}
