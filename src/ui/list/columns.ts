// The columns of the exchange grid, as data: one entry is all it takes to add one.
import type { SortKey } from '../../api/contract.ts'
import type { Row } from '../../api/row.ts'
import { formatDuration, formatMoment, formatSize, formatTime } from '../units.ts'
import { durationBar, waterfall } from './bars.ts'
import { child, classOf, type Shared, textOf, titleOf } from './cell.ts'
import { findingCell, pathCell } from './marked-cells.ts'

export type Column = {
  readonly id: string
  readonly title: string
  /** px; `minimum` also bounds dragging. The path has no width: it takes what is left. */
  readonly width: number
  readonly minimum: number
  readonly sort?: SortKey
  readonly numeric?: boolean
  /** Shown until the user chooses. */
  readonly standard: boolean
  /** Builds the cell once and answers what paints a row into it. */
  readonly build: (cell: HTMLElement) => (row: Row, shared: Shared) => void
  /** The cell in words, for fitting the width and for Copy. */
  readonly text: (row: Row) => string
}

const safe = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'CONNECT'])

const typeNames: readonly (readonly [RegExp, string])[] = [
  [/event-stream/, 'events'],
  [/grpc/, 'grpc'],
  [/json/, 'json'],
  [/html/, 'html'],
  [/xml/, 'xml'],
  [/javascript|ecmascript/, 'js'],
  [/^text\/css/, 'css'],
  [/form-urlencoded/, 'form'],
  [/^multipart\//, 'parts'],
  [/^image\//, 'image'],
  [/^font\/|font-/, 'font'],
  [/^(audio|video)\//, 'media'],
  [/^text\//, 'text'],
  [/octet-stream/, 'binary'],
  [/protobuf/, 'proto'],
]
/** A media type in a word. */
export function typeName(row: Row): string {
  if (row.kind !== 'http') return row.kind === 'websocket' ? 'socket' : 'tunnel'
  if (row.mimeType === '') return ''
  return typeNames.find(([pattern]) => pattern.test(row.mimeType))?.[1] ?? row.mimeType.split('/')[1] ?? ''
}

export function statusText(row: Row): string {
  if (row.outcome === 'failed' && row.status === 0) return 'failed'
  if (row.outcome === 'held') return 'held'
  return row.status === 0 ? '…' : String(row.status)
}

function plain(text: (row: Row) => string, title: (row: Row) => string = text) {
  return (cell: HTMLElement) => {
    const setText = textOf(cell)
    const setTitle = titleOf(cell)
    return (row: Row) => {
      setText(text(row))
      setTitle(title(row))
    }
  }
}

const time: Column['text'] = (row) => formatTime(row.startedDateTime)
const size: Column['text'] = (row) => (row.status === 0 ? '' : formatSize(row.responseSize))

export const columns: readonly Column[] = [
  {
    id: 'time',
    title: 'Time',
    width: 64,
    minimum: 56,
    sort: 'time',
    standard: true,
    build: plain(time, (row) => formatMoment(row.startedDateTime)),
    text: time,
  },
  {
    id: 'method',
    title: 'Method',
    width: 62,
    minimum: 44,
    sort: 'method',
    standard: true,
    build: (cell) => {
      const paint = plain((row) => row.method)(cell)
      const setClass = classOf(cell)
      return (row) => {
        paint(row)
        setClass(safe.has(row.method) ? 'c-method' : 'c-method changing')
      }
    },
    text: (row) => row.method,
  },
  {
    id: 'host',
    title: 'Host',
    width: 118,
    minimum: 60,
    sort: 'host',
    standard: true,
    build: plain((row) => row.host),
    text: (row) => row.host,
  },
  {
    id: 'path',
    title: 'Path',
    width: 72,
    minimum: 72,
    sort: 'path',
    standard: true,
    build: pathCell,
    text: (row) => row.path,
  },
  {
    id: 'status',
    title: 'Status',
    width: 48,
    minimum: 44,
    sort: 'status',
    standard: true,
    build: (cell) => {
      const setText = textOf(cell)
      const setTitle = titleOf(cell)
      const setClass = classOf(cell)
      return (row) => {
        setText(statusText(row))
        setTitle(row.failure ?? `${row.status || ''} ${row.statusText}`.trim())
        setClass(row.status >= 400 || row.outcome === 'failed' ? 'c-status bad' : 'c-status')
      }
    },
    text: statusText,
  },
  {
    id: 'type',
    title: 'Type',
    width: 50,
    minimum: 40,
    sort: 'type',
    standard: true,
    build: plain(typeName, (row) => row.mimeType || row.kind),
    text: typeName,
  },
  {
    id: 'size',
    title: 'Size',
    width: 56,
    minimum: 48,
    sort: 'size',
    numeric: true,
    standard: true,
    build: plain(size, (row) => `${formatSize(row.requestSize)} sent, ${formatSize(row.responseSize)} received`),
    text: size,
  },
  {
    id: 'duration',
    title: 'Duration',
    width: 92,
    minimum: 60,
    sort: 'duration',
    standard: true,
    build: (cell) => {
      const setText = textOf(child(cell, 'number'))
      const paintBar = durationBar(cell)
      return (row) => {
        setText(row.duration === null ? '' : formatDuration(row.duration))
        paintBar(row)
      }
    },
    text: (row) => (row.duration === null ? '' : formatDuration(row.duration)),
  },
  {
    id: 'finding',
    title: 'Finding',
    width: 184,
    minimum: 80,
    standard: true,
    build: findingCell,
    text: (row) => row.primary?.brief ?? '',
  },
  {
    id: 'waterfall',
    title: 'Waterfall',
    width: 160,
    minimum: 80,
    standard: false,
    build: waterfall,
    text: () => '',
  },
  {
    id: 'client',
    title: 'Client',
    width: 110,
    minimum: 60,
    standard: false,
    build: plain((row) => row.client),
    text: (row) => row.client,
  },
  {
    id: 'session',
    title: 'Session',
    width: 110,
    minimum: 60,
    standard: false,
    build: plain((row) => sessionNames.get(row.sessionId) ?? row.sessionId),
    text: (row) => sessionNames.get(row.sessionId) ?? row.sessionId,
  },
]

/** Names of sessions by id, as the session menu read them. */
export const sessionNames = new Map<string, string>()
