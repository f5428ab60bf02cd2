// `telltale list [FILTER]`: captured exchanges in the terminal, newest first.
import type { Row } from '../api/row.ts'
import { describeOptions, type OptionName, readOptions } from '../options.ts'
import { type Command, places } from './command.ts'
import { findCaptures } from './find-captures.ts'
import { filterOf } from './read-filter.ts'
import { tableLines } from './table.ts'
import { painter, safeJson } from './terminal-text.ts'
import { rowsWithoutSecrets } from './without-secrets.ts'

const allowed: readonly OptionName[] = ['limit', 'with-secrets', 'json', 'data-dir', 'help']

/** Rows laid out together: columns are as wide as the widest of these. */
const screenful = 200

const usage = `usage: telltale list [FILTER] [OPTIONS]

Lists captured exchanges, newest first, with placeholders for secrets in URLs unless --with-secrets is given. FILTER is what the page's filter bar takes, as in
  telltale list status:4xx domain:api.example.com
  telltale list level:error -n 20
  telltale list -- -type:image

${describeOptions(allowed)}
`

export const run: Command = async (args, environment) => {
  const { stdout, stderr, env } = environment
  const options = readOptions(args, allowed)
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
  const paint = painter(stdout, env)
  const width = stdout.isTTY ? stdout.columns : undefined
  let shown = 0
  let screen: Row[] = []
  const flush = (): void => {
    if (screen.length > 0) stdout.write(`${tableLines(screen, paint, Date.now(), width).join('\n')}\n`)
    screen = []
  }
  try {
    for await (const found of captures.rows(filter, limit)) {
      const row = options.flag('with-secrets') ? found : withoutSecrets(found)
      shown++
      if (options.flag('json')) {
        stdout.write(`${safeJson(row)}\n`)
        continue
      }
      screen.push(row)
      if (screen.length === screenful) flush()
    }
    flush()
    if (!options.flag('json') && limit > 0 && shown === limit) {
      const total = await captures.count(filter)
      if (total > shown) stderr.write(`telltale: ${shown} of ${total}; --limit 0 lists all.\n`)
    }
    if (shown === 0 && !options.flag('json'))
      stderr.write(`telltale: nothing matches${filter === '' ? '' : ` ${filter}`}.\n`)
  } finally {
    captures.close()
  }
  return 0
}
