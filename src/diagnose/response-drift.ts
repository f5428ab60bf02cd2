// Everything in which one answer departs from the earlier answers of its endpoint, found in one walk for all rules.
import type { Baseline } from './baseline.ts'
import { isEmpty, jsonType, numberFormat, stringFormat } from './json-kinds.ts'
import { isObject, pointerPart } from './json-value.ts'
import type { StringFormat, ValueFacts } from './path-facts.ts'
import type { PathNode, Place } from './path-tree.ts'
import type { Subject } from './subject.ts'

/** Observations before a type means anything, and before null, emptiness, absence or notation do (catalogue 1.7). */
const enoughForType = 3
const enough = 10
const enoughForValues = 50
/** Departures of one answer that are kept. */
const most = 40

export type Drift = {
  readonly kind: 'type' | 'null' | 'empty' | 'format' | 'value' | 'vanished' | 'new'
  readonly path: string
  readonly pointer: string
  readonly name: string
  readonly value: unknown
  readonly facts: ValueFacts | undefined
  /** For a member that vanished: the object it was in. */
  readonly within?: object
}

export function formatOf(value: unknown): StringFormat | undefined {
  if (typeof value === 'string') return stringFormat(value)
  return typeof value === 'number' ? numberFormat(value) : undefined
}

export function responseDrift({ response }: Subject, baseline: Baseline | undefined): Drift[] {
  if (!response || response.truncated || response.value === undefined) return []
  if (!baseline || baseline.responseSamples < enoughForType) return []
  const found: Drift[] = []
  const told: string[] = []
  const { responseSamples } = baseline
  const say = (kind: Drift['kind'], value: unknown, facts: ValueFacts | undefined, place: Place): void => {
    const { path } = place
    if (told.includes(`${kind} ${path}`)) return
    told.push(`${kind} ${path}`)
    found.push({ kind, path, pointer: place.pointer, name: place.name, value, facts })
  }
  baseline.response.walk(response.value, (value, node, place) => {
    if (found.length >= most) return
    if (!node) {
      if (responseSamples >= enough) say('new', value, undefined, place)
      return
    }
    const { facts } = node
    const type = jsonType(value)
    if (value === null) {
      if (facts.count >= enough && facts.nulls === 0) say('null', value, facts, place)
      return
    }
    // Seen once, it may be the change itself; two types seen twice each are how this member is.
    if (facts.countOf(type) < 2 && facts.count - facts.nulls >= enoughForType) say('type', value, facts, place)
    if (facts.count < enough) return
    if (facts.empties === 0 && isEmpty(value)) say('empty', value, facts, place)
    const { onlyFormat } = facts
    if (onlyFormat !== undefined && onlyFormat !== 'other' && value !== '') {
      const format = formatOf(value)
      if (format !== undefined && (format !== onlyFormat || (format === 'decimal' && type === 'string')))
        say('format', value, facts, place)
    }
    if (
      type === 'string' &&
      facts.count >= enoughForValues &&
      facts.values &&
      !facts.values.has(String(value).slice(0, 80))
    )
      say('value', value, facts, place)
    if (type === 'object' && isObject(value) && !node.isMap && node.objects >= enough)
      vanished(value, node, place, found)
  })
  return found
}

/** Members that every earlier object here had. */
function vanished(value: object, node: PathNode, place: Place, found: Drift[]): void {
  for (const [name, child] of node.children) {
    if (name === '[]' || child.facts.count < node.objects || Object.hasOwn(value, name)) continue
    if (found.some((one) => one.path === child.path)) continue
    found.push({
      kind: 'vanished',
      path: child.path,
      pointer: `${place.pointer}/${pointerPart(name)}`,
      name,
      value: undefined,
      facts: child.facts,
      within: value,
    })
  }
}
