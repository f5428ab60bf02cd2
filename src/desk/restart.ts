// What a new desk does with what an earlier one left: closes exchanges cut off in flight, and learns from recent ones.
import { toRow } from '../api/row.ts'
import type { Diagnosis } from '../diagnose/diagnose.ts'
import { type Exchange, responseOf } from '../exchange/exchange.ts'
import type { Failure } from '../exchange/failure.ts'
import { parseFilter } from '../filter/parse-filter.ts'
import type { Store } from '../store/store.ts'
import type { Recorder } from './recorder.ts'

const interrupted: Failure = {
  phase: 'client',
  code: 'RECORDING_INTERRUPTED',
  message: 'Telltale stopped while this exchange was still running, so its end was not seen.',
}

/** Exchanges still marked as running belong to a process that is gone (R08, R09). */
export function markInterrupted(store: Store): void {
  const running = parseFilter('is:running')
  if ('error' in running) return
  const entries = store.ids(running.filter).flatMap((id) => {
    const entry = store.entry(id)
    if (!entry) return []
    const response = responseOf(entry.exchange)
    const exchange: Exchange = {
      ...entry.exchange,
      outcome: { state: 'failed', failure: interrupted, ...(response ? { response } : {}) },
    }
    return [{ exchange, findings: entry.findings, row: toRow(exchange, entry.findings, entry.row) }]
  })
  if (entries.length > 0) store.write({ contents: [], entries, messages: [] })
}

const lessons = 1000
const slice = 25

/** Feeds the newest exchanges to the diagnosis, oldest first, a few at a time between other work. */
export function warmUp(store: Store, diagnosis: Diagnosis, recorder: Recorder): void {
  const ids = store
    .rows({ limit: lessons })
    .rows.map((row) => row.id)
    .toReversed()
  const next = (from: number): void => {
    for (const id of ids.slice(from, from + slice)) {
      const exchange = store.entry(id)?.exchange
      if (!exchange) continue
      const request = recorder.decoded(exchange.request.content)
      const response = recorder.decoded(responseOf(exchange)?.content)
      diagnosis.learn({ exchange, ...(request ? { request } : {}), ...(response ? { response } : {}) })
    }
    if (from + slice < ids.length) setImmediate(next, from + slice)
  }
  next(0)
}
