// The reader's thread: answers filters that need a scan, over its own read-only connection, while the desk goes on.
import { parentPort, workerData } from 'node:worker_threads'
import type { Filter } from '../filter/filter.ts'
import { amongIds } from './answer-queries.ts'
import { compileFilter } from './compile-filter.ts'
import { Database } from './database.ts'
import { exchangeTree } from './exchange-tree.ts'
import type { ReaderAnswer, ReaderCall } from './open-reader.ts'
import { queryRows } from './query-rows.ts'
import { createSearches, type Search } from './searches.ts'

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
  const { scanned, candidates } = search
  const found = search.done ? search.found : [...(search.previous ?? search.found)]
  const progress = { scanned, candidates, complete: search.done }
  if (call.do === 'tree') return { call: call.call, tree: exchangeTree(db, amongIds(found), sign), ...progress }
  if (call.do !== 'rows') return { call: call.call, ids: found.toReversed(), ...progress }
  const { sort, offset = 0, limit, before, after } = call.query
  const plain = (sort === undefined || sort === '-time') && before === undefined && after === undefined
  // In the order of the scan a page is a piece of what was found; any other order needs all of it.
  const compiled = amongIds(plain ? found.slice(offset, offset + limit) : found)
  const rows = queryRows(db, plain ? { ...call.query, offset: 0 } : call.query, compiled)
  return { call: call.call, rows, total: found.length, ...progress }
}

/** Answers whoever waits for a search that is done, has enough for its page, or has been waited for long enough. */
function settle(): void {
  const time = now()
  const ready = ({ search, until, call }: Waiting) => {
    const plain = call.do === 'rows' && (call.query.sort === undefined || call.query.sort === '-time')
    const full = plain && !search.previous && search.found.length >= (call.query.offset ?? 0) + call.query.limit
    return search.done || time >= until || full
  }
  const served = waiting.filter(ready)
  waiting = waiting.filter((one) => !served.includes(one))
  for (const { call, search } of served) post(call, () => answer(call, search))
}

function post(call: ReaderCall, work: () => ReaderAnswer): void {
  try {
    port?.postMessage(work())
  } catch (error) {
    port?.postMessage({ call: call.call, failed: error instanceof Error ? error.message : String(error) })
  }
}

/** A sign of life: long scans say nothing else for a while. */
function sign(): void {
  if (now() - signed <= 1_000) return
  signed = now()
  port?.postMessage({ call: 0 })
}

function run(): void {
  let more = false
  // A search somebody waits for is not given up, however long it takes.
  for (const { search } of waiting) search.asked = now()
  try {
    more = searches.step()
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    for (const { call } of waiting) port?.postMessage({ call: call.call, failed: message })
    waiting = []
  }
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
  const filter = everything(call.do === 'rows' ? call.query.filter : call.filter)
  if (call.do === 'cancel') {
    searches.cancel(filter)
    waiting = waiting.filter((one) => one.search.key !== JSON.stringify(filter))
    return
  }
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
