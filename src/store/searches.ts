// Searches that need a scan: each runs in slices and keeps what it has found, so that pages of it can be asked for meanwhile.
import type { ExchangeId } from '../exchange/exchange.ts'
import type { Filter } from '../filter/filter.ts'
import { type CompiledFilter, compileFilter } from './compile-filter.ts'
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
  /** What was found before the store changed, until that has been looked at too. */
  previous?: readonly ExchangeId[]
  /** Why it ended before it was done. */
  failed?: unknown
}

type Running = Search & {
  readonly compiled: CompiledFilter
  steps: Iterator<ScanSlice>
  version: string
  ended: number
  /** Recorded, changed or removed since the scan began, and not looked at since. */
  touched: Set<ExchangeId>
  /** Those being looked at again. */
  again?: { readonly ids: ReadonlySet<ExchangeId>; readonly found: ExchangeId[] }
}

export type Searches = {
  /** Begins this search, or goes on with it. `fresh`: it is to know of everything the store has by now. */
  ask(filter: Filter, fresh: boolean): Search
  /** These have been recorded, changed or removed. */
  touch(ids: readonly ExchangeId[] | 'all'): void
  /** Does one slice of the search that was asked for last; false when there is nothing to do. */
  step(): boolean
}

/**
 * Results kept, and ms after which a search nobody asks for any more rests until somebody does, or one may be begun
 * anew because somebody wrote who does not say what.
 */
const kept = 4
const patience = 1_000
const freshFor = 2_000
/** Exchanges to be looked at again that are worth keeping a result for: nobody may ever ask for it again. */
const mostTouched = 10_000

/** This filter, asked of these exchanges only. */
function amongThese(compiled: CompiledFilter, ids: Iterable<ExchangeId>): CompiledFilter {
  return {
    ...compiled,
    where: `(${compiled.where}) AND e.n IN (SELECT n FROM exchanges WHERE id IN (SELECT value FROM json_each(?)))`,
    values: [...compiled.values, JSON.stringify([...ids])],
  }
}

/** Both newest first. */
function merged(older: readonly ExchangeId[], newer: readonly ExchangeId[]): ExchangeId[] {
  const all: ExchangeId[] = []
  let at = 0
  for (const id of older) {
    for (let next = newer[at]; next !== undefined && next > id; next = newer[at]) {
      all.push(next)
      at += 1
    }
    all.push(id)
  }
  return [...all, ...newer.slice(at)]
}

export function createSearches(db: Database, now: () => number): Searches {
  const searches = new Map<string, Running>()
  const version = () => String(db.number('PRAGMA data_version'))
  const rests = ({ done, asked }: Search) => done || now() - asked > patience

  function begin(key: string, filter: Filter, previous?: readonly ExchangeId[]): Running {
    const compiled = compileFilter(filter)
    const steps = scan(db, compiled, now)
    const facts = { found: [], scanned: 0, candidates: 0, done: false, asked: now(), version: version(), ended: 0 }
    return { key, compiled, touched: new Set(), ...facts, steps, ...(previous ? { previous } : {}) }
  }

  /** What was touched is looked at again: a few exchanges, where a scan would read them all. */
  function lookAgain(search: Running): void {
    search.previous ??= search.found
    search.again = { ids: search.touched, found: [] }
    search.touched = new Set()
    search.version = version()
    search.steps = scan(db, amongThese(search.compiled, search.again.ids), now)
    search.done = false
  }

  function end(search: Running): void {
    const { again } = search
    if (again) {
      search.found = merged(
        search.found.filter((id) => !again.ids.has(id)),
        again.found,
      )
      delete search.again
    } else if (search.touched.size > 0) return lookAgain(search)
    search.done = true
    search.ended = now()
    delete search.previous
  }

  return {
    ask(filter, fresh) {
      const key = JSON.stringify(filter)
      let search = searches.get(key)
      const known = search?.touched.size === 0
      const stale = known && search?.done && fresh && now() - search.ended > freshFor && search.version !== version()
      if (search === undefined || stale) search = begin(key, filter, search?.found)
      else if (search.done && fresh && search.touched.size > 0) lookAgain(search)
      search.asked = now()
      // The last asked for is the last of the map.
      searches.delete(key)
      searches.set(key, search)
      for (const [oldest, one] of searches) if (searches.size > kept && rests(one)) searches.delete(oldest)
      return search
    },
    touch(ids) {
      if (ids === 'all') {
        // Who waits goes on waiting for the one they asked for.
        for (const [key, { done }] of searches) if (done) searches.delete(key)
        return
      }
      for (const [key, search] of searches) {
        for (const id of ids) search.touched.add(id)
        if (search.done && search.touched.size > mostTouched) searches.delete(key)
      }
    },
    step() {
      const search = [...searches.values()].findLast((one) => !rests(one))
      if (search === undefined) return false
      let value: ScanSlice | undefined
      try {
        value = search.steps.next().value ?? undefined
      } catch (error) {
        // Who asks again begins anew.
        search.failed = error
        searches.delete(search.key)
        return true
      }
      if (!value) end(search)
      else if (search.again) search.again.found.push(...value.found)
      else {
        search.found.push(...value.found)
        search.scanned = value.scanned
        search.candidates = value.candidates
      }
      return true
    },
  }
}
