// The two cells that carry marks: the path (replayed, passed through, pinned, coloured) and the finding.

import type { Row } from '../../api/row.ts'
import { maskUrls } from '../detail/masking.ts'
import { visible } from '../visible.ts'
import { child, classOf, iconIn, type Shared, textOf } from './cell.ts'
import { fitPath } from './fit-path.ts'

function marksOf(row: Row): string {
  const words = [
    row.origin === 'replay' ? 'replayed' : '',
    row.origin === 'import' ? 'imported' : '',
    row.unread ? `not read: ${row.unread}` : '',
    row.pinned ? 'pinned' : '',
    row.shed ? 'content not kept: the recorder was overloaded' : '',
  ]
  return words.filter(Boolean).join(', ')
}

const maskedPaths = new WeakMap<Row, string>()

/** The path as it may be drawn; looked through for secrets once a row, not once a frame. */
function shownPath(row: Row, masked: boolean): string {
  if (!masked) return row.path
  let known = maskedPaths.get(row)
  if (known === undefined) {
    known = maskUrls(row.path)
    maskedPaths.set(row, known)
  }
  return known
}

/** The whole address as it may be shown or copied. */
export function shownUrl(row: Row, masked: boolean): string {
  return masked ? maskUrls(row.url) : row.url
}

/** What the marks before a path mean, under its whole address. */
export function pathTitle(row: Row, masked: boolean): string {
  return [shownUrl(row, masked), marksOf(row)].filter(Boolean).join('\n')
}

/** What a mark takes before the path, its margin included, px. */
const iconRoom = 16
const dotRoom = 13

export function pathCell(cell: HTMLElement): (row: Row, shared: Shared) => void {
  cell.classList.add('c-path')
  const colour = classOf(child(cell, ''))
  const pin = iconIn(cell, 'mark')
  const replayed = iconIn(cell, 'mark')
  const unread = iconIn(cell, 'mark')
  const head = child(cell, 'head')
  const tail = child(cell, 'tail')
  const setHead = textOf(head)
  const setTail = textOf(tail)
  let drawn = 0
  return (row, { masked, pathRoom, widthOf }) => {
    const path = shownPath(row, masked)
    const replay = row.origin === 'replay'
    colour(row.mark > 0 ? `dot mark-${row.mark}` : 'none')
    pin(row.pinned ? 'pin' : undefined, 'pinned')
    replayed(replay ? 'replay' : undefined, 'replayed')
    unread(row.unread ? 'lock' : undefined, 'not read')
    const marks = Number(row.pinned) + Number(replay) + Number(Boolean(row.unread))
    const taken = marks * iconRoom + (row.mark > 0 ? dotRoom : 0)
    // The whole path stays in the document, for whoever reads or searches it; only what is drawn of it gives way.
    const { at, width } = fitPath(path, pathRoom > 0 ? Math.max(1, pathRoom - taken) : 0, widthOf)
    setHead(path.slice(0, at))
    setTail(path.slice(at))
    if (width === drawn) return
    if (width > 0 !== drawn > 0) cell.classList.toggle('middle', width > 0)
    head.style.width = width > 0 ? `${width.toFixed(1)}px` : ''
    drawn = width
  }
}

export function findingCell(cell: HTMLElement): (row: Row) => void {
  cell.classList.add('c-finding')
  const icon = iconIn(cell)
  const setText = textOf(child(cell, 'words'))
  return (row) => {
    const { primary } = row
    icon(primary?.level, primary?.level, primary?.level)
    setText(visible(primary?.brief ?? ''))
  }
}
