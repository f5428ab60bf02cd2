// Lays JSON text out one value a line without parsing it into objects: numbers, order and duplicate names stay as sent.
import { type Listing, placeOf } from './listing.ts'
import { listingBuilder } from './listing-builder.ts'

const numberAt = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const literals = ['true', 'false', 'null']

/** The offset after the string that begins at `from`, or -1 where it never ends. */
export function stringEnd(source: string, from: number): number {
  for (let at = source.indexOf('"', from + 1); at !== -1; at = source.indexOf('"', at + 1)) {
    let slashes = 0
    while (source.charCodeAt(at - 1 - slashes) === 92) slashes++
    if (slashes % 2 === 0) return at + 1
  }
  return -1
}

/** `limit` stops after so many lines; `many` accepts one value after another (NDJSON, RFC 7464 without separators). */
export function listJson(source: string, limit = Number.POSITIVE_INFINITY, many = false): Listing {
  const lines = listingBuilder()
  const open: string[] = []
  let at = source.charCodeAt(0) === 0xfeff ? 1 : 0
  let label = ''
  let lineBreak = source.indexOf('\n')

  const fail = (message: string, offset: number) => lines.finish(false, { message, ...placeOf(source, offset) })
  const skip = () => {
    for (;;) {
      const char = source.charCodeAt(at)
      if (char !== 32 && char !== 10 && char !== 13 && char !== 9) return
      at++
    }
  }
  const string = (): string | undefined => {
    const end = stringEnd(source, at)
    if (end === -1) return undefined
    if (lineBreak !== -1 && lineBreak < at) lineBreak = source.indexOf('\n', at)
    // RFC 8259 §7: control characters inside a string must be escaped.
    if (lineBreak !== -1 && lineBreak < end) return undefined
    const text = source.slice(at, end)
    at = end
    return text
  }

  for (;;) {
    if (lines.count() >= limit) return lines.finish(false)
    skip()
    const inObject = open.at(-1) === '}'
    if (inObject && label === '') {
      if (source[at] !== '"') return fail('A name in double quotes was expected', at)
      const name = string()
      if (name === undefined) return fail('This name never ends on its line', at)
      skip()
      if (source[at] !== ':') return fail('A colon was expected after the name', at)
      at++
      label = `${name}: `
      skip()
    }
    const char = source[at]
    if (char === undefined)
      return lines.count() === 0 && many ? lines.finish(true) : fail('The text ends too early', at)
    if (char === '{' || char === '[') {
      const closing = char === '{' ? '}' : ']'
      at++
      skip()
      if (source[at] !== closing) {
        lines.open(label + char)
        open.push(closing)
        label = ''
        continue
      }
      at++
      lines.line(label + char + closing)
    } else if (char === '"') {
      const text = string()
      if (text === undefined) return fail('This string never ends on its line', at)
      lines.line(label + text)
    } else {
      numberAt.lastIndex = at
      const word = numberAt.exec(source)?.[0] ?? literals.find((literal) => source.startsWith(literal, at))
      if (word === undefined || word === '') return fail('A value was expected', at)
      at += word.length
      lines.line(label + word)
    }
    label = ''
    // After a value: commas, closing brackets, or the end.
    for (;;) {
      skip()
      const closing = open.at(-1)
      if (closing === undefined) {
        if (at >= source.length) return lines.finish(true)
        if (many) break
        return fail('Something follows after the end of the value', at)
      }
      if (source[at] === ',') {
        at++
        lines.append(',')
        break
      }
      if (source[at] !== closing)
        return fail(at >= source.length ? 'The text ends too early' : `A comma or ${closing} was expected`, at)
      at++
      lines.close(closing)
      open.pop()
    }
  }
}
