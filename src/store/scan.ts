// Looks at exchanges one by one, newest first, for filters that indexes cannot answer; in slices, to be left at any of them.
import type { ExchangeId } from '../exchange/exchange.ts'
import type { Filter } from '../filter/filter.ts'
import { asksContent, type Candidate, matches } from '../filter/matches.ts'
import type { CompiledFilter } from './compile-filter.ts'
import type { Database, Value } from './database.ts'
import { candidateColumns, readCandidate, readContents } from './read-entry.ts'

/** `scanned` of `candidates` have been looked at; `found` are the matching ids of this slice, newest first. */
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

/**
 * `now` in ms, of any clock that only goes forward. The list of candidates is taken at the beginning: what is recorded
 * meanwhile is not looked at, and what is removed meanwhile is passed over.
 */
export function* scan(
  db: Database,
  compiled: CompiledFilter,
  now: () => number,
): Generator<ScanSlice, void, undefined> {
  const numbers = db
    .all(`SELECT e.n FROM exchanges e WHERE ${compiled.where} ORDER BY e.id DESC`, ...compiled.values)
    .map((one) => Number(one.n))
  const readsContent = asksContent(compiled.rest)
  let found: ExchangeId[] = []
  let begun = now()
  for (let at = 0; at < numbers.length; at += chunk) {
    const passed = sifted(db, compiled, numbers.slice(at, at + chunk))
    const rows = db.all(
      `SELECT ${candidateColumns} FROM exchanges e WHERE e.n IN (SELECT value FROM json_each(?)) ORDER BY e.id DESC`,
      JSON.stringify(passed),
    )
    const contents = readsContent ? readContents(db, rows) : new Map()
    for (const [i, row] of rows.entries()) {
      if (fits(compiled.rest, readCandidate(db, row, contents))) found.push(String(row.id))
      if (now() - begun < sliceTime) continue
      yield { found, scanned: at + Math.round(((i + 1) / rows.length) * chunk), candidates: numbers.length }
      found = []
      begun = now()
    }
  }
  yield { found, scanned: numbers.length, candidates: numbers.length }
}
