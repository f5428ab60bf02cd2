// Searches that need a scan: each runs in slices and keeps what it has found, so that pages of it can be asked for meanwhile.
import type { ExchangeId } from '../exchange/exchange.ts'
import type { Filter } from '../filter/filter.ts'
import { compileFilter } from './compile-filter.ts'
import type { Database } from './database.ts'
import { type ScanSlice, scan } from './scan.ts'

/** `found` is newest first; `done` when every candidate has been looked at. */
export type Search = {
  readonly key: string
  found: ExchangeId[]
  scanned: number
  candidates: number
  done: boolean
  /** When somebody last asked for it, or still waited for it. */
  asked: number
  /** What was found before the store changed, until this scan is done too. */
  previous?: readonly ExchangeId[]
}

type Running = Search & { steps: Iterator<ScanSlice>; version: string; ended: number }

export type Searches = {
  /** Begins this search, or goes on with it. `fresh` begins it anew where the store has changed since. */
  ask(filter: Filter, fresh: boolean): Search
  cancel(filter: Filter): void
  /** Does one slice of the search that was asked for last; false when there is nothing to do. */
  step(): boolean
}

/** Results kept, and ms after which a search nobody asks for any more is given up, or one may be begun anew. */
const kept = 4
const patience = 15_000
const freshFor = 2_000

export function createSearches(db: Database, now: () => number): Searches {
  const searches = new Map<string, Running>()
  const version = () => String(db.number('PRAGMA data_version'))

  function begin(key: string, filter: Filter, previous?: readonly ExchangeId[]): Running {
    const steps = scan(db, compileFilter(filter), now)
    const facts = { found: [], scanned: 0, candidates: 0, done: false, asked: now(), version: version(), ended: 0 }
    return { key, ...facts, steps, ...(previous ? { previous } : {}) }
  }

  return {
    ask(filter, fresh) {
      const key = JSON.stringify(filter)
      let search = searches.get(key)
      const stale = search?.done && fresh && now() - search.ended > freshFor && search.version !== version()
      if (search === undefined || stale) search = begin(key, filter, search?.found)
      search.asked = now()
      // The last asked for is the last of the map.
      searches.delete(key)
      searches.set(key, search)
      for (const oldest of searches.keys()) if (searches.size > kept) searches.delete(oldest)
      return search
    },
    cancel(filter) {
      const key = JSON.stringify(filter)
      if (searches.get(key)?.done === false) searches.delete(key)
    },
    step() {
      for (const [key, search] of searches) if (!search.done && now() - search.asked > patience) searches.delete(key)
      const search = [...searches.values()].findLast((one) => !one.done)
      if (search === undefined) return false
      const { value } = search.steps.next()
      if (value) {
        search.found.push(...value.found)
        search.scanned = value.scanned
        search.candidates = value.candidates
      } else {
        search.done = true
        search.ended = now()
        delete search.previous
      }
      return true
    },
  }
}
