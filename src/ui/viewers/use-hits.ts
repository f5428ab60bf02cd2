// Looks through content of any size for what is searched: at once where it is small, in slices that let the page draw where not.
import { useLayoutEffect, useState } from 'preact/hooks'
import { mostHits } from './find-hits.ts'
import type { Search } from './viewer.ts'

/** Characters or octets looked through before other work gets its turn: some milliseconds. */
const slice = 512 * 1024

const nothing: readonly never[] = []

/**
 * `find` answers the hits that begin in a range; it must stay the same function while it would find the same. Tells the
 * search how many there are.
 */
export function useHits<T>(
  search: Search | undefined,
  size: number,
  find: ((from: number, to: number) => readonly T[]) | undefined,
): readonly T[] {
  const [hits, setHits] = useState<readonly T[]>(nothing)
  useLayoutEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let all: readonly T[] = nothing
    let at = 0
    const tell = () => {
      setHits(all)
      if (search) search.found.value = all.length
    }
    const go = () => {
      const more = find ? find(at, at + slice) : nothing
      if (more.length > 0) all = [...all, ...more].slice(0, mostHits)
      at += slice
      const over = !find || at >= size || all.length >= mostHits
      if (over || more.length > 0 || at === slice) tell()
      if (!over) timer = setTimeout(go, 0)
    }
    go()
    return () => clearTimeout(timer)
  }, [search, size, find])
  return hits
}
