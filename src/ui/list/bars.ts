// Timing bars in the grid: one logarithmic shared for durations, one common clock for the waterfall.
import type { Row } from '../../api/row.ts'
import { formatDuration } from '../units.ts'
import { child, classOf, type Shared } from './cell.ts'
import { logShare } from './log-share.ts'

function segments(bar: HTMLElement): (row: Row) => void {
  const parts = ['setup', 'wait', 'receive'].map((name) => child(bar, name, 'i'))
  const lasts = ['', '', '']
  return (row) => {
    const [setup, wait, receive] = row.phases
    const sum = setup + wait + receive || 1
    const shares = row.duration === null ? [0, 0, 0] : [setup / sum, wait / sum, receive / sum]
    for (let i = 0; i < 3; i++) {
      const width = `${((shares[i] ?? 0) * 100).toFixed(1)}%`
      const part = parts[i]
      if (!part || lasts[i] === width) continue
      lasts[i] = width
      part.style.width = width
    }
  }
}

export function phaseWords({ phases: [setup, wait, receive] }: Row): string {
  return [
    setup > 0 ? `${formatDuration(setup)} set-up and sending` : '',
    wait > 0 ? `${formatDuration(wait)} waiting` : '',
    receive > 0 ? `${formatDuration(receive)} receiving` : '',
  ]
    .filter(Boolean)
    .join(', ')
}

function state(row: Row): string {
  if (row.outcome === 'failed' && row.status === 0) return 'bar unanswered'
  return row.duration === null ? 'bar running' : 'bar'
}

export function durationBar(cell: HTMLElement): (row: Row) => void {
  const track = child(cell, 'track')
  const bar = child(track, 'bar')
  const paint = segments(bar)
  const setClass = classOf(bar)
  let last = ''
  return (row) => {
    const width = `${(logShare(row.duration ?? 0) * 100).toFixed(1)}%`
    if (width !== last) bar.style.width = last = width
    setClass(state(row))
    paint(row)
  }
}

/** Where the exchange lies between the first and the last moment on screen. */
export function waterfall(cell: HTMLElement): (row: Row, shared: Shared) => void {
  const track = child(cell, 'track')
  const bar = child(track, 'bar')
  const paint = segments(bar)
  const setClass = classOf(bar)
  return (row, shared) => {
    const span = Math.max(1, shared.to - shared.from)
    const begun = Date.parse(row.startedDateTime) - shared.from
    const lasted = row.duration ?? shared.to - shared.from - begun
    bar.style.marginLeft = `${((begun / span) * 100).toFixed(2)}%`
    bar.style.width = `${(Math.max(0.004, lasted / span) * 100).toFixed(2)}%`
    setClass(state(row))
    paint(row)
  }
}
