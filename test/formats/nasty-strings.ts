// Five hundred strings that mean something to one shell or another, from a fixed seed; and requests to put them into.
import type { Exchange } from '../../src/exchange/exchange.ts'
import { sample, seeded } from './varied-exchange.ts'

const pieces = [
  "'",
  '"',
  '`',
  '$(touch PWNED)',
  '`touch PWNED`',
  '\n',
  '\r\n',
  '%PATH%',
  '^',
  '&',
  '|',
  ';touch PWNED;',
  '!',
  '!!',
  '\\',
  '\\\\"',
  '$' + '{HOME}',
  '$HOME',
  '*',
  '?',
  '[a]',
  '{a,b}',
  '~',
  '#',
  '<',
  '>',
  '\t',
  '\u001b]0;x\u0007',
  '\u202e',
  '\ufeff',
  'é',
  '\u{1f600}',
  '-',
  '--',
  '@/etc/passwd',
  ' ',
  '  ',
  '=',
  "'\\''",
  "$'x'",
  '\u0001',
  '\u007f',
  '\u0085',
  '(',
  ')',
  '0a',
  'f',
  '',
]
const random = seeded(4711)
const nasty = (from: readonly string[]): string =>
  Array.from({ length: 1 + Math.floor(random() * 7) }, () => from[Math.floor(random() * from.length)]).join('')

export const strings = [...pieces, ...Array.from({ length: 460 }, () => nasty(pieces))]

/** Those that fit on a line of cmd.exe. */
const printable = pieces.filter((piece) => /^[\x20-\x7e]*$/.test(piece))
export const printableStrings = [...printable, ...Array.from({ length: 470 }, () => nasty(printable))]

export const exchangeWith = (over: Partial<Exchange['request']>): Exchange => {
  const { exchange } = sample(1)
  return { ...exchange, kind: 'http', request: { ...exchange.request, trailers: [], headers: [], ...over } }
}
