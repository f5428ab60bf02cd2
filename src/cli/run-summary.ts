// The one screen at the end of `telltale run`: which calls failed, why, and where to look.
import type { Row } from '../api/row.ts'

export type SummaryOptions = {
  /** Where the page is, when it goes on running. */
  readonly page?: string
  /** How Telltale is called here. */
  readonly itself: string
  readonly kept: string
  readonly colour: boolean
}

const most = 12

/** Captured text must not steer the terminal (A04): control, escape and bidirectional characters are shown as dots. */
export function plainText(text: string): string {
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '·')
}

const cut = (text: string, width: number) => (text.length <= width ? text : `${text.slice(0, width - 1)}…`)

export function summarize(rows: readonly Row[], options: SummaryOptions): string {
  const paint = (code: number, text: string) => (options.colour ? `\u001b[${code}m${text}\u001b[0m` : text)
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
      `  ${paint(bad ? 31 : 33, bad ? '✖' : '▲')} ${cut(plainText(`${row.method} ${row.host}${row.path}`), 90)}  ${plainText(what ?? '')}${times}`,
      `      ${plainText(row.primary?.title ?? 'No cause found')} ${paint(2, row.primary?.ruleId ?? '')}`,
    ]
  })
  const more = groups.size > most ? [`  … and ${groups.size - most} more`] : []
  const { page, itself } = options
  const look = page ? `${page} shows them` : `"${itself} start" shows them on the page`
  const where = `  Kept in ${options.kept}; ${look}, "${itself} list level:error" lists them here.`
  return `${[head, ...lines, ...more, where].join('\n')}\n`
}
