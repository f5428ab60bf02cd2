// Decides when the store makes room: once a second, and in a flood as fast as room is taken (B06).
import type { ExchangeId } from '../exchange/exchange.ts'
import { isStoreHeld } from '../store/database.ts'
import type { Store } from '../store/store.ts'

/** ms of writing after which room is made at once, and for as long: removing an exchange costs less than keeping one. */
const flood = 10
/** Of one slice of that. */
const longestSlice = { ms: 20, exchanges: 1000 }
/** ms between slices, where there is more to do. */
const pause = 5

export type Housekeeper = {
  /** After a commit. */
  written(ms: number, exchanges: number): void
  /** To be done within a second. */
  plan(): void
  close(): void
}

export type HousekeeperWatch = {
  readonly removed: (ids: readonly ExchangeId[]) => void
  /** So many exchanges were brought back from a damaged store. */
  readonly restored: (count: number) => void
  readonly report: (error: Error) => void
}

/** `everyMs`: between rounds, when nothing presses. */
export function createHousekeeper(store: Pick<Store, 'retain'>, watch: HousekeeperWatch, everyMs: number): Housekeeper {
  let later: NodeJS.Timeout | undefined
  let now: NodeJS.Immediate | undefined
  /** For which no room has been made yet. */
  let taken = { ms: 0, exchanges: 0 }

  function plan(restMs = everyMs): void {
    if (taken.ms >= flood) now ??= setImmediate(makeRoom)
    else later ??= setTimeout(makeRoom, restMs).unref()
  }

  function close(): void {
    clearTimeout(later)
    clearImmediate(now)
    later = undefined
    now = undefined
  }

  function makeRoom(): void {
    close()
    const ms = Math.min(taken.ms, longestSlice.ms)
    const exchanges = Math.min(taken.exchanges, longestSlice.exchanges)
    taken = { ms: taken.ms - ms, exchanges: taken.exchanges - exchanges }
    try {
      const { removed, more, restored } = store.retain(ms > 0 ? { ms, exchanges } : undefined)
      if (removed.length > 0) watch.removed(removed)
      if (restored) watch.restored(restored)
      if (more) plan(pause)
      else taken = { ms: 0, exchanges: 0 }
    } catch (error) {
      // Held by another program: the next commit begins it again.
      if (!isStoreHeld(error)) watch.report(error as Error)
    }
  }

  // The first round also goes on with what the store found to mend when it was opened.
  plan()
  return {
    written(ms, exchanges) {
      taken = { ms: taken.ms + ms, exchanges: taken.exchanges + exchanges }
      plan()
    },
    plan,
    close,
  }
}
