// The heads of the grid: sort by click or Enter, drag or arrow keys to resize, double click to fit.
// biome-ignore-all lint/a11y/useSemanticElements: the heads belong to a grid made of recycled rows, which a table element cannot be.
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid itself has the focus and names its active row.

import { Icon } from '../icons.tsx'
import { rows } from '../model.ts'
import { setColumnWidth } from './column-choice.ts'
import type { Layout } from './column-layout.ts'
import type { Column } from './columns.ts'
import { sort } from './list-state.ts'
import { setSort } from './sorting.ts'

/** px that one press of an arrow key changes a width by. */
const step = 8

/** The width that shows every loaded cell of a column whole. */
function fittedWidth(column: Column): number {
  const pen = document.createElement('canvas').getContext('2d')
  if (!pen) return column.width
  pen.font = '12px sans-serif'
  pen.font = getComputedStyle(document.body).font
  let widest = pen.measureText(column.title).width + 18
  for (const row of rows.values()) widest = Math.max(widest, pen.measureText(column.text(row)).width + 16)
  const extra = column.id === 'finding' ? 18 : column.id === 'duration' ? 36 : 0
  return Math.min(640, Math.ceil(widest + extra))
}

/** One tab stop for all heads: arrows go along them, with Shift they change the width, Enter sorts. */
function onHeadKey(event: KeyboardEvent, column: Column, width: number): void {
  if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return
  event.preventDefault()
  event.stopPropagation()
  const by = event.key === 'ArrowLeft' ? -1 : 1
  if (event.shiftKey) return setColumnWidth(column, width + by * step)
  const heads = [...document.querySelectorAll<HTMLElement>('.head [data-head]')]
  heads[heads.indexOf(event.currentTarget as HTMLElement) + by]?.focus()
}

function Resizer({ column, width }: { column: Column; width: () => number }) {
  const drag = (event: PointerEvent) => {
    event.preventDefault()
    event.stopPropagation()
    const handle = event.currentTarget as HTMLElement
    const from = event.clientX
    const before = width()
    handle.setPointerCapture(event.pointerId)
    const move = (moved: PointerEvent) => setColumnWidth(column, before + moved.clientX - from)
    handle.addEventListener('pointermove', move)
    handle.addEventListener('lostpointercapture', () => handle.removeEventListener('pointermove', move), { once: true })
  }
  return (
    <span
      class="resizer"
      aria-hidden="true"
      onPointerDown={drag}
      onClick={(event) => event.stopPropagation()}
      onDblClick={(event) => {
        event.stopPropagation()
        setColumnWidth(column, fittedWidth(column))
      }}
    />
  )
}

export function GridHead({ layout }: { layout: Layout }) {
  const widths = layout.template.split(/ (?![^(]*\))/).map((part) => Number.parseFloat(part) || 0)
  return (
    <div class="heads" role="rowgroup">
      <div class="row head" role="row" aria-rowindex={1}>
        {layout.shown.map((column, index) => {
          const key = column.sort
          // Two columns may go by one key; only the first says so.
          const first = layout.shown.find((each) => each.sort === key) === column
          const direction = !first
            ? undefined
            : sort.value === key
              ? 'ascending'
              : sort.value === `-${key}`
                ? 'descending'
                : undefined
          return (
            <div
              key={column.id}
              role="columnheader"
              aria-colindex={index + 1}
              aria-sort={direction ?? 'none'}
              class={column.numeric ? 'num' : ''}
            >
              <button
                type="button"
                class="sorter"
                data-head={column.id}
                tabIndex={index === 0 ? 0 : -1}
                title={`Sort by ${column.title.toLowerCase()}; Shift and arrows change the width`}
                onClick={() => setSort(key)}
                onKeyDown={(event) => onHeadKey(event, column, widths[index] ?? column.width)}
              >
                {column.title}
                {direction && <Icon small name={direction === 'ascending' ? 'up' : 'down'} />}
              </button>
              {column.id !== 'path' && <Resizer column={column} width={() => widths[index] ?? column.width} />}
            </div>
          )
        })}
      </div>
    </div>
  )
}
