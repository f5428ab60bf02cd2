// Rows of captures as lines of a table: as wide as the terminal when there is one, unshortened in a pipe.
import type { Row } from '../api/row.ts'
import { columnsOf, fitTo, type Paint, safeLine } from './terminal-text.ts'

/** Octets for people, powers of 1024. */
export function shownSize(octets: number): string {
  if (octets < 1024) return `${octets} B`
  const power = Math.min(Math.floor(Math.log(octets) / Math.log(1024)), 4)
  const value = octets / 1024 ** power
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${'kMGT'.charAt(power - 1)}B`
}

export function shownDuration(ms: number | null): string {
  if (ms === null) return '…'
  if (ms < 1000) return `${Math.round(ms)} ms`
  return ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 60_000)} min`
}

/** Local time of day; the date too where it is not today. */
export function shownTime(iso: string, now: number): string {
  const date = new Date(iso)
  const two = (value: number) => String(value).padStart(2, '0')
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
  const sameDay = new Date(now).toDateString() === date.toDateString()
  return sameDay ? time : `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${time}`
}

function statusOf(row: Row): string {
  if (row.outcome === 'failed') return row.failure ?? 'failed'
  return row.status > 0 ? String(row.status) : row.outcome
}

function statusStyle(row: Row): Parameters<Paint>[0] {
  if (row.outcome === 'failed' || row.status >= 500) return 'red'
  if (row.status >= 400) return 'yellow'
  return row.status >= 300 ? 'cyan' : 'green'
}

const levels = { error: ['✖', 'red'], warning: ['▲', 'yellow'], note: ['●', 'blue'] } as const

/** The most a column takes; the first of `dispensable` go first where the terminal is narrow. */
const most = { time: 19, method: 8, status: 16, url: 200, type: 16, size: 8, duration: 8, cause: 28 } as const
type Column = keyof typeof most
const dispensable: readonly Column[] = ['type', 'size', 'duration', 'time']
/** In a pipe longer URLs push the rest aside: all others would be followed by nothing but spaces in `less`. */
const pipedUrl = 80
/** The URL keeps so many columns while there is something to leave out. */
const leastUrl = 24
/** What gives way next, one after the other, and how much it keeps. */
const squeezed: readonly (readonly [Column, number])[] = [
  ['url', leastUrl],
  ['cause', 12],
  ['url', 16],
  ['status', 6],
  ['method', 4],
  ['cause', 0],
  ['url', 8],
]

function cellsOf(row: Row, now: number): Readonly<Record<Column, string>> {
  return {
    time: shownTime(row.startedDateTime, now),
    method: safeLine(row.method),
    status: safeLine(statusOf(row)),
    url: safeLine(row.host + row.path),
    type: safeLine(row.mimeType.replace(/^application\//, '')),
    size: shownSize(row.responseSize),
    duration: row.duration === null && row.outcome === 'complete' ? '–' : shownDuration(row.duration),
    // The worst finding in words: its mark says the level without colour.
    cause: row.primary ? `${levels[row.primary.level][0]} ${safeLine(row.primary.brief)}` : '',
  }
}

/**
 * `width`: columns of the terminal; undefined where lines may be as long as they are. Columns are as wide as the widest so
 * far, so that rows that come later stand under those before.
 */
export function createTable(paint: Paint, width?: number): (rows: readonly Row[], now: number) => string[] {
  const widest: Record<Column, number> = {
    time: 0,
    method: 0,
    status: 0,
    url: 0,
    type: 0,
    size: 0,
    duration: 0,
    cause: 0,
  }

  /** Columns of each, 0 where it is left out. */
  function layout(): Readonly<Record<Column, number>> {
    if (width === undefined) return { ...widest, url: Math.min(widest.url, pipedUrl) }
    const columns = { ...widest }
    const over = () => 16 - width + Object.values(columns).reduce((sum, one) => sum + (one === 0 ? 0 : one + 2), 0)
    for (const name of dispensable) if (over() > Math.max(0, columns.url - leastUrl)) columns[name] = 0
    for (const [name, least] of squeezed)
      columns[name] = Math.max(Math.min(least, columns[name]), columns[name] - Math.max(0, over()))
    return columns
  }

  return (rows, now) => {
    const lines = rows.map((row) => ({ row, cells: cellsOf(row, now) }))
    for (const { cells } of lines)
      for (const [name, limit] of Object.entries(most) as [Column, number][])
        widest[name] = Math.max(widest[name], Math.min(limit, columnsOf(cells[name])))
    const columns = layout()
    return lines.map(({ row, cells }) => {
      const shown = (name: Column) => fitTo(cells[name], columns[name])
      // In a pipe a URL is whole, however long.
      const url = width === undefined && columnsOf(cells.url) > columns.url ? cells.url : shown('url')
      const right = (name: Column) => `${' '.repeat(columns[name])}${cells[name]}`.slice(-columns[name])
      const styled: readonly [Column, string][] = [
        ['time', paint('dim', shown('time'))],
        ['method', shown('method')],
        ['status', paint(statusStyle(row), shown('status'))],
        ['url', url],
        ['type', shown('type')],
        ['size', right('size')],
        ['duration', right('duration')],
        [
          'cause',
          row.primary
            ? shown('cause').replace(/^\S/, (mark) => paint(levels[row.primary?.level ?? 'note'][1], mark))
            : '',
        ],
      ]
      const present = styled.filter(([name]) => columns[name] > 0).map(([, text]) => text)
      return [paint('dim', row.id), ...present].join('  ').trimEnd()
    })
  }
}
