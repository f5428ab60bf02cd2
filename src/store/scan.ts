// Looks at exchanges one by one, newest first, for filters that indexes cannot answer; in slices, to be left at any of them.
import type { ExchangeId } from '../exchange/exchange.ts'
import type { Filter } from '../filter/filter.ts'
import { asksContent, type Candidate, matches } from '../filter/matches.ts'
import type { CompiledFilter } from './compile-filter.ts'
import type { Database, Value } from './database.ts'
import { candidateColumns, readCandidate, readContents } from './read-entry.ts'

/** `scanned` of at most `candidates` have been looked at; `found` are the matching ids of this slice, newest first. */
export type ScanSlice = {
  readonly found: readonly ExchangeId[]
  readonly scanned: number
  readonly candidates: number
}

/** ms of work, and exchanges, between two places where a scan can be left. */
const sliceTime = 8
const chunk = 100

/** Of these numbers, those that pass the sieve. */
function sifted(db: Database, compiled: CompiledFilter, numbers: readonly number[]): Value[] {
  const { sieve } = compiled
  if (sieve === undefined) return [...numbers]
  const sql = `SELECT e.n FROM exchanges e
    WHERE e.n IN (SELECT value FROM json_each(?)) AND (${sieve.sql})`
  return db.all(sql, JSON.stringify(numbers), ...sieve.values).map((one) => Number(one.n))
}

/** An exchange whose details are damaged cannot be judged: it is passed over, and the search goes on. */
function fits(filter: Filter, candidate: Candidate): boolean {
  try {
    return matches(filter, candidate) === true
  } catch (error) {
    if (error instanceof SyntaxError) return false
    throw error
  }
}

/** Candidates listed at first, and at most; each further list is longer, so that first results come soon. */
const firstList = 1_000
const longestList = 30_000

/** Lists of candidates, newest first. A filter with an index of its own is asked a few times only. */
function* candidateLists(db: Database, compiled: CompiledFilter): Generator<readonly number[], void, undefined> {
  let before: string | undefined
  for (let limit = firstList; ; limit = Math.min(8 * limit, longestList)) {
    const older = before === undefined ? '' : 'AND e.id < ?'
    const found = db.all(
      `SELECT e.n, e.id FROM exchanges e WHERE (${compiled.where}) ${older} ORDER BY e.id DESC LIMIT ?`,
      ...compiled.values,
      ...(before === undefined ? [] : [before]),
      limit,
    )
    yield found.map((one) => Number(one.n))
    if (found.length < limit) return
    before = String(found.at(-1)?.id)
  }
}

/**
 * `now` in ms, of any clock that only goes forward. What is recorded meanwhile is not looked at, and what is removed
 * meanwhile is passed over.
 */
export function* scan(
  db: Database,
  compiled: CompiledFilter,
  now: () => number,
): Generator<ScanSlice, void, undefined> {
  const readsContent = asksContent(compiled.rest)
  const all = db.number('SELECT exchanges FROM totals')
  let found: ExchangeId[] = []
  let begun = now()
  let before = 0
  for (const numbers of candidateLists(db, compiled)) {
    for (let at = 0; at < numbers.length; at += chunk) {
      const passed = sifted(db, compiled, numbers.slice(at, at + chunk))
      const rows = db.all(
        `SELECT ${candidateColumns} FROM exchanges e WHERE e.n IN (SELECT value FROM json_each(?)) ORDER BY e.id DESC`,
        JSON.stringify(passed),
      )
      const contents = readsContent ? readContents(db, rows) : new Map()
      for (const row of rows) {
        if (fits(compiled.rest, readCandidate(db, row, contents))) found.push(String(row.id))
        if (now() - begun < sliceTime) continue
        const scanned = before + at
        yield { found, scanned, candidates: Math.max(all, scanned) }
        found = []
        begun = now()
      }
    }
    before += numbers.length
  }
  yield { found, scanned: before, candidates: before }
}
