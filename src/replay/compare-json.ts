// Compares two JSON values by structure: pointers with old and new values; arrays aligned by an id member or by index.

/** `before` or `after` is absent where the member is; `pointer` is RFC 6901, with the indexes of the side it exists on (b first). */
export type JsonDifference = {
  readonly pointer: string
  readonly kind: 'added' | 'removed' | 'changed'
  readonly before?: unknown
  readonly after?: unknown
  /** The value changes by itself from call to call: a time, an id made by the server. */
  readonly noise: boolean
}

export type JsonComparison = { readonly differences: readonly JsonDifference[]; readonly cut: boolean }

const maxDifferences = 2_000
/** Deeper values are compared as text. */
const maxDepth = 200

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }

const isObject = (value: unknown): value is { readonly [name: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const escaped = (name: string): string => name.replace(/~/g, '~0').replace(/\//g, '~1')

const volatileName =
  /^(timestamp|time|date|now|nonce|request_?-?id|trace_?-?id|correlation_?-?id|etag|elapsed|took|duration)(_?ms)?$/i
const isoTime = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?/

function isNoise(name: string, before: unknown, after: unknown): boolean {
  if (volatileName.test(name)) return true
  return typeof before === 'string' && typeof after === 'string' && isoTime.test(before) && isoTime.test(after)
}

/** The member whose values tell the elements of both arrays apart, if there is one. */
function identity(a: readonly Json[], b: readonly Json[]): string | undefined {
  return ['id', '_id', 'uuid', 'key', 'name', 'code', 'slug', 'href', 'url'].find((name) =>
    [a, b].every((list) => {
      const values = list.map((element) =>
        isObject(element) && Object.hasOwn(element, name) ? element[name] : undefined,
      )
      const usable = values.every((value) => typeof value === 'string' || typeof value === 'number')
      return usable && new Set(values).size === list.length
    }),
  )
}

export function compareJson(before: unknown, after: unknown): JsonComparison {
  const differences: JsonDifference[] = []
  let cut = false

  const add = (difference: JsonDifference): void => {
    if (differences.length < maxDifferences) differences.push(difference)
    else cut = true
  }
  const lone = (pointer: string, name: string, a: Json | undefined, b: Json | undefined): void => {
    if (a === undefined) add({ pointer, kind: 'added', after: b, noise: volatileName.test(name) })
    else add({ pointer, kind: 'removed', before: a, noise: volatileName.test(name) })
  }

  const elements = (a: readonly Json[], b: readonly Json[], pointer: string, depth: number): void => {
    const key = identity(a, b)
    if (key === undefined) {
      for (let i = 0; i < Math.max(a.length, b.length) && !cut; i++) member(a[i], b[i], pointer, String(i), depth)
      return
    }
    const idOf = (element: Json | undefined): Json | undefined => (isObject(element) ? element[key] : undefined)
    const places = new Map(a.map((element, index) => [idOf(element), index]))
    const met = new Set<Json | undefined>()
    for (const [index, element] of b.entries()) {
      if (cut) return
      const id = idOf(element)
      met.add(id)
      const place = places.get(id)
      member(place === undefined ? undefined : a[place], element, pointer, String(index), depth)
    }
    for (const [index, element] of a.entries())
      if (!met.has(idOf(element))) lone(`${pointer}/${index}`, '', element, undefined)
  }

  const member = (a: Json | undefined, b: Json | undefined, parent: string, name: string, depth: number): void => {
    const pointer = `${parent}/${escaped(name)}`
    if (a === undefined || b === undefined) {
      if (a !== b) lone(pointer, name, a, b)
    } else walk(a, b, pointer, name, depth + 1)
  }

  const walk = (a: Json, b: Json, pointer: string, name: string, depth: number): void => {
    if (Object.is(a, b) || cut) return
    if (depth < maxDepth && Array.isArray(a) && Array.isArray(b)) elements(a, b, pointer, depth)
    else if (depth < maxDepth && isObject(a) && isObject(b)) {
      for (const key of new Set([...Object.keys(a), ...Object.keys(b)]))
        member(
          Object.hasOwn(a, key) ? a[key] : undefined,
          Object.hasOwn(b, key) ? b[key] : undefined,
          pointer,
          key,
          depth,
        )
    } else if (depth < maxDepth || JSON.stringify(a) !== JSON.stringify(b))
      add({ pointer, kind: 'changed', before: a, after: b, noise: isNoise(name, a, b) })
  }

  walk(before as Json, after as Json, '', '', 0)
  return { differences, cut }
}
