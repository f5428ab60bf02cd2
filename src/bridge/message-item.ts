// A message of a WebSocket as one list: structured clone would write the name of every field with each of them.
import type { ExchangeEvent, RawSocketMessage } from '../exchange/event.ts'
import type { ExchangeId } from '../exchange/exchange.ts'

type MessageEvent = Extract<ExchangeEvent, { type: 'message' }>

export type MessageItem = readonly [
  id: ExchangeId,
  from: RawSocketMessage['from'],
  at: number,
  opcode: RawSocketMessage['opcode'],
  size: number,
  data: Uint8Array,
  truncated: boolean,
  compressed: boolean,
  code: number | undefined,
]
const items = 9

/** Of the lists in a batch, the only ones of this length. */
export const isMessageItem = (item: object): item is MessageItem => Array.isArray(item) && item.length === items

export function messageItem({ id, message }: MessageEvent): MessageItem {
  const { from, at, opcode, size, data, truncated, compressed, code } = message
  return [id, from, at, opcode, size, data, truncated, compressed, code]
}

export function messageEvent([
  id,
  from,
  at,
  opcode,
  size,
  data,
  truncated,
  compressed,
  code,
]: MessageItem): MessageEvent {
  const message = { from, at, opcode, size, data, truncated, compressed }
  return { type: 'message', id, message: code === undefined ? message : { ...message, code } }
}
