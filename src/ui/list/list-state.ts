// What the list shows and how it stands, as signals: its sort and filter, its length, what waits, what is being read.
import { computed, signal } from '@preact/signals'
import type { SearchProgress, Sort } from '../../api/contract.ts'

export const sort = signal<Sort>('-time')
/** The filter the list was read with; the filter bar sets it through `applyFilter`. */
export const listFilter = signal('')
export const total = signal(0)
/** Exchanges that came while the user looks at something: "12 new". */
export const waiting = signal(0)
/** Grows whenever what is drawn may have changed; the grid draws once a frame at most. */
export const drawn = signal(0)
/** `reading` until the first page of this filter and sort is there; `refused` with the desk's words. */
export const reading = signal<{ state: 'reading' | 'ready' } | { state: 'refused'; why: string; position?: number }>({
  state: 'reading',
})
/** How far a search through content has come; undefined when nothing is being searched. */
export const searching = signal<SearchProgress | undefined>(undefined)
export const ready = computed(() => reading.value.state === 'ready')

/** Changes when the selected exchange has just come into the list, so that the grid scrolls to it. */
export const arrived = signal<string | undefined>(undefined)
