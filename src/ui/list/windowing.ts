// Which rows of a long list stand in a scrolled window, and where; pure arithmetic.

/** Browsers clip elements taller than some 17 million px; beyond this height the scroll position is scaled. In px. */
export const tallest = 12_000_000

export type Window = {
  /** First and one past the last row to draw, overscan included. */
  readonly first: number
  readonly end: number
  /** First and last row that are really on screen, whole or in part. */
  readonly top: number
  readonly bottom: number
  /** Height of the scrolled content, px. */
  readonly height: number
  /** Where row 0 would stand, px from the top of the scrolled content: row i stands at `origin + i * rowHeight`. */
  readonly origin: number
}

export type Viewport = {
  readonly scrollTop: number
  readonly height: number
  readonly rowHeight: number
  readonly total: number
  readonly overscan: number
}

/** How many px of rows one px of scrolling stands for; 1 unless the list is taller than a browser can draw. */
function stretch({ height, rowHeight, total }: Viewport): number {
  const all = total * rowHeight
  return all <= tallest ? 1 : (all - height) / (tallest - height)
}

export function windowOf(viewport: Viewport): Window {
  const { height, rowHeight, total, overscan } = viewport
  const all = total * rowHeight
  const drawn = Math.min(all, tallest)
  const scrollTop = Math.max(0, Math.min(viewport.scrollTop, drawn - height))
  const offset = scrollTop * stretch(viewport)
  const top = Math.min(Math.floor(offset / rowHeight), Math.max(0, total - 1))
  const bottom = Math.max(top, Math.min(total - 1, Math.ceil((offset + height) / rowHeight) - 1))
  return {
    first: Math.max(0, top - overscan),
    end: total === 0 ? 0 : Math.min(total, bottom + 1 + overscan),
    top,
    bottom,
    height: drawn,
    origin: scrollTop - offset,
  }
}

/** The scroll position that shows a row, moving as little as possible; the present one when it is wholly on screen. */
export function scrollTo(index: number, viewport: Viewport): number {
  const { height, rowHeight } = viewport
  const factor = stretch(viewport)
  const offset = viewport.scrollTop * factor
  const above = index * rowHeight
  const below = above + rowHeight - height
  if (above < offset) return above / factor
  if (below > offset) return below / factor
  return viewport.scrollTop
}

/** The scroll position that leaves what is on screen where it is after `rows` rows came (or, negative, went) above it. */
export function scrollBy(rows: number, viewport: Viewport): number {
  return Math.max(0, viewport.scrollTop + (rows * viewport.rowHeight) / stretch(viewport))
}
