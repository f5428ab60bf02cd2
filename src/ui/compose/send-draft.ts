// Sends a composed request and waits until the desk has recorded how it went.
import type { ComposedRequest } from '../../api/contract.ts'
import { call } from '../connection.ts'
import type { Detail } from '../detail/detail-state.ts'
import { noteSent } from '../list/sent-here.ts'

/** Between two looks at a running exchange, ms. */
const firstLook = 80
const laterLook = 400

const wait = (ms: number) => new Promise<void>((done) => setTimeout(done, ms))

/** Ends when the exchange has ended or failed; `progress` sees it on its way. */
export async function finished(
  id: string,
  progress: (detail: Detail) => void,
  signal: AbortSignal,
): Promise<Detail | undefined> {
  for (let look = 0; !signal.aborted; look++) {
    await wait(look < 10 ? firstLook : laterLook)
    try {
      const detail = await call('GET /api/exchanges/:id', { params: { id }, signal })
      progress(detail)
      const { state } = detail.exchange.outcome
      if (state === 'complete' || state === 'failed') return detail
    } catch (error) {
      if (signal.aborted) return undefined
      // The first looks may come before the record is written.
      if (look > 20) throw error
    }
  }
  return undefined
}

export async function sendRequest(request: ComposedRequest): Promise<string> {
  const { id } = await call('POST /api/requests', { body: request })
  noteSent(id)
  return id
}
