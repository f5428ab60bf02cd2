// Parses regular expressions into a tree of sets, sequences, choices and repeats; what cannot be run in linear time is refused.
import {
  anyButLineEnd,
  type CharSet,
  complement,
  digits,
  ignoringCase,
  setOf,
  spaces,
  union,
  words,
} from './char-set.ts'

export type Regex =
  | { readonly kind: 'set'; readonly set: CharSet }
  | { readonly kind: 'sequence'; readonly of: readonly Regex[] }
  | { readonly kind: 'choice'; readonly of: readonly Regex[] }
  | { readonly kind: 'repeat'; readonly of: Regex; readonly min: number; readonly max: number }
  | { readonly kind: 'assert'; readonly at: 'start' | 'end' | 'word' | 'not-word' }

export type RegexProblem = { readonly problem: string; readonly at: number }

const maxDepth = 50
const maxRepeat = 200

const escapes: Readonly<Record<string, CharSet>> = {
  d: digits,
  D: complement(digits),
  w: words,
  W: complement(words),
  s: spaces,
  S: complement(spaces),
  t: setOf(9),
  n: setOf(10),
  v: setOf(11),
  f: setOf(12),
  r: setOf(13),
  '0': setOf(0),
}

export function parseRegex(source: string): Regex | RegexProblem {
  let at = 0
  let depth = 0
  let problem: RegexProblem | undefined
  const nothing: Regex = { kind: 'sequence', of: [] }

  function fail(message: string, where: number): Regex {
    problem ??= { problem: message, at: Math.min(where, source.length) }
    at = source.length
    return nothing
  }
  const literal = (code: number): Regex => ({ kind: 'set', set: ignoringCase(setOf(code)) })

  function choice(): Regex {
    const of = [sequence()]
    while (source[at] === '|') {
      at += 1
      of.push(sequence())
    }
    return of.length === 1 && of[0] ? of[0] : { kind: 'choice', of }
  }

  function sequence(): Regex {
    const of: Regex[] = []
    while (at < source.length && source[at] !== '|' && source[at] !== ')') of.push(repeated())
    return of.length === 1 && of[0] ? of[0] : { kind: 'sequence', of }
  }

  function repeated(): Regex {
    const begin = at
    let node = atom()
    for (;;) {
      const [text, least, comma, most] = /^(?:[*+?]|\{(\d{1,6})(,)?(\d{1,6})?\})/.exec(source.slice(at, at + 16)) ?? []
      if (text === undefined) return node
      if (/^(?:[$^]|\\[bB])$/.test(source.slice(begin, at))) return fail('Nothing to repeat', at)
      const sign = text[0]
      const min = sign === '{' ? Number(least) : sign === '+' ? 1 : 0
      const top = comma === undefined ? min : most === undefined ? Number.POSITIVE_INFINITY : Number(most)
      const max = sign === '{' ? top : sign === '?' ? 1 : Number.POSITIVE_INFINITY
      if (max < min) return fail('The numbers of the repeat are out of order', at)
      if (min > maxRepeat || (max > maxRepeat && max !== Number.POSITIVE_INFINITY))
        return fail(`More than ${maxRepeat} repeats`, at)
      at += text.length
      // Lazy or not finds the same texts.
      if (source[at] === '?') at += 1
      else if (/^[*+]/.test(source.slice(at, at + 1))) return fail('Nothing to repeat', at)
      node = { kind: 'repeat', of: node, min, max }
      if (at - begin > 2_000) return fail('The regular expression is too long', begin)
    }
  }

  function group(begin: number): Regex {
    if (source[at] === '?') {
      if (/^\?(?:[=!]|<[=!])/.test(source.slice(at, at + 3)))
        return fail('Looking ahead or behind is not possible here: it has no bound on its time', begin)
      const opening = /^\?(?::|<[A-Za-z_$][\w$]*>)/.exec(source.slice(at, at + 64))
      if (!opening) return fail('Not a kind of group', begin)
      at += opening[0].length
    }
    depth += 1
    if (depth > maxDepth) return fail('Groups are nested too deeply', begin)
    const inner = choice()
    depth -= 1
    if (source[at] !== ')') return fail('This group is not closed', begin)
    at += 1
    return inner
  }

  /** After the backslash: a set, or a character. */
  function escaped(begin: number): CharSet {
    const char = source[at] ?? ''
    at += 1
    const known = escapes[char]
    if (known) return known
    const hex = char === 'x' ? /^[0-9a-f]{2}/i : char === 'u' ? /^(?:[0-9a-f]{4}|\{[0-9a-f]{1,4}\})/i : undefined
    const code = hex?.exec(source.slice(at, at + 8))?.[0]
    if (code !== undefined) {
      at += code.length
      return ignoringCase(setOf(Number.parseInt(code.replace(/[{}]/g, ''), 16)))
    }
    if (/[1-9k]/.test(char))
      fail('References back to a group are not possible here: they have no bound on their time', begin)
    else if (char === '' || /[a-z]/i.test(char)) fail('Not an escape', begin)
    return ignoringCase(setOf(char.charCodeAt(0) || 0))
  }

  function oneOf(begin: number): Regex {
    const negated = source[at] === '^'
    if (negated) at += 1
    let set: CharSet = []
    for (;;) {
      if (at >= source.length) return fail('This set is not closed', begin)
      if (source[at] === ']') break
      const from = setMember()
      if (source[at] === '-' && source[at + 1] !== ']' && at + 1 < source.length) {
        const dash = at
        at += 1
        const to = setMember()
        if (from.code === undefined || to.code === undefined || to.code < from.code)
          return fail('Not a range of characters', dash)
        set = union(set, ignoringCase(setOf(from.code, to.code)))
      } else set = union(set, from.set)
    }
    at += 1
    return { kind: 'set', set: negated ? complement(set) : set }
  }

  /** `code` where it is a single character and may begin or end a range. */
  function setMember(): { readonly set: CharSet; readonly code?: number } {
    const begin = at
    const code = source.charCodeAt(at)
    at += 1
    if (source[begin] !== '\\') return { set: ignoringCase(setOf(code)), code }
    if (source[at] === 'b') {
      at += 1
      return { set: setOf(8), code: 8 }
    }
    const plain = /[dDwWsS]/.test(source[at] ?? '')
    const set = escaped(begin)
    const lowest = Math.max(...set.map(([from]) => from))
    return plain || set.length === 0 ? { set } : { set, code: lowest }
  }

  function atom(): Regex {
    const begin = at
    const char = source[at] ?? ''
    at += 1
    if (char === '(') return group(begin)
    if (char === '[') return oneOf(begin)
    if (char === '.') return { kind: 'set', set: anyButLineEnd }
    if (char === '^') return { kind: 'assert', at: 'start' }
    if (char === '$') return { kind: 'assert', at: 'end' }
    if (char === '*' || char === '+' || char === '?') return fail('Nothing to repeat', begin)
    if (char !== '\\') return literal(char.charCodeAt(0))
    if (source[at] === 'b' || source[at] === 'B') {
      at += 1
      return { kind: 'assert', at: source[at - 1] === 'b' ? 'word' : 'not-word' }
    }
    return { kind: 'set', set: escaped(begin) }
  }

  const tree = choice()
  if (source[at] === ')') fail('This parenthesis closes nothing', at)
  return problem ?? tree
}
