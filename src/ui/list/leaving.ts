// What was deleted here a moment ago: gone from the page at once, and from the store once nobody took it back.
import { computed, signal } from '@preact/signals'
import { allOf } from '../filter/chips.ts'
import { status } from '../model.ts'

/** One deletion; `offered` while it can be taken back. `ids` shrinks when somebody else deletes some of them meanwhile. */
export type Deletion = {
  readonly key: number
  readonly what: string
  readonly ids: readonly string[]
  readonly offered: boolean
}

/** Deletions that were not carried out yet, the newest last. */
export const leaving = signal<readonly Deletion[]>([])
export const leavingIds = computed<ReadonlySet<string>>(() => new Set(leaving.value.flatMap(({ ids }) => ids)))
/** Exchanges in the store, less those that are leaving it. */
export const storeCount = computed(() => Math.max(0, (status.value?.exchanges ?? 0) - leavingIds.value.size))

/** Deleted from here for good: that the desk says so too is no news to a list that has closed the gap already. */
const gone = new Set<string>()

/** A filter, less what is leaving: what the desk is asked, so that its counts and places are those of the list. */
export function kept(filter: string): string {
  const ids = [...leavingIds.peek()]
  return ids.length === 0 ? filter : allOf([filter, `-id:${ids.join(',')}`])
}

/** A deletion was carried out. */
export function noteGone(key: number): void {
  for (const deletion of leaving.peek()) if (deletion.key === key) for (const id of deletion.ids) gone.add(id)
  leaving.value = leaving.peek().filter((each) => each.key !== key)
}

/** Takes what the desk says it removed, and answers what of it the list may still show. */
export function takeRemoved(ids: readonly string[]): readonly string[] {
  const hidden = leavingIds.peek()
  const shown = ids.filter((id) => !hidden.has(id) && !gone.delete(id))
  if (shown.length < ids.length) {
    const removed = new Set(ids)
    leaving.value = leaving
      .peek()
      .map((each) => ({ ...each, ids: each.ids.filter((id) => !removed.has(id)) }))
      .filter((each) => each.ids.length > 0)
  }
  return shown
}
