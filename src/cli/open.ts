// `telltale open`: prints a fresh one-time link to the page of the running Telltale.
import { describeOptions, type OptionName, readOptions, refusal } from '../options.ts'
import { type Command, places } from './command.ts'
import { findRunning } from './running.ts'
import { openBrowser } from './start.ts'

const allowed: readonly OptionName[] = ['data-dir', 'open', 'json', 'help']

export const run: Command = async (args, environment) => {
  const options = readOptions(args, allowed)
  if (options.flag('help')) {
    environment.stdout.write(
      `usage: telltale open [OPTIONS]\n\nPrints a fresh link to the running page; each link works once.\n\n${describeOptions(allowed)}\n`,
    )
    return 0
  }
  const { dataDir } = places(options, environment)
  const running = await findRunning(places(options, environment))
  if (!running) throw refusal(`No Telltale runs on ${dataDir}; "telltale start" starts one.`)
  const { code } = (await running.call('POST', '/api/codes')) as { code: string }
  const link = `${running.uiUrl}/#code=${code}`
  environment.stdout.write(options.flag('json') ? `${JSON.stringify({ page: link })}\n` : `${link}\n`)
  if (options.flag('open')) openBrowser(link)
  return 0
}
