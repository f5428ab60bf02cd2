// Whether the tree has room beside the list, and which of its branches are open.
import { signal } from '@preact/signals'

/** px below which the tree folds into a button and details move below. */
const narrow = matchMedia('(max-width: 1100px)')

export const treeFolded = signal(narrow.matches)
/** The folded tree, opened over the list for a moment. */
export const treeOverlay = signal(false)
export const openBranches = signal<ReadonlySet<string>>(new Set())

narrow.addEventListener('change', () => {
  treeFolded.value = narrow.matches
  treeOverlay.value = false
})

export function toggleBranch(key: string, open = !openBranches.value.has(key)): void {
  const next = new Set(openBranches.value)
  if (open) next.add(key)
  else next.delete(key)
  openBranches.value = next
}
