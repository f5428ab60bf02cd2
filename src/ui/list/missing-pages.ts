// Which pages of the list are to be read for what is on screen, and which rows are far enough from it to be forgotten.
import { idAt, type RowOrder } from './row-order.ts'

/** Rows read with one call, and rows kept before those far from view are forgotten. */
export const pageSize = 100
export const mostRows = 4000
/** Lines read ahead on both sides of what is on screen: a fast scroll skips what it passed. */
const ahead = 40

export type InView = { readonly top: number; readonly bottom: number }

/** The pages of which a line in or near view has no row, those on screen first. */
export function missingPages(order: RowOrder, { top, bottom }: InView, has: (id: string) => boolean): number[] {
  const firstPage = Math.floor(Math.max(0, top - ahead) / pageSize)
  const lastPage = Math.floor(Math.min(bottom + ahead, order.shown - 1) / pageSize)
  const onScreen = Math.floor(top / pageSize)
  const lacks = (page: number) => {
    const last = Math.min(order.shown, (page + 1) * pageSize, bottom + 1 + ahead)
    for (let line = Math.max(page * pageSize, top - ahead); line < last; line++) {
      const id = idAt(order, line)
      if (id === undefined || !has(id)) return true
    }
    return false
  }
  const near = [...new Set([onScreen, onScreen + 1, firstPage, lastPage])]
  return near.filter((page) => page >= 0 && page <= lastPage && lacks(page))
}

/** The ids around what is on screen that are worth keeping. */
export function nearIds(order: RowOrder, { top, bottom }: InView): Set<string> {
  const near = new Set<string>()
  for (let line = Math.max(0, top - mostRows / 4); line <= bottom + mostRows / 4; line++) {
    const id = idAt(order, line)
    if (id !== undefined) near.add(id)
  }
  return near
}
