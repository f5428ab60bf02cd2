// One search over several views that stand below each other: each counts its own hits, the current one is in one of them.
import { computed, effect, signal } from '@preact/signals'
import { useLayoutEffect, useMemo } from 'preact/hooks'
import type { Search } from './viewer.ts'

/** Searches for so many views, in the order in which they stand. */
export function useSplitSearch(search: Search, count: number): readonly Search[] {
  const made = useMemo(() => {
    const founds = Array.from({ length: count }, () => signal(0))
    const before = (index: number) => founds.slice(0, index).reduce((sum, { value }) => sum + value, 0)
    const parts = founds.map(
      (found, index): Search => ({
        query: search.query,
        found,
        current: computed(() => {
          const at = search.current.value - before(index)
          return at >= 0 && at < found.value ? at : -1
        }),
      }),
    )
    return { parts, total: computed(() => before(count)) }
  }, [search, count])
  useLayoutEffect(
    () =>
      effect(() => {
        search.found.value = made.total.value
      }),
    [made],
  )
  return made.parts
}
