// The two cells that carry marks: the path (replayed, passed through, pinned, coloured) and the finding.
import type { Row } from '../../api/row.ts'
import { child, classOf, iconIn, textOf, titleOf } from './cell.ts'

/** Splits a path so that its last segment (and query) can stay whole while the middle is cut. */
export function cutPoint(path: string): number {
  const end = path.search(/[?#]/)
  const body = end < 0 ? path : path.slice(0, end)
  const slash = body.replace(/\/+$/, '').lastIndexOf('/')
  return slash <= 0 ? path.length : slash
}

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

export function pathCell(cell: HTMLElement): (row: Row) => void {
  cell.classList.add('c-path')
  const colour = classOf(child(cell, ''))
  const pin = iconIn(cell, 'mark')
  const replayed = iconIn(cell, 'mark')
  const unread = iconIn(cell, 'mark')
  const head = textOf(child(cell, 'head'))
  const tail = textOf(child(cell, 'tail'))
  const setTitle = titleOf(cell)
  return (row) => {
    colour(row.mark > 0 ? `dot mark-${row.mark}` : 'none')
    pin(row.pinned ? 'pin' : undefined, 'pinned')
    replayed(row.origin === 'replay' ? 'replay' : undefined, 'replayed')
    unread(row.unread ? 'lock' : undefined, 'not read')
    const at = cutPoint(row.path)
    head(row.path.slice(0, at))
    tail(row.path.slice(at))
    setTitle([row.url, marksOf(row)].filter(Boolean).join('\n'))
  }
}

export function findingCell(cell: HTMLElement): (row: Row) => void {
  cell.classList.add('c-finding')
  const icon = iconIn(cell)
  const setText = textOf(child(cell, 'words'))
  const setTitle = titleOf(cell)
  return (row) => {
    const { primary } = row
    icon(primary?.level, primary?.level, primary?.level)
    setText(primary?.brief ?? '')
    setTitle(primary?.title ?? '')
  }
}
