// Tells the search field how much a viewer found, after the viewer was drawn.
import { useEffect } from 'preact/hooks'
import type { Search } from './viewer.ts'

export function useFound(search: Search, count: number): void {
  useEffect(() => {
    search.found.value = count
  }, [search, count])
}
