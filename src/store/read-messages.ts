// Reads WebSocket messages and stream events of one exchange, a window at a time.
import type { SocketMessage } from '../exchange/socket-message.ts'
import type { Database } from './database.ts'

const opcodes = ['text', 'binary', 'ping', 'pong', 'close'] as const

export function readMessages(
  db: Database,
  id: string,
  from: number,
  limit: number,
): { readonly messages: readonly SocketMessage[]; readonly total: number } {
  const exchange = db.get('SELECT n FROM exchanges WHERE id = ?', id)
  if (exchange === undefined) return { messages: [], total: 0 }
  const n = Number(exchange.n)
  const found = db.all('SELECT * FROM messages WHERE n = ? AND seq >= ? ORDER BY seq LIMIT ?', n, from, limit)
  const messages = found.map(
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
  return { messages, total: db.number('SELECT count(*) FROM messages WHERE n = ?', n) }
}
