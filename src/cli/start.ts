// `telltale start`: starts everything, says where to point a program and where to look, and runs until it is told to stop.
import { spawn } from 'node:child_process'
import { describeOptions, type OptionName, proxyOptions, readOptions, refusal } from '../options.ts'
import { type Command, calledFrom, plainPosix, runLine } from './command.ts'
import { launch } from './launch.ts'

const allowed: readonly OptionName[] = [...proxyOptions, 'open']

const usage = `usage: telltale [start] [OPTIONS]

Starts the proxy and the page. Point HTTP_PROXY and HTTPS_PROXY at the proxy, trust the CA file, use your application.

${describeOptions(allowed)}
`

export const run: Command = async (args, environment) => {
  const { cwd, stdout, stderr, version } = environment
  const options = readOptions(args, allowed)
  if (options.flag('help')) {
    stdout.write(usage)
    return 0
  }
  const [extra] = [...options.positionals, ...options.rest]
  if (extra !== undefined)
    throw refusal(`"telltale start" takes no "${extra}"; to run a command: telltale run -- ${extra}.`, 2)
  const json = options.flag('json')
  const line = (value: unknown) => stdout.write(`${JSON.stringify(value)}\n`)
  const say = (text: string) => (json ? line({ event: 'notice', text }) : stderr.write(`telltale: ${text}\n`))
  const early: string[] = []
  let ready = false
  // Whoever reads that we are ready may tell us to stop at once.
  const told = untilTold()
  const started = await launch(options, environment, { say: (text) => (json && !ready ? early.push(text) : say(text)) })
  ready = true
  const { proxyUrl, reverse, uiUrl, token, caFile, places, pageLink } = started
  if (json) {
    line({
      event: 'ready',
      proxy: proxyUrl,
      ui: uiUrl,
      token,
      ca: caFile,
      dataDir: places.dataDir,
      pid: process.pid,
      version,
      page: pageLink,
      ...(reverse.length > 0 ? { reverse } : {}),
    })
    for (const text of early) say(text)
  } else {
    const itself = calledFrom(cwd, environment)
    const where = options.given('data-dir') ? ` --data-dir ${plainPosix(places.dataDir)}` : ''
    stdout.write(`Telltale ${version} is recording.

  Proxy   ${proxyUrl}
  CA      ${caFile}
  Page    ${pageLink}
${reverse.map(({ url, to }) => `  Reverse ${url} leads to ${to}\n`).join('')}
Point a program at it:
  curl -x ${proxyUrl} --cacert ${plainPosix(caFile)} https://example.com/
Or run one with everything set, from its own folder:
  ${runLine(places, options, environment)}
Or set everything in a shell that already runs:
  eval "$(${calledFrom('', environment)} env${where})"
Ctrl C stops. The link works once; "${itself} open${where}" prints another.
`)
  }
  if (options.flag('open')) openBrowser(pageLink)
  await told
  if (!json) stderr.write('\ntelltale: stopping …\n')
  await started.close()
  return 0
}

/** SIGINT, SIGTERM or SIGHUP; a second one ends at once. */
function untilTold(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => {
        resolve()
        process.once(signal, () => process.exit(1))
      })
    }
  })
}

/** The link is in the browser's hands only, never in a process list that others read: it works once. */
export function openBrowser(link: string): void {
  const opener = process.platform === 'darwin' ? 'open' : process.platform === 'win32' ? 'explorer' : 'xdg-open'
  const child = spawn(opener, [link], { stdio: 'ignore', detached: true })
  child.on('error', () => process.stderr.write('telltale: no browser could be opened; use the link above.\n'))
  child.unref()
}
