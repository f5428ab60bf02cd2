// The reader's thread: answers filters that need a scan, over its own read-only connection, while the desk goes on.
import { parentPort, workerData } from 'node:worker_threads'
import type { ExchangeId } from '../exchange/exchange.ts'
import type { Filter } from '../filter/filter.ts'
import { isRegexTooSlow } from '../filter/linear-regex.ts'
import { amongIds } from './answer-queries.ts'
import { compileFilter } from './compile-filter.ts'
import { Database } from './database.ts'
import { exchangeTree } from './exchange-tree.ts'
import type { ReaderAnswer, ReaderCall } from './open-reader.ts'
import { queryRows } from './query-rows.ts'
import { createSearches, type Search } from './searches.ts'
import type { Query } from './store.ts'

const port = parentPort
if (!port) throw new Error('The reader is started by the store, not by hand.')
const db = new Database(String(workerData.file), { readOnly: true })
const now = () => performance.now()
const searches = createSearches(db, now)

type Waiting = { readonly call: ReaderCall; readonly search: Search; readonly until: number }
let waiting: Waiting[] = []
let running = false
let signed = 0

function answer(call: ReaderCall, search: Search): ReaderAnswer {
  if (search.failed !== undefined) throw search.failed
  const { scanned, candidates } = search
  const found = search.done ? search.found : [...(search.previous ?? search.found)]
  const progress = { scanned, candidates, complete: search.done }
  if (call.do === 'tree') return { call: call.call, tree: exchangeTree(db, amongIds(found), sign), ...progress }
  if (call.do !== 'rows') return { call: call.call, ids: found.toReversed(), ...progress }
  const end = endOfPage(call.query, found)
  // In the order of the scan a page is a piece of what was found; any other order needs all of it.
  const compiled = amongIds(end === undefined ? found : found.slice(end - call.query.limit, end))
  const rows = queryRows(db, end === undefined ? call.query : { ...call.query, offset: 0 }, compiled)
  return { call: call.call, rows, total: found.length, ...progress }
}

/** Where among all that is found, newest first, the page asked for ends; undefined for a page in any other order. */
function endOfPage(
  { sort, offset = 0, limit, before, after }: Query,
  found: readonly ExchangeId[],
): number | undefined {
  if ((sort !== undefined && sort !== '-time') || after !== undefined) return undefined
  const older = before === undefined ? 0 : found.findIndex((id) => id < before)
  return (older < 0 ? found.length : older) + offset + limit
}

/** Answers whoever waits for a search that is done, has enough for its page, or has been waited for long enough. */
function settle(): void {
  const time = now()
  const ready = ({ search, until, call }: Waiting) => {
    if (search.done || search.failed !== undefined || time >= until) return true
    const end = call.do === 'rows' && !search.previous ? endOfPage(call.query, search.found) : undefined
    return end !== undefined && search.found.length >= end
  }
  const served = waiting.filter(ready)
  waiting = waiting.filter((one) => !served.includes(one))
  for (const { call, search } of served) post(call, () => answer(call, search))
}

function post(call: ReaderCall, work: () => ReaderAnswer): void {
  try {
    port?.postMessage(work())
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    port?.postMessage({ call: call.call, failed: { message, refused: isRegexTooSlow(error) } })
  }
}

/** A sign of life: long scans say nothing else for a while. */
function sign(): void {
  if (now() - signed <= 1_000) return
  signed = now()
  port?.postMessage({ call: 0 })
}

function run(): void {
  // A search somebody waits for does not rest, however long it takes.
  for (const { search } of waiting) search.asked = now()
  const more = searches.step()
  settle()
  sign()
  running = more
  // Between two slices messages come in: another search, or the end of this one.
  if (more) setImmediate(run)
}

function everything(filter: Filter | undefined): Filter {
  return filter ?? { kind: 'all' }
}

port.on('message', (call: ReaderCall) => {
  searches.touch(call.touched)
  if (call.do === 'cancel') {
    // Where nobody else asks for it, the search comes to rest.
    waiting = waiting.filter((one) => one.call.call !== call.call)
    return
  }
  const filter = everything(call.do === 'rows' ? call.query.filter : call.filter)
  // Indexes answer it: there is nothing to scan, only more to read than the desk should (a tree of everything).
  const compiled = compileFilter(filter)
  if (compiled.exact && call.do === 'tree') {
    const whole = { scanned: 0, candidates: 0, complete: true }
    return post(call, () => ({ call: call.call, tree: exchangeTree(db, compiled, sign), ...whole }))
  }
  const fresh = call.do !== 'rows' || (call.query.offset ?? 0) === 0
  const search = searches.ask(filter, fresh)
  waiting.push({ call, search, until: now() + (call.patience ?? Number.POSITIVE_INFINITY) })
  if (!running) {
    running = true
    setImmediate(run)
  }
})
