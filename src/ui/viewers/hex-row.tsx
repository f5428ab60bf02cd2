// One row of octets: offset, hexadecimal, text; hits marked in both.
import type { ComponentChild } from 'preact'

export type OctetMark = 'none' | 'found' | 'now'

type Props = {
  readonly bytes: Uint8Array
  readonly from: number
  readonly perRow: number
  readonly secret: (at: number) => boolean
  readonly markOf: (at: number) => OctetMark
}

type Run = { readonly mark: OctetMark; hex: string; text: string; gap: string }

const drawn = (run: Run, text: string, key: number): ComponentChild =>
  run.mark === 'none' ? (
    text
  ) : (
    <mark key={key} class={run.mark === 'now' ? 'found now' : 'found'}>
      {text}
    </mark>
  )

export function HexRow({ bytes, from, perRow, secret, markOf }: Props) {
  const runs: Run[] = []
  for (let at = from; at < from + perRow; at++) {
    const octet = bytes[at]
    const mark = octet === undefined ? 'none' : markOf(at)
    let run = runs.at(-1)
    const half = at % 8 === 0 && at !== from
    if (run?.mark !== mark) {
      if (run && half) run.gap += ' '
      run = { mark, hex: '', text: '', gap: '' }
      runs.push(run)
    } else {
      // The space after an octet belongs to the mark only where the mark goes on.
      run.hex += run.gap + (half ? ' ' : '')
      run.gap = ''
    }
    run.hex += octet === undefined ? '  ' : secret(at) ? '••' : octet.toString(16).padStart(2, '0')
    run.gap = ' '
    if (octet !== undefined) run.text += secret(at) ? '•' : octet > 31 && octet < 127 ? String.fromCharCode(octet) : '·'
  }
  return (
    <div class="hex-row" style={{ gridTemplateColumns: `9ch ${perRow * 3 + 2}ch 1fr` }}>
      <span class="qq">{from.toString(16).padStart(8, '0')}</span>
      <span>{runs.map((run, i) => [drawn(run, run.hex, i), run.gap])}</span>
      <span class="js">{runs.map((run, i) => drawn(run, run.text, i))}</span>
    </div>
  )
}
