// How `telltale check` says what it found: as text for a person, as Markdown for a report, as JSON for a program.
import type { Finding, Level } from '../diagnose/finding.ts'
import { evidencePlace } from '../formats/evidence-place.ts'
import { type Paint, safeJson, safeLine } from './terminal-text.ts'

/** One diagnosed exchange. `entry` is its place in the file, counted from 0; `url` is already redacted. */
export type Checked = {
  readonly file: string
  readonly entry: number
  readonly exchangeId: string
  readonly method: string
  readonly url: string
  /** `401 Unauthorized`, or the code of a network failure. */
  readonly outcome: string
  readonly findings: readonly Finding[]
}

export type Report = {
  readonly exchanges: number
  readonly checked: readonly Checked[]
  readonly skipped: readonly { readonly file: string; readonly entry: number; readonly reason: string }[]
}

/** All exchanges with the same cause at the same place. */
type Group = { readonly finding: Finding; readonly members: readonly Checked[] }

const severity: Readonly<Record<Level, number>> = { error: 0, warning: 1, note: 2 }
const shown = 3
/** What else was found about a failure, below its cause. */
const maxAlso = 4
/** Groups of notes are listed by name only. */
const maxNotes = 10

/** Worst first, then most frequent. A failure is grouped by its primary finding; others by each rule. */
function groupFindings(report: Report): readonly Group[] {
  const groups = new Map<string, { finding: Finding; members: Checked[] }>()
  for (const one of report.checked)
    for (const finding of one.findings) {
      // What contributes to a failure stands below its cause, not beside it.
      if (!finding.primary && one.findings.some(({ primary }) => primary)) continue
      const key = `${finding.level} ${finding.ruleId} ${finding.brief} ${one.method} ${one.url.replace(/^(\w+:\/\/[^/]*).*/, '$1')}`
      const group = groups.get(key)
      if (group) group.members.push(one)
      else groups.set(key, { finding, members: [one] })
    }
  return [...groups.values()].sort(
    (a, b) => severity[a.finding.level] - severity[b.finding.level] || b.members.length - a.members.length,
  )
}

export function counts(report: Report): Readonly<Record<Level, number>> & { readonly failures: number } {
  const all = report.checked.flatMap(({ findings }) => findings)
  const of = (level: Level) => all.filter((finding) => finding.level === level).length
  const failures = report.checked.filter(({ findings }) => findings.some(({ primary }) => primary)).length
  return { error: of('error'), warning: of('warning'), note: of('note'), failures }
}

/** Characters of an address shown to a person. */
const maxUrl = 160
const call = ({ method, url }: Checked): string =>
  `${method} ${url.length <= maxUrl ? url : `${url.slice(0, maxUrl - 1)}…`}`

const times = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`

/** Failures, and of the others what is listed: a note about a failure is no matter of its own. */
function headline(report: Report): string {
  const { failures } = counts(report)
  const groups = groupFindings(report)
  const listed = (level: Level) =>
    groups.reduce(
      (sum, { finding, members }) => sum + (finding.level === level && !finding.primary ? members.length : 0),
      0,
    )
  const [warning, note] = [listed('warning'), listed('note')]
  const skipped = report.skipped.length > 0 ? `, ${report.skipped.length} skipped` : ''
  return `${times(report.exchanges, 'exchange')}: ${times(failures, 'failure')}, ${times(warning, 'warning')}, ${times(note, 'note')}${skipped}`
}

const place = ({ evidence }: Finding): string[] =>
  evidence.slice(0, 4).map((one) => `${evidencePlace(one)}: ${one.value}`)

/** Where several files were read, an entry needs the name of its own. */
function entryOf(one: Checked, report: Report): string {
  const files = new Set([...report.checked, ...report.skipped].map(({ file }) => file))
  return files.size > 1 ? `entry ${one.entry} of ${one.file}` : `entry ${one.entry}`
}

/** Other errors and warnings of a failure, and how it differs from the call that worked. */
const besides = (finding: Finding, members: readonly Checked[]): readonly Finding[] =>
  finding.primary
    ? (members[0]?.findings ?? [])
        .filter((one) => !one.primary && (one.level !== 'note' || one.ruleId === 'diagnosis/differs-from-success'))
        .slice(0, maxAlso)
    : []

export function textReport(report: Report, paint: Paint): string {
  const lines = [paint('bold', headline(report))]
  const groups = groupFindings(report)
  const notes = groups.filter(({ finding }) => finding.level === 'note')
  for (const { finding, members } of groups) {
    if (finding.level === 'note') continue
    const colour = finding.level === 'error' ? 'red' : 'yellow'
    lines.push(
      '',
      `${paint(colour, finding.level === 'error' ? '✖' : '▲')} ${paint('bold', safeLine(finding.title))}  ${paint('dim', finding.ruleId)}${members.length > 1 ? `  ${members.length} times` : ''}`,
    )
    for (const one of members.slice(0, shown))
      lines.push(`  ${safeLine(call(one))}  ${safeLine(one.outcome)}  ${paint('dim', safeLine(entryOf(one, report)))}`)
    if (members.length > shown) lines.push(paint('dim', `  … and ${members.length - shown} more`))
    lines.push(`    ${safeLine(finding.explanation)}`)
    if (finding.quote)
      lines.push(
        `    ${paint('cyan', 'server')}  “${safeLine(finding.quote.text)}”${finding.quote.requestId ? paint('dim', `  request ${safeLine(finding.quote.requestId)}`) : ''}`,
      )
    for (const text of place(finding)) lines.push(`    ${paint('dim', safeLine(text))}`)
    if (finding.fix) lines.push(`    ${paint('green', 'fix')}     ${safeLine(finding.fix.text)}`)
    for (const one of besides(finding, members))
      lines.push(`    ${paint('yellow', 'also')}    ${safeLine(one.title)}  ${paint('dim', one.ruleId)}`)
  }
  if (notes.length > 0) {
    lines.push('', paint('dim', 'notes'))
    for (const { finding, members } of notes.slice(0, maxNotes))
      lines.push(
        `  ${safeLine(finding.title)}  ${paint('dim', finding.ruleId)}${members.length > 1 ? `  ${members.length} times` : ''}`,
      )
    if (notes.length > maxNotes) lines.push(paint('dim', `  … and ${notes.length - maxNotes} more`))
  }
  for (const { file, entry, reason } of report.skipped.slice(0, 5))
    lines.push('', paint('yellow', safeLine(`${file}, entry ${entry} was skipped: ${reason}`)))
  return `${lines.join('\n')}\n`
}

/** Inside Markdown nothing captured may become markup. */
const plain = (text: string): string => safeLine(text).replace(/[\\`*_{}[\]<>#|!]/g, '\\$&')

export function markdownReport(report: Report): string {
  const lines = ['# Diagnosis', '', headline(report), '']
  for (const { finding, members } of groupFindings(report)) {
    lines.push(
      `## ${finding.level === 'error' ? 'Error' : finding.level === 'warning' ? 'Warning' : 'Note'}: ${plain(finding.title)}`,
      '',
    )
    lines.push(`${plain(finding.explanation)}`, '')
    if (finding.quote) lines.push(`> ${plain(finding.quote.text)}`, '')
    lines.push(`Rule ${finding.ruleId}, ${times(members.length, 'exchange')}:`, '')
    for (const one of members.slice(0, shown))
      lines.push(`- ${plain(call(one))} → ${plain(one.outcome)} (${plain(entryOf(one, report))})`)
    if (members.length > shown) lines.push(`- … and ${members.length - shown} more`)
    lines.push('', ...place(finding).map((text) => `- ${plain(text)}`), '')
    if (finding.fix) lines.push(`**Fix:** ${plain(finding.fix.text)}`, '')
    const also = besides(finding, members)
    if (also.length > 0) lines.push('Also:', '', ...also.map((one) => `- ${plain(one.title)} (${one.ruleId})`), '')
    if (finding.references[0]) lines.push(`See [${finding.references[0].title}](${finding.references[0].url}).`, '')
  }
  return `${lines.join('\n').trim()}\n`
}

/** `indent` 0 makes one line of it. */
export function jsonReport(report: Report, indent: number): string {
  const findings = report.checked.flatMap((one) =>
    one.findings.map((finding) => ({
      ...finding,
      file: one.file,
      entry: one.entry,
      method: one.method,
      url: one.url,
      outcome: one.outcome,
    })),
  )
  const { failures, ...levels } = counts(report)
  const summary = { ...levels, failures, skipped: report.skipped }
  return `${safeJson({ exchanges: report.exchanges, findings, summary }, indent)}\n`
}
