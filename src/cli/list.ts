// `telltale list [FILTER]`: captured exchanges in the terminal, newest first.
import { describeOptions, type OptionName, readOptions } from '../options.ts'
import { type Command, places } from './command.ts'
import { findCaptures } from './find-captures.ts'
import { filterOf, withTerms } from './read-filter.ts'
import { createTable } from './table.ts'
import { painter, safeJson, safeLine, widthOf } from './terminal-text.ts'
import { rowsWithoutSecrets } from './without-secrets.ts'
import { write } from './write-out.ts'

const allowed: readonly OptionName[] = ['limit', 'everywhere', 'with-secrets', 'json', 'data-dir', 'help']

const usage = `usage: telltale list [FILTER] [OPTIONS]

Lists captured exchanges, newest first, with placeholders for secrets in URLs
unless --with-secrets is given. FILTER is what the page's filter bar takes;
single quotes keep the shell away from its signs:
  telltale list status:4xx domain:api.example.com -type:image
  telltale list 'body:"two words" (duration>1s OR size>1mb)' -n 20

${describeOptions(allowed)}
`

export const run: Command = async (args, environment) => {
  const { stdout, stderr, env } = environment
  const options = readOptions(withTerms(args), allowed)
  if (options.flag('help')) {
    stdout.write(usage)
    return 0
  }
  const filter = filterOf(options)
  const captures = await findCaptures(options, environment)
  if (!captures) {
    stderr.write(`telltale: nothing has been captured in ${places(options, environment).dataDir} yet.\n`)
    return 0
  }
  const withoutSecrets = rowsWithoutSecrets(places(options, environment).dataDir)
  const limit = options.number('limit')
  const json = options.flag('json')
  const table = createTable(painter(stdout, env), widthOf(stdout))
  let shown = 0
  try {
    for await (const found of captures.rows(filter, limit)) {
      const rows = options.flag('with-secrets') ? found : found.map(withoutSecrets)
      shown += rows.length
      const lines = json ? rows.map((row) => safeJson(row)) : table(rows, Date.now())
      const text = `${lines.join('\n')}\n`
      if (captures.exclusive) stdout.write(text)
      else await write(stdout, text)
    }
    if (!json && limit > 0 && shown === limit) {
      const { total, complete } = await captures.countSoFar(filter)
      if (total > shown || !complete)
        stderr.write(`telltale: ${complete ? `${shown} of ${total}` : `the newest ${shown}`}; --limit 0 lists all.\n`)
    }
    if (shown === 0 && !json) stderr.write(`telltale: nothing matches${filter === '' ? '' : ` ${safeLine(filter)}`}.\n`)
  } finally {
    await captures.close()
  }
  return 0
}
