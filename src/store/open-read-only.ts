// Opens captures.db beside the desk that writes it: a connection of its own, for a thread that reads for a long time.
import { join } from 'node:path'
import type { ExchangeId } from '../exchange/exchange.ts'
import type { SocketMessage } from '../exchange/socket-message.ts'
import { createAnswers } from './answer-queries.ts'
import { Database } from './database.ts'
import { readEntry } from './read-entry.ts'
import { everyMessage } from './read-messages.ts'
import { type SessionRow, sessionRows } from './session-rows.ts'
import type { Store } from './store.ts'
import { contentOctets } from './stored-content.ts'

export type ReadOnlyStore = Pick<Store, 'ids' | 'entry' | 'content' | 'close'> & {
  /** All of an exchange, read by and by each time they are gone through. */
  everyMessage(id: ExchangeId, page?: number): Iterable<SocketMessage>
  sessionRows(sessionId: string): Iterable<SessionRow>
  /** What `work` reads belongs together, whatever is written or removed meanwhile. Keep it short: it holds the log. Ends the connection if it throws. */
  together<T>(work: () => T): T
}

export function openReadOnly(dataDir: string): ReadOnlyStore {
  const db = new Database(join(dataDir, 'captures.db'), { readOnly: true })
  const { ids } = createAnswers(() => db)
  return {
    ids,
    entry: (id) => readEntry(db, id),
    content: (digest) => contentOctets(db, digest),
    sessionRows: (sessionId) => sessionRows(db, sessionId),
    everyMessage: (id, page) => everyMessage(db, id, page),
    together(work) {
      db.exec('BEGIN')
      try {
        const result = work()
        db.exec('COMMIT')
        return result
      } catch (error) {
        // It would hold the log for as long as it is open.
        db.close()
        throw error
      }
    },
    close: () => db.close(),
  }
}
