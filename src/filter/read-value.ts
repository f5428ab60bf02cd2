// Reads the value of a property into a test, by the property's type.
import type { Filter, PropertyTest, Sign, Test } from './filter.ts'
import type { FilterProblem, Piece } from './piece.ts'
import type { Property } from './properties.ts'
import { parseDuration, parseMoment, parseNumber, parseSize } from './quantities.ts'

type Relation = ':' | '~' | '!=' | Sign

function wrong(message: string, piece: Piece): FilterProblem {
  return { message, position: piece.begin, length: Math.max(1, piece.end - piece.begin) }
}

const quantities = {
  status: { read: parseNumber, say: 'a status such as 404, 4xx, 401,403, 200-299 or >=400' },
  number: { read: parseNumber, say: 'a number' },
  size: { read: parseSize, say: 'a size such as 500, 10k or 1.5mb' },
  duration: { read: parseDuration, say: 'a duration such as 500ms or 2s' },
} as const

/** One value of a number-like property after `:` or `=`: a class of status codes, a range, or a number. */
function readQuantity(type: keyof typeof quantities, sign: Sign, written: string): Test | undefined {
  const { read } = quantities[type]
  if (sign === '=') {
    if (type === 'status' && /^[1-5]xx$/i.test(written)) {
      const from = Number(written[0]) * 100
      return { op: 'between', from, to: from + 99, written }
    }
    const [, low, high] = /^([^-]+)-([^-]+)$/.exec(written) ?? []
    const from = low === undefined ? undefined : read(low)
    const to = high === undefined ? undefined : read(high)
    if (from !== undefined && to !== undefined) return from <= to ? { op: 'between', from, to, written } : undefined
  }
  const value = read(written)
  return value === undefined ? undefined : { op: 'compare', sign, value, written }
}

function readOne(property: Property, relation: Relation, written: string, now: number): Test | string {
  const { type } = property
  switch (type) {
    case 'status':
    case 'number':
    case 'size':
    case 'duration': {
      const sign = relation === ':' || relation === '!=' || relation === '~' ? '=' : relation
      return readQuantity(type, sign, written) ?? `${property.name} takes ${quantities[type].say}`
    }
    case 'time': {
      const value = parseMoment(written, now)
      const sign = property.name === 'until' ? '<' : '>='
      const say = `${property.name} takes a moment such as 14:00, 2026-11-22, 2026-11-22T14:00 or 10m`
      return value === undefined ? say : { op: 'compare', sign, value, written }
    }
    case 'word': {
      const value = written.toLowerCase()
      if (property.values?.includes(value)) return { op: 'has', text: value }
      return `${property.name} takes one of ${property.values?.join(', ')}`
    }
    default:
      return relation === ':' ? { op: 'has', text: written } : { op: 'equals', text: written }
  }
}

/** Types in whose bare values a comma separates alternatives. */
const listed = new Set(['status', 'number', 'word', 'host', 'cause', 'protocol', 'size', 'duration'])
const listedNames = new Set(['method', 'id', 'code', 'mime-type'])

export function readValue(property: Property, relation: Relation, piece: Piece, now: number): Filter | FilterProblem {
  const isList = piece.form === 'bare' && (listed.has(property.type) || listedNames.has(property.name))
  if (piece.text === '' && relation === ':') return wrong('Nothing stands between the quotes', piece)
  const tests: PropertyTest[] = []
  for (const written of isList ? piece.text.split(',') : [piece.text]) {
    if (written === '' && isList) return wrong('A value is missing beside the comma', piece)
    const test = readOne(property, relation, written, now)
    if (typeof test === 'string') return wrong(test, piece)
    tests.push({ kind: 'test', property: property.name, test })
  }
  const [first] = tests
  const found: Filter = tests.length === 1 && first ? first : { kind: 'or', of: tests }
  return relation === '!=' ? { kind: 'not', of: found } : found
}
