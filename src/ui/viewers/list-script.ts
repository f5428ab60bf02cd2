// Lays JavaScript out one statement a line: only white space is added, tokens stay as they are; raw lines where that is not sure.

import { listLines } from './list-lines.ts'
import { type Listing, placeOf } from './listing.ts'
import { type ListingBuilder, listingBuilder } from './listing-builder.ts'
import { readScript, type Token } from './script-tokens.ts'

/** What fits between braces on one line, in characters. */
const shortBlock = 60
/** A line is broken at its next comma when it is longer. */
const longLine = 110

const spacedMarks = /^(?:[=!]==?|=>|=|[<>]=?|&&=?|\|\|=?|\?\?=?|[-+*/%&|^]=|\*\*=|<<=|>>=|>>>=|\?)$/
const closes = (token: Token | undefined) => token?.kind === 'mark' && /^[)\]};,]$/.test(token.text)
const isMark = (token: Token | undefined, text: string) => token?.kind === 'mark' && token.text === text
const joins =
  /^(?:if|for|while|switch|catch|return|case|else|do|try|finally|throw|in|of|typeof|const|let|var|new|await)$/

/** White space between two tokens that stand on one line; none only where the two cannot be read as one. */
function gap(left: Token, right: Token): '' | ' ' {
  const [before, after] = [left.kind === 'mark' ? left.text : '', right.kind === 'mark' ? right.text : '']
  if (before === '(' || before === '[') return right.kind === 'comment' ? ' ' : ''
  if (/^[)\];,]$/.test(after)) return ''
  if ((before === '.' || before === '?.') && right.kind === 'word') return ''
  if ((after === '.' || after === '?.') && left.kind === 'word') return ''
  if (/^[,;{:]$/.test(before) || spacedMarks.test(before)) return ' '
  if (/^[{}]$/.test(after) || spacedMarks.test(after)) return ' '
  if (left.kind === 'word' && joins.test(left.text) && /^[([]$/.test(after)) return ' '
  return right.spaced ? ' ' : ''
}

/** The token that closes a brace, where all between fits on one line; -1 otherwise. */
function closesSoon(tokens: readonly Token[], open: number): number {
  let length = 0
  for (let i = open + 1; i < tokens.length && length <= shortBlock; i++) {
    const token = tokens[i]
    if (!token || token.kind === 'comment' || token.kind === 'template') return -1
    if (isMark(token, '}')) return i
    if (token.kind === 'mark' && (token.text === '{' || token.text === ';')) return -1
    if (token.broken) return -1
    length += token.text.length + 1
  }
  return -1
}

/** A token may hold line breaks: its later lines are drawn as they stand, without indentation. */
function write(lines: ListingBuilder, text: string, how: 'line' | 'open' | 'close'): void {
  const [first = '', ...rest] = text.split(/\r\n?|\n/)
  if (rest.length === 0) return lines[how](text)
  lines[how === 'close' ? 'close' : 'line'](first)
  for (const [i, line] of rest.entries())
    if (how === 'open' && i === rest.length - 1) lines.openRaw(line)
    else lines.raw(line)
}

export function listScript(source: string, limit = Number.POSITIVE_INFINITY): Listing {
  // A line has a handful of tokens at least: enough for the lines that are wanted.
  const { tokens, stoppedAt } = readScript(source, limit * 40)
  if (stoppedAt !== undefined && limit === Number.POSITIVE_INFINITY)
    return {
      ...listLines(source),
      problem: { message: 'Not laid out: what stands here could mean two things', ...placeOf(source, stoppedAt) },
    }
  const lines = listingBuilder()
  const open: string[] = []
  /** Tokens before this one stand on one line with their brace. */
  let inlineUntil = -1
  let line = ''
  let last: Token | undefined
  let closing = false
  const flush = (how: 'line' | 'open' = 'line') => {
    if (line !== '') write(lines, line, closing ? 'close' : how)
    else if (closing) lines.close('')
    // A line cannot close one fold and open the next.
    line = ''
    closing = false
    last = undefined
  }
  for (let i = 0; i < tokens.length && lines.count() < limit; i++) {
    const token = tokens[i]
    if (!token) break
    const inline = i <= inlineUntil
    const inner = open.at(-1)
    // No line may end before an arrow (ECMAScript §15.3).
    const stays = isMark(token, '=>') || (closing && closes(token))
    if (token.broken && !inline && line !== '' && !stays) flush()
    if (isMark(token, '}') && !inline) {
      if (open.includes('{')) {
        flush()
        while (open.length > 0 && open.pop() !== '{');
        closing = true
      }
    } else if (closing && !stays) flush()
    line += last ? gap(last, token) + token.text : token.text
    last = token
    if (token.kind === 'comment') {
      if (token.text.startsWith('//') || token.text.startsWith('#!') || token.text.includes('\n')) flush()
      continue
    }
    if (token.kind !== 'mark' || inline) continue
    if (token.text === '(' || token.text === '[') open.push(token.text)
    else if (token.text === ')' || token.text === ']') {
      const opener = token.text === ')' ? '(' : '['
      if (inner === opener) open.pop()
    } else if (token.text === '{') {
      inlineUntil = closesSoon(tokens, i)
      if (inlineUntil !== -1) continue
      open.push('{')
      flush('open')
    } else if (token.text === ';' && inner !== '(') flush()
    else if (token.text === ',' && (inner === '{' || closing || line.length > longLine) && !nextIsComment(tokens, i))
      flush()
  }
  flush()
  return lines.finish(stoppedAt === undefined)
}

/** A remark behind a comma belongs to the line it stands on. */
function nextIsComment(tokens: readonly Token[], at: number): boolean {
  const next = tokens[at + 1]
  return next?.kind === 'comment' && !next.broken
}
