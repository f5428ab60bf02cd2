// A finished event stream, one event a row; a running one is shown live under Events.
import { useMemo, useState } from 'preact/hooks'
import { readEventStream } from '../../http/event-stream.ts'
import { plural } from '../units.ts'
import { Marked, useTextHits } from './marked-texts.tsx'
import { wholeText } from './material.ts'
import { maskText } from './secret-ranges.ts'
import type { Viewer, ViewProps } from './viewer.ts'

/** Events drawn at a time. */
const step = 200
/** Events beyond this many are left to the raw view. */
const most = 20_000
/** Characters shown of one event; the raw view has all of them. */
const longest = 4000

function EventStream({ material, masked, search }: ViewProps) {
  const { events, texts } = useMemo(() => {
    const text = wholeText(material)
    const all = readEventStream(masked ? maskText(text, material.echoes) : text)
    const shown = all.slice(0, most).flatMap(({ type, data, comment }) => {
      return [comment !== undefined && data === '' ? 'comment' : type, (data || comment || '').slice(0, longest)]
    })
    return { events: all, texts: shown }
  }, [material.bytes, masked])
  const { hitsOf, current } = useTextHits(search, texts)
  const [asked, setAsked] = useState(step)
  // The hit looked at is drawn however far down it stands.
  const drawn = Math.min(Math.max(asked, Math.ceil((current / 2 + 1) / step) * step), events.length, most)
  return (
    <div class="viewer scrolls">
      <table class="pairs events" aria-label="Events">
        <thead>
          <tr>
            <th scope="col">Event</th>
            <th scope="col">Data</th>
          </tr>
        </thead>
        <tbody>
          {events.slice(0, drawn).map((event, i) => (
            <tr key={i}>
              <th scope="row">
                <Marked text={texts[i * 2] ?? ''} hits={hitsOf(i * 2)} />
                {event.id === undefined ? null : <span class="plain">id {event.id}</span>}
                {event.retry === undefined ? null : <span class="plain">retry after {event.retry} ms</span>}
                {event.unfinished ? <span class="plain">cut off: a browser drops it</span> : null}
              </th>
              <td class={event.data === '' ? 'qq' : undefined}>
                <Marked text={texts[i * 2 + 1] ?? ''} hits={hitsOf(i * 2 + 1)} />
                {event.data.length > longest ? (
                  <span class="plain">The first {longest} characters: Raw has all of it</span>
                ) : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {events.length > drawn ? (
        <p class="crumb q">
          {plural(drawn, 'event')} of {events.length}
          {drawn < most ? (
            <button type="button" class="btn" onClick={() => setAsked(drawn + step)}>
              Show {Math.min(step, events.length - drawn)} more
            </button>
          ) : (
            '; Raw has all of them'
          )}
        </p>
      ) : null}
    </div>
  )
}

export const eventStreamViewer: Viewer = {
  id: 'events',
  label: 'Events',
  searchable: true,
  suits: ({ mimeType, bytes }) => (bytes.length > 0 && mimeType === 'text/event-stream' ? 85 : 0),
  View: EventStream,
}
