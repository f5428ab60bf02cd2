// A map that forgets what was longest unused once it holds more than its limit.

export type Lru<K, V> = {
  readonly get: (key: K) => V | undefined
  readonly set: (key: K, value: V) => void
  readonly delete: (key: K) => void
  readonly values: () => V[]
  readonly entries: () => [K, V][]
  readonly size: () => number
}

/**
 * Two generations: what is used moves to the young one; when that is half the limit, it becomes the old one and the old
 * one is forgotten. Keeps between half and all of the limit, and costs one look-up where order lists cost three writes.
 */
export function lru<K, V>(limit: number): Lru<K, V> {
  const half = Math.max(1, Math.floor(limit / 2))
  let young = new Map<K, V>()
  let old = new Map<K, V>()
  const put = (key: K, value: V): void => {
    young.set(key, value)
    if (young.size < half) return
    old = young
    young = new Map()
  }
  const entries = (): [K, V][] => [...[...old].filter(([key]) => !young.has(key)), ...young]
  return {
    get(key) {
      const value = young.get(key)
      if (value !== undefined) return value
      const before = old.get(key)
      if (before !== undefined) put(key, before)
      return before
    },
    set: put,
    delete(key) {
      young.delete(key)
      old.delete(key)
    },
    values: () => entries().map(([, value]) => value),
    entries,
    size: () => entries().length,
  }
}
