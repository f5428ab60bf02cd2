// Reads the tree from the desk: at once when the filter changes, and calmly while exchanges keep coming.
import { effect, signal } from '@preact/signals'
import type { TreeNode } from '../../api/contract.ts'
import { call } from '../connection.ts'
import { baseFilter, treeFilter } from '../filter/active-filter.ts'
import { countChips } from '../filter/chip-counts.ts'
import { kept } from '../list/leaving.ts'
import { total } from '../list/list-state.ts'
import { rowsChanged } from '../model.ts'
import { treeFolded, treeOverlay } from './folding.ts'

export const tree = signal<{ readonly hosts: readonly TreeNode[]; readonly clients: readonly TreeNode[] }>({
  hosts: [],
  clients: [],
})

/** The least time between two readings while exchanges come, ms; longer when the desk takes its time to answer. */
const calm = 1500
/** ms after a change of the filter: the list is answered first, and somebody still typing is not slowed down. */
const afterList = 350

/** A tree of what is no longer looked at would keep its search going. */
let asking = new AbortController()

async function read(): Promise<void> {
  // Folded away it is read when it is opened.
  if (treeFolded.peek() && !treeOverlay.peek()) return
  try {
    const { signal } = asking
    tree.value = await call('GET /api/tree', { query: { filter: kept(treeFilter.peek()) }, signal })
  } catch {
    // A filter that is refused is said under the field; the tree stays as it was.
  }
}

export function followTree(): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let next = 0
  const soon = (pause = 60) => {
    if (timer !== undefined) return
    const mine = setTimeout(
      async () => {
        const begun = performance.now()
        // A tab in the background asks nothing; it catches up when it is looked at.
        if (document.visibilityState === 'visible') await Promise.all([read(), countChips()])
        if (timer !== mine) return
        timer = undefined
        next = performance.now() + Math.max(calm, 10 * (performance.now() - begun))
      },
      Math.max(pause, next - performance.now()),
    )
    timer = mine
  }
  effect(() => {
    void treeFilter.value
    void baseFilter.value
    asking.abort()
    asking = new AbortController()
    next = 0
    clearTimeout(timer)
    timer = undefined
    soon(afterList)
  })
  effect(() => {
    void treeOverlay.value
    void treeFolded.value
    next = 0
    soon()
  })
  document.addEventListener('visibilitychange', () => soon())
  effect(() => {
    void rowsChanged.value
    void total.value
    soon()
  })
}
