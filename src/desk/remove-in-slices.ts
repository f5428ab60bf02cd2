// Removes many exchanges, slice by slice, so that recording and the page go on meanwhile.
import { setImmediate, setTimeout } from 'node:timers/promises'
import type { ExchangeId } from '../exchange/exchange.ts'
import type { Store } from '../store/store.ts'

/** Offered to the store for one slice; it takes as many as its time allows. */
const offered = 500
/** ms to wait for the disk when the store says so. */
const pause = 5

/** Resolves to how many there were. `gone` hears of each slice. */
export async function removeInSlices(
  store: Pick<Store, 'remove'>,
  ids: readonly ExchangeId[],
  gone: (ids: readonly ExchangeId[]) => void = () => {},
): Promise<number> {
  let count = 0
  for (let from = 0; from < ids.length; ) {
    const { done, removed } = store.remove(ids.slice(from, from + offered))
    count += removed
    if (done > 0) gone(ids.slice(from, from + done))
    from += done
    await (done > 0 ? setImmediate() : setTimeout(pause))
  }
  return count
}
