// The messages of a WebSocket or event stream: read in pages, then live, filtered by words or direction.
import { signal } from '@preact/signals'
import { useEffect, useRef, useState } from 'preact/hooks'
import { mostStreamEvents, type SocketMessage } from '../../exchange/socket-message.ts'
import { call } from '../connection.ts'
import { Icon } from '../icons.tsx'
import { onSocketMessages, watchedExchange } from '../live-messages.ts'
import { masked } from '../model.ts'
import { formatCount, formatDuration, formatSize, plural } from '../units.ts'
import type { Detail } from './detail-state.ts'
import { MessageContent } from './message-content.tsx'
import { type MessageView, viewOf } from './message-view.ts'

const page = 500
/** Messages held on the page; older ones make room and are said to be missing. */
const most = 5000
const rowHeight = 24
const spare = 8

type Held = { readonly messages: readonly SocketMessage[]; readonly total: number }
type Direction = 'all' | 'client' | 'server'

/** Puts new messages behind those held, each once, in order. */
function joined(held: readonly SocketMessage[], more: readonly SocketMessage[]): readonly SocketMessage[] {
  const last = held.at(-1)?.seq ?? -1
  const fresh = more.filter(({ seq }) => seq > last)
  return fresh.length === 0 ? held : [...held, ...fresh].slice(-most)
}

function useMessages(id: string, count: number): Held {
  const [state] = useState(() => signal<Held>({ messages: [], total: 0 }))
  useEffect(() => {
    let wanted = true
    state.value = { messages: [], total: 0 }
    const add = (messages: readonly SocketMessage[], total = 0) => {
      const all = joined(state.peek().messages, messages)
      state.value = { messages: all, total: Math.max(total, state.peek().total, (all.at(-1)?.seq ?? -1) + 1) }
    }
    const read = async () => {
      // Only the last ones where there are very many.
      let from = Math.max(0, count - most)
      for (;;) {
        const { messages, total } = await call('GET /api/exchanges/:id/messages', {
          params: { id },
          query: { from, limit: page },
        })
        if (!wanted) return
        add(messages, total)
        from = (messages.at(-1)?.seq ?? from) + 1
        if (messages.length < page || from >= total) return
      }
    }
    watchedExchange.value = id
    const stop = onSocketMessages((messages) => add(messages))
    read().catch(() => {})
    return () => {
      wanted = false
      stop()
      if (watchedExchange.peek() === id) watchedExchange.value = undefined
    }
  }, [id])
  return state.value
}

const saysOf = ({ name = '', text, notes }: MessageView) => `${name} ${text} ${notes.join(' ')}`.toLowerCase()

export function MessagesTab({ exchange }: Detail) {
  const { messages, total } = useMessages(exchange.id, exchange.messageCount)
  const [words, setWords] = useState('')
  const [direction, setDirection] = useState<Direction>('all')
  const [open, setOpen] = useState<number | undefined>(undefined)
  const [top, setTop] = useState(0)
  const [height, setHeight] = useState(400)
  const box = useRef<HTMLDivElement>(null)
  const atEnd = useRef(true)
  const hide = masked.value
  const { kind } = exchange
  /** A stream has one direction, and events in place of messages. */
  const both = kind !== 'http'
  const called = both ? 'message' : 'event'
  const wanted = words.toLowerCase()
  const shown = messages.filter(
    (message) =>
      (direction === 'all' || message.from === direction) &&
      (wanted === '' || saysOf(viewOf(kind, message, hide)).includes(wanted)),
  )
  useEffect(() => {
    const element = box.current
    if (!element) return
    setHeight(element.clientHeight)
    if (atEnd.current) element.scrollTop = element.scrollHeight
  }, [shown.length, open])
  const first = Math.max(0, Math.floor(top / rowHeight) - spare)
  const last = Math.min(shown.length, Math.ceil((top + height) / rowHeight) + spare)
  const opened = messages.find(({ seq }) => seq === open)
  return (
    <div class="msg messages">
      <div class="viewbar">
        {both ? (
          // biome-ignore lint/a11y/useSemanticElements: a fieldset would add a frame and a legend
          <div class="seg" role="group" aria-label="Direction">
            {(['all', 'client', 'server'] as const).map((each) => (
              <button key={each} type="button" aria-pressed={direction === each} onClick={() => setDirection(each)}>
                {each === 'all' ? 'All' : each === 'client' ? 'Sent' : 'Received'}
              </button>
            ))}
          </div>
        ) : null}
        <label class="field find">
          <Icon name="search" small />
          <input
            type="text"
            aria-label={`Filter ${called}s`}
            placeholder={`Filter ${called}s`}
            value={words}
            onInput={(event) => setWords(event.currentTarget.value)}
          />
        </label>
        <span class="q hits" role="status">
          {shown.length === messages.length ? plural(total, called) : `${shown.length} of ${plural(total, called)}`}
        </span>
      </div>
      {messages.length < total ? (
        <p class="content-note">
          The first {plural(total - messages.length, called)} {total - messages.length === 1 ? 'is' : 'are'} not shown
          here
        </p>
      ) : null}
      {kind === 'http' && total >= mostStreamEvents ? (
        <p class="content-note">
          Events after the first {formatCount(mostStreamEvents)} are not shown one by one. The content under Response
          has them, as far as it was kept.
        </p>
      ) : null}
      <div
        ref={box}
        class="message-list"
        onScroll={({ currentTarget: element }) => {
          setTop(element.scrollTop)
          atEnd.current = element.scrollTop + element.clientHeight >= element.scrollHeight - 4
        }}
      >
        <ol
          style={{ height: `${shown.length * rowHeight}px`, paddingTop: `${first * rowHeight}px` }}
          aria-label={both ? 'Messages' : 'Events'}
        >
          {shown.slice(first, last).map((message) => {
            const view = viewOf(kind, message, hide)
            return (
              <li key={message.seq}>
                <button
                  type="button"
                  aria-pressed={open === message.seq}
                  onClick={() => setOpen(open === message.seq ? undefined : message.seq)}
                >
                  <Icon
                    name={message.from === 'client' ? 'up' : 'down'}
                    small
                    label={message.from === 'client' ? 'sent' : 'received'}
                  />
                  {view.name === undefined ? null : <span class="q">{view.name.slice(0, 60)}</span>}
                  <span class="cut grow">{view.text.slice(0, 400)}</span>
                  {view.notes.map((note) => (
                    <span key={note} class="q">
                      {note.slice(0, 60)}
                    </span>
                  ))}
                  <span class="q">{formatSize(message.size)}</span>
                  <span class="qq">{formatDuration(message.at)}</span>
                </button>
              </li>
            )
          })}
        </ol>
      </div>
      {shown.length === 0 ? (
        <p class="content-empty">{messages.length === 0 ? `No ${called} yet` : `No ${called} matches`}</p>
      ) : null}
      {opened ? <MessageContent exchange={exchange} message={opened} onClose={() => setOpen(undefined)} /> : null}
    </div>
  )
}
