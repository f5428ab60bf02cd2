// The one screen at the end of `telltale run`: which calls failed, why, and where to look.
import type { Row } from '../api/row.ts'
import { cutTo, type Paint, safeLine } from './terminal-text.ts'

export type SummaryOptions = {
  /** Where the page is, when it goes on running. */
  readonly page?: string
  /** How Telltale is called here. */
  readonly itself: string
  readonly kept: string
  readonly paint: Paint
}

const most = 12

export function summarize(rows: readonly Row[], options: SummaryOptions): string {
  const { paint } = options
  const failed = rows.filter((row) => row.findings.error > 0)
  const warned = rows.filter((row) => row.findings.error === 0 && row.findings.warning > 0)
  if (rows.length === 0) {
    return `telltale: no traffic was seen. The command made no calls, or its runtime does not read HTTP_PROXY (Node before 22.21, Java, Go to localhost).\n`
  }
  const count = (n: number, what: string) => `${n} ${what}${n === 1 ? '' : 's'}`
  const head = `telltale: ${count(rows.length, 'exchange')}, ${count(failed.length, 'failure')}, ${count(warned.length, 'warning')}`
  const groups = new Map<string, Row[]>()
  for (const row of [...failed, ...warned].toReversed()) {
    const key = `${row.primary?.ruleId} ${row.method} ${row.host} ${row.path.split('?')[0]}`
    groups.set(key, [...(groups.get(key) ?? []), row])
  }
  const lines = [...groups.values()].slice(0, most).flatMap((group) => {
    const [row] = group
    if (!row) return []
    const bad = row.findings.error > 0
    const what = row.outcome === 'failed' ? row.failure : `${row.status} ${row.statusText}`
    const times = group.length > 1 ? ` (${group.length} times)` : ''
    return [
      `  ${paint(bad ? 'red' : 'yellow', bad ? '✖' : '▲')} ${cutTo(safeLine(`${row.method} ${row.host}${row.path}`), 90)}  ${safeLine(what ?? '')}${times}`,
      `      ${safeLine(row.primary?.title ?? 'No cause found')} ${paint('dim', row.primary?.ruleId ?? '')}`,
    ]
  })
  const more = groups.size > most ? [`  … and ${groups.size - most} more`] : []
  const { page, itself } = options
  const look = page ? `${page} shows them` : `"${itself} start" shows them on the page`
  const where = `  Kept in ${options.kept}; ${look}, "${itself} list level:error" lists them here.`
  return `${[head, ...lines, ...more, where].join('\n')}\n`
}
