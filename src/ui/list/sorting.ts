// The grid's sort: a click sorts, the next one turns it round, the choice is remembered.
import type { Sort, SortKey } from '../../api/contract.ts'
import { setPageSetting } from '../actions.ts'
import { sort } from './list-state.ts'

/** Keys whose interesting end is the high one: the first click shows the slowest, the largest, the worst, the newest. */
const highFirst: ReadonlySet<SortKey> = new Set(['time', 'status', 'size', 'duration', 'finding', 'session'])

export function setSort(key: SortKey): void {
  const first: Sort = highFirst.has(key) ? `-${key}` : key
  const other: Sort = highFirst.has(key) ? key : `-${key}`
  sort.value = sort.value === first ? other : first
  setPageSetting('sort', sort.value)
}
