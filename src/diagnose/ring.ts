// A list that keeps its newest entries only.

export type Ring<T> = {
  readonly push: (entry: T) => void
  readonly entries: () => readonly T[]
  readonly clear: (keep: (entry: T) => boolean) => void
}

/**
 * Amortised: once the list is a quarter too long, its newest move to its front. It is never replaced: a list left behind
 * lies among V8's old objects and keeps all its entries until the next full collection.
 */
export function ring<T>(limit: number): Ring<T> {
  const list: T[] = []
  return {
    push(entry) {
      list.push(entry)
      if (list.length <= limit * 1.25) return
      list.copyWithin(0, list.length - limit)
      list.length = limit
    },
    entries: () => list,
    clear(keep) {
      const kept = list.filter(keep)
      list.length = 0
      list.push(...kept)
    },
  }
}
