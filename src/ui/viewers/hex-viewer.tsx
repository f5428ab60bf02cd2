// Octets as hexadecimal and ASCII, sixteen a row or eight where room is short; the floor under every other viewer.
import { useMemo, useState } from 'preact/hooks'
import { rowHeight } from './code-view.tsx'
import { secretRanges } from './secret-ranges.ts'
import { scrollRegion, useColumns } from './use-columns.ts'
import type { Viewer, ViewProps } from './viewer.ts'
import { mostRows } from './wrap-lines.ts'

/** Characters a row of sixteen octets takes: offset, octets, text. */
const wide = 9 + 50 + 18
const spare = 12

/** Which octets belong to a credential; only texts up to this size are searched for them, larger ones hide nothing less. */
function secretOctets(bytes: Uint8Array, echoes: readonly string[]): (at: number) => boolean {
  // One character an octet, so that offsets in the text are offsets in the content.
  const ranges = secretRanges(new TextDecoder('latin1').decode(bytes), echoes)
  if (ranges.length === 0) return () => false
  const hidden = new Uint8Array(bytes.length)
  for (const { from, to } of ranges) hidden.fill(1, from, to)
  return (at) => hidden[at] === 1
}

function Hex({ material, masked }: ViewProps) {
  const { bytes } = material
  const { box, probe, room } = useColumns(24)
  const perRow = room.columns === 0 || room.columns >= wide ? 16 : 8
  const [top, setTop] = useState(0)
  const secret = useMemo(() => (masked ? secretOctets(bytes, material.echoes) : () => false), [bytes, masked])
  const count = Math.min(mostRows, Math.ceil(bytes.length / perRow))
  const first = Math.max(0, Math.floor(top / rowHeight) - spare)
  const last = Math.min(count, Math.ceil((top + (room.height || 600)) / rowHeight) + spare)
  const rows = []
  for (let row = first; row < last; row++) {
    let hex = ''
    let text = ''
    for (let at = row * perRow; at < (row + 1) * perRow; at++) {
      const octet = bytes[at]
      if (at % 8 === 0 && at % perRow !== 0) hex += ' '
      hex += octet === undefined ? '   ' : secret(at) ? '•• ' : `${octet.toString(16).padStart(2, '0')} `
      if (octet !== undefined) text += secret(at) ? '•' : octet > 31 && octet < 127 ? String.fromCharCode(octet) : '·'
    }
    rows.push(
      <div class="hex-row" key={row} style={{ gridTemplateColumns: `9ch ${perRow * 3 + 2}ch 1fr` }}>
        <span class="qq">{(row * perRow).toString(16).padStart(8, '0')}</span>
        <span>{hex}</span>
        <span class="js">{text}</span>
      </div>,
    )
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

export const hexViewer: Viewer = { id: 'hex', label: 'Hex', searchable: false, suits: () => 1, View: Hex }
