// Rows of captures as lines of a table: as wide as the terminal when there is one, unshortened in a pipe.
import type { Row } from '../api/row.ts'
import { type Paint, safeLine } from './terminal-text.ts'

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

const cut = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`

function statusOf(row: Row): string {
  if (row.outcome === 'failed') return row.failure ?? 'failed'
  return row.status > 0 ? String(row.status) : row.outcome
}

function statusStyle(row: Row): Parameters<Paint>[0] {
  if (row.outcome === 'failed' || row.status >= 500) return 'red'
  if (row.status >= 400) return 'yellow'
  return row.status >= 300 ? 'cyan' : 'green'
}

/** The worst finding in words: its mark says the level without colour. */
function causeOf(row: Row, paint: Paint): string {
  if (!row.primary) return ''
  const [mark, style] =
    row.primary.level === 'error'
      ? (['✖', 'red'] as const)
      : row.primary.level === 'warning'
        ? (['▲', 'yellow'] as const)
        : (['●', 'blue'] as const)
  return `${paint(style, mark)} ${safeLine(row.primary.brief)}`
}

/** `width`: columns of the terminal; undefined where lines may be as long as they are. */
export function tableLines(rows: readonly Row[], paint: Paint, now: number, width?: number): string[] {
  const cells = rows.map((row) => ({
    id: row.id,
    time: shownTime(row.startedDateTime, now),
    method: safeLine(row.method),
    status: safeLine(statusOf(row)),
    url: safeLine(row.host + row.path),
    type: safeLine(row.mimeType.replace(/^application\//, '')),
    size: shownSize(row.responseSize),
    duration: row.duration === null && row.outcome === 'complete' ? '–' : shownDuration(row.duration),
  }))
  const widest = (name: keyof (typeof cells)[number], most: number) =>
    Math.min(most, Math.max(0, ...cells.map((cell) => cell[name].length)))
  const columns = {
    time: widest('time', 19),
    method: widest('method', 8),
    status: widest('status', 16),
    type: widest('type', 16),
    size: widest('size', 8),
    duration: widest('duration', 8),
  }
  const fixed = 16 + Object.values(columns).reduce((sum, column) => sum + column + 2, 0)
  const briefs = Math.max(0, ...rows.map((row) => (row.primary ? row.primary.brief.length + 4 : 0)))
  const room =
    width === undefined ? widest('url', 200) : Math.max(20, Math.min(widest('url', 200), width - fixed - briefs - 2))
  return rows.map((row, index) => {
    const cell = cells[index]
    if (!cell) return ''
    const pad = (text: string, column: number) => cut(text, column).padEnd(column)
    return [
      paint('dim', cell.id),
      paint('dim', pad(cell.time, columns.time)),
      pad(cell.method, columns.method),
      paint(statusStyle(row), pad(cell.status, columns.status)),
      width === undefined ? cell.url.padEnd(room) : pad(cell.url, room),
      pad(cell.type, columns.type),
      cell.size.padStart(columns.size),
      cell.duration.padStart(columns.duration),
      causeOf(row, paint),
    ]
      .join('  ')
      .trimEnd()
  })
}
