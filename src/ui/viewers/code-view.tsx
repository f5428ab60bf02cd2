// Shows a listing of any size: only the rows in sight exist; folds, evidence, search hits, and a line to stand on.
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { CodeRow } from './code-row.tsx'
import { findHits } from './find-hits.ts'
import { foldsAround, type Listing, lineAt, lineText, opensFold } from './listing.ts'
import type { Stroke } from './paint-line.ts'
import type { Language } from './tint-line.ts'
import { scrollRegion, useColumns } from './use-columns.ts'
import { useHits } from './use-hits.ts'
import type { Search } from './viewer.ts'
import { remark, rowOfLine, rowOfPlace, wrapLines } from './wrap-lines.ts'

export const rowHeight = 20
/** Px beside the text: line number, fold, and room for the scroll bar. */
const gutter = 36 + 14 + 24
const spare = 12

export type LineMark = { readonly line: number; readonly value: string; readonly note: string }

export type CodeProps = {
  readonly listing: Listing
  readonly language: Language
  readonly label: string
  /** Names without quotes and folds with a summary, as a tree. */
  readonly tree?: boolean
  readonly marks?: readonly LineMark[]
  readonly search?: Search | undefined
  readonly onLine?: (line: number) => void
}

const noFolds: ReadonlySet<number> = new Set()

export function CodeView({ listing, language, label, tree = false, marks = [], search, onLine }: CodeProps) {
  const { box, probe, room } = useColumns(gutter)
  const [folded, setFolded] = useState<ReadonlySet<number>>(noFolds)
  const [top, setTop] = useState(0)
  const [line, setLine] = useState(-1)
  const query = search?.query.value ?? ''
  const find = useMemo(
    () => (query === '' ? undefined : (from: number, to: number) => findHits(listing.text, query, from, to)),
    [listing, query],
  )
  const hits = useHits(search, listing.text.length, find)
  const hit = hits[search?.current.value ?? -1]
  const key = marks.map((mark) => `${mark.line} ${mark.value} ${mark.note}`).join('\n')
  const noted = useMemo(() => new Set(marks.filter(({ note }) => note !== '').map(({ line: at }) => at)), [key])
  const wrap = (folds: ReadonlySet<number>) => wrapLines(listing, folds, room.columns || 80, noted)
  const rows = useMemo(() => wrap(folded), [listing, folded, room.columns, noted])

  const show = (wanted: number, place: 'middle' | 'near', offset = 0) => {
    const around = foldsAround(listing, wanted).filter((fold) => folded.has(fold))
    const open = around.length > 0 ? new Set([...folded].filter((fold) => !around.includes(fold))) : folded
    if (open !== folded) setFolded(open)
    const element = box.current
    if (!element) return
    // Where the box itself is only in part in sight, the line would be beyond its visible end.
    if (place === 'middle') element.scrollIntoView({ block: 'nearest' })
    const y = rowOfPlace(open === folded ? rows : wrap(open), wanted, offset) * rowHeight
    const above = y < element.scrollTop
    if (!above && y + rowHeight <= element.scrollTop + element.clientHeight) return
    // The rows of a fold just opened do not exist yet: the space must grow before it can be scrolled.
    requestAnimationFrame(() => {
      element.scrollTop =
        place === 'middle' ? y - element.clientHeight / 3 : above ? y : y + rowHeight - element.clientHeight
    })
  }
  const stand = (wanted: number) => {
    const to = Math.max(0, Math.min(listing.count - 1, wanted))
    setLine(to)
    onLine?.(to)
    show(to, 'near')
  }

  useLayoutEffect(() => {
    if (hit === undefined || room.columns === 0) return
    const at = lineAt(listing, hit)
    show(at, 'middle', hit - (listing.starts[at] ?? 0))
  }, [hit, room.columns > 0, listing])
  const seen = useRef('')
  useLayoutEffect(() => {
    const first = marks[0]
    if (!first || room.columns === 0 || seen.current === key) return
    if (listing.whole || first.line < listing.count - 1) seen.current = key
    setLine(first.line)
    onLine?.(first.line)
    show(first.line, 'middle')
  }, [key, room.columns > 0, listing])

  const toggle = (at: number) => {
    const next = new Set(folded)
    if (!next.delete(at)) next.add(at)
    setFolded(next)
  }
  const keyed = (event: KeyboardEvent) => {
    const at = Math.max(0, line)
    const row = rowOfLine(rows, at)
    const shown = (offset: number) => rows.lines[Math.max(0, Math.min(rows.count - 1, offset))] ?? 0
    let after = row
    while (after < rows.count && rows.lines[after] === at) after++
    const page = Math.max(1, Math.floor(room.height / rowHeight) - 1)
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === 'ArrowDown') stand(line === -1 ? 0 : shown(after))
    else if (event.key === 'ArrowUp') stand(shown(row - 1))
    else if (event.key === 'PageDown') stand(shown(row + page))
    else if (event.key === 'PageUp') stand(shown(row - page))
    else if (event.key === 'Home') stand(0)
    else if (event.key === 'End') stand(shown(rows.count - 1))
    else if (event.key === 'ArrowLeft' && opensFold(listing, at) && !folded.has(at)) toggle(at)
    else if (event.key === 'ArrowLeft' && (listing.parent[at] ?? 0) < listing.count) stand(listing.parent[at] ?? 0)
    else if (event.key === 'ArrowRight' && folded.has(at)) toggle(at)
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  const first = Math.max(0, Math.floor(top / rowHeight) - spare)
  const last = Math.min(rows.count, Math.ceil((top + (room.height || 600)) / rowHeight) + spare)
  const visible = []
  for (let row = first; row < last; row++) {
    const at = rows.lines[row] ?? 0
    const from = rows.from[row] ?? 0
    const to = rows.to[row] ?? 0
    const text = lineText(listing, at)
    const start = listing.starts[at] ?? 0
    const depth = listing.depth[at] ?? 0
    const continues = row > 0 && rows.lines[row - 1] === at
    const mark = marks.find((each) => each.line === at)
    if (from === remark) {
      visible.push(
        <div key={row} class="l on">
          <span class="ln" />
          <span class="why" style={{ paddingLeft: `calc(${Math.min(depth, 40) * 2}ch + 14px)` }}>
            {mark?.note}
          </span>
        </div>,
      )
      continue
    }
    const strokes: Stroke[] = []
    const place = mark?.value ? text.indexOf(mark.value) : -1
    if (mark && place !== -1) strokes.push({ from: place, to: place + mark.value.length, mark: 'evidence' })
    for (let i = hitAfter(hits, start + from - query.length); i < hits.length; i++) {
      const each = hits[i] ?? 0
      if (each >= start + to) break
      strokes.push({ from: each - start, to: each - start + query.length, mark: each === hit ? 'current' : 'found' })
    }
    visible.push(
      <CodeRow
        key={row}
        {...{ at, text, from, to, depth, language, tree, strokes, continues }}
        opens={opensFold(listing, at) && !continues}
        folded={folded.has(at)}
        items={listing.items[at] ?? 0}
        preview={tree && folded.has(at) ? () => foldPreview(listing, at) : undefined}
        marked={mark !== undefined}
        current={at === line}
        onToggle={() => toggle(at)}
        onStand={() => stand(at)}
      />,
    )
  }
  const region = {
    ...scrollRegion(label),
    role: tree ? ('tree' as const) : ('group' as const),
    'aria-activedescendant': tree && line >= first && line < listing.count ? `code-line-${line}` : undefined,
    onKeyDown: keyed,
    onScroll: (event: { readonly currentTarget: HTMLElement }) => setTop(event.currentTarget.scrollTop),
  }
  return (
    <div ref={box} class="code" {...region}>
      <span ref={probe} class="code-probe" aria-hidden="true">
        {'0'.repeat(50)}
      </span>
      <div class="code-space" style={{ height: `${rows.count * rowHeight}px` }}>
        <div class="code-window" style={{ transform: `translateY(${first * rowHeight}px)` }}>
          {visible}
        </div>
      </div>
    </div>
  )
}

/** The first hit behind an offset. */
function hitAfter(hits: readonly number[], offset: number): number {
  let low = 0
  let high = hits.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((hits[middle] ?? 0) <= offset) low = middle + 1
    else high = middle
  }
  return low
}

/** What a folded object or array holds, in one line. */
function foldPreview(listing: Listing, line: number): string {
  const names: string[] = []
  const end = listing.end[line] ?? 0
  for (
    let at = line + 1;
    at < end && names.length < 4;
    at = (opensFold(listing, at) ? (listing.end[at] ?? at) : at) + 1
  ) {
    const name = /^\s*"((?:[^"\\]|\\.)*)": /.exec(lineText(listing, at))?.[1]
    if (name === undefined) return ''
    names.push(name)
  }
  return names.join(', ') + ((listing.items[line] ?? 0) > names.length ? ', …' : '')
}
