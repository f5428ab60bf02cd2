// Which columns fit the width there is, and how wide each one is; pure.
import type { Column } from './columns.ts'

export type Layout = {
  readonly shown: readonly Column[]
  /** The value of `grid-template-columns`. */
  readonly template: string
  /** Whether the bar beside the duration has room. */
  readonly bars: boolean
  /** What the path's cell has for its text, px. */
  readonly pathRoom: number
}

/** Columns given up as room shrinks, first one first. Time, method, path, status and finding never go. */
const spared = ['waterfall', 'session', 'client', 'type', 'size']
/** The path has enough at this width, px; what is left goes to these columns, up to these widths. */
const comfortablePath = 260
const generous: readonly (readonly [string, number])[] = [
  ['host', 240],
  ['finding', 280],
]
/** Left and right of a cell's text together, px. */
const cellPadding = 12
/** Width of the duration without its bar, px. */
const bareDuration = 60

export function layOut(
  wanted: readonly Column[],
  widths: Readonly<Record<string, number>>,
  room: number,
  oneHost: boolean,
): Layout {
  const widthOf = (column: Column, bars: boolean): number => {
    if (column.id === 'duration' && !bars) return bareDuration
    return Math.max(column.minimum, widths[column.id] ?? column.width)
  }
  let shown = [...wanted]
  let bars = true
  const needed = () =>
    shown.reduce((sum, column) => sum + (column.id === 'path' ? column.minimum : widthOf(column, bars)), 0)
  for (const id of [...spared, ...(oneHost ? ['host'] : [])]) {
    if (needed() <= room) break
    shown = shown.filter((column) => column.id !== id)
  }
  if (needed() > room) bars = false
  if (needed() > room) shown = shown.filter((column) => column.id !== 'host')
  // Room that the path does not need goes to the cells that are cut most often, unless the user chose a width.
  let spare = room - needed() - comfortablePath
  const extra = new Map<string, number>()
  for (const [id, most] of generous) {
    const column = shown.find((each) => each.id === id)
    if (!column || widths[id] !== undefined || spare <= 0) continue
    const more = Math.round(Math.min(most - column.width, spare * 0.5))
    extra.set(id, more)
    spare -= more
  }
  const widthsOf = shown.map((column) => {
    // The finding's column gives way last, and only where nothing else is left to give.
    const width = widthOf(column, bars) + (extra.get(column.id) ?? 0)
    return column.id === 'finding' && needed() > room ? Math.max(column.minimum, width - (needed() - room)) : width
  })
  const others = shown.reduce((sum, { id }, i) => sum + (id === 'path' ? 0 : (widthsOf[i] ?? 0)), 0)
  const template = shown
    .map(({ id, minimum }, i) => (id === 'path' ? `minmax(${minimum}px, 1fr)` : `${widthsOf[i]}px`))
    .join(' ')
  const path = shown.find(({ id }) => id === 'path')
  return { shown, template, bars, pathRoom: Math.max(path?.minimum ?? 0, room - others) - cellPadding }
}
