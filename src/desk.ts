// The desk: a worker thread that keeps what the wire tells, diagnoses it, and serves the page that shows it.
import { hash as digest } from 'node:crypto'
import { parentPort, workerData } from 'node:worker_threads'
import type { Status } from './api/contract.ts'
import { type Row, toRow } from './api/row.ts'
import { createInbox } from './bridge/inbox.ts'
import type { DeskSettings, DeskToWire, WireStatus, WireToDesk } from './bridge/messages.ts'
import { releaseAtRest } from './bridge/release-at-rest.ts'
import { opens } from './bridge/whole-exchange.ts'
import { createFiles } from './desk/files.ts'
import { followEvents } from './desk/follow-events.ts'
import { createComparisons } from './desk/open-comparison.ts'
import { openUnwritten } from './desk/open-unwritten.ts'
import { createRate } from './desk/rate.ts'
import { recallSecrets } from './desk/recall-secrets.ts'
import { createRecorder } from './desk/recorder.ts'
import { redactionHash, redactionKey } from './desk/redaction-key.ts'
import { createRedo } from './desk/redo.ts'
import { removeInSlices } from './desk/remove-in-slices.ts'
import { markInterrupted, warmUp } from './desk/restart.ts'
import { createDiagnosis } from './diagnose/diagnose.ts'
import type { ExchangeId } from './exchange/exchange.ts'
import type { PlannedRequest } from './exchange/planned-request.ts'
import type { Filter } from './filter/filter.ts'
import { isRegexTooSlow } from './filter/linear-regex.ts'
import { matches } from './filter/matches.ts'
import { limits } from './options.ts'
import { createGuard } from './server/guard.ts'
import type { Desk } from './server/handlers.ts'
import { createLive } from './server/live.ts'
import { readPageFiles } from './server/page-files.ts'
import { problem } from './server/problem.ts'
import { readFilter } from './server/routes.ts'
import { type PageServer, startServer } from './server/server.ts'
import { isStoreFull, isStoreHeld } from './store/database.ts'
import { openReader } from './store/open-reader.ts'
import { openStore } from './store/open-store.ts'
import { openDocuments } from './store/settings.ts'

const settings = workerData as DeskSettings
const port = parentPort
if (!port) throw new Error('The desk is started by Telltale, not by hand.')
const post = (message: DeskToWire): void => port.postMessage(message)
const report = (error: Error): void => post({ type: 'say', text: `Inside Telltale: ${error.message}` })

const hash = (octets: Uint8Array | string): string => digest('sha256', octets)
const now = Date.now
/** ms between looks at the list of muted rules. */
const mutesReadEvery = 2000

async function start(): Promise<void> {
  releaseAtRest()
  const store = openStore({
    dataDir: settings.dataDir,
    maxStore: settings.maxStore,
    maxExchanges: settings.maxExchanges,
    durable: settings.durable,
    version: settings.version,
    now,
    checkpoints: 'beside',
    patience: 1000,
    rowOf: toRow,
    notice: (text) => post({ type: 'say', text }),
  })
  const key = redactionKey(settings.dataDir)
  const documents = openDocuments(settings.dataDir, now, (text) => post({ type: 'say', text }))
  for (const text of [...store.notices, ...documents.notices]) post({ type: 'say', text })
  const unwritten = openUnwritten(settings.dataDir, hash)
  const takenIn = unwritten.takeIn(store)
  if (takenIn.notice !== undefined) post({ type: 'say', text: takenIn.notice })
  markInterrupted(store)
  store.begin(settings.session)

  let applied = documents.mutes.get()
  function applyMutes(): void {
    applied = documents.mutes.get()
    diagnosis.setMutes(applied)
    redo.start()
  }
  const diagnosis = createDiagnosis(
    {
      hash: redactionHash(key),
      now,
      onRuleFailure: (ruleId, _id, error) => report(new Error(`rule ${ruleId} failed: ${String(error)}`)),
    },
    { mutes: applied },
  )
  const inbox = createInbox({
    hash,
    recall: (id) => store.entry(id)?.exchange,
    follow: (response, ready) =>
      followEvents(
        response,
        { events: limits.streamEvents, octets: limits.streamEvent, decoded: limits.decodedContent },
        ready,
      ),
    ready: (id) => recorder.take(inbox.collect(id)),
  })
  const opened = createRate(now)
  let recording: 'on' | 'paused' = 'on'
  let wire: WireStatus = {
    connections: 0,
    tunnels: 0,
    shed: 0,
    rejectedBy: [],
    seen: { proxied: false, connect: false, tlsOpened: false, tlsRejected: false },
  }

  const status = (): Status => {
    const { exchanges, size, limit, findings } = store.status()
    const { state, missed, reason, shed, waiting } = recorder.state
    return {
      version: settings.version,
      proxyUrl: settings.proxyUrl,
      caFile: settings.caFile,
      runLine: settings.runLine,
      session: store.running ?? settings.session,
      recording: state === 'stopped' ? 'stopped' : recording,
      ...(reason === undefined ? {} : { reason }),
      missed,
      ...(waiting === undefined ? {} : { waiting }),
      shed: wire.shed + shed,
      exchanges,
      storeSize: size,
      storeLimit: limit,
      redactionKey: key,
      perSecond: opened.perSecond(),
      findings,
      seen: wire.seen,
      rejectedBy: wire.rejectedBy,
    }
  }

  let server: PageServer | undefined
  const authorities = () =>
    ['127.0.0.1', 'localhost', '[::1]'].map((host) => `${host}:${server?.port ?? settings.uiPort}`)
  const guard = createGuard(settings.token, authorities)
  const live = createLive(
    guard,
    {
      status,
      row: (id) => store.entry(id)?.row,
      parse: readFilter,
      matches: (filter, row) => {
        try {
          const verdict = matches(filter, { row })
          if (verdict !== 'needs-content') return verdict
          const entry = store.entry(row.id)
          return entry !== undefined && matches(filter, files.candidate(entry)) === true
        } catch (error) {
          // The search says so to whoever wrote the expression.
          if (isRegexTooSlow(error)) return false
          throw error
        }
      },
    },
    { maxFrame: limits.liveFrame, backlog: limits.liveBacklog, flushMs: 100, history: 20_000 },
  )
  const reader = openReader(settings.dataDir)
  function changed(rows: readonly Row[]): void {
    live.changed(rows)
    reader.touched(rows.map((row) => row.id))
  }
  function removed(ids: readonly ExchangeId[]): void {
    live.removed(ids)
    reader.touched(ids)
  }
  const recorder = createRecorder(
    store,
    diagnosis,
    {
      changed,
      removed,
      restored(count) {
        reader.touched('all')
        live.resync(`${count} exchanges were brought back.`)
      },
      messages: live.messages,
      stateChanged: live.statusChanged,
      report,
    },
    {
      commitMs: 100,
      retryMs: 2000,
      diagnosedContent: limits.diagnosedContent,
      retainMs: 1000,
      waiting: limits.waiting,
    },
  )
  const ids = async (filter: Filter | undefined) =>
    filter && !store.isIndexed(filter) ? reader.ids(filter) : store.ids(filter)
  const files = createFiles(store, recorder, {
    version: settings.version,
    dataDir: settings.dataDir,
    hash,
    now,
    maxContent: settings.maxContent,
    maxFile: limits.importFile,
    maxDecoded: limits.decodedContent,
    removed(gone) {
      diagnosis.forget(gone)
      removed(gone)
    },
  })
  const redo = createRedo(store, recorder, report)

  const calls = new Map<number, { resolve: (id: string) => void; reject: (error: Error) => void }>()
  let lastCall = 0
  const send = (request: PlannedRequest): Promise<string> =>
    new Promise((resolve, reject) => {
      lastCall += 1
      calls.set(lastCall, { resolve, reject })
      post({ type: 'send', call: lastCall, request })
    })

  const desk: Desk = {
    store,
    reader,
    documents,
    guard,
    status,
    send,
    setRecording(on) {
      recording = on ? 'on' : 'paused'
      post({ type: 'recording', on })
      live.statusChanged()
    },
    settle: recorder.settle,
    async remove(filter, given) {
      recorder.settle()
      const doomed = given ?? (await ids(filter))
      if (!given && !filter) {
        // All of it: a new file at once instead of row by row.
        diagnosis.forget(doomed)
        const removed = store.clear()
        live.removed('all')
        return removed
      }
      const count = await removeInSlices(store, doomed, (gone) => {
        diagnosis.forget(gone)
        removed(gone)
      })
      recorder.tidy()
      return count
    },
    changed,
    restore: (edits) => recallSecrets(diagnosis.restore(edits), store, redactionHash(key)),
    checked: recorder.checked,
    rediagnose: applyMutes,
    importFile: files.importFile,
    exportPieces: files.exportPieces,
    exportProgress: files.exportProgress,
    compareSessions: createComparisons(settings.dataDir),
  }

  // A person may edit rules.json while we run.
  setInterval(() => {
    try {
      if (documents.mutes.get() !== applied) applyMutes()
    } catch (error) {
      report(error as Error)
    }
  }, mutesReadEvery).unref()
  // One a turn of the loop: the others wait as they came, and the page is answered between them, however many they are.
  port?.on('message', function take(message: WireToDesk) {
    port?.off('message', take)
    setImmediate(() => port?.on('message', take))
    if (message.type === 'events') {
      opened.add(message.events.filter(opens).length)
      recorder.take(inbox.take(message.events))
      post({ type: 'taken', sequence: message.sequence })
    } else if (message.type === 'sent') {
      const call = calls.get(message.call)
      calls.delete(message.call)
      if (message.id !== undefined) call?.resolve(message.id)
      else call?.reject(problem(502, 'Not sent', message.error ?? 'The request could not be sent.'))
    } else if (message.type === 'wire-status') {
      wire = message.status
      live.statusChanged()
    } else void stop(message.until)
  })

  async function stop(until: number): Promise<void> {
    redo.stop()
    store.hurry()
    const left = unwritten.keep(recorder.close(until))
    if (left !== undefined) post({ type: 'say', text: left })
    const { missed } = recorder.state
    if (missed > 0) post({ type: 'say', text: `${missed} exchange${missed === 1 ? ' was' : 's were'} not recorded.` })
    try {
      store.end(settings.session.id)
    } catch (error) {
      // Held by another program, or no room: that has been said; the session has no end then, as after a crash.
      if (!isStoreHeld(error) && !isStoreFull(error)) report(error as Error)
    }
    await server?.close()
    await reader.close()
    store.close()
    post({ type: 'stopped' })
  }

  server = await startServer(
    { host: settings.uiHost, port: settings.uiPort, fixed: settings.uiPortFixed },
    desk,
    live,
    readPageFiles(settings.pageDir),
    { body: limits.apiBody, importFile: limits.importFile, decoded: limits.decodedContent, headMs: limits.apiHeadMs },
    report,
  )
  post({ type: 'ready', uiUrl: server.url, code: guard.issueCode() })
  warmUp(store, diagnosis, recorder)
  if (takenIn.ids.length > 0) redo.start(takenIn.ids)
}

start().catch((error: Error) => post({ type: 'unusable', message: error.message }))
