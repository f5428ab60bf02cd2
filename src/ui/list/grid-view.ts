// The drawing half of the grid: one frame reads the scroll position once and paints the lines that are on screen.
import type { Row } from '../../api/row.ts'
import type { Shared } from './cell.ts'
import { charWidths } from './char-widths.ts'
import type { Column } from './columns.ts'
import { createSlot, type Slot } from './row-painter.ts'
import { scrollBy, scrollTo, type Viewport, windowOf } from './windowing.ts'

/** Lines drawn above and below what is on screen, so that a fast scroll meets drawn rows. */
const overscan = 6
/** The heads stay on top of what scrolls, px. */
const head = 24
const noSpan = { from: 0, to: 0 }
type Span = Pick<Shared, 'from' | 'to'>

export type GridSource = {
  readonly total: () => number
  readonly idAt: (line: number) => string | undefined
  readonly row: (id: string) => Row | undefined
  readonly selected: (id: string) => boolean
  readonly shownId: () => string | undefined
  readonly masked: () => boolean
  readonly pathRoom: () => number
  /** Told after each frame which lines are on screen. */
  readonly look: (top: number, bottom: number, atTop: boolean) => void
}

export type GridView = {
  /** Draws with the next frame, any number of calls before it being one; `then` is done after that. */
  schedule(then?: () => void): void
  setColumns(columns: readonly Column[]): void
  /** Scrolls a line into view, moving as little as possible. */
  show(line: number): void
  /** Keeps what is on screen still after lines came or went above it. */
  shift(lines: number): void
  toTop(): void
  /** Lines on one screen, for PageUp and PageDown. */
  page(): number
  close(): void
}

export function createGridView(scroller: HTMLElement, space: HTMLElement, source: GridSource): GridView {
  let slots: Slot[] = []
  let columns: readonly Column[] = []
  let frame = 0
  const afterwards: (() => void)[] = []
  let spaceHeight = -1
  let lastActive = ''
  // The shorthand is empty where figures are tabular, so the font is put together from its parts.
  const { fontWeight, fontSize, fontFamily } = getComputedStyle(scroller)
  const widthOf = charWidths(`${fontWeight} ${fontSize} ${fontFamily}`)
  /** px; measured when the size or the density changed, never while scrolling. */
  let height = scroller.clientHeight - head
  let rowHeight = 24

  const viewport = (): Viewport => ({
    scrollTop: scroller.scrollTop,
    height,
    rowHeight,
    total: source.total(),
    overscan,
  })

  const spanOf = (from: number, end: number): Span => {
    let first = Number.POSITIVE_INFINITY
    let last = 0
    for (let line = from; line < end; line++) {
      const row = source.row(source.idAt(line) ?? '')
      if (!row) continue
      const begun = Date.parse(row.startedDateTime)
      first = Math.min(first, begun)
      last = Math.max(last, begun + (row.duration ?? 0))
    }
    return { from: first, to: Math.max(first, last) }
  }

  const setHeight = (next: number) => {
    if (next === spaceHeight) return
    spaceHeight = next
    space.style.height = `${next}px`
  }

  const draw = () => {
    frame = 0
    const port = viewport()
    const view = windowOf(port)
    setHeight(view.height)
    const needed = view.end - view.first
    // An even number of slots: a slot then always draws even lines or always odd ones, and its stripe never changes.
    while (slots.length < needed + (needed % 2)) slots.push(createSlot(space, columns))
    const masked = source.masked()
    const shared = {
      ...(columns.some((column) => column.id === 'waterfall') ? spanOf(view.top, view.bottom + 1) : noSpan),
      masked,
      pathRoom: source.pathRoom(),
      widthOf,
    }
    const shownId = source.shownId()
    let active = ''
    for (let line = view.first; line < view.end; line++) {
      const id = source.idAt(line)
      const row = id === undefined ? undefined : source.row(id)
      if (row && id === shownId) active = `row-${id}`
      // A line always uses the same slot while it is near, so that rows on screen are moved, not rewritten.
      slots[line % slots.length]?.paint(
        {
          line,
          y: view.origin + line * rowHeight,
          id,
          row,
          selected: id !== undefined && source.selected(id),
          shown: id !== undefined && id === shownId,
        },
        shared,
      )
    }
    if (needed < slots.length) {
      const used = new Set<number>()
      for (let line = view.first; line < view.end; line++) used.add(line % slots.length)
      for (let i = 0; i < slots.length; i++) if (!used.has(i)) slots[i]?.hide()
    }
    // Only a row that is drawn can be the active one: what is scrolled away or filtered out has no element.
    if (active !== lastActive) {
      lastActive = active
      if (active === '') scroller.removeAttribute('aria-activedescendant')
      else scroller.setAttribute('aria-activedescendant', active)
    }
    source.look(view.top, view.bottom, scroller.scrollTop < 2)
    for (const then of afterwards.splice(0)) then()
  }

  const schedule = (then?: () => void) => {
    if (then) afterwards.push(then)
    if (frame === 0) frame = requestAnimationFrame(draw)
  }
  /** The line of the exchange whose details are shown, where it is on screen. */
  const shownLine = (): number | undefined => {
    const shownId = source.shownId()
    if (shownId === undefined) return undefined
    const { top, bottom } = windowOf(viewport())
    for (let line = top; line <= bottom; line++) if (source.idAt(line) === shownId) return line
    return undefined
  }
  /** What is to be shown once the list has a height. */
  let wanted: number | undefined
  const show = (line: number) => {
    if (height < rowHeight) {
      wanted = line
      return
    }
    // The list may just have grown: its height has to be there before the browser can scroll to it.
    const port = viewport()
    setHeight(windowOf(port).height)
    const target = scrollTo(line, port)
    if (target !== port.scrollTop) scroller.scrollTop = target
    schedule()
  }
  const measure = () => {
    const line = wanted ?? shownLine()
    height = scroller.clientHeight - head
    rowHeight = Number.parseFloat(getComputedStyle(scroller).getPropertyValue('--row')) || 24
    schedule()
    // Details that open below must not cover the row they are about.
    wanted = undefined
    if (line !== undefined) show(line)
  }
  const sizes = new ResizeObserver(measure)
  sizes.observe(scroller)
  addEventListener('density', measure)
  scroller.addEventListener('scroll', () => schedule(), { passive: true })

  return {
    schedule,
    setColumns(next) {
      columns = next
      for (const slot of slots) slot.element.remove()
      slots = []
      measure()
    },
    show,
    shift(lines) {
      const port = viewport()
      setHeight(windowOf(port).height)
      scroller.scrollTop = scrollBy(lines, port)
      schedule()
    },
    toTop() {
      scroller.scrollTop = 0
      schedule()
    },
    page: () => Math.max(1, Math.floor(height / rowHeight) - 1),
    close() {
      cancelAnimationFrame(frame)
      sizes.disconnect()
      removeEventListener('density', measure)
    },
  }
}
