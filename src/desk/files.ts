// Files in and out of the store: exports ordered from a thread of their own, imports taken whole or not at all.
import { randomBytes } from 'node:crypto'
import type { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import type { NamedContent } from '../bridge/inbox.ts'
import { type ExchangeId, responseOf } from '../exchange/exchange.ts'
import type { Session } from '../exchange/session.ts'
import type { Filter } from '../filter/filter.ts'
import { isFileProblem } from '../formats/file-problem.ts'
import type { Imported, Skipped } from '../formats/format.ts'
import { findFormat, formats, recogniseFormat } from '../formats/formats.ts'
import type { ExportFile, ImportAnswer } from '../server/handlers.ts'
import { problem } from '../server/problem.ts'
import type { Entry, Store } from '../store/store.ts'
import { type ExportProgress, openExport } from './open-export.ts'
import { type ImportOrder, readBeside } from './open-import.ts'
import type { Recorder } from './recorder.ts'
import { removeInSlices } from './remove-in-slices.ts'

export type Files = {
  /** An entry as the filter language's predicate wants it, with its text content read when asked for. */
  candidate(entry: Entry): Candidate
  importFile(body: AsyncIterable<Uint8Array>, format: string | undefined, name: string): Promise<ImportAnswer>
  /** `job`: the name under which its progress can be asked for. */
  exportPieces(format: string, filter: Filter | undefined, secrets: boolean, job?: string): ExportFile
  /** Of nothing, where there is no such export (yet, any more). */
  exportProgress(job: string): ExportProgress
}

export type Candidate = Entry & {
  readonly sessionName: string
  readonly text: (side: 'request' | 'response' | 'messages') => string | undefined
}

/** Sizes in octets. `dataDir` is where the store is. */
export type FileTools = {
  readonly version: string
  readonly dataDir: string
  readonly hash: (octets: Uint8Array | string) => string
  readonly now: () => number
  readonly maxContent: number
  readonly maxFile: number
  readonly maxDecoded: number
  /** Exchanges of an import that was broken off are gone again. */
  readonly removed?: (ids: readonly ExchangeId[]) => void
}

const utf8 = new TextDecoder()

const noProgress: ExportProgress = { done: 0, total: 0 }

/** Messages searched for a word: the newest of a long WebSocket are read by the scan in the reader thread. */
const searchedMessages = 1000
const mostSkippedNamed = 1000
/** Exports and imports at once: each is a thread with memory of its own. */
const mostExports = 4
const mostImports = 2

export function createFiles(store: Store, recorder: Recorder, tools: FileTools): Files {
  const exporting = new Map<Readable, { readonly job: string | undefined; readonly progress: () => ExportProgress }>()
  let importing = 0

  /** Takes what was read into the store as the recorder does with live traffic; throws when it cannot be kept. */
  function keep(read: readonly Imported[]): void {
    const contents = read.flatMap(({ exchange, contents }) =>
      contents.map(({ digest, octets }): NamedContent => ({ id: exchange.id, side: 'response', digest, octets })),
    )
    const changed = new Map(read.map(({ exchange }) => [exchange.id, exchange]))
    recorder.take({ changed, ended: [...changed.keys()], contents, messages: read.flatMap((one) => one.messages) })
    recorder.settle()
    const { reason } = recorder.state
    if (reason !== undefined) throw problem(507, 'Not imported', reason)
  }

  async function importAll(
    octets: AsyncIterable<Uint8Array>,
    order: ImportOrder,
  ): Promise<{ imported: number; skipped: readonly Skipped[] }> {
    const kept: ExchangeId[] = []
    const skipped: Skipped[] = []
    try {
      for await (const batch of readBeside(octets, order)) {
        const read = batch.flatMap((result) => ('imported' in result ? [result.imported] : []))
        const bad = batch.flatMap((result) => ('skipped' in result ? [result.skipped] : []))
        skipped.push(...bad.slice(0, mostSkippedNamed - skipped.length))
        kept.push(...read.map(({ exchange }) => exchange.id))
        if (read.length > 0) keep(read)
        // What is recorded meanwhile gets its turn.
        await setImmediate()
      }
    } catch (error) {
      // All or nothing: what had been taken goes again.
      recorder.forget(kept)
      await removeInSlices(store, kept, tools.removed)
      // Over, and nothing of it there: no session of that name stays.
      store.end(order.context.sessionId)
      if (isFileProblem(error)) throw problem(422, 'File not understood', error.message)
      throw error
    }
    return { imported: kept.length, skipped }
  }

  return {
    candidate: (entry) => ({
      ...entry,
      get sessionName() {
        return store.sessions().find((session) => session.id === entry.exchange.sessionId)?.name ?? ''
      },
      text(side) {
        if (side === 'messages') return messagesText(store, entry)
        const octets = recorder.decoded(
          side === 'request' ? entry.exchange.request.content : responseOf(entry.exchange)?.content,
        )
        return octets && utf8.decode(octets)
      },
    }),

    async importFile(body, formatId, name) {
      if (importing >= mostImports)
        throw problem(503, 'Too many imports', `${mostImports} imports run already: try again when one has ended.`)
      const { start, octets } = await peek(limited(body, tools.maxFile))
      const format = formatId === undefined ? recogniseFormat(start, name) : findFormat(formatId)
      const readable = formats.filter((one) => one.read).map((one) => one.title)
      if (!format?.read)
        throw problem(415, 'File not understood', `That is none of the files Telltale reads: ${readable.join(', ')}.`)
      const session: Session = {
        id: `${tools.now().toString(36)}${randomBytes(4).toString('hex')}`,
        name,
        startedDateTime: new Date(tools.now()).toISOString(),
        kind: 'import',
      }
      importing += 1
      try {
        store.begin(session)
        const { now, maxContent } = tools
        const context = { sessionId: session.id, file: name, now: now(), maxContent }
        const { imported, skipped } = await importAll(octets, { format: format.id, context })
        // An import session without an end was cut off: the next start removes what it left.
        store.end(session.id)
        return { imported, skipped, sessionId: session.id }
      } finally {
        importing -= 1
      }
    },

    exportPieces(formatId, filter, secrets, job) {
      const format = findFormat(formatId)
      const writable = formats.filter((one) => one.write).map((one) => one.id)
      if (!format?.write) throw problem(400, 'No such format', `"format" is one of ${writable.join(', ')}.`)
      if (exporting.size >= mostExports)
        throw problem(503, 'Too many exports', `${mostExports} exports run already: try again when one has ended.`)
      const { dataDir, version, maxDecoded } = tools
      let told = noProgress
      const progress = () => told
      const pieces = openExport({ dataDir, format: formatId, filter, secrets, version, maxDecoded }, (now) => {
        told = now
      })
      exporting.set(pieces, { job, progress })
      pieces.once('close', () => exporting.delete(pieces))
      const stamp = new Date(tools.now()).toISOString().slice(0, 19).replaceAll(':', '-')
      return {
        mimeType: format.mimeType,
        fileName: `telltale-${stamp}.${format.extension}`,
        pieces,
        progress,
      }
    },

    exportProgress(job) {
      const found = exporting.values().find((one) => one.job === job)
      return found?.progress() ?? noProgress
    },
  }
}

function messagesText(store: Store, { exchange }: Entry): string | undefined {
  if (exchange.messageCount === 0) return undefined
  const { messages } = store.messages(exchange.id, 0, searchedMessages)
  return messages.flatMap((message) => (message.opcode === 'text' ? message.data : [])).join('\n')
}

async function* limited(body: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<Uint8Array> {
  let size = 0
  for await (const piece of body) {
    size += piece.length
    if (size > most) throw problem(413, 'Too large', `Files of up to ${Math.round(most / 1024 / 1024)} MiB are taken.`)
    yield piece
  }
}

/** The first octets as text, and the whole stream again. */
async function peek(octets: AsyncGenerator<Uint8Array>): Promise<{ start: string; octets: AsyncIterable<Uint8Array> }> {
  const first: Uint8Array[] = []
  let size = 0
  while (size < 4096) {
    const { value, done } = await octets.next()
    if (done || !value) break
    first.push(value)
    size += value.length
  }
  async function* again(): AsyncGenerator<Uint8Array> {
    yield* first
    yield* octets
  }
  return { start: utf8.decode(Buffer.concat(first).subarray(0, 4096)), octets: again() }
}
