// A finished event stream, one event a row; a running one is shown live under Events.
import { tableView } from './table-view.tsx'
import type { Viewer } from './viewer.ts'

export const eventStreamViewer: Viewer = {
  id: 'events',
  label: 'Events',
  searchable: true,
  suits: ({ mimeType, bytes }) => (bytes.length > 0 && mimeType === 'text/event-stream' ? 85 : 0),
  View: tableView('events', { label: 'Events', called: 'events', head: ['Event', 'Data'] }),
}
