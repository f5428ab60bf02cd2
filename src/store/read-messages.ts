// Reads WebSocket messages and stream events of one exchange, a window at a time.
import type { SocketMessage } from '../exchange/socket-message.ts'
import type { Database } from './database.ts'

const opcodes = ['text', 'binary', 'ping', 'pong', 'close'] as const

/** `total`: as many as there were; the oldest of them may have made room. */
export function readMessages(
  db: Database,
  id: string,
  from: number,
  limit: number,
): { readonly messages: readonly SocketMessage[]; readonly total: number } {
  const exchange = db.get('SELECT n FROM exchanges WHERE id = ?', id)
  if (exchange === undefined) return { messages: [], total: 0 }
  const n = Number(exchange.n)
  const messages = readPage(db, id, n, from, limit)
  return { messages, total: db.number('SELECT max(seq) + 1 FROM messages WHERE n = ?', n) }
}

/** All of them, read by and by each time they are gone through. */
export function everyMessage(db: Database, id: string, page = 1000): Iterable<SocketMessage> {
  return {
    *[Symbol.iterator]() {
      for (let from = 0; ; ) {
        const exchange = db.get('SELECT n FROM exchanges WHERE id = ?', id)
        if (exchange === undefined) return
        const found = readPage(db, id, Number(exchange.n), from, page)
        yield* found
        const last = found.at(-1)
        if (last === undefined || found.length < page) return
        from = last.seq + 1
      }
    },
  }
}

/** `n`: the number of the exchange; `from`: of the first message. */
export function readPage(db: Database, id: string, n: number, from: number, limit: number): SocketMessage[] {
  const found = db.all('SELECT * FROM messages WHERE n = ? AND seq >= ? ORDER BY seq LIMIT ?', n, from, limit)
  return found.map(
    (one): SocketMessage => ({
      exchangeId: id,
      seq: Number(one.seq),
      from: one.sender === 'client' ? 'client' : 'server',
      at: Number(one.at),
      opcode: opcodes.find((opcode) => opcode === one.opcode) ?? 'binary',
      size: Number(one.size),
      data: String(one.data),
      truncated: one.truncated !== 0,
      compressed: one.compressed !== 0,
      ...(one.code === null ? {} : { code: Number(one.code) }),
    }),
  )
}
