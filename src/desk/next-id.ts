// Ids for exchanges that come from a file.
import type { ExchangeId } from '../exchange/exchange.ts'

/** Ids that sort by the time the exchange began, in file order within a millisecond. */
export function createNextId(): (time: number) => ExchangeId {
  let count = Math.floor(Math.random() * 36 ** 4)
  return (time) => {
    count = (count + 1) % 36 ** 7
    const moment = Math.min(Math.max(0, Math.floor(time)), 36 ** 9 - 1)
    return moment.toString(36).padStart(9, '0') + count.toString(36).padStart(7, '0')
  }
}
