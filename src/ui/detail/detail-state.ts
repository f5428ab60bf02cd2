// What the details show: the exchange read from the desk, its findings, the tab, and the evidence that was followed.
import { computed, effect, signal } from '@preact/signals'
import type { Row } from '../../api/row.ts'
import type { Evidence, Finding, Location } from '../../diagnose/finding.ts'
import { type Exchange, responseOf } from '../../exchange/exchange.ts'
import { isEventStream } from '../../http/event-stream.ts'
import { call } from '../connection.ts'
import { live, selectedId, selectedRow } from '../model.ts'

export type Detail = { readonly exchange: Exchange; readonly findings: readonly Finding[]; readonly row: Row }
export type TabId = 'findings' | 'request' | 'response' | 'timing' | 'messages' | 'connection' | 'raw'

export const detail = signal<Detail | undefined>(undefined)
export const detailProblem = signal<string | undefined>(undefined)

/** The tab the user chose; undefined lets the content decide. */
export const chosenTab = signal<TabId | undefined>(undefined)

/** The exchange on which it was chosen: an empty list of findings is shown to who asks, not to who moves on. */
const chosenOn = signal('')

export function chooseTab(id: TabId): void {
  chosenOn.value = selectedId.peek() ?? ''
  chosenTab.value = id
}

/** Evidence that was clicked: the tab it leads to marks it. */
export const followed = signal<
  { readonly exchangeId: string; readonly evidence: Evidence; readonly title: string } | undefined
>(undefined)

/** An event stream still running: its events are shown as they come, and so is that there is none yet. */
function streams({ outcome }: Exchange): boolean {
  return outcome.state === 'receiving' && isEventStream(outcome.response)
}

export const tabs = computed<readonly TabId[]>(() => {
  const shown = detail.value
  const messages =
    shown && (shown.exchange.messageCount > 0 || shown.exchange.kind === 'websocket' || streams(shown.exchange))
  return [
    'findings',
    'request',
    'response',
    'timing',
    ...(messages ? (['messages'] as const) : []),
    'connection',
    'raw',
  ]
})

export const tab = computed<TabId>(() => {
  const shown = detail.value
  const chosen = chosenTab.value
  const empty = chosen === 'findings' && shown?.findings.length === 0 && chosenOn.value !== shown.exchange.id
  if (chosen && tabs.value.includes(chosen) && !empty) return chosen
  if (!shown || shown.findings.length > 0) return 'findings'
  if (shown.exchange.kind === 'websocket') return 'messages'
  return responseOf(shown.exchange) ? 'response' : chosen === 'findings' ? 'findings' : 'request'
})

/** Evidence of one kind of place in the shown exchange: all of its findings', the followed one first. */
export function evidenceAt(
  at: readonly Location['at'][],
  exchangeId: string,
): readonly { readonly evidence: Evidence; readonly finding: Finding }[] {
  const shown = detail.value
  // The same tabs also show what was just sent from the composer, which has no findings here.
  if (!shown || shown.exchange.id !== exchangeId) return []
  const found = shown.findings.flatMap((finding) =>
    finding.evidence
      .filter(
        ({ location, exchange }) => at.includes(location.at) && (exchange ?? shown.exchange.id) === shown.exchange.id,
      )
      .map((evidence) => ({ evidence, finding })),
  )
  const first = followed.value?.evidence
  return first === undefined
    ? found
    : [...found].sort(
        (a, b) => Number(same(b.evidence.location, first.location)) - Number(same(a.evidence.location, first.location)),
      )
}

export function same(a: Location, b: Location): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

/** The tab where a location can be seen. */
export function tabOf(location: Location): TabId {
  if (location.at.startsWith('request.')) return 'request'
  if (location.at.startsWith('response.')) return 'response'
  if (location.at === 'timing') return 'timing'
  return location.at === 'connection' ? 'connection' : 'findings'
}

let reading: AbortController | undefined

async function read(id: string): Promise<void> {
  reading?.abort()
  const own = new AbortController()
  reading = own
  try {
    const answer = await call('GET /api/exchanges/:id', { params: { id }, signal: own.signal })
    if (own.signal.aborted) return
    detail.value = answer
    detailProblem.value = undefined
  } catch (error) {
    if (own.signal.aborted) return
    if (detail.peek()?.exchange.id !== id) detail.value = undefined
    detailProblem.value = error instanceof Error ? error.message : String(error)
  }
}

/** A running exchange changes many times a second; it is read again at most this often, ms. */
const pause = 400

/** What of a row says that its exchange or its findings are not what was read. */
function stateOf(row: Row): string {
  const { outcome, status, duration, responseSize, messageCount, findings, primary } = row
  return JSON.stringify([outcome, status, duration, responseSize, messageCount > 0, findings, primary])
}

/** Reads the selected exchange, and again whenever its row says that something about it changed. */
export function followSelection(): () => void {
  let shown = ''
  let state = ''
  let readAt = 0
  let later: ReturnType<typeof setTimeout> | undefined
  const readNow = (id: string) => {
    readAt = performance.now()
    void read(id)
  }
  const stop = effect(() => {
    const id = selectedId.value
    const row = selectedRow.value
    if (id === undefined) {
      clearTimeout(later)
      reading?.abort()
      detail.value = undefined
      detailProblem.value = undefined
      shown = ''
      return
    }
    const now = row?.id === id ? stateOf(row) : ''
    if (id === shown && (now === state || now === '')) return
    clearTimeout(later)
    const early = id === shown ? readAt + pause - performance.now() : 0
    if (id !== shown && followed.peek()?.exchangeId !== id) followed.value = undefined
    shown = id
    state = now
    if (early > 0) later = setTimeout(() => readNow(id), early)
    else readNow(id)
  })
  // What could not be read while the desk was away is read when it is back.
  const stopReturn = effect(() => {
    const id = selectedId.peek()
    if (live.value === 'live' && detailProblem.peek() !== undefined && id !== undefined) readNow(id)
  })
  return () => {
    clearTimeout(later)
    stop()
    stopReturn()
  }
}
