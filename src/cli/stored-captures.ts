// Captures read from, and imported into, the store of a data directory on which nothing runs.
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { toRow } from '../api/row.ts'
import { compareStoredSessions } from '../desk/compare-stored-sessions.ts'
import { createFiles } from '../desk/files.ts'
import { createRecorder } from '../desk/recorder.ts'
import { redactionHash, redactionKey } from '../desk/redaction-key.ts'
import { removeInSlices } from '../desk/remove-in-slices.ts'
import { createDiagnosis } from '../diagnose/diagnose.ts'
import { responseOf } from '../exchange/exchange.ts'
import type { SocketMessage } from '../exchange/socket-message.ts'
import { limits, options as optionTable, parseSize, refusal } from '../options.ts'
import type { Lock } from '../store/lock.ts'
import { openReader, type Reader } from '../store/open-reader.ts'
import { openStore } from '../store/open-store.ts'
import { openDocuments } from '../store/settings.ts'
import type { Captures } from './captures.ts'
import type { CommandEnvironment } from './command.ts'
import { readFilter } from './read-filter.ts'
import { type Found, type Page, rowsAsFound } from './rows-as-found.ts'

/** Messages read at once. */
const page = 500
/** ms until a search says what it has found. */
const patience = 100

/** What the server makes of a refused call becomes the sentence of the command. */
async function plainly<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    const detail = (error as { problem?: { detail?: string } }).problem?.detail
    throw detail === undefined ? error : refusal(detail)
  }
}

/** The lock is held until `close`. */
export function capturesOfStore(dataDir: string, { version, stderr }: CommandEnvironment, lock: Lock): Captures {
  const hash = (octets: Uint8Array | string): string => createHash('sha256').update(octets).digest('hex')
  const now = Date.now
  const size = (text: string): number => parseSize(text) ?? 0
  const store = openStore({
    dataDir,
    // How much is kept, whoever records says: a list must not remove what is beyond our own defaults.
    maxStore: Number.POSITIVE_INFINITY,
    maxExchanges: Number.POSITIVE_INFINITY,
    durable: false,
    version,
    now,
    removedAtStart: Number.POSITIVE_INFINITY,
    rowOf: toRow,
    notice: (text) => void stderr.write(`telltale: ${text}\n`),
  })
  for (const notice of store.notices) stderr.write(`telltale: ${notice}\n`)
  // What is being brought back from a damaged store is waited for: an answer without it would be wrong.
  while (store.retain().restored !== undefined);
  const nothing = () => undefined
  const report = (error: Error) => void stderr.write(`telltale: ${error.message}\n`)
  const watch = {
    changed: nothing,
    removed: nothing,
    restored: nothing,
    messages: nothing,
    stateChanged: nothing,
    report,
  }
  if (existsSync(join(dataDir, 'unwritten')))
    stderr.write(`telltale: ${join(dataDir, 'unwritten')} holds exchanges that the next start will take in.\n`)
  const { mutes, notices } = openDocuments(dataDir)
  for (const notice of notices) stderr.write(`telltale: ${notice}\n`)
  const diagnosis = createDiagnosis({ hash: redactionHash(redactionKey(dataDir)), now }, { mutes: mutes.get() })
  const recorder = createRecorder(store, diagnosis, watch, {
    commitMs: 100,
    retryMs: 2000,
    diagnosedContent: limits.diagnosedContent,
    retainMs: 60_000,
    waiting: limits.waiting,
  })
  const files = createFiles(store, recorder, {
    version,
    dataDir,
    hash,
    now,
    maxContent: size(optionTable['max-content'].default),
    maxFile: limits.importFile,
    maxDecoded: limits.decodedContent,
  })
  let reader: Reader | undefined
  /** Without an index it is a search: in a thread, whose results are there before it is over. */
  async function ask(text: string, asked: Page, patience?: number): Promise<Found> {
    const filter = readFilter(text)
    if (!filter || store.isIndexed(filter))
      return { ...store.rows({ ...asked, ...(filter ? { filter } : {}) }), complete: true }
    reader ??= openReader(dataDir)
    return reader.rows({ ...asked, filter }, patience)
  }
  return {
    exclusive: true,
    rows: (filter, limit) => rowsAsFound((asked) => ask(filter, asked, patience), limit),
    count: async (filter) => (await ask(filter, { limit: 1 })).total,
    countSoFar: (filter) => ask(filter, { limit: 1 }, patience),
    entry: async (id) => store.entry(id),
    async content(exchange, side) {
      const content = side === 'request' ? exchange.request.content : responseOf(exchange)?.content
      return content && content.kept !== 'none' ? store.content(content.digest) : undefined
    },
    async messages(exchange) {
      const all: SocketMessage[] = []
      while (all.length < exchange.messageCount) {
        const { messages } = store.messages(exchange.id, all.length, page)
        if (messages.length === 0) break
        all.push(...messages)
      }
      return all
    },
    export: (format, filter, secrets) =>
      plainly((async () => files.exportPieces(format, readFilter(filter), secrets))()),
    import: (octets, format, name) => plainly(files.importFile(octets, format, name)),
    sessions: async () => store.sessions(),
    compareSessions: async (before, after) => compareStoredSessions(dataDir, before, after),
    removeSession: (id) => removeInSlices(store, store.ids(readFilter(`session=${JSON.stringify(id)}`))),
    async close() {
      await reader?.close()
      recorder.close(0)
      store.close()
      lock.release()
    },
  }
}
