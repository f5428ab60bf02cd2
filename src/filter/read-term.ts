// Reads one term of a filter text: a bare word, a quoted text, a regular expression, or a property with its value.
import type { Filter, PropertyTest, Sign, Test } from './filter.ts'
import { compileRegex } from './linear-regex.ts'
import { nearestName } from './nearest-name.ts'
import { type FilterProblem, isFilterProblem, type Piece, problem, readBare, readPiece } from './piece.ts'
import { comparingNames, findProperty, isOrdered, operatorsOf, type Property } from './properties.ts'
import { readValue } from './read-value.ts'

export type ReadTerm = { readonly filter: Filter; readonly end: number }

function checkedRegex(piece: Piece, source: string): FilterProblem | undefined {
  const compiled = compileRegex(source)
  if (!('problem' in compiled)) return undefined
  const inside = piece.begin + (piece.form === 'bare' ? 0 : 1) + compiled.at
  return problem(compiled.problem, Math.min(inside, Math.max(piece.begin, piece.end - 1)))
}

function textTest(test: PropertyTest, negated: boolean): Filter {
  return negated ? { kind: 'not', of: test } : test
}

/** `header:NAME`, `header:NAME=text`, `header:NAME:text`, `header:NAME~/regex/`. */
function readField(text: string, property: Property, begin: number): ReadTerm | FilterProblem {
  const name = readBare(text, begin, /[\s":=~!]/)
  if (name.text === '') return problem(`After ${property.name}: comes the name of a field`, begin)
  const test: PropertyTest = {
    kind: 'test',
    property: property.name,
    name: name.text.toLowerCase(),
    test: { op: 'exists' },
  }
  const negated = text.startsWith('!=', name.end)
  const operator = negated ? '!=' : (text[name.end] ?? '')
  if (!/^(?:[:=~]|!=)$/.test(operator)) return { filter: test, end: name.end }
  const piece = readPiece(text, name.end + operator.length, true, true)
  if (isFilterProblem(piece)) return piece
  if (piece.form === 'bare' && piece.text === '') return { filter: test, end: piece.end }
  if (operator === '~' || piece.form === 'regex') {
    const wrong = checkedRegex(piece, piece.text)
    return (
      wrong ?? { filter: textTest({ ...test, test: { op: 'regex', source: piece.text } }, negated), end: piece.end }
    )
  }
  return { filter: textTest({ ...test, test: { op: 'has', text: piece.text } }, negated), end: piece.end }
}

type Operator = ':' | '~' | '!=' | Sign

function readProperty(
  text: string,
  property: Property,
  operator: Operator,
  at: number,
  now: number,
): ReadTerm | FilterProblem {
  if (property.type === 'field' && operator === ':') return readField(text, property, at)
  if (!operatorsOf(property.type).includes(operator))
    return problem(
      `${property.name} takes ${operatorsOf(property.type).join(' ')}`,
      at - operator.length,
      operator.length,
    )
  // `status:>=400`: a comparison may follow the colon.
  const [sign] = operator === ':' && isOrdered(property.type) ? (/^[<>]=?/.exec(text.slice(at, at + 2)) ?? []) : []
  const begin = at + (sign?.length ?? 0)
  // A path between slashes is a path.
  const slashes = property.type !== 'path' || operator === '~'
  const piece = readPiece(text, begin, slashes, slashes)
  if (isFilterProblem(piece)) return piece
  if (piece.form === 'bare' && piece.text === '')
    return problem(`A value is missing, as in ${property.example}`, Math.max(0, begin - 1))
  if (operator === '~' || piece.form === 'regex') {
    if (!operatorsOf(property.type).includes('~'))
      return problem(`${property.name} takes no regular expression`, piece.begin, piece.end - piece.begin)
    const wrong = checkedRegex(piece, piece.text)
    if (wrong) return wrong
    const test: PropertyTest = { kind: 'test', property: property.name, test: { op: 'regex', source: piece.text } }
    return { filter: textTest(test, operator === '!='), end: piece.end }
  }
  const value = readValue(property, (sign as Sign | undefined) ?? operator, piece, now)
  return isFilterProblem(value) ? value : { filter: value, end: piece.end }
}

/** What bare words, quoted texts and regular expressions are looked for in. */
export type Words = 'url' | 'everywhere'

/** `begin` is the first character of the term, a negating sign already taken off. `now` in ms since 1970. */
export function readTerm(text: string, begin: number, now: number, words: Words): ReadTerm | FilterProblem {
  const [, name, operator] = /^([a-z][a-z-]*)(:(?!\/\/)|=|!=|<=|>=|<|>|~)/i.exec(text.slice(begin, begin + 80)) ?? []
  if (name !== undefined && operator !== undefined) {
    const at = begin + name.length + operator.length
    const comparing = comparingNames[name.toLowerCase()]
    const property = findProperty(comparing?.property ?? name)
    if (comparing && property && operator === ':') return readProperty(text, property, comparing.sign, at, now)
    if (property) return readProperty(text, property, operator as Operator, at, now)
    // `localhost:3000` and `page=2` are text of a URL; `hots:api` and `statsu:4xx` are mistakes.
    if (operator !== '=' && !(operator === ':' && /^\d+(?![\w.])/.test(text.slice(at, at + 80)))) {
      const near = nearestName(name)
      const hint = near === undefined ? 'put it in quotes to search for the text' : `did you mean ${near}?`
      return problem(`There is no property “${name}”; ${hint}`, begin, name.length)
    }
  }
  const piece = readPiece(text, begin, true)
  if (isFilterProblem(piece)) return piece
  const isRegex = piece.form === 'regex'
  const wrong = isRegex ? checkedRegex(piece, piece.text) : undefined
  if (wrong) return wrong
  const test: Test = isRegex ? { op: 'regex', source: piece.text } : { op: 'has', text: piece.text }
  // An empty text is in every URL.
  return { filter: { kind: 'test', property: piece.text === '' ? 'url' : words, test }, end: piece.end }
}
