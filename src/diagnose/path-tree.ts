// The paths of an endpoint's JSON bodies as a tree: what was seen at each, and walks that keep to it.
import { looksLikeId } from './endpoint-key.ts'
import { isEmpty, jsonType, numberFormat, stringFormat } from './json-kinds.ts'
import { isObject, pointerPart } from './json-value.ts'
import type { JsonType, StringFormat, ValueFacts } from './path-facts.ts'
import { addTo, asMap, countOf, type Tally, tallyOf } from './tally.ts'

/** Limits: paths an endpoint may remember, elements looked at of one array, nodes of one body, distinct strings, depth. */
const maxPaths = 1500
const maxNodes = 3000
const maxElements = 10
const maxValues = 12
/** Characters of a text that is remembered. */
const maxText = 80
const maxDepth = 12

/** A class, because walks over thousands of them are quickest when all have one shape. */
class PathFacts implements ValueFacts {
  declare count: number
  declare nulls: number
  declare empties: number
  declare values: Map<string, number> | undefined
  declare private typeTally: Tally<JsonType> | undefined
  declare private formatTally: Tally<StringFormat> | undefined
  declare private readonly parent: Building | undefined

  constructor(parent: Building | undefined) {
    this.count = 0
    this.nulls = 0
    this.empties = 0
    this.values = noValues
    this.typeTally = undefined
    this.formatTally = undefined
    this.parent = parent
  }

  get types(): ReadonlyMap<JsonType, number> {
    return asMap(this.typeTally)
  }

  countOf(type: JsonType): number {
    return countOf(this.typeTally, type)
  }

  get formats(): ReadonlyMap<StringFormat, number> {
    return asMap(this.formatTally)
  }

  get onlyFormat(): StringFormat | undefined {
    return this.formatTally?.kinds.length === 1 ? this.formatTally.kinds[0] : undefined
  }

  note(value: unknown): void {
    this.count++
    const type = jsonType(value)
    if (this.typeTally) addTo(this.typeTally, type)
    else this.typeTally = tallyOf(type)
    if (value === null) this.nulls++
    else if (isEmpty(value)) this.empties++
    if (typeof value === 'number') this.#noteFormat(numberFormat(value))
    if (typeof value === 'string') {
      this.#noteFormat(stringFormat(value))
      this.#noteText(value)
    }
  }

  #noteFormat(format: StringFormat): void {
    if (this.formatTally) addTo(this.formatTally, format)
    else this.formatTally = tallyOf(format)
  }

  #noteText(text: string): void {
    const { values } = this
    if (values === undefined) return
    const kept = text.length > maxText ? text.slice(0, maxText) : text
    const count = values.get(kept)
    if (values.size === 0) this.values = new Map([[kept, 1]])
    else if (count !== undefined || values.size < maxValues) values.set(kept, (count ?? 0) + 1)
    else this.values = undefined
  }

  /** Read when asked: a member absent from earlier objects here counts as absent. */
  get parentCount(): number {
    return this.parent?.objects ?? 0
  }
}

/** `objects` counts the objects seen here; below a map every name leads to the one child `*`. */
export type PathNode = {
  readonly path: string
  readonly facts: ValueFacts
  readonly children: ReadonlyMap<string, PathNode>
  readonly objects: number
  readonly isMap: boolean
}

type Building = {
  readonly path: string
  readonly facts: PathFacts
  children: Map<string, Building>
  objects: number
  isMap: boolean
  names: ReadonlySet<string>
  overlap: number
  compared: number
}

/** Where a walk is; `pointer` is made only when it is asked for. */
export type Place = { readonly path: string; readonly pointer: string; readonly name: string }

export type PathTree = {
  readonly root: PathNode | undefined
  /** What is known of a path such as `/items/[]/id`. */
  readonly at: (path: string) => ValueFacts | undefined
  /** Takes one body in. */
  readonly fold: (body: unknown) => void
  /**
   * Visits every value whose path is known, and (with no node) every unknown member of a known object; does not go
   * into the unknown, nor below maps.
   */
  readonly walk: (body: unknown, visit: (value: unknown, node: PathNode | undefined, place: Place) => void) => void
}

/** Stand for what holds nothing yet: most paths never hold texts or children of their own. */
const noValues = new Map<never, number>()
const noChildren = new Map<string, never>()
const noNames: ReadonlySet<string> = new Set()

const building = (path: string, parent: Building | undefined): Building => ({
  path,
  facts: new PathFacts(parent),
  children: noChildren,
  objects: 0,
  isMap: false,
  names: noNames,
  overlap: 0,
  compared: 0,
})

const idNamed = (names: readonly string[]): boolean => {
  let ids = 0
  for (const name of names) if (looksLikeId(name)) ids++
  return ids > 0 && ids * 2 > names.length
}

/** Key sets that overlap by less than half, over three or more observations, are data (catalogue 1.7). */
function learnNames(node: Building, names: readonly string[]): void {
  node.objects++
  if (node.isMap) return
  if (node.objects === 1) {
    node.isMap = idNamed(names)
    node.names = new Set(names)
    return
  }
  if (node.compared >= 20) return
  let shared = 0
  for (const name of names) if (node.names.has(name)) shared++
  if (shared === names.length && shared === node.names.size) {
    node.overlap++
    node.compared++
    return
  }
  const union = node.names.size + names.length - shared
  node.overlap += union === 0 ? 1 : shared / union
  node.compared++
  node.names = new Set(names)
  if (idNamed(names) || (node.compared >= 2 && node.overlap / node.compared < 0.5)) node.isMap = true
}

export function pathTree(): PathTree {
  let root: Building | undefined
  let paths = 0
  let left = 0

  const childOf = (node: Building, key: string): Building | undefined => {
    let child = node.children.get(key)
    if (!child && paths < maxPaths) {
      child = building(`${node.path}/${pointerPart(key)}`, node)
      if (node.children.size === 0) node.children = new Map([[key, child]])
      else node.children.set(key, child)
      paths++
    }
    return child
  }
  const take = (value: unknown, node: Building, depth: number): void => {
    node.facts.note(value)
    if (depth > maxDepth || left <= 0 || value === null || typeof value !== 'object') return
    if (Array.isArray(value)) {
      const child = value.length > 0 ? childOf(node, '[]') : undefined
      const length = Math.min(value.length, maxElements)
      left -= length
      for (let index = 0; child && index < length; index++) take(value[index], child, depth + 1)
      return
    }
    const names = Object.keys(value)
    left -= names.length
    learnNames(node, names)
    for (const name of names) {
      const child = childOf(node, node.isMap ? '*' : name)
      if (child) take((value as Record<string, unknown>)[name], child, depth + 1)
    }
  }

  return {
    get root() {
      return root
    },
    at(path) {
      let node: Building | undefined = root
      for (const part of path.split('/').slice(1))
        node = node?.children.get(part.replaceAll('~1', '/').replaceAll('~0', '~'))
      return node?.facts
    },
    fold(body) {
      left = maxNodes
      root ??= building('', undefined)
      take(body, root, 0)
    },
    walk(body, visit) {
      if (root) new Walk(root, visit).step(body, root, root)
    },
  }
}

/**
 * One walk through a body, and the place it has come to. A class: V8 gives each getter of an object literal a cell among
 * its old objects, and through it a body, with all it belongs to, would outlive the exchange until the next full collection.
 */
class Walk implements Place {
  readonly #visit: Parameters<PathTree['walk']>[1]
  readonly #trail: (string | number)[] = []
  #current: PathNode | undefined
  #parent: PathNode
  #left = maxNodes

  constructor(root: PathNode, visit: Parameters<PathTree['walk']>[1]) {
    this.#visit = visit
    this.#current = root
    this.#parent = root
  }

  get path(): string {
    return this.#current?.path ?? `${this.#parent.path}/${pointerPart(String(this.#trail.at(-1) ?? ''))}`
  }

  get pointer(): string {
    return this.#trail.map((part) => `/${typeof part === 'number' ? part : pointerPart(part)}`).join('')
  }

  get name(): string {
    return String(this.#trail.findLast((part) => typeof part === 'string') ?? '')
  }

  step(value: unknown, node: PathNode | undefined, above: PathNode): void {
    this.#current = node
    this.#parent = above
    this.#visit(value, node, this)
    if (!node || this.#left <= 0 || value === null || typeof value !== 'object') return
    if (Array.isArray(value)) {
      const child = node.children.get('[]')
      const length = Math.min(value.length, maxElements)
      this.#left -= length
      for (let index = 0; child && index < length; index++) this.#into(index, value[index], child, node)
      return
    }
    if (node.isMap || !isObject(value)) return
    const names = Object.keys(value)
    // Names that look like ids are data, even where earlier objects were small enough not to show it.
    if (node.objects === 0 || idNamed(names)) return
    this.#left -= names.length
    for (const name of names) this.#into(name, value[name], node.children.get(name), node)
  }

  #into(part: string | number, value: unknown, node: PathNode | undefined, above: PathNode): void {
    this.#trail.push(part)
    this.step(value, node, above)
    this.#trail.pop()
  }
}
