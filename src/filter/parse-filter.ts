// Parses filter text: terms joined by AND (also unwritten), OR, NOT, parentheses. It never throws; every error has a place.
import type { Filter } from './filter.ts'
import { type FilterProblem, isFilterProblem, problem } from './piece.ts'
import { readTerm, type Words } from './read-term.ts'

export type ParsedFilter = { readonly filter: Filter } | { readonly error: FilterProblem }

/** A filter is typed by hand: beyond these it is not one, and the store would refuse it. */
const maxLength = 10_000
const maxDepth = 50
const maxTerms = 250

const operators: Readonly<Record<string, 'and' | 'or' | 'not'>> = {
  AND: 'and',
  '&&': 'and',
  OR: 'or',
  '||': 'or',
  NOT: 'not',
}

export function joined(kind: 'and' | 'or', of: readonly Filter[]): Filter {
  const [first] = of
  if (first === undefined) return { kind: 'all' }
  if (of.length === 1) return first
  // `a b c` is one list, however it was put together.
  return { kind, of: of.flatMap((one) => (one.kind === kind ? one.of : [one])) }
}

/** `now`, in ms since 1970, is what `since:10m` counts from. */
export function parseFilter(text: string, now: number = Date.now(), words: Words = 'url'): ParsedFilter {
  let at = 0
  let terms = 0

  function skipSpace(): void {
    while (at < text.length && /\s/.test(text[at] ?? '')) at += 1
  }

  /** The operator at this place, if one stands there, without taking it. */
  function operator(): { readonly kind: 'and' | 'or' | 'not'; readonly length: number } | undefined {
    const [word] = /^(?:AND|OR|NOT|&&|\|\|)(?=[\s()"]|$)/.exec(text.slice(at, at + 4)) ?? []
    const kind = word === undefined ? undefined : operators[word]
    return word === undefined || kind === undefined ? undefined : { kind, length: word.length }
  }

  function either(depth: number): Filter | FilterProblem {
    const of: Filter[] = []
    for (;;) {
      const side = every(depth)
      if (isFilterProblem(side)) return side
      of.push(side)
      const found = operator()
      if (found?.kind !== 'or') return joined('or', of)
      at += found.length
    }
  }

  function every(depth: number): Filter | FilterProblem {
    const of: Filter[] = []
    let awaited: { readonly position: number; readonly length: number } | undefined
    for (;;) {
      skipSpace()
      const found = operator()
      if (found?.kind === 'and' || found?.kind === 'or' || at >= text.length || text[at] === ')') {
        if (awaited) return problem('Something must follow AND', awaited.position, awaited.length)
        if (of.length === 0) return nothingHere(found, depth)
        if (found?.kind !== 'and') return joined('and', of)
        awaited = { position: at, length: found.length }
        at += found.length
        continue
      }
      const one = unary(depth)
      if (isFilterProblem(one)) return one
      of.push(one)
      awaited = undefined
    }
  }

  function nothingHere(found: ReturnType<typeof operator>, depth: number): FilterProblem {
    if (found) return problem(`Something must stand before ${text.slice(at, at + found.length)}`, at, found.length)
    if (text[at] === ')')
      return problem(depth > 0 ? 'Nothing stands in these parentheses' : 'This parenthesis closes nothing', at)
    const before = text.slice(0, at).trimEnd()
    const word = /\S*$/.exec(before)?.[0] ?? ''
    const length = Math.max(1, word.length)
    return problem(
      word === '' ? 'Nothing to search for' : `Something must follow ${word}`,
      before.length - word.length,
      length,
    )
  }

  function unary(depth: number): Filter | FilterProblem {
    if (depth > maxDepth) return problem('Nested too deeply', at)
    const begin = at
    const negation = text[at] === '-' || text[at] === '!' ? 1 : operator()?.kind === 'not' ? 3 : 0
    if (negation > 0) {
      at += negation
      if (negation === 3) skipSpace()
      if (at >= text.length || text[at] === ')' || (negation === 1 && /\s/.test(text[at] ?? '')) || operator())
        return problem(`Something must follow ${text.slice(begin, begin + negation)}`, begin, negation)
      const of = unary(depth + 1)
      return isFilterProblem(of) ? of : { kind: 'not', of }
    }
    if (text[at] === '(') return group(depth)
    terms += 1
    if (terms > maxTerms) return problem(`More than ${maxTerms} terms`, at, text.length - at)
    const term = readTerm(text, at, now, words)
    if (isFilterProblem(term)) return term
    // A term always takes something; an empty quoted text restricts nothing.
    at = Math.max(term.end, at + 1)
    return term.filter
  }

  function group(depth: number): Filter | FilterProblem {
    const begin = at
    at += 1
    const inner = either(depth + 1)
    if (isFilterProblem(inner)) return inner
    if (text[at] !== ')') return problem('This parenthesis is not closed', begin)
    at += 1
    return inner
  }

  if (text.length > maxLength)
    return { error: problem(`More than ${maxLength} characters`, maxLength, text.length - maxLength) }
  if (text.trim() === '') return { filter: { kind: 'all' } }
  const filter = either(0)
  if (isFilterProblem(filter)) return { error: filter }
  return at < text.length ? { error: problem('This parenthesis closes nothing', at) } : { filter }
}
