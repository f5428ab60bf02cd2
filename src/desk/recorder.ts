// Turns what the wire tells into committed, diagnosed entries: one transaction per batch, at most 100 ms after arrival.
import { type Row, toRow } from '../api/row.ts'
import type { NamedContent, Taken } from '../bridge/inbox.ts'
import type { Checked } from '../diagnose/checked.ts'
import type { Diagnosis } from '../diagnose/diagnose.ts'
import type { Finding } from '../diagnose/finding.ts'
import type { Observed } from '../diagnose/observed.ts'
import { type Exchange, type ExchangeId, responseOf } from '../exchange/exchange.ts'
import type { Content } from '../exchange/message.ts'
import type { SocketMessage } from '../exchange/socket-message.ts'
import { decodeNow } from '../store/content.ts'
import type { Entry, Store } from '../store/store.ts'

/** Times in ms. With the outbox's 50 ms a crash loses at most 200 ms. */
export type RecorderLimits = {
  readonly commitMs: number
  readonly retryMs: number
  readonly diagnosedContent: number
  readonly retainMs: number
}

export type RecorderState = { readonly state: 'on' | 'stopped'; readonly reason?: string; readonly missed: number }

export type Watch = {
  readonly changed: (rows: readonly Row[]) => void
  readonly removed: (ids: readonly ExchangeId[]) => void
  /** So many exchanges were brought back from a damaged store. */
  readonly restored: (count: number) => void
  readonly messages: (messages: readonly SocketMessage[]) => void
  readonly stateChanged: () => void
  /** A failure inside Telltale, for the terminal. */
  readonly report: (error: Error) => void
}

export type Recorder = {
  take(taken: Taken): void
  /** Commits what is pending, now. */
  settle(): void
  /** Runs the rules again over one stored exchange and keeps what changed. */
  rediagnose(id: ExchangeId): void
  /** What the verdict on a stored exchange rests on. */
  checked(exchange: Exchange): Checked
  /** The content-decoded octets of one side as the rules see them. */
  decoded(content: Content | undefined): Uint8Array | undefined
  readonly state: RecorderState
  close(): void
}

export function createRecorder(
  store: Store,
  diagnosis: Diagnosis,
  watch: Watch,
  limits: RecorderLimits,
  now: () => number = Date.now,
): Recorder {
  let pending = new Map<ExchangeId, Exchange>()
  let ended = new Set<ExchangeId>()
  let contents = new Map<string, NamedContent>()
  let messages: SocketMessage[] = []
  /** Running exchanges that were committed before: their annotations may have been set meanwhile. */
  const committed = new Set<ExchangeId>()
  let timer: NodeJS.Timeout | undefined
  let retryAt = 0
  let reason: string | undefined
  let missed = 0

  type Read = { readonly octets: Uint8Array; readonly wire?: Uint8Array; readonly error?: string }

  /** Octets after content coding, the wire's own where they differ, and why a coding could not be removed. */
  function read(content: Content | undefined): Read | undefined {
    if (!content || content.kept === 'none') return undefined
    const wire = contents.get(content.digest)?.octets ?? store.content(content.digest)
    if (!wire) return undefined
    const plain = decodeNow(wire, content.codings, limits.diagnosedContent)
    if (plain.cut || plain.octets.length > limits.diagnosedContent) return undefined
    if (plain.error !== undefined) return { octets: wire, error: plain.error }
    return content.codings.length === 0 ? { octets: wire } : { octets: plain.octets, wire }
  }

  const decoded = (content: Content | undefined): Uint8Array | undefined => read(content)?.octets

  function observedOf(exchange: Exchange): Observed {
    const request = read(exchange.request.content)
    const response = read(responseOf(exchange)?.content)
    return {
      exchange,
      ...(request ? { request: request.octets } : {}),
      ...(request?.wire ? { requestWire: request.wire } : {}),
      ...(request?.error === undefined ? {} : { requestDecodeError: request.error }),
      ...(response ? { response: response.octets } : {}),
      ...(response?.wire ? { responseWire: response.wire } : {}),
      ...(response?.error === undefined ? {} : { responseDecodeError: response.error }),
    }
  }

  /** Findings of every exchange whose verdict is new or changed. */
  function diagnose(exchanges: Iterable<Exchange>): Map<ExchangeId, readonly Finding[]> {
    const verdicts = new Map<ExchangeId, readonly Finding[]>()
    for (const exchange of exchanges) {
      const changes = diagnosis.observe(observedOf(exchange))
      for (const { exchangeId, findings } of changes) verdicts.set(exchangeId, findings)
    }
    return verdicts
  }

  function commit(): void {
    clearTimeout(timer)
    timer = undefined
    if (pending.size === 0 && messages.length === 0) return
    if (now() < retryAt) return drop()
    const over = [...ended].flatMap((id) => pending.get(id) ?? [])
    const verdicts = diagnose(over)
    const entries: Entry[] = []
    for (const [id, exchange] of pending) {
      const before = committed.has(id) ? store.entry(id) : undefined
      const findings = verdicts.get(id) ?? before?.findings ?? []
      entries.push({ exchange, findings, row: toRow(exchange, findings, before?.row) })
      verdicts.delete(id)
    }
    for (const [id, findings] of verdicts) {
      const before = store.entry(id)
      if (before) entries.push({ ...before, findings, row: toRow(before.exchange, findings, before.row) })
    }
    try {
      store.write({ contents: [...contents.values()], entries, messages })
    } catch (error) {
      return pause(error as Error)
    }
    for (const id of pending.keys()) committed.add(id)
    for (const id of ended) committed.delete(id)
    const [sent, told] = [entries.map((entry) => entry.row), messages]
    clear()
    if (reason !== undefined) {
      reason = undefined
      watch.stateChanged()
    }
    watch.changed(sent)
    if (told.length > 0) watch.messages(told)
    retaining ??= setTimeout(retain, limits.retainMs)
  }

  function clear(): void {
    pending = new Map()
    ended = new Set()
    contents = new Map()
    messages = []
  }

  function drop(): void {
    missed += ended.size
    clear()
    watch.stateChanged()
  }

  /** Traffic goes on; what cannot be kept is counted, and the next batch after a while is tried again (B02). */
  function pause(error: Error): void {
    if (reason === undefined) watch.report(error)
    reason = error.message
    retryAt = now() + limits.retryMs
    drop()
  }

  // The first round also goes on with what the store found to mend when it was opened.
  let retaining: NodeJS.Timeout | undefined = setTimeout(() => retain(), limits.retainMs).unref()

  function retain(): void {
    retaining = undefined
    try {
      const { removed, more, restored } = store.retain()
      if (removed.length > 0) {
        diagnosis.forget(removed)
        watch.removed(removed)
      }
      if (restored) watch.restored(restored)
      if (more) retaining = setTimeout(retain, 5)
    } catch (error) {
      watch.report(error as Error)
    }
  }

  return {
    take(taken) {
      for (const [id, exchange] of taken.changed) pending.set(id, exchange)
      for (const id of taken.ended) ended.add(id)
      for (const content of taken.contents) contents.set(content.digest, content)
      messages.push(...taken.messages)
      if (taken.changed.size > 0) timer ??= setTimeout(commit, limits.commitMs)
    },
    settle: commit,
    rediagnose(id) {
      const before = store.entry(id)
      if (!before) return
      const entries: Entry[] = []
      for (const [changedId, findings] of diagnose([before.exchange])) {
        const entry = changedId === id ? before : store.entry(changedId)
        if (entry) entries.push({ ...entry, findings, row: toRow(entry.exchange, findings, entry.row) })
      }
      store.write({ contents: [], entries, messages: [] })
      watch.changed(entries.map((entry) => entry.row))
    },
    decoded,
    checked: (exchange) => diagnosis.checked(observedOf(exchange)),
    get state(): RecorderState {
      return reason === undefined ? { state: 'on', missed } : { state: 'stopped', reason, missed }
    },
    close() {
      commit()
      clearTimeout(retaining)
    },
  }
}
