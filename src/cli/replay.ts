// `telltale replay ID`: sends a captured request again, edited if wanted, and says what came back.
import { setTimeout as wait } from 'node:timers/promises'
import type { Edit } from '../exchange/edit.ts'
import { describeOptions, type OptionName, type Options, proxyOptions, readOptions, refusal } from '../options.ts'
import type { CapturedEntry } from './captures.ts'
import { type Command, type CommandEnvironment, places } from './command.ts'
import { findId } from './find-id.ts'
import { launch } from './launch.ts'
import { connect, findRunning, type Running } from './running.ts'
import { capturesOfRunning } from './running-captures.ts'
import { createTable } from './table.ts'
import { painter, safeJson, safeLine, widthOf } from './terminal-text.ts'
import { rowsWithoutSecrets } from './without-secrets.ts'

const allowed: readonly OptionName[] = [
  'set-header',
  'data-dir',
  'certs',
  'upstream-ca',
  'insecure',
  'client-cert',
  'json',
  'help',
]

/** ms until an answer that does not end is no longer waited for. */
const patience = 120_000

const usage = `usage: telltale replay ID [OPTIONS]

Sends the request again and waits for its answer; both stand in the list,
linked. ID as "telltale list" prints it, the end of it, or "last". Uses the
Telltale that runs on the data directory, or starts one for this request.

${describeOptions(allowed)}
`

function readEdits(lines: readonly string[]): Edit[] {
  return lines.map((line) => {
    const colon = line.indexOf(':')
    if (colon <= 0) throw refusal(`--set-header takes "Name: value", not ${JSON.stringify(line)}.`, 2)
    return { op: 'set-header', name: line.slice(0, colon).trim(), value: line.slice(colon + 1).trim() }
  })
}

/** The running one, or one of our own for a moment, on ports of its own choice. */
async function reach(
  options: Options,
  environment: CommandEnvironment,
): Promise<{ readonly api: Running; close(): Promise<void> }> {
  const running = await findRunning(places(options, environment))
  if (running) return { api: running, close: async () => undefined }
  const passed = (['data-dir', 'certs', 'upstream-ca', 'insecure', 'client-cert'] as const).flatMap((name) =>
    options.list(name).map((value) => `--${name}=${value}`),
  )
  const launched = await launch(readOptions(['--port=0', '--ui-port=0', ...passed], proxyOptions), environment, {
    say: (text) => void environment.stderr.write(`telltale: ${text}\n`),
    session: { name: 'replay' },
  })
  const { proxyUrl, uiUrl, token } = launched
  return { api: connect({ pid: process.pid, proxyUrl, uiUrl, token }), close: () => launched.close() }
}

async function answerOf(api: Running, id: string, signal: AbortSignal): Promise<CapturedEntry> {
  for (const begun = Date.now(); ; await wait(50, undefined, { signal })) {
    const response = await api.fetch(`/api/exchanges/${id}`)
    const entry = response.ok ? ((await response.json()) as CapturedEntry) : undefined
    const state = entry?.exchange.outcome.state
    if (entry && (state === 'complete' || state === 'failed')) return entry
    if (Date.now() - begun > patience)
      throw refusal(`The replayed request ${id} has had no complete answer for ${patience / 1000} seconds.`)
  }
}

export const run: Command = async (args, environment) => {
  const { stdout, env } = environment
  const options = readOptions(args, allowed)
  if (options.flag('help')) {
    stdout.write(usage)
    return 0
  }
  const [id, ...others] = options.positionals
  if (id === undefined || others.length > 0) throw refusal('Say which exchange: telltale replay ID.', 2)
  const edits = readEdits(options.list('set-header'))
  const { api, close } = await reach(options, environment)
  // Ctrl-C ends the waiting; what was sent is kept as it stands.
  const left = new AbortController()
  const leave = (): void => left.abort()
  process.once('SIGINT', leave)
  try {
    const wanted = await findId(capturesOfRunning(api), id)
    const { id: sent } = (await api.call('POST', `/api/exchanges/${wanted}/replay`, { edits })) as { id: string }
    const { row: kept, exchange, findings } = await answerOf(api, sent, left.signal)
    const row = rowsWithoutSecrets(places(options, environment).dataDir)(kept)
    if (options.flag('json')) stdout.write(`${safeJson(row)}\n`)
    else {
      const table = createTable(painter(stdout, env), widthOf(stdout))
      stdout.write(`${table([row], Date.now()).join('\n')}\n`)
      const primary = findings.find((finding) => finding.primary)
      if (primary) stdout.write(`  ${safeLine(primary.title)}\n`)
    }
    return exchange.outcome.state === 'failed' ? 1 : 0
  } catch (error) {
    if (left.signal.aborted) return 130
    throw error
  } finally {
    process.off('SIGINT', leave)
    await close()
  }
}
