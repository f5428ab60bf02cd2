#!/usr/bin/env node
// The command line's front door: finds the command, runs it, and turns a refusal into one sentence and an exit status.
import { type Command, commandEnvironment } from './cli/command.ts'
import { keepCompiled } from './cli/compile-cache.ts'
import { plainReason } from './cli/plain-reason.ts'
import { safeText } from './cli/terminal-text.ts'
import type { Refusal } from './options.ts'

/** Loaded when needed, so that `telltale show` does not pay for the proxy. */
const commands: Readonly<Record<string, { readonly does: string; readonly load: () => Promise<{ run: Command }> }>> = {
  start: { does: 'start the proxy and the page', load: () => import('./cli/start.ts') },
  run: {
    does: 'run a command with its traffic captured: telltale run -- npm test',
    load: () => import('./cli/run.ts'),
  },
  check: {
    does: 'diagnose a HAR or NDJSON file, or a command: telltale check FILE',
    load: () => import('./cli/check.ts'),
  },
  env: { does: 'print the variables for a shell that already runs', load: () => import('./cli/env.ts') },
  open: { does: 'print (or --open) a fresh link to the running page', load: () => import('./cli/open.ts') },
  list: { does: 'list captured exchanges: telltale list [FILTER]', load: () => import('./cli/list.ts') },
  sessions: {
    does: 'list, compare or delete capture sessions: telltale sessions compare BEFORE AFTER',
    load: () => import('./cli/sessions.ts'),
  },
  show: { does: 'show one exchange: telltale show ID', load: () => import('./cli/show.ts') },
  replay: { does: 'send a captured request again: telltale replay ID', load: () => import('./cli/replay.ts') },
  export: { does: 'write captures to a file: telltale export [FILTER] -o FILE', load: () => import('./cli/export.ts') },
  import: { does: 'read captures from files: telltale import FILE…', load: () => import('./cli/import.ts') },
  ca: { does: 'show the CA certificate, or where it is: telltale ca path|show', load: () => import('./cli/ca.ts') },
}

function help(): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length))
  const lines = Object.entries(commands).map(([name, { does }]) => `  ${name.padEnd(width)}  ${does}`)
  return `telltale – says why an API call failed\n\nusage: telltale [COMMAND] [OPTIONS]\n\n${lines.join('\n')}\n\n"telltale COMMAND --help" lists the options of a command.\n`
}

async function main(args: readonly string[]): Promise<number> {
  // Everything written below is a secret or leads to one: nobody else may read it (S37-S41).
  process.umask(0o077)
  keepCompiled()
  const environment = commandEnvironment(process)
  const [first = 'start', ...others] = args
  if (first === 'help' || (first === '--help' && others.length === 0)) {
    process.stdout.write(help())
    return 0
  }
  if (first === '--version' || first === 'version') {
    process.stdout.write(`${environment.version}\n`)
    return 0
  }
  const [name, rest] = first.startsWith('-') ? ['start', args] : [first, others]
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!command) {
    process.stderr.write(`telltale: there is no command "${safeText(name)}"; "telltale help" lists them.\n`)
    return 2
  }
  const { run } = await command.load()
  return run(rest, environment)
}

// A reader that closes the pipe (| head) has seen enough: not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  process.stderr.write(`telltale: standard output cannot be written: ${plainReason(error.message)}.\n`)
  process.exit(1)
})

// The terminal was closed, or whoever read is gone: there is nobody left to tell, and ending goes on in order.
process.stderr.on('error', () => {})

main(process.argv.slice(2)).then(
  (status) => {
    process.exitCode = status
  },
  (error: Partial<Refusal> & NodeJS.ErrnoException) => {
    const reason = error.exitStatus === undefined ? plainReason(error.message) : error.message
    // What somebody typed, or a server said, must not steer the terminal (A04).
    process.stderr.write(
      `telltale: ${safeText(reason === error.message || !error.path ? reason : `${error.path}: ${reason}`)}\n`,
    )
    process.exitCode = error.exitStatus ?? 1
  },
)
