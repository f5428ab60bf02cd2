// The messages of a WebSocket or event stream: read in pages, then live, filtered by words or direction.
import { signal } from '@preact/signals'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { SocketMessage } from '../../exchange/socket-message.ts'
import { copy } from '../actions.ts'
import { call } from '../connection.ts'
import { Icon } from '../icons.tsx'
import { onSocketMessages, watchedExchange } from '../live-messages.ts'
import { masked } from '../model.ts'
import { formatDuration, formatSize, plural } from '../units.ts'
import { CodeView } from '../viewers/code-view.tsx'
import { layOut } from '../viewers/prepare-listing.ts'
import { maskText } from '../viewers/secret-ranges.ts'
import type { Detail } from './detail-state.ts'

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
        from += messages.length
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

function shownText(message: SocketMessage, hide: boolean): string {
  if (message.opcode === 'text') return hide ? maskText(message.data) : message.data
  if (message.opcode === 'close') return `close ${message.code ?? ''} ${atob(message.data).slice(2)}`
  const octets = atob(message.data.slice(0, 64))
  const hex = [...octets].map((char) => char.charCodeAt(0).toString(16).padStart(2, '0')).join(' ')
  return message.opcode === 'binary' ? hex : `${message.opcode} ${hex}`
}

function MessageContent({ message, onClose }: { message: SocketMessage; onClose: () => void }) {
  const text = shownText(message, masked.value)
  const listing = useMemo(() => layOut(text, /^\s*[{[]/.test(text) ? 'json' : 'lines'), [text])
  const readable = listing.problem ? layOut(text, 'lines') : listing
  return (
    <section class="message-content" aria-label="Message">
      <div class="sect">
        <h4>Message {message.seq + 1}</h4>
        <span class="c">
          {message.opcode}, {formatSize(message.size)}
          {message.compressed ? ', compressed' : ''}
          {message.truncated ? ', only the first part kept' : ''}
        </span>
        <span class="grow" />
        <button type="button" class="btn icon" aria-label="Copy message" onClick={() => copy(text, 'the message')}>
          <Icon name="copy" />
        </button>
        <button type="button" class="btn icon" aria-label="Close message" onClick={onClose}>
          <Icon name="x" />
        </button>
      </div>
      <CodeView
        listing={readable}
        language={readable === listing ? 'json' : 'none'}
        label="Message"
        tree={readable === listing && listing.count > 1}
      />
    </section>
  )
}

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
  const wanted = words.toLowerCase()
  const shown = messages.filter(
    (message) =>
      (direction === 'all' || message.from === direction) &&
      (wanted === '' || shownText(message, hide).toLowerCase().includes(wanted)),
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
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would add a frame and a legend */}
        <div class="seg" role="group" aria-label="Direction">
          {(['all', 'client', 'server'] as const).map((each) => (
            <button key={each} type="button" aria-pressed={direction === each} onClick={() => setDirection(each)}>
              {each === 'all' ? 'All' : each === 'client' ? 'Sent' : 'Received'}
            </button>
          ))}
        </div>
        <label class="field find">
          <Icon name="search" small />
          <input
            type="text"
            aria-label="Filter messages"
            placeholder="Filter messages"
            value={words}
            onInput={(event) => setWords(event.currentTarget.value)}
          />
        </label>
        <span class="q hits" role="status">
          {shown.length === messages.length
            ? plural(total, 'message')
            : `${shown.length} of ${plural(total, 'message')}`}
        </span>
      </div>
      {messages.length < total ? <p class="content-note">The first {total - messages.length} are not shown</p> : null}
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
          aria-label="Messages"
        >
          {shown.slice(first, last).map((message) => (
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
                <span class="cut grow">{shownText(message, hide).slice(0, 400)}</span>
                <span class="q">{formatSize(message.size)}</span>
                <span class="qq">{formatDuration(message.at)}</span>
              </button>
            </li>
          ))}
        </ol>
      </div>
      {shown.length === 0 ? (
        <p class="content-empty">{messages.length === 0 ? 'No message yet' : 'No message matches'}</p>
      ) : null}
      {opened ? <MessageContent message={opened} onClose={() => setOpen(undefined)} /> : null}
    </div>
  )
}
