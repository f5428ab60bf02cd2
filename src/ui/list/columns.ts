// The columns of the exchange grid, as data: one entry is all it takes to add one.

import type { SortKey } from '../../api/contract.ts'
import type { Row } from '../../api/row.ts'
import { formatDuration, formatMoment, formatSize, formatTime } from '../units.ts'
import { visible } from '../visible.ts'
import { durationBar, phaseWords, waterfall } from './bars.ts'
import { child, classOf, type Shared, textOf } from './cell.ts'
import { findingCell, pathCell, pathTitle } from './marked-cells.ts'

export type Column = {
  readonly id: string
  readonly title: string
  /** px; `minimum` also bounds dragging. The path has no width: it takes what is left. */
  readonly width: number
  readonly minimum: number
  readonly sort: SortKey
  readonly numeric?: boolean
  /** Shown until the user chooses. */
  readonly standard: boolean
  /** Builds the cell once and answers what paints a row into it. */
  readonly build: (cell: HTMLElement) => (row: Row, shared: Shared) => void
  /** The cell in words, for fitting the width. */
  readonly text: (row: Row) => string
  /** The whole of it, shown when the pointer rests on the cell; the words where there is no more to say. */
  readonly tooltip?: (row: Row, masked: boolean) => string
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
function typeName(row: Row): string {
  if (row.kind !== 'http') return row.kind === 'websocket' ? 'socket' : 'tunnel'
  if (row.mimeType === '') return ''
  return typeNames.find(([pattern]) => pattern.test(row.mimeType))?.[1] ?? row.mimeType.split('/')[1] ?? ''
}

export function statusText(row: Row): string {
  if (row.outcome === 'failed' && row.status === 0) return 'failed'
  if (row.outcome === 'held') return 'held'
  return row.status === 0 ? '…' : String(row.status)
}

const plain = (text: (row: Row) => string) => (cell: HTMLElement) => {
  const setText = textOf(cell)
  return (row: Row) => setText(text(row))
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
    build: plain(time),
    text: time,
    tooltip: (row) => formatMoment(row.startedDateTime),
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
    tooltip: pathTitle,
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
      const setClass = classOf(cell)
      return (row) => {
        setText(statusText(row))
        setClass(row.status >= 400 || row.outcome === 'failed' ? 'c-status bad' : 'c-status')
      }
    },
    text: statusText,
    tooltip: (row) => row.failure ?? `${row.status || ''} ${row.statusText}`.trim(),
  },
  {
    id: 'type',
    title: 'Type',
    width: 50,
    minimum: 40,
    sort: 'type',
    standard: true,
    build: plain(typeName),
    text: typeName,
    tooltip: (row) => row.mimeType || row.kind,
  },
  {
    id: 'size',
    title: 'Size',
    width: 56,
    minimum: 48,
    sort: 'size',
    numeric: true,
    standard: true,
    build: plain(size),
    text: size,
    tooltip: (row) => `${formatSize(row.requestSize)} sent, ${formatSize(row.responseSize)} received`,
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
    tooltip: phaseWords,
  },
  {
    id: 'finding',
    title: 'Finding',
    width: 184,
    minimum: 80,
    sort: 'finding',
    standard: true,
    build: findingCell,
    text: (row) => visible(row.primary?.brief ?? ''),
    tooltip: (row) => visible(row.primary?.title ?? ''),
  },
  {
    id: 'waterfall',
    title: 'Waterfall',
    width: 160,
    minimum: 80,
    sort: 'time',
    standard: false,
    build: waterfall,
    text: () => '',
    tooltip: phaseWords,
  },
  {
    id: 'client',
    title: 'Client',
    width: 110,
    minimum: 60,
    sort: 'client',
    standard: false,
    build: plain((row) => row.client),
    text: (row) => row.client,
  },
  {
    id: 'session',
    title: 'Session',
    width: 110,
    minimum: 60,
    sort: 'session',
    standard: false,
    build: plain((row) => sessionNames.get(row.sessionId) ?? row.sessionId),
    text: (row) => sessionNames.get(row.sessionId) ?? row.sessionId,
  },
]

/** Names of sessions by id, as the session menu read them. */
export const sessionNames = new Map<string, string>()
