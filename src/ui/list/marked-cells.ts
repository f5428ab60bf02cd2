// The two cells that carry marks: the path (replayed, passed through, pinned, coloured) and the finding.
import type { Row } from '../../api/row.ts'
import { maskUrls } from '../detail/masking.ts'
import { child, classOf, iconIn, type Shared, textOf } from './cell.ts'
import { cutPoint } from './cut-point.ts'

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

export function pathCell(cell: HTMLElement): (row: Row, shared: Shared) => void {
  cell.classList.add('c-path')
  const colour = classOf(child(cell, ''))
  const pin = iconIn(cell, 'mark')
  const replayed = iconIn(cell, 'mark')
  const unread = iconIn(cell, 'mark')
  const head = textOf(child(cell, 'head'))
  const tail = textOf(child(cell, 'tail'))
  return (row, { masked }) => {
    const path = shownPath(row, masked)
    colour(row.mark > 0 ? `dot mark-${row.mark}` : 'none')
    pin(row.pinned ? 'pin' : undefined, 'pinned')
    replayed(row.origin === 'replay' ? 'replay' : undefined, 'replayed')
    unread(row.unread ? 'lock' : undefined, 'not read')
    const at = cutPoint(path)
    head(path.slice(0, at))
    tail(path.slice(at))
  }
}

export function findingCell(cell: HTMLElement): (row: Row) => void {
  cell.classList.add('c-finding')
  const icon = iconIn(cell)
  const setText = textOf(child(cell, 'words'))
  return (row) => {
    const { primary } = row
    icon(primary?.level, primary?.level, primary?.level)
    setText(primary?.brief ?? '')
  }
}
