// The exchange grid: heads, rows, selection by mouse and keyboard, and the "12 new" that never moves what is looked at.
// biome-ignore-all lint/a11y/useSemanticElements: a table element cannot recycle rows that stand apart from layout.
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid itself has the focus and names its active row.
import { effect, useComputed, useSignal } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { reveal } from '../actions.ts'
import { clearFilter, scopeIsOneHost } from '../filter/active-filter.ts'
import { masked, rows, selectedId, selection } from '../model.ts'
import { menuOpen } from '../shell/menu.tsx'
import { openRowMenu } from '../shell/row-menu.ts'
import { formatCount, plural } from '../units.ts'
import { columnWidths, wantedColumns } from './column-choice.ts'
import { layOut } from './column-layout.ts'
import { columns } from './columns.ts'
import { idOfLine, lineOfId, look, onShift, showNew } from './exchange-list.ts'
import { GridHead } from './grid-head.tsx'
import { createGridView, type GridView } from './grid-view.ts'
import { arrived, drawn, total, waiting } from './list-state.ts'
import { pick } from './selecting.ts'
import { hiddenReplays } from './sent-here.ts'

/** The grid that is on the page, for keys that act from anywhere; undefined while another view is shown. */
export let grid: GridView | undefined

/** Puts keyboard focus on the grid. */
export function focusGrid(): void {
  document.getElementById('exchanges')?.focus()
}

/** What was sent from here and the filter leaves out is said where its rows would be. */
function HiddenReplays() {
  const hidden = hiddenReplays.value
  if (hidden.length === 0) return null
  return (
    <p class="hidden-replays" role="status">
      {plural(hidden.length, 'replay')} hidden by the filter
      <button
        type="button"
        class="btn line-btn"
        title="Clear the filter and show it in the list"
        onClick={() => {
          clearFilter()
          void reveal(hidden.at(-1) ?? '')
        }}
      >
        Show
      </button>
    </p>
  )
}

export function ExchangeGrid() {
  const scroller = useRef<HTMLDivElement>(null)
  const space = useRef<HTMLDivElement>(null)
  const room = useSignal(1000)
  const layout = useComputed(() =>
    layOut(
      columns.filter((column) => wantedColumns.value.includes(column.id)),
      columnWidths.value,
      room.value,
      scopeIsOneHost.value,
    ),
  )

  useLayoutEffect(() => {
    if (!scroller.current || !space.current) return
    const view = createGridView(scroller.current, space.current, {
      total: () => total.peek(),
      idAt: idOfLine,
      row: (id) => rows.get(id),
      selected: (id) => selection.peek().has(id),
      shownId: () => selectedId.peek(),
      masked: () => masked.peek(),
      pathRoom: () => layout.peek().pathRoom,
      look: (top, bottom, atTop) => look(top, bottom, atTop && selectedId.peek() === undefined && !menuOpen.peek()),
    })
    grid = view
    // Back from another view, the list is where it was left: at the exchange that is shown.
    view.schedule(showSelected)
    onShift((lines) => view.shift(lines))
    const width = new ResizeObserver((entries) => {
      room.value = entries[0]?.contentRect.width ?? room.value
    })
    width.observe(scroller.current)
    let ids = ''
    const stops = [
      effect(() => {
        const { shown } = layout.value
        const next = shown.map((column) => column.id).join()
        if (next === ids) return
        ids = next
        view.setColumns(shown)
      }),
      effect(() => {
        scroller.current?.style.setProperty('--cols', layout.value.template)
        scroller.current?.classList.toggle('no-bars', !layout.value.bars)
        view.schedule()
      }),
      effect(() => {
        if (arrived.value !== undefined) view.schedule(showSelected)
      }),
      effect(() => {
        void drawn.value
        void selection.value
        void selectedId.value
        void masked.value
        view.schedule()
      }),
    ]
    return () => {
      for (const stop of stops) stop()
      width.disconnect()
      view.close()
      grid = undefined
    }
  }, [])

  const idUnder = (event: Event): string | undefined =>
    (event.target as HTMLElement).closest<HTMLElement>('.row[data-id]')?.dataset.id || undefined

  return (
    <div class="list">
      <div
        id="exchanges"
        ref={scroller}
        class="grid"
        role="grid"
        aria-label="Exchanges"
        aria-rowcount={total.value + 1}
        aria-colcount={layout.value.shown.length}
        aria-multiselectable="true"
        tabIndex={0}
      >
        <GridHead layout={layout.value} />
        <div
          class="rows"
          role="rowgroup"
          onMouseDown={(event) => {
            const id = idUnder(event)
            if (id === undefined || event.button !== 0) return
            pick(id, event.shiftKey ? 'range' : event.ctrlKey || event.metaKey ? 'toggle' : 'one')
            focusGrid()
            event.preventDefault()
          }}
          onPointerOver={(event) => {
            // Tooltips are written when they are needed: a list that scrolls has no time for them.
            const cell = (event.target as HTMLElement).closest<HTMLElement>('[role=gridcell]')
            const row = cell && rows.get(idUnder(event) ?? '')
            const column = layout.value.shown[Number(cell?.getAttribute('aria-colindex')) - 1]
            if (cell && row && column) cell.title = (column.tooltip ?? column.text)(row, masked.value)
          }}
          onContextMenu={(event) => {
            const id = idUnder(event)
            if (id === undefined) return
            event.preventDefault()
            if (!selection.value.has(id)) pick(id, 'one')
            openRowMenu({ x: event.clientX, y: event.clientY })
          }}
        >
          <div ref={space} class="space" role="presentation" />
        </div>
      </div>
      {waiting.value > 0 && (
        <button
          type="button"
          class="waiting"
          onClick={() => {
            showNew()
            grid?.toTop()
            focusGrid()
          }}
        >
          {formatCount(waiting.value)} new
        </button>
      )}
      <HiddenReplays />
    </div>
  )
}

/** Scrolls the selected exchange into view. */
function showSelected(): void {
  const line = selectedId.peek() === undefined ? undefined : lineOfId(selectedId.peek() ?? '')
  if (line !== undefined) grid?.show(line)
}
