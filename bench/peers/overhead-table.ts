// Turns what was measured into the lines of a Markdown table: medians, ratios to the bare proxy, bars met or not.
import { contestantNames } from './contestants.ts'
import { type Measurement, median } from './measure.ts'
import { type Bar, type Measure, measures, type OverheadRow } from './overhead-rows.ts'

export type Verdict = { readonly text: string; readonly met: boolean }

function figureOf(measurement: Measurement, name: string, measure: Measure): number | undefined {
  const values = (measurement.get(name)?.rounds ?? []).flatMap((figures) => figures[measure] ?? [])
  if (values.length === 0) return undefined
  const value = median(values)
  // Latency is told as what the proxy adds to the same request sent straight to the origin.
  if (measure !== 'p50' && measure !== 'p99') return value
  const direct = (measurement.get('direct')?.rounds ?? []).flatMap((figures) => figures[measure] ?? [])
  return direct.length === 0 ? undefined : value - median(direct)
}

const withRatio: readonly Measure[] = ['cpu', 'cold', 'rate', 'speed', 'work', 'first', 'peak', 'resident']

function cell(row: OverheadRow, measurement: Measurement, name: string, measure: Measure): string {
  const value = figureOf(measurement, name, measure)
  const reason = name === 'direct' ? undefined : row.without?.[name as (typeof contestantNames)[number]]
  if (value === undefined) return reason ?? '–'
  const text = value.toFixed(measures[measure].digits)
  const bare = figureOf(measurement, 'bare', measure)
  if (!withRatio.includes(measure) || !bare || name === 'bare') return text
  return `${text} (${(value / bare).toFixed(2)}×)`
}

export function judge(bar: Bar, measurement: Measurement): Verdict {
  const value = figureOf(measurement, 'telltale', bar.measure)
  const reference = bar.of === 'bare' ? figureOf(measurement, 'bare', bar.measure) : 1
  const wanted = `${bar.atLeast ? '≥' : '≤'} ${bar.bound}${bar.of === 'bare' ? ' × bare' : ''}`
  if (value === undefined || reference === undefined) return { text: `${wanted}: not measured`, met: false }
  const met = bar.atLeast ? value >= bar.bound * reference : value <= bar.bound * reference
  return { text: `${wanted}: ${met ? 'met' : '**not met**'}`, met }
}

const columns = ['direct', ...contestantNames]

export const tableHead: readonly string[] = [
  `| | ${columns.map((name) => (name === 'telltale' ? '**Telltale**' : name)).join(' | ')} | bar |`,
  `|${'---|'.repeat(columns.length + 2)}`,
]

export function rowLines(row: OverheadRow, measurement: Measurement): string[] {
  const shown = (Object.keys(measures) as Measure[]).filter((measure) =>
    columns.some((name) => figureOf(measurement, name, measure) !== undefined),
  )
  const lines = shown.map((measure) => {
    const bar = row.bars.find((one) => one.measure === measure)
    const cells = columns.map((name) => cell(row, measurement, name, measure))
    return `| ${row.title}: ${measures[measure].title} | ${cells.join(' | ')} | ${bar ? judge(bar, measurement).text : ''} |`
  })
  const failed = columns.map((name) => {
    const errors = Object.entries(measurement.get(name)?.errors ?? {})
    return errors.map(([words, times]) => `${times} × ${words.replace(/[|\s]+/g, ' ').trim()}`).join('; ') || '0'
  })
  if (failed.some((text) => text !== '0')) lines.push(`| ${row.title}: errors | ${failed.join(' | ')} | |`)
  return lines
}
