// Draws rows into a fixed pool of elements that move by transform: scrolling changes text, never the number of nodes.
import type { Row } from '../../api/row.ts'
import type { Shared } from './cell.ts'
import type { Column } from './columns.ts'

export type Slot = { readonly element: HTMLElement; paint(line: RowLine, shared: Shared): void; hide(): void }

/** One line to draw; `row` is undefined while it is being read. */
export type RowLine = {
  readonly line: number
  readonly y: number
  readonly id: string | undefined
  readonly row: Row | undefined
  readonly selected: boolean
  readonly shown: boolean
}

/** Where a row waits that is not read yet, px: moving it costs nothing, hiding it would cost the style of all its cells. */
const outOfSight = -1000

/** A recycled row with the cells of these columns. */
export function createSlot(parent: HTMLElement, columns: readonly Column[]): Slot {
  const element = document.createElement('div')
  element.className = 'row'
  element.setAttribute('role', 'row')
  const painters = columns.map((column, index) => {
    const cell = document.createElement('div')
    cell.setAttribute('role', 'gridcell')
    cell.setAttribute('aria-colindex', String(index + 1))
    cell.className = `c-${column.id}`
    element.append(cell)
    return column.build(cell)
  })
  parent.append(element)
  let last: {
    id?: string
    row?: Row
    y?: number
    line?: number
    state?: string
    visible: boolean
    from?: number
    masked?: boolean
    to?: number
    pathRoom?: number
  } = {
    visible: true,
  }
  const scaled = columns.some((column) => column.id === 'waterfall')

  return {
    element,
    paint({ line, y: place, id, row, selected, shown }, shared) {
      const y = row === undefined ? outOfSight : place
      if (!last.visible) element.hidden = false
      if (last.y !== y) element.style.transform = `translateY(${y}px)`
      if (last.line !== line) {
        element.setAttribute('aria-rowindex', String(line + 2))
        element.classList.toggle('even', line % 2 === 1)
      }
      if (last.id !== id) {
        element.id = id === undefined ? '' : `row-${id}`
        element.dataset.id = id ?? ''
      }
      const state = `${selected}${shown}`
      if (last.state !== state) {
        element.setAttribute('aria-selected', String(selected))
        element.classList.toggle('shown', shown)
      }
      const moved = scaled && (last.from !== shared.from || last.to !== shared.to)
      const other = last.masked !== shared.masked || last.pathRoom !== shared.pathRoom
      if (row && (row !== last.row || moved || other)) for (const paint of painters) paint(row, shared)
      last = {
        y,
        line,
        state,
        visible: true,
        from: shared.from,
        to: shared.to,
        masked: shared.masked,
        pathRoom: shared.pathRoom,
        ...(id ? { id } : {}),
        ...(row ? { row } : {}),
      }
    },
    hide() {
      if (!last.visible) return
      element.hidden = true
      last = { ...last, visible: false }
    },
  }
}
