// Files in and out of the store: exports written piece by piece, imports taken whole or not at all.
import type { Row } from '../api/row.ts'
import type { DeskSettings } from '../bridge/messages.ts'
import { responseOf } from '../exchange/exchange.ts'
import type { Filter } from '../filter/filter.ts'
import type { ExportFile, ImportAnswer } from '../server/handlers.ts'
import { problem } from '../server/problem.ts'
import type { Entry, Store } from '../store/store.ts'
import type { Recorder } from './recorder.ts'

export type Files = {
  /** An entry as the filter language's predicate wants it, with its text content read when asked for. */
  candidate(entry: Entry): Candidate
  importFile(body: AsyncIterable<Uint8Array>, format: string | undefined, name: string): Promise<ImportAnswer>
  exportPieces(format: string, filter: Filter | undefined, secrets: boolean): ExportFile
}

export type Candidate = Entry & { readonly text: (side: 'request' | 'response' | 'messages') => string | undefined }

const utf8 = new TextDecoder()

/** Messages searched for a word: the newest of a long WebSocket are read by the scan in the reader thread. */
const searchedMessages = 1000

function messagesText(store: Store, { exchange }: Entry): string | undefined {
  if (exchange.messageCount === 0) return undefined
  const { messages } = store.messages(exchange.id, 0, searchedMessages)
  return messages.flatMap((message) => (message.opcode === 'text' ? message.data : [])).join('\n')
}

export function createFiles(
  store: Store,
  recorder: Recorder,
  _settings: DeskSettings,
  _hash: (octets: Uint8Array | string) => string,
  _changed: (rows: readonly Row[]) => void,
): Files {
  return {
    candidate: (entry) => ({
      ...entry,
      text(side) {
        if (side === 'messages') return messagesText(store, entry)
        const octets = recorder.decoded(
          side === 'request' ? entry.exchange.request.content : responseOf(entry.exchange)?.content,
        )
        return octets && utf8.decode(octets)
      },
    }),
    async importFile() {
      throw problem(501, 'Not there', 'import')
    },
    exportPieces() {
      throw problem(501, 'Not there', 'export')
    },
  }
}
