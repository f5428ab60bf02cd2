// Folds the values of a JSON body into facts per path: types, nulls, empties, formats, distinct strings.
import { looksLikeId } from './endpoint-key.ts'
import { isObject, type JsonObject, pointerPart } from './json-value.ts'
import type { JsonType, StringFormat, ValueFacts } from './path-facts.ts'

/** Limits: paths an endpoint may remember, elements looked at of one array, nodes of one body, distinct strings. */
const maxPaths = 1500
const maxNodes = 3000
const maxElements = 10
const maxValues = 12
const maxDepth = 12

export function jsonType(value: unknown): JsonType {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  const type = typeof value
  return type === 'object' || type === 'string' || type === 'number' || type === 'boolean' ? type : 'null'
}

export function stringFormat(text: string): StringFormat {
  if (text === '') return 'other'
  const first = text.charCodeAt(0)
  if ((first >= 48 && first <= 57) || first === 45) {
    if (/^1\d{9}$/.test(text)) return 'epoch-s'
    if (/^1\d{12}$/.test(text)) return 'epoch-ms'
    if (/^-?\d+$/.test(text)) return 'int'
    if (/^-?\d+[.,]\d+$/.test(text)) return 'decimal'
    if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return 'iso-date'
    if (/^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/.test(text)) return 'iso-datetime'
  }
  if (text === 'true' || text === 'false') return 'bool'
  if (/^https?:\/\//.test(text)) return 'url'
  if (/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text)) return 'uuid'
  return 'other'
}

/** `visit` gets every path once per parent object or array element. `isMap` says whether an object's names are data. */
export function walkJson(
  root: unknown,
  isMap: (path: string, object: JsonObject) => boolean,
  visit: (path: string, value: unknown, pointer: string, parent: string) => void,
): void {
  let nodes = 0
  const walk = (value: unknown, path: string, pointer: string, depth: number): void => {
    if (depth > maxDepth || nodes > maxNodes) return
    if (Array.isArray(value)) {
      nodes += Math.min(value.length, maxElements)
      for (let index = 0; index < value.length && index < maxElements; index++) {
        const at = `${path}/[]`
        visit(at, value[index], `${pointer}/${index}`, path)
        walk(value[index], at, `${pointer}/${index}`, depth + 1)
      }
    } else if (isObject(value)) {
      const names = Object.keys(value)
      nodes += names.length
      const folded = isMap(path, value)
      for (const name of names) {
        const part = pointerPart(name)
        const at = folded ? `${path}/*` : `${path}/${part}`
        visit(at, value[name], `${pointer}/${part}`, path)
        walk(value[name], at, `${pointer}/${part}`, depth + 1)
      }
    }
  }
  visit('', root, '', '')
  walk(root, '', '', 0)
}

type Facts = {
  count: number
  readonly parent: { count: number } | undefined
  readonly parentCount: number
  types: Map<JsonType, number>
  nulls: number
  empties: number
  values: Map<string, number> | undefined
  formats: Map<StringFormat, number>
}

type Keys = { count: number; last: ReadonlySet<string>; overlap: number; compared: number }

export type PathStatistics = {
  readonly facts: ReadonlyMap<string, ValueFacts>
  /** Takes one body in. */
  readonly fold: (root: unknown) => void
  /** An object whose names are data: below it only the folded child `*` is known. */
  readonly isMap: (path: string, object: JsonObject) => boolean
}

const idNamed = (names: readonly string[]): boolean =>
  names.length > 0 && names.filter(looksLikeId).length * 2 > names.length

function factsOf(parent: { count: number } | undefined): Facts {
  return {
    count: 0,
    parent,
    // Read when asked: a member absent from earlier objects here counts as absent.
    get parentCount() {
      return parent?.count ?? 0
    },
    types: new Map(),
    nulls: 0,
    empties: 0,
    values: new Map(),
    formats: new Map(),
  }
}

const bump = <K>(counts: Map<K, number>, key: K): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

export function pathStatistics(): PathStatistics {
  const facts = new Map<string, Facts>()
  const objects = new Map<string, Keys>()
  const maps = new Set<string>()

  /** Key sets that overlap by less than half, over three or more observations, are data (catalogue 1.7). */
  const learnKeys = (path: string, names: readonly string[]): void => {
    let known = objects.get(path)
    if (!known) {
      if (objects.size >= maxPaths) return
      known = { count: 1, last: new Set(names), overlap: 0, compared: 0 }
      objects.set(path, known)
      if (idNamed(names)) maps.add(path)
      return
    }
    known.count++
    if (known.compared >= 50 || maps.has(path)) return
    const shared = names.reduce((sum, name) => sum + (known.last.has(name) ? 1 : 0), 0)
    const union = known.last.size + names.length - shared
    known.overlap += union === 0 ? 1 : shared / union
    known.compared++
    known.last = new Set(names)
    if (idNamed(names) || (known.compared >= 2 && known.overlap / known.compared < 0.5)) maps.add(path)
  }
  const isMap = (path: string, object: JsonObject): boolean => maps.has(path) || idNamed(Object.keys(object))

  const note = (path: string, value: unknown, parent: string): void => {
    let known = facts.get(path)
    if (!known) {
      if (facts.size >= maxPaths) return
      known = factsOf(path === '' ? undefined : objects.get(parent))
      facts.set(path, known)
    }
    known.count++
    bump(known.types, jsonType(value))
    if (value === null) known.nulls++
    if (isEmpty(value)) known.empties++
    if (typeof value === 'string') {
      bump(known.formats, stringFormat(value))
      if (known.values === undefined) return
      const kept = value.length > 80 ? value.slice(0, 80) : value
      if (known.values.size < maxValues || known.values.has(kept)) bump(known.values, kept)
      else known.values = undefined
    } else if (typeof value === 'number') bump(known.formats, numberFormat(value))
  }
  return {
    facts,
    isMap,
    fold(root) {
      walkJson(
        root,
        (path, object) => {
          learnKeys(path, Object.keys(object))
          return isMap(path, object)
        },
        (path, value, _pointer, parent) => note(path, value, parent),
      )
    },
  }
}

export function numberFormat(value: number): StringFormat {
  if (!Number.isInteger(value)) return 'decimal'
  if (value >= 1e9 && value < 2e9) return 'epoch-s'
  return value >= 1e12 && value < 2e12 ? 'epoch-ms' : 'int'
}

export const isEmpty = (value: unknown): boolean =>
  value === '' || (Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0)
