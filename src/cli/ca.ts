// `telltale ca`: where the CA certificate is, and what it says of itself. Makes it if there is none yet.
import { X509Certificate } from 'node:crypto'
import { describeOptions, type OptionName, readOptions, refusal } from '../options.ts'
import { loadAuthority } from '../proxy/authority.ts'
import { type Command, places } from './command.ts'

const allowed: readonly OptionName[] = ['data-dir', 'certs', 'json', 'help']

export const run: Command = async (args, environment) => {
  const { stdout, stderr } = environment
  const options = readOptions(args, allowed)
  if (options.flag('help')) {
    stdout.write(
      `usage: telltale ca [path|show]\n\npath prints the file alone, show what is in it. How to trust it: certs/README.md.\n\n${describeOptions(allowed)}\n`,
    )
    return 0
  }
  const [what = 'show', extra] = options.positionals
  if (!['path', 'show'].includes(what) || extra !== undefined)
    throw refusal(`"telltale ca" takes path or show, not "${extra ?? what}".`, 2)
  const { caFile, caPem, notices } = loadAuthority(places(options, environment).certsDir)
  for (const notice of notices) stderr.write(`telltale: ${notice}\n`)
  const { subject, validFrom, validTo, fingerprint256 } = new X509Certificate(caPem)
  const facts = { file: caFile, subject: subject.replaceAll('\n', ', '), validFrom, validTo, fingerprint256 }
  if (what === 'path') stdout.write(`${caFile}\n`)
  else if (options.flag('json')) stdout.write(`${JSON.stringify(facts)}\n`)
  else for (const [name, value] of Object.entries(facts)) stdout.write(`${name.padEnd(15)} ${value}\n`)
  return 0
}
