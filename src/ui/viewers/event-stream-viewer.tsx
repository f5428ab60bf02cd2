// A finished event stream, one event a row; a running one is shown live under Events.
import { useMemo } from 'preact/hooks'
import { readEventStream } from '../../http/event-stream.ts'
import { wholeText } from './material.ts'
import { maskText } from './secret-ranges.ts'
import { useFound } from './use-found.ts'
import type { Viewer, ViewProps } from './viewer.ts'

/** Events beyond this many are left to the raw view. */
const most = 2000
/** Characters shown of one event; the raw view has all of them. */
const longest = 4000

function EventStream({ material, masked, search }: ViewProps) {
  const events = useMemo(() => {
    const text = wholeText(material)
    return readEventStream(masked ? maskText(text, material.echoes) : text)
  }, [material.bytes, masked])
  const query = search.query.value.toLowerCase()
  const shown =
    query === '' ? events : events.filter((event) => `${event.type} ${event.data}`.toLowerCase().includes(query))
  useFound(search, query === '' ? 0 : shown.length)
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
          {shown.slice(0, most).map((event, i) => (
            <tr key={i}>
              <th scope="row">
                {event.comment !== undefined && event.data === '' ? <span class="qq">comment</span> : event.type}
                {event.id === undefined ? null : <span class="plain">id {event.id}</span>}
                {event.retry === undefined ? null : <span class="plain">retry after {event.retry} ms</span>}
                {event.unfinished ? <span class="plain">cut off: a browser drops it</span> : null}
              </th>
              <td>{event.data.slice(0, longest) || <span class="qq">{event.comment ?? ''}</span>}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {shown.length > most ? <p class="crumb q">{shown.length - most} more events: see Raw</p> : null}
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
