// Socket messages of the one exchange whose messages are on show, handed to whoever shows them.
import { signal } from '@preact/signals'
import type { LiveMessage } from '../api/live.ts'
import type { SocketMessage } from '../exchange/socket-message.ts'

/** Set by the Messages tab while it is open; the live connection then brings new messages of this exchange. */
export const watchedExchange = signal<string | undefined>(undefined)

type Listener = (messages: readonly SocketMessage[]) => void
const listeners = new Set<Listener>()

/** Calls back with new messages of the watched exchange; answers how to stop. */
export function onSocketMessages(listener: Listener): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function takeSocketMessages(message: Extract<LiveMessage, { type: 'messages' }>): void {
  if (message.exchangeId !== watchedExchange.peek()) return
  for (const listener of listeners) listener(message.messages)
}
