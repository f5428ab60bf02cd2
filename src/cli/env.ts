// `telltale env`: prints the variables that send a shell's programs through the running proxy, and those that undo it.
import { basename } from 'node:path'
import { describeOptions, type OptionName, readOptions, refusal } from '../options.ts'
import { captureVariables, removed, writeBundle } from './child-environment.ts'
import { type Command, places } from './command.ts'
import { findRunning } from './running.ts'

const allowed: readonly OptionName[] = ['data-dir', 'certs', 'keep-no-proxy', 'unset', 'shell', 'help']

type Shell = { readonly set: (name: string, value: string) => string; readonly unset: (name: string) => string }

/** Each quoting is literal: nothing in a value is expanded by its shell. */
const shells: Readonly<Record<string, Shell>> = {
  sh: { set: (name, value) => `export ${name}='${value.replaceAll("'", "'\\''")}'`, unset: (name) => `unset ${name}` },
  fish: {
    set: (name, value) => `set -gx ${name} '${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`,
    unset: (name) => `set -e ${name}`,
  },
  powershell: {
    set: (name, value) => `$env:${name} = '${value.replaceAll("'", "''")}'`,
    unset: (name) => `Remove-Item Env:${name} -ErrorAction SilentlyContinue`,
  },
}

export const run: Command = async (args, environment) => {
  const { stdout, env } = environment
  const options = readOptions(args, allowed)
  if (options.flag('help')) {
    stdout.write(
      `usage: eval "$(telltale env)"\n\nPrints the variables for a shell that already runs; --unset prints how to go back.\n\n${describeOptions(allowed)}\n`,
    )
    return 0
  }
  const name = options.text('shell') ?? guessShell(env.SHELL)
  const shell = Object.hasOwn(shells, name) ? shells[name] : undefined
  if (!shell) throw refusal(`--shell is one of ${Object.keys(shells).join(', ')}.`, 2)
  const place = places(options, environment)
  const keep = options.flag('keep-no-proxy')
  if (options.flag('unset')) {
    for (const variable of Object.keys(captureVariables('', '', '', keep))) stdout.write(`${shell.unset(variable)}\n`)
    return 0
  }
  const running = await findRunning(place)
  if (!running) throw refusal(`No Telltale runs on ${place.dataDir}; "telltale start" starts one.`)
  const { caFile } = (await running.call('GET', '/api/status')) as { caFile: string }
  const variables = captureVariables(running.proxyUrl, caFile, writeBundle(place.dataDir, caFile, env), keep)
  for (const [variable, value] of Object.entries(variables)) stdout.write(`${shell.set(variable, value)}\n`)
  for (const variable of removed) if (env[variable] !== undefined) stdout.write(`${shell.unset(variable)}\n`)
  return 0
}

function guessShell(path: string | undefined): string {
  const name = basename(path ?? 'sh')
  return name === 'fish' ? 'fish' : name.startsWith('pwsh') ? 'powershell' : 'sh'
}
