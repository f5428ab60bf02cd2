// `telltale run -- CMD`: runs a command with its traffic captured, keeps its exit status, and sums up what failed and why.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, join, sep } from 'node:path'
import type { Row } from '../api/row.ts'
import type { Session } from '../exchange/session.ts'
import { describeOptions, type OptionName, type Options, proxyOptions, readOptions, refusal } from '../options.ts'
import { captureVariables, removed, withoutNpm, writeBundle } from './child-environment.ts'
import { type Command, type CommandEnvironment, calledFrom, places } from './command.ts'
import { launch } from './launch.ts'
import { summarize } from './run-summary.ts'
import { connect, findRunning, type Running } from './running.ts'
import { painter, safeJson } from './terminal-text.ts'
import { rowsWithoutSecrets } from './without-secrets.ts'

const allowed: readonly OptionName[] = [...proxyOptions, 'keep-no-proxy']

const usage = `usage: telltale run [OPTIONS] -- COMMAND [ARGUMENTS]

Runs COMMAND with the proxy and CA variables set, and ends with its exit status. Uses the Telltale that already runs on
the data directory, or starts one for as long as COMMAND runs.

${describeOptions(allowed)}
`

/** The proxy a command will use: a running one, or ours for its time. */
export type Capture = {
  readonly api: Running
  readonly caFile: string
  readonly dataDir: string
  readonly page: string
  /** True when it ran before the command and goes on after it. */
  readonly attached: boolean
  close(): Promise<void>
}

export const run: Command = async (args, environment) => {
  const { stdout } = environment
  const options = readOptions(args, allowed)
  if (options.flag('help')) {
    stdout.write(usage)
    return 0
  }
  const [command, ...commandArgs] = options.rest
  if (!command || options.positionals.length > 0) {
    throw refusal(
      `Put -- before the command, as in "telltale run -- ${[...options.positionals, ...options.rest].join(' ') || 'npm test'}".`,
      2,
    )
  }
  const capture = await begin(options, environment, [command, ...commandArgs])
  try {
    return await runCaptured(capture, options, environment, [command, ...commandArgs])
  } finally {
    await capture.close()
  }
}

async function runCaptured(
  capture: Capture,
  options: Options,
  environment: CommandEnvironment,
  [command = '', ...commandArgs]: readonly string[],
): Promise<number> {
  const { stdout, stderr, env, cwd } = environment
  const { api } = capture
  const { childEnv, variables } = capturedEnvironment(capture, env, options.flag('keep-no-proxy'))
  const json = options.flag('json')
  if (json) stdout.write(readyLine(capture, environment.version))
  else stderr.write(`telltale: recording; page ${capture.page}\n`)
  if (options.flag('verbose'))
    for (const [name, value] of Object.entries(variables)) stderr.write(`telltale: ${name}=${value}\n`)

  const startedAt = Date.now()
  const status = await runChild(command, commandArgs, childEnv, cwd, stderr)
  const rows = (await rowsSince(capture, startedAt)).map(rowsWithoutSecrets(capture.dataDir))
  if (json)
    stdout.write(
      `${safeJson({ event: 'summary', exchanges: rows.length, failures: rows.filter((row) => row.findings.error > 0) })}\n`,
    )
  else if (rows.length > 0 || !couldNotRun.includes(status))
    stderr.write(
      summarize(rows, {
        ...(capture.attached ? { page: api.uiUrl } : {}),
        itself: calledFrom(cwd, environment),
        kept: capture.dataDir,
        paint: painter(stderr, env),
      }),
    )
  return status
}

/** The first line of `--json`: where everything is, for whoever started us. */
export function readyLine({ api, caFile, dataDir }: Capture, version: string): string {
  const { proxyUrl: proxy, uiUrl: ui, token, pid } = api
  return `${JSON.stringify({ event: 'ready', proxy, ui, token, ca: caFile, dataDir, pid, version })}\n`
}

/** The caller's variables with those that lead to the proxy. */
export function capturedEnvironment(
  { api, caFile, dataDir }: Capture,
  env: CommandEnvironment['env'],
  keepNoProxy: boolean,
): { readonly childEnv: Record<string, string | undefined>; readonly variables: Readonly<Record<string, string>> } {
  const childEnv = withoutNpm(env)
  const variables = captureVariables(api.proxyUrl, caFile, writeBundle(dataDir, caFile, childEnv), keepNoProxy)
  for (const name of removed) delete childEnv[name]
  return { childEnv: { ...childEnv, ...variables }, variables }
}

export async function begin(
  options: Options,
  environment: CommandEnvironment,
  command: readonly string[],
): Promise<Capture> {
  const place = places(options, environment)
  const running = await findRunning(place)
  if (running) {
    const { caFile } = (await running.call('GET', '/api/status')) as { caFile: string }
    return {
      api: running,
      caFile,
      dataDir: place.dataDir,
      page: running.uiUrl,
      attached: true,
      close: async () => undefined,
    }
  }
  const say = (text: string) => environment.stderr.write(`telltale: ${text}\n`)
  const session = { command, ...git(environment.cwd) }
  const started = await launch(options, environment, { say, session })
  const api = connect({ pid: process.pid, proxyUrl: started.proxyUrl, uiUrl: started.uiUrl, token: started.token })
  const { caFile, pageLink: page } = started
  return { api, caFile, dataDir: place.dataDir, page, attached: false, close: () => started.close() }
}

/** Branch and commit of the caller's folder, where there are any. */
function git(cwd: string): Pick<Session, 'git'> {
  const ask = (...args: string[]): string | undefined => {
    const { status, stdout } = spawnSync('git', args, { cwd, encoding: 'utf8', timeout: 2000 })
    return status === 0 ? stdout.trim() : undefined
  }
  const commit = ask('rev-parse', '--short=12', 'HEAD')
  const branch = ask('branch', '--show-current')
  if (!commit) return {}
  return { git: { commit, ...(branch ? { branch } : {}) } }
}

/** What a shell ends with when a command was not found or is no program. */
const couldNotRun: readonly number[] = [126, 127]

/** Passed on to the child. SIGUSR1 would otherwise open Node's debugger in us. */
const passedOn = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const

/** No shell in between: arguments arrive as they were typed. Signals reach the child; its end is ours. */
export function runChild(
  command: string,
  args: readonly string[],
  env: Record<string, string | undefined>,
  cwd: string,
  stderr: NodeJS.WriteStream,
): Promise<number> {
  return new Promise((resolve) => {
    // Heard before there is a child: it may be running, and have said so, before we come to the next line.
    // A terminal sends these to the child as well: it decides what they mean, and we wait for it.
    const inTerminal = [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY)
    const ignore = () => undefined
    const forward = (signal: NodeJS.Signals) => child.kill(signal)
    for (const signal of ['SIGINT', 'SIGQUIT'] as const) process.on(signal, inTerminal ? ignore : forward)
    for (const signal of passedOn) process.on(signal, forward)
    const child = spawn(command, args, { cwd, env, stdio: 'inherit', shell: false })
    child.on('error', (error: NodeJS.ErrnoException) => {
      const missing = error.code === 'ENOENT' || (error.code === 'EACCES' && !isOnPath(command, env.PATH))
      stderr.write(
        `telltale: ${missing ? `there is no command "${command}"` : `"${command}" cannot be run (${error.code})`}.\n`,
      )
      resolve(missing ? 127 : 126)
    })
    child.on('exit', (code, signal) => {
      for (const signal of passedOn) process.off(signal, forward)
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0))
    })
  })
}

/** One unreadable folder in PATH makes the system answer EACCES for a command that is in none of them. */
function isOnPath(command: string, path = ''): boolean {
  return command.includes(sep) || path.split(delimiter).some((folder) => existsSync(join(folder, command)))
}

/** ms until everything has come from the wire, between two looks, and for all of them. */
const settleMs = 250
const lookMs = 150
const patienceMs = 3000

/** Everything that began since then, once the recorder has caught up: at once in our own process, else when nothing more comes. */
export async function rowsSince({ api, attached }: Capture, time: number): Promise<readonly Row[]> {
  const until = Date.now() + patienceMs
  await new Promise((resolve) => setTimeout(resolve, settleMs))
  let known = -1
  for (;;) {
    const rows = await readRows(api, time)
    const isOver = rows.every(({ outcome }) => outcome === 'complete' || outcome === 'failed')
    if ((isOver && (known === rows.length || !attached)) || Date.now() > until) return rows
    known = rows.length
    await new Promise((resolve) => setTimeout(resolve, lookMs))
  }
}

async function readRows(api: Running, time: number): Promise<readonly Row[]> {
  // Ids begin with the time in base 36: this is the smallest of that moment.
  const first = `${time.toString(36).padStart(9, '0')}0000000`
  const rows: Row[] = []
  for (;;) {
    const page = (await api.call('GET', `/api/exchanges?limit=1000&after=${first}&offset=${rows.length}`)) as {
      rows: Row[]
      total: number
    }
    rows.push(...page.rows)
    if (page.rows.length === 0 || rows.length >= page.total) return rows
  }
}
