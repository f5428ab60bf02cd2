// Turns what the wire tells into committed, diagnosed entries: one transaction per batch, at most 100 ms after arrival.
import { type Row, toRow } from '../api/row.ts'
import type { Taken } from '../bridge/inbox.ts'
import type { Checked } from '../diagnose/checked.ts'
import type { Diagnosis } from '../diagnose/diagnose.ts'
import type { Finding } from '../diagnose/finding.ts'
import type { Observed } from '../diagnose/observed.ts'
import { type Exchange, type ExchangeId, responseOf } from '../exchange/exchange.ts'
import type { Content } from '../exchange/message.ts'
import type { SocketMessage } from '../exchange/socket-message.ts'
import { decodeNow } from '../store/content.ts'
import { isStoreFull, isStoreHeld } from '../store/database.ts'
import type { Entry, Store } from '../store/store.ts'
import { type BacklogLimits, createBacklog, type Piece } from './backlog.ts'
import { createHousekeeper } from './housekeeper.ts'

/** Times in ms. With the outbox's 50 ms a crash loses at most 200 ms. */
export type RecorderLimits = {
  readonly commitMs: number
  readonly retryMs: number
  readonly diagnosedContent: number
  readonly retainMs: number
  readonly waiting: BacklogLimits
}

/** Exchanges of one transaction when more have waited. */
const most = 500
/** Exchanges that are kept without waiting for more: what lives longer is copied by the garbage collector, twice. */
const enough = 400
/** Messages of a WebSocket that the rules are shown. */
const lastOfSocket = 4
/** `waiting` exchanges are kept as soon as the store takes them, `missed` ones never; of `shed` contents the heads are. */
export type RecorderState = {
  readonly state: 'on' | 'stopped'
  readonly reason?: string
  readonly missed: number
  readonly shed: number
  readonly waiting?: number
}

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

/** What the store did not take; with 0 octets, heads alone. */
export type Left = (octets?: number) => Piece

export type Recorder = {
  take(taken: Taken): void
  /** Commits what is pending, now. */
  settle(): void
  /** What waits of these is not kept. */
  forget(ids: readonly ExchangeId[]): void
  /** After exchanges were removed: gives space back to the disk. */
  tidy(): void
  /** Runs the rules again over one stored exchange and keeps what changed. */
  rediagnose(id: ExchangeId): void
  /** What the verdict on a stored exchange rests on. */
  checked(exchange: Exchange): Checked
  /** The content-decoded octets of one side as the rules see them. */
  decoded(content: Content | undefined): Uint8Array | undefined
  readonly state: RecorderState
  /** Commits what it can until then, ms since 1970. */
  close(until: number): Left
}

export function createRecorder(
  store: Store,
  diagnosis: Diagnosis,
  watch: Watch,
  limits: RecorderLimits,
  now: () => number = Date.now,
): Recorder {
  const backlog = createBacklog(limits.waiting, (digest) => store.content(digest) !== undefined)
  /** Found by the rules and not kept yet. */
  const verdicts = new Map<ExchangeId, readonly Finding[]>()
  /** Ended and looked at by the rules. */
  const diagnosed = new Set<ExchangeId>()
  let timer: NodeJS.Timeout | undefined
  let retryAt = 0
  let reason: string | undefined
  /** By another program: that may pass at any moment. */
  let isHeld = false

  const housekeeper = createHousekeeper(
    store,
    {
      ...watch,
      removed(ids) {
        diagnosis.forget(ids)
        watch.removed(ids)
      },
    },
    limits.retainMs,
  )

  type Read = { readonly octets: Uint8Array; readonly wire?: Uint8Array; readonly error?: string }

  /** Octets after content coding, the wire's own where they differ, and why a coding could not be removed. */
  function read(content: Content | undefined): Read | undefined {
    if (!content || content.kept === 'none') return undefined
    const wire = backlog.contents.get(content.digest)?.octets ?? store.content(content.digest)
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
      ...(exchange.kind === 'websocket' ? { messages: lastMessages(exchange) } : {}),
    }
  }

  /** Those by which a WebSocket ended: two close frames, and what came before them. */
  function lastMessages({ id, messageCount }: Exchange): readonly SocketMessage[] {
    const waiting = backlog.messages.filter(({ exchangeId }) => exchangeId === id)
    const kept =
      waiting.length < lastOfSocket
        ? store.messages(id, Math.max(0, messageCount - lastOfSocket), lastOfSocket)
        : undefined
    return [...(kept?.messages ?? []), ...waiting].slice(-lastOfSocket)
  }

  /** Findings of every exchange whose verdict is new or changed. */
  function diagnose(exchange: Exchange): readonly (readonly [ExchangeId, readonly Finding[]])[] {
    return diagnosis.observe(observedOf(exchange)).map(({ exchangeId, findings }) => [exchangeId, findings])
  }

  function diagnoseEnded(): void {
    for (const id of backlog.ended) {
      const exchange = backlog.pending.get(id)
      if (!exchange || diagnosed.has(id)) continue
      diagnosed.add(id)
      for (const [changedId, findings] of diagnose(exchange)) verdicts.set(changedId, findings)
    }
  }

  /** One transaction; answers whether that was all. */
  function write(): boolean {
    const piece = backlog.next(most)
    const entries: Entry[] = []
    const told: ExchangeId[] = []
    for (const exchange of piece.exchanges) {
      const { id } = exchange
      const before = backlog.isKnown(id) ? store.entry(id) : undefined
      const findings = verdicts.get(id) ?? before?.findings ?? []
      entries.push({ exchange, findings, row: toRow(exchange, findings, before?.row) })
      told.push(id)
    }
    for (const [id, findings] of verdicts) {
      if (backlog.pending.has(id)) continue
      const before = store.entry(id)
      if (before) entries.push({ ...before, findings, row: toRow(before.exchange, findings, before.row) })
      told.push(id)
    }
    const begun = performance.now()
    store.write({ contents: piece.contents, entries, messages: piece.messages })
    housekeeper.written(performance.now() - begun, entries.length)
    backlog.done(piece)
    for (const id of told) {
      verdicts.delete(id)
      diagnosed.delete(id)
    }
    if (reason !== undefined) {
      reason = undefined
      watch.stateChanged()
    }
    watch.changed(entries.map((entry) => entry.row))
    if (piece.messages.length > 0) watch.messages(piece.messages)
    return backlog.pending.size === 0
  }

  function commit(): void {
    clearTimeout(timer)
    timer = undefined
    if (backlog.pending.size === 0 && backlog.messages.length === 0) return
    diagnoseEnded()
    if (now() < retryAt) return wait()
    try {
      // What has waited is kept piece by piece, so that the page is answered meanwhile.
      if (!write()) timer = setTimeout(commit, 1)
    } catch (error) {
      pause(error as Error)
    }
  }

  /** Everything, now, if the store takes it. */
  function settle(): void {
    do commit()
    while (backlog.pending.size > 0 && reason === undefined)
  }

  /** Until the store can be tried again; room is made as often as something comes. */
  function wait(octets?: number): void {
    backlog.makeRoom(octets)
    timer ??= setTimeout(commit, limits.commitMs)
    watch.stateChanged()
  }

  /** Traffic goes on; heads wait until they can be kept, first with their contents (B02, B24). */
  function pause(error: Error): void {
    if (reason === undefined) watch.report(error)
    const again = reason !== undefined
    reason = error.message
    isHeld = isStoreHeld(error)
    retryAt = now() + limits.retryMs
    // On a disk that stays full there may be room for heads.
    if (isStoreFull(error)) return wait(again ? 0 : undefined)
    if (isHeld) return wait()
    backlog.drop()
    verdicts.clear()
    diagnosed.clear()
    watch.stateChanged()
  }

  return {
    take(taken) {
      backlog.add(taken)
      if (reason === undefined && backlog.ended.size >= enough) commit()
      else if (taken.changed.size > 0) timer ??= setTimeout(commit, limits.commitMs)
    },
    settle,
    forget: backlog.forget,
    tidy: () => housekeeper.plan(),
    rediagnose(id) {
      const before = store.entry(id)
      if (!before) return
      const entries: Entry[] = []
      for (const [changedId, findings] of diagnose(before.exchange)) {
        const entry = changedId === id ? before : store.entry(changedId)
        if (entry) entries.push({ ...entry, findings, row: toRow(entry.exchange, findings, entry.row) })
      }
      store.write({ contents: [], entries, messages: [] })
      watch.changed(entries.map((entry) => entry.row))
    },
    decoded,
    checked: (exchange) => diagnosis.checked(observedOf(exchange)),
    get state(): RecorderState {
      const { missed, shed, pending } = backlog
      return reason === undefined
        ? { state: 'on', missed, shed }
        : { state: 'stopped', reason, missed, shed, waiting: pending.size }
    },
    close(until) {
      do {
        retryAt = 0
        commit()
        // What is held by another program may be free again at any moment: the store itself waits for a while each time.
      } while (backlog.pending.size > 0 && (reason === undefined || isHeld) && now() < until)
      clearTimeout(timer)
      housekeeper.close()
      return (octets) => {
        if (octets !== undefined) backlog.makeRoom(octets)
        return backlog.next(Number.POSITIVE_INFINITY)
      }
    },
  }
}
