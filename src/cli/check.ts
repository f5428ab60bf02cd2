// `telltale check`: diagnoses a file without a proxy, or the traffic of a command, and fails where it finds enough.
import { createHash } from 'node:crypto'
import { createReadStream, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { createDiagnosis } from '../diagnose/diagnose.ts'
import type { Finding } from '../diagnose/finding.ts'
import { redactUrl } from '../diagnose/redact.ts'
import { isSilenced, type Silence } from '../diagnose/silence.ts'
import { type Exchange, responseOf } from '../exchange/exchange.ts'
import { isFileProblem } from '../formats/file-problem.ts'
import { describeOptions, type OptionName, type Options, proxyOptions, readOptions, refusal } from '../options.ts'
import { type Checked, jsonReport, markdownReport, type Report, textReport } from './check-report.ts'
import type { Command, CommandEnvironment } from './command.ts'
import { orderedIds, readObserved } from './read-observed.ts'
import { begin, type Capture, capturedEnvironment, readyLine, rowsSince, runChild } from './run.ts'
import { painter, safeLine } from './terminal-text.ts'

const fileOptions: readonly OptionName[] = ['format', 'fail-on', 'mute', 'json', 'help']
const allowed: readonly OptionName[] = [
  ...fileOptions,
  ...proxyOptions.filter((name) => !fileOptions.includes(name)),
  'keep-no-proxy',
]

const usage = `usage: telltale check [OPTIONS] FILE…
       telltale check [OPTIONS] -- COMMAND [ARGUMENTS]

Says why exchanges failed, in a HAR or NDJSON file (- for standard input) or in the traffic of a command. FORMAT is text, json or markdown. Ends
with 1 where a finding is as bad as --fail-on says, with 2 when it was not called right; a command's own failure is kept.

${describeOptions(fileOptions)}

With a command, also the options of "telltale run".
`

const hash = (octets: Uint8Array | string) => createHash('sha256').update(octets).digest('hex')
const fingerprint = (value: string) => hash(value).slice(0, 8)
const levels = ['error', 'warning', 'note']
const formats = ['text', 'json', 'markdown']

export const run: Command = async (args, environment) => {
  const { stdout } = environment
  const options = readOptions(args, allowed)
  if (options.flag('help')) {
    stdout.write(usage)
    return 0
  }
  const failOn = options.text('fail-on') ?? 'error'
  if (![...levels, 'none'].includes(failOn))
    throw refusal(`--fail-on is one of error, warning, note, none, not "${failOn}".`, 2)
  const format = options.text('format') ?? (options.flag('json') ? 'json' : 'text')
  if (!formats.includes(format)) throw refusal(`--format is one of ${formats.join(', ')}, not "${format}".`, 2)
  const live = options.rest.length > 0
  if (live === options.positionals.length > 0)
    throw refusal(
      live ? 'Give files or a command, not both.' : 'Name a HAR or NDJSON file, or put a command behind --.',
      2,
    )
  const { report, status } = live
    ? await checkCommand(options, environment)
    : { report: await checkFiles(options, environment), status: 0 }
  const text =
    format === 'json'
      ? jsonReport(report, options.flag('json') ? 0 : 2)
      : format === 'markdown'
        ? markdownReport(report)
        : textReport(report, painter(stdout, environment.env))
  await new Promise<void>((done) => stdout.write(text, () => done()))
  return fails(report, failOn) ? 1 : status
}

function fails(report: Report, failOn: string): boolean {
  const bad = levels.slice(0, levels.indexOf(failOn) + 1)
  return report.checked.some(({ findings }) => findings.some(({ level }) => bad.includes(level)))
}

const silences = (options: Options): readonly Silence[] => options.list('mute').map((rule) => ({ rule }))

function checkedOf(exchange: Exchange, file: string, entry: number, findings: readonly Finding[]): Checked {
  const response = responseOf(exchange)
  const { outcome } = exchange
  return {
    file,
    entry,
    exchangeId: exchange.id,
    method: exchange.request.method,
    url: redactUrl(exchange.request.url, fingerprint),
    outcome:
      outcome.state === 'failed'
        ? outcome.failure.code
        : `${response?.status ?? 0} ${response?.statusText ?? ''}`.trim(),
    findings,
  }
}

/** `-` is what comes on standard input. */
function open(name: string, cwd: string): AsyncIterable<Uint8Array> {
  if (name === '-') return process.stdin
  const file = resolve(cwd, name)
  readable(name, file)
  return createReadStream(file)
}

async function checkFiles(options: Options, { cwd, stderr }: CommandEnvironment): Promise<Report> {
  const diagnosis = createDiagnosis(
    {
      hash,
      now: Date.now,
      onRuleFailure: (rule, _id, error) => stderr.write(`telltale: rule ${rule} failed: ${safeLine(String(error))}\n`),
    },
    { mutes: silences(options) },
  )
  const checked = new Map<string, Checked>()
  const skipped: Report['skipped'][number][] = []
  const ids = orderedIds()
  for (const name of options.positionals) {
    const octets = open(name, cwd)
    const file = name === '-' ? 'standard input' : name
    try {
      for await (const one of readObserved(file, octets, ids)) {
        if ('skipped' in one) {
          skipped.push({ file, entry: one.entry, reason: one.skipped })
          continue
        }
        const { exchange } = one.observed
        checked.set(exchange.id, checkedOf(exchange, file, one.entry, []))
        for (const { exchangeId, findings } of diagnosis.observe(one.observed)) {
          const known = checked.get(exchangeId)
          if (known) checked.set(exchangeId, { ...known, findings })
        }
      }
    } catch (error) {
      if (isFileProblem(error)) throw refusal(`${file}: ${error.message}`, 2)
      throw error
    }
  }
  return {
    exchanges: checked.size,
    checked: [...checked.values()].filter(({ findings }) => findings.length > 0),
    skipped,
  }
}

function readable(name: string, file: string): void {
  const found = statSync(file, { throwIfNoEntry: false })
  if (!found) throw refusal(`There is no file ${name}.`, 2)
  if (!found.isFile()) throw refusal(`${name} is not a file.`, 2)
}

/** Runs the command as `telltale run` does, and reads what the desk found meanwhile. */
async function checkCommand(
  options: Options,
  environment: CommandEnvironment,
): Promise<{ report: Report; status: number }> {
  const [command = '', ...commandArgs] = options.rest
  if (command === '') throw refusal('The command behind -- is empty.', 2)
  const capture = await begin(options, environment, options.rest)
  try {
    return await checkCaptured(capture, options, environment, [command, ...commandArgs])
  } finally {
    await capture.close()
  }
}

async function checkCaptured(
  capture: Capture,
  options: Options,
  environment: CommandEnvironment,
  [command = '', ...commandArgs]: readonly string[],
): Promise<{ report: Report; status: number }> {
  if (options.flag('json')) environment.stdout.write(readyLine(capture, environment.version))
  const { childEnv } = capturedEnvironment(capture, environment.env, options.flag('keep-no-proxy'))
  const startedAt = Date.now()
  const status = await runChild(command, commandArgs, childEnv, environment.cwd, environment.stderr)
  const rows = await rowsSince(capture, startedAt)
  const mutes = silences(options)
  const checked: Checked[] = []
  for (const [index, row] of rows.toReversed().entries()) {
    if (row.findings.error + row.findings.warning + row.findings.note === 0) continue
    const { exchange, findings } = (await capture.api.call('GET', `/api/exchanges/${row.id}`)) as {
      exchange: Exchange
      findings: readonly Finding[]
    }
    const heard = findings.filter(({ ruleId }) => !mutes.some((mute) => isSilenced(mute, ruleId, row.host, '')))
    if (heard.length > 0) checked.push(checkedOf(exchange, '', index, heard))
  }
  return { report: { exchanges: rows.length, checked, skipped: [] }, status }
}
