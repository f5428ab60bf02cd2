// A map that forgets what was longest unused once it holds more than its limit.

export type Lru<K, V> = {
  readonly get: (key: K) => V | undefined
  readonly set: (key: K, value: V) => void
  readonly delete: (key: K) => void
  readonly values: () => IterableIterator<V>
  readonly entries: () => [K, V][]
  readonly size: () => number
}

export function lru<K, V>(limit: number): Lru<K, V> {
  const map = new Map<K, V>()
  /** What was used last is often used next, and need not be moved again. */
  let newest: K | undefined
  return {
    get(key) {
      const value = map.get(key)
      if (value === undefined || key === newest) return value
      map.delete(key)
      map.set(key, value)
      newest = key
      return value
    },
    set(key, value) {
      if (key !== newest) map.delete(key)
      map.set(key, value)
      newest = key
      if (map.size > limit) {
        const oldest = map.keys().next()
        if (!oldest.done) map.delete(oldest.value)
      }
    },
    delete(key) {
      map.delete(key)
      if (key === newest) newest = undefined
    },
    values: () => map.values(),
    entries: () => [...map],
    size: () => map.size,
  }
}
