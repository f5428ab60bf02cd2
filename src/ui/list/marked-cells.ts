// The two cells that carry marks: the path (replayed, passed through, pinned, coloured) and the finding.
import type { Row } from '../../api/row.ts'
import { maskUrls } from '../detail/masking.ts'
import { child, classOf, iconIn, type Shared, textOf, titleOf } from './cell.ts'

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

type Addresses = { readonly path: string; readonly url: string }
const maskedAddresses = new WeakMap<Row, Addresses>()

/** Path and URL as they may be drawn or copied; looked for secrets once a row, not once a frame. */
export function shownAddresses(row: Row, masked: boolean): Addresses {
  if (!masked) return row
  let known = maskedAddresses.get(row)
  if (!known) {
    known = { path: maskUrls(row.path), url: maskUrls(row.url) }
    maskedAddresses.set(row, known)
  }
  return known
}

export function pathCell(cell: HTMLElement): (row: Row, shared: Shared) => void {
  cell.classList.add('c-path')
  const colour = classOf(child(cell, ''))
  const pin = iconIn(cell, 'mark')
  const replayed = iconIn(cell, 'mark')
  const unread = iconIn(cell, 'mark')
  const head = textOf(child(cell, 'head'))
  const tail = textOf(child(cell, 'tail'))
  const setTitle = titleOf(cell)
  return (row, { masked }) => {
    const { path, url } = shownAddresses(row, masked)
    colour(row.mark > 0 ? `dot mark-${row.mark}` : 'none')
    pin(row.pinned ? 'pin' : undefined, 'pinned')
    replayed(row.origin === 'replay' ? 'replay' : undefined, 'replayed')
    unread(row.unread ? 'lock' : undefined, 'not read')
    const at = cutPoint(path)
    head(path.slice(0, at))
    tail(path.slice(at))
    setTitle([url, marksOf(row)].filter(Boolean).join('\n'))
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
