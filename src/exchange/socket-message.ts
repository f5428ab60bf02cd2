// A WebSocket message, or an event of a stream, as the store keeps it and the page shows it.
import type { ExchangeId } from './exchange.ts'

/** Events of one stream that are kept one by one; its content is kept beside them, by its own limit. */
export const mostStreamEvents = 10_000

/**
 * `seq` counts from 0 within its exchange; `data` is text for text messages, base64 for all others. An event of a stream is a
 * text message from the server: the lines of its block as they came, `event:` and `id:` among them.
 */
export type SocketMessage = {
  readonly exchangeId: ExchangeId
  readonly seq: number
  readonly from: 'client' | 'server'
  /** ms since the exchange began. */
  readonly at: number
  readonly opcode: 'text' | 'binary' | 'ping' | 'pong' | 'close'
  readonly size: number
  readonly data: string
  readonly truncated: boolean
  readonly compressed: boolean
  readonly code?: number
}
