// What a message shows of itself: a WebSocket's text or octets, or the name, id and data of a stream's event.
import type { Exchange } from '../../exchange/exchange.ts'
import type { SocketMessage } from '../../exchange/socket-message.ts'
import { closeText } from '../../http/close-code.ts'
import { readEventStream } from '../../http/event-stream.ts'
import { maskText } from '../viewers/secret-ranges.ts'

export type MessageView = { readonly text: string; readonly name?: string; readonly notes: readonly string[] }

function eventView({ data }: SocketMessage, hide: boolean): MessageView {
  const event = readEventStream(data)[0]
  if (!event) return { text: hide ? maskText(data) : data, notes: [] }
  const { id, retry } = event
  // A block without data does nothing in a browser but may name or number: its lines tell what it is.
  const text = /^data\b/m.test(event.text) ? event.data : event.text
  return {
    text: hide ? maskText(text) : text,
    ...(event.type === 'message' ? {} : { name: hide ? maskText(event.type) : event.type }),
    notes: [
      ...(id === undefined ? [] : [`id ${hide ? maskText(id) : id}`]),
      ...(retry === undefined ? [] : [`retry after ${retry} ms`]),
    ],
  }
}

function messageView(kind: Exchange['kind'], message: SocketMessage, hide: boolean): MessageView {
  if (message.opcode === 'text' && kind === 'http') return eventView(message, hide)
  if (message.opcode === 'text') return { text: hide ? maskText(message.data) : message.data, notes: [] }
  if (message.opcode === 'close') return { text: hide ? maskText(closeText(message)) : closeText(message), notes: [] }
  const octets = atob(message.data.slice(0, 64))
  const hex = [...octets].map((char) => char.charCodeAt(0).toString(16).padStart(2, '0')).join(' ')
  return { text: message.opcode === 'binary' ? hex : `${message.opcode} ${hex}`, notes: [] }
}

/** What each message shows, worked out once: filtering reads thousands of them at every key. */
const views = { hidden: new WeakMap<SocketMessage, MessageView>(), plain: new WeakMap<SocketMessage, MessageView>() }

export function viewOf(kind: Exchange['kind'], message: SocketMessage, hide: boolean): MessageView {
  const known = hide ? views.hidden : views.plain
  const view = known.get(message) ?? messageView(kind, message, hide)
  known.set(message, view)
  return view
}
