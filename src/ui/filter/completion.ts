// The suggestions under the filter field: what could stand at the caret, which one is chosen, how many each would show.
import { signal } from '@preact/signals'
import { type Completion, completeFilter } from '../../filter/complete-filter.ts'
import { call } from '../connection.ts'
import { allOf } from './chips.ts'
import { facts } from './facts.ts'
import { taken } from './taken.ts'

/** ms after the last key before the suggestions are counted. */
const pause = 150
/** Suggestions shown at once. */
const most = 10

export type Offer = Completion & { readonly chosen: number; readonly moved: boolean }

export const offer = signal<Offer | undefined>(undefined)
/** How many exchanges a suggested term would show, by the whole text it would make. */
export const offerCounts = signal<ReadonlyMap<string, number>>(new Map())

let counting: ReturnType<typeof setTimeout> | undefined
let asking: AbortController | undefined

export function closeOffer(): void {
  clearTimeout(counting)
  asking?.abort()
  offer.value = undefined
}

export function openOffer(text: string, caret: number): void {
  const completion = completeFilter(text, caret, facts())
  const suggestions = completion.suggestions.slice(0, most)
  const word = text.slice(completion.from, caret)
  // Nothing to say when the only suggestion is what stands there already.
  if (suggestions.length === 0 || (suggestions.length === 1 && suggestions[0]?.insert.trim() === word))
    return closeOffer()
  offer.value = { ...completion, suggestions, chosen: 0, moved: false }
  clearTimeout(counting)
  counting = setTimeout(() => void count(text), pause)
}

export function moveOffer(by: number): void {
  const now = offer.value
  if (!now) return
  const { length } = now.suggestions
  offer.value = { ...now, chosen: (now.chosen + by + length) % length, moved: true }
}

/** Counts what each suggestion would show, one question after the other, until something else is typed. */
async function count(text: string): Promise<void> {
  const now = offer.value
  if (!now) return
  asking?.abort()
  asking = new AbortController()
  const { signal: aborted } = asking
  const counts = new Map<string, number>()
  for (let i = 0; i < now.suggestions.length; i++) {
    const whole = taken(text, now, i).text.trim()
    // A name without a value selects nothing yet, and a search is too slow for a hint.
    if (/[:\s]$/.test(now.suggestions[i]?.insert ?? ':') || /\b(body|header|message|everywhere)/.test(whole)) continue
    try {
      const { total, progress } = await call('GET /api/exchanges', {
        query: { filter: allOf([whole]), limit: 1 },
        signal: aborted,
      })
      if (progress?.complete === false) break
      counts.set(now.suggestions[i]?.insert ?? '', total)
    } catch {
      if (aborted.aborted) return
    }
  }
  if (!aborted.aborted) offerCounts.value = counts
}
