// Measures the diagnosis on recorded traffic: recall on labelled failures, false alarms, quotes, speed and memory.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { orderedIds, readObserved } from '../src/cli/read-observed.ts'
import { groupOf } from '../src/diagnose/compose-findings.ts'
import { createDiagnosis } from '../src/diagnose/diagnose.ts'
import type { Finding } from '../src/diagnose/finding.ts'
import type { Observed } from '../src/diagnose/observed.ts'
import { measureRepeat } from './diagnosis-repeat.ts'
import { writeSection } from './write-section.ts'

type Label = { readonly id: string; readonly outcome: string; readonly group?: readonly string[] }
type Judged = { readonly id: string; readonly observed: Observed; findings: readonly Finding[] }

const hash = (octets: Uint8Array | string) => createHash('sha256').update(octets).digest('hex')
const percent = (part: number, whole: number, digits = 2) =>
  `${whole === 0 ? '–' : ((100 * part) / whole).toFixed(digits)} %`
/** A body with words in it, which is what can be quoted. */
const carriesWords = (text: string) => /[A-Za-z]{3,}/.test(text.replace(/"(?:error|errors|code|status|id)"/g, ''))

function lines(folder: string, name: string): { octets: Uint8Array; lines: string[] } | undefined {
  const file = [join(folder, `${name}.gz`), join(folder, name)].find(existsSync)
  if (!file) return undefined
  const raw = readFileSync(file)
  const octets = file.endsWith('.gz') ? gunzipSync(raw) : raw
  return {
    octets,
    lines: octets
      .toString('utf8')
      .split('\n')
      .filter((line) => line.trim() !== ''),
  }
}

async function* chunks(octets: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < octets.length; at += 65_536) yield octets.subarray(at, at + 65_536)
}

export async function run(args: readonly string[]): Promise<void> {
  if (args.includes('--repeat')) {
    for (const line of measureRepeat()) console.log(line)
    return
  }
  const given = args.find((arg) => !arg.startsWith('-')) ?? '../shared/corpus'
  const folder = resolve(import.meta.dirname, '..', given)
  const exchanges = lines(folder, 'exchanges.jsonl')
  if (!exchanges) {
    console.log(`bench diagnosis: skipped, there is no exchanges.jsonl(.gz) in ${given}`)
    return
  }
  const ids = exchanges.lines.map((line) => /"id"\s*:\s*"([^"]*)"/.exec(line)?.[1] ?? '')
  const labels = new Map(
    (lines(folder, 'labels.jsonl')?.lines ?? [])
      .map((line) => JSON.parse(line) as Label)
      .map((label) => [label.id, label]),
  )
  exchanges.lines.length = 0
  const ruleFailures: string[] = []
  const judged: Judged[] = []
  const byExchange = new Map<string, Judged>()
  let peak = 0
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss)
  }, 20)
  const diagnosis = createDiagnosis({
    hash,
    now: Date.now,
    onRuleFailure: (id, _one, error) => ruleFailures.push(`${id}: ${error}`),
  })
  const begun = process.threadCpuUsage()
  const start = performance.now()
  for await (const one of readObserved('exchanges.jsonl', chunks(exchanges.octets), orderedIds())) {
    if ('skipped' in one) {
      console.log(`entry ${one.entry} skipped: ${one.skipped}`)
      continue
    }
    const entry: Judged = { id: ids[one.entry] ?? '', observed: one.observed, findings: [] }
    judged.push(entry)
    byExchange.set(one.observed.exchange.id, entry)
    for (const { exchangeId, findings } of diagnosis.observe(one.observed)) {
      const known = byExchange.get(exchangeId)
      if (known) known.findings = findings
    }
    if (judged.length % 500 === 0) {
      peak = Math.max(peak, process.memoryUsage().rss)
      await new Promise(setImmediate)
    }
  }
  const elapsed = performance.now() - start
  const used = process.threadCpuUsage(begun)
  const steady = await steadySpeed(exchanges.octets)
  clearInterval(watch)
  const report = summarise(judged, labels, args.includes('--list'))
  const cpu = (used.user + used.system) / 1000
  report.push(
    `| exchanges diagnosed per second of CPU on one core, parsing included (≥ 5,000) | ${perSecond(steady.count, steady.cpu)} once warm, ${perSecond(judged.length, cpu)} in the first pass (compiling included) |`,
    `| the same by the clock, beside whatever else ran | ${perSecond(steady.count, steady.elapsed)} once warm, ${perSecond(judged.length, elapsed)} in the first pass |`,
    `| peak memory (file, records and labels included) | ${Math.round(peak / 1024 / 1024)} MiB |`,
    `| rules that threw | ${ruleFailures.length} |`,
  )
  for (const line of report) console.log(line)
  for (const failure of new Set(ruleFailures)) console.log(failure)
  if (!args.includes('--no-write')) writeSection('diagnosis', report)
}

const perSecond = (count: number, ms: number) => Math.round((count / ms) * 1000).toLocaleString('en')

/** The whole file three times more, each with a new diagnosis: what a running desk does, without the compiler's part. */
async function steadySpeed(octets: Uint8Array): Promise<{ count: number; elapsed: number; cpu: number }> {
  const begun = process.threadCpuUsage()
  const start = performance.now()
  let count = 0
  for (let pass = 0; pass < 3; pass++) {
    const diagnosis = createDiagnosis({ hash, now: Date.now })
    for await (const one of readObserved('exchanges.jsonl', chunks(octets), orderedIds())) {
      if ('skipped' in one) continue
      diagnosis.observe(one.observed)
      count++
    }
  }
  const used = process.threadCpuUsage(begun)
  return { count, elapsed: performance.now() - start, cpu: (used.user + used.system) / 1000 }
}

function summarise(judged: readonly Judged[], labels: ReadonlyMap<string, Label>, list: boolean): string[] {
  const labelled = (outcome: string) => judged.filter(({ id }) => labels.get(id)?.outcome === outcome)
  const failures = labelled('failure')
  const successes = labelled('success')
  const primaryOf = (one: Judged) => one.findings.find(({ primary }) => primary)
  const isRight = (one: Judged) => {
    const primary = primaryOf(one)
    return (
      primary !== undefined &&
      one.findings.filter((f) => f.primary).length === 1 &&
      (labels.get(one.id)?.group ?? []).includes(groupOf(primary.ruleId))
    )
  }
  const missed = failures.filter((one) => !isRight(one))
  const wrong = successes.filter((one) => one.findings.some(({ level }) => level === 'error'))
  const warned = successes.filter((one) => one.findings.some(({ level }) => level === 'warning'))
  const withWords = failures.filter(
    ({ observed }) => observed.response && carriesWords(new TextDecoder().decode(observed.response)),
  )
  const unquoted = withWords.filter((one) => !primaryOf(one)?.quote)
  if (list) {
    for (const one of missed) console.log('missed', one.id, primaryOf(one)?.ruleId, labels.get(one.id)?.group?.join())
    for (const one of [...wrong, ...warned])
      console.log(
        'alarm',
        one.id,
        one.findings
          .filter(({ level }) => level !== 'note')
          .map(({ ruleId, level, brief }) => `${level} ${ruleId} (${brief})`)
          .join('; '),
      )
    for (const one of unquoted)
      console.log('unquoted', one.id, new TextDecoder().decode(one.observed.response).slice(0, 200))
    for (const one of failures)
      console.log(
        'failure',
        one.id,
        primaryOf(one)?.ruleId,
        '|',
        primaryOf(one)?.brief,
        '|',
        primaryOf(one)?.quote?.text.slice(0, 80),
      )
  }
  return [
    `${judged.length.toLocaleString('en')} exchanges, ${failures.length} labelled failures, ${successes.length.toLocaleString('en')} labelled successes.`,
    '',
    '| measure (bar) | result |',
    '|---|---|',
    `| failures whose one primary finding is of an allowed group (100 %) | ${failures.length - missed.length} of ${failures.length} = ${percent(failures.length - missed.length, failures.length)} |`,
    `| successes with an error (≤ 0.1 %) | ${wrong.length} = ${percent(wrong.length, successes.length, 3)} |`,
    `| successes with a warning (≤ 2 %) | ${warned.length} = ${percent(warned.length, successes.length)} |`,
    `| error bodies whose message is quoted (≥ 97 %) | ${withWords.length - unquoted.length} of ${withWords.length} = ${percent(withWords.length - unquoted.length, withWords.length)} |`,
  ]
}
