// What the list is narrowed by: the text, the chips, the place in the tree and the session, joined into one filter.
import { batch, computed, effect, signal } from '@preact/signals'
import { searchEverywhere } from '../../filter/search-everywhere.ts'
import { listFilter } from '../list/list-state.ts'
import { allOf, chipFilter } from './chips.ts'

export type Scope = { readonly name: string; readonly filter: string; readonly kind: 'host' | 'path' | 'client' }

/** The text that was last valid and is in force; the field may hold a text still being typed. */
export const filterText = signal('')
/** Bare words are looked for in field lines, content and messages too. */
export const everywhere = signal(false)
const wanted = computed(() => (everywhere.value ? searchEverywhere(filterText.value) : filterText.value))
/** Grows when everything is cleared: what stands in the field goes too, in force or not. */
export const clearings = signal(0)
export const pressedChips = signal<ReadonlySet<string>>(new Set())
export const scope = signal<Scope | undefined>(undefined)
export const sessionScope = signal<{ readonly id: string; readonly name: string } | undefined>(undefined)

/** Everything but the chips: what their counts are counted in. */
export const baseFilter = computed(() =>
  allOf([sessionScope.value ? `session:${sessionScope.value.id}` : '', scope.value?.filter ?? '', wanted.value]),
)
export const activeFilter = computed(() => allOf([baseFilter.value, chipFilter(pressedChips.value)]))
/** What the tree is counted in: everything but the tree's own choice. */
export const treeFilter = computed(() =>
  allOf([sessionScope.value ? `session:${sessionScope.value.id}` : '', wanted.value, chipFilter(pressedChips.value)]),
)
export const isFiltered = computed(() => activeFilter.value !== '')
/** One host is chosen in the tree, so its column says nothing new. */
export const scopeIsOneHost = computed(() => scope.value?.kind === 'host' || scope.value?.kind === 'path')

export function toggleChip(name: string): void {
  const next = new Set(pressedChips.value)
  if (!next.delete(name)) next.add(name)
  pressedChips.value = next
}

export function clearFilter(): void {
  batch(() => {
    filterText.value = ''
    everywhere.value = false
    clearings.value++
    pressedChips.value = new Set()
    scope.value = undefined
    sessionScope.value = undefined
  })
}

/** Hands the joined filter to the list whenever one of its parts changes. */
export function followFilter(): void {
  effect(() => {
    listFilter.value = activeFilter.value
  })
}
