// A list that keeps its newest entries only.

export type Ring<T> = {
  readonly push: (entry: T) => void
  readonly entries: () => readonly T[]
  readonly clear: (keep: (entry: T) => boolean) => void
}

/** Amortised: the list is cut back once it is a quarter too long. */
export function ring<T>(limit: number): Ring<T> {
  let list: T[] = []
  return {
    push(entry) {
      list.push(entry)
      if (list.length > limit * 1.25) list = list.slice(-limit)
    },
    entries: () => list,
    clear(keep) {
      list = list.filter(keep)
    },
  }
}
