// Octets as hexadecimal and ASCII, sixteen a row or eight where room is short; the floor under every other viewer.
import { useLayoutEffect, useMemo, useState } from 'preact/hooks'
import { rowHeight } from './code-view.tsx'
import { type OctetHit, octetFinder } from './find-hits.ts'
import { HexRow } from './hex-row.tsx'
import { secretOctets } from './secret-octets.ts'
import { scrollRegion, useColumns } from './use-columns.ts'
import { useHits } from './use-hits.ts'
import type { Viewer, ViewProps } from './viewer.ts'
import { mostRows } from './wrap-lines.ts'

/** Characters a row of sixteen octets takes: offset, octets, text. */
const wide = 9 + 50 + 18
const spare = 12
const nothing = () => false

/** The first hit that ends after an offset. */
function hitAfter(hits: readonly OctetHit[], at: number): number {
  let low = 0
  let high = hits.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((hits[middle]?.to ?? 0) <= at) low = middle + 1
    else high = middle
  }
  return low
}

function Hex({ material, masked, search }: ViewProps) {
  const { bytes, echoes } = material
  const { box, probe, room } = useColumns(24)
  const perRow = room.columns === 0 || room.columns >= wide ? 16 : 8
  const [top, setTop] = useState(0)
  const secret = useMemo(() => (masked ? secretOctets(bytes, echoes) : nothing), [bytes, echoes, masked])
  const query = search.query.value
  const find = useMemo(() => {
    if (query === '') return undefined
    const hits = octetFinder(bytes, query)
    // What is hidden is not found either: hits would tell it letter by letter.
    return (from: number, to: number) => hits(from, to).filter((hit) => !secret(hit.from) && !secret(hit.to - 1))
  }, [bytes, query, secret])
  const hits = useHits(search, bytes.length, find)
  const current = hits[search.current.value]
  const count = Math.min(mostRows, Math.ceil(bytes.length / perRow))
  useLayoutEffect(() => {
    const element = box.current
    if (!element || !current || room.columns === 0) return
    const y = Math.floor(current.from / perRow) * rowHeight
    if (y >= element.scrollTop && y + rowHeight <= element.scrollTop + element.clientHeight) return
    element.scrollTop = y - element.clientHeight / 3
  }, [current, perRow, room.columns > 0])
  const first = Math.max(0, Math.floor(top / rowHeight) - spare)
  const last = Math.min(count, Math.ceil((top + (room.height || 600)) / rowHeight) + spare)
  const rows = []
  for (let row = first; row < last; row++) {
    const from = row * perRow
    const begin = hitAfter(hits, from)
    const markOf = (at: number) => {
      for (let i = begin; i < hits.length; i++) {
        const hit = hits[i]
        if (!hit || hit.from > at) return 'none'
        if (at < hit.to) return hit === current ? 'now' : 'found'
      }
      return 'none'
    }
    rows.push(<HexRow key={row} {...{ bytes, from, perRow, secret, markOf }} />)
  }
  return (
    <div
      ref={box}
      class="code hex"
      {...scrollRegion('Octets')}
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
    >
      <span ref={probe} class="code-probe" aria-hidden="true">
        {'0'.repeat(50)}
      </span>
      <div class="code-space" style={{ height: `${count * rowHeight}px` }}>
        <div class="code-window" style={{ transform: `translateY(${first * rowHeight}px)` }}>
          {rows}
        </div>
      </div>
    </div>
  )
}

export const hexViewer: Viewer = { id: 'hex', label: 'Hex', searchable: true, suits: () => 1, View: Hex }
