// Rows of a list whose end is not known yet: page after page, and of a search what it has found by then.
import { setTimeout as wait } from 'node:timers/promises'
import type { Row } from '../api/row.ts'

/** `complete`: nothing older will be found. */
export type Found = { readonly rows: readonly Row[]; readonly total: number; readonly complete: boolean }
export type Page = { readonly limit: number; readonly before?: string }

/** Rows asked for at once. */
const most = 500
/** ms between two questions of how far a search has come. */
const pause = 50

/** `limit` 0: all there are. */
export async function* rowsAsFound(
  ask: (page: Page) => Promise<Found>,
  limit: number,
): AsyncGenerator<readonly Row[], void, undefined> {
  let before: string | undefined
  for (let left = limit === 0 ? Number.POSITIVE_INFINITY : limit; left > 0; ) {
    const asked = Math.min(most, left)
    const { rows, complete } = await ask({ limit: asked, ...(before === undefined ? {} : { before }) })
    if (rows.length > 0) yield rows
    left -= rows.length
    before = rows.at(-1)?.id ?? before
    if (rows.length === asked) continue
    if (complete) return
    await wait(pause)
  }
}
