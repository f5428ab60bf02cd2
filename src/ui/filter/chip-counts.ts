// How many exchanges each chip would show, counted by the desk within what is already chosen.
import { signal } from '@preact/signals'
import { call } from '../connection.ts'
import { kept } from '../list/leaving.ts'
import { baseFilter } from './active-filter.ts'
import { allOf, chips } from './chips.ts'

export const chipCounts = signal<Readonly<Record<string, number>>>({})

let counting = false
let again = false

/** Counts one chip after the other, so that the desk never has more than one of these questions. */
export async function countChips(): Promise<void> {
  if (counting) {
    again = true
    return
  }
  counting = true
  const base = baseFilter.peek()
  const next: Record<string, number> = {}
  try {
    for (const chip of chips) {
      const { total, progress } = await call('GET /api/exchanges', {
        query: { filter: kept(allOf([base, chip.filter])), limit: 1 },
      })
      // A long search shows its results first: it is not held up for the sake of numbers.
      if (progress?.complete === false) break
      next[chip.name] = total
    }
    chipCounts.value = next
  } catch {
    // Without an answer the old numbers stay; the status bar says when the desk is away.
  }
  counting = false
  if (again) {
    again = false
    void countChips()
  }
}
