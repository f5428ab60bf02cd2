// Finds who answers for a data directory: the Telltale that runs on it, else its files.
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type Options, refusal } from '../options.ts'
import { lockDataDir } from '../store/lock.ts'
import type { Captures } from './captures.ts'
import { type CommandEnvironment, places } from './command.ts'
import { inDataDir, prepareDataDir } from './prepare-data-dir.ts'
import { findRunning } from './running.ts'
import { capturesOfRunning } from './running-captures.ts'
import { capturesOfStore } from './stored-captures.ts'

/** How long another command, or a starting Telltale, may hold the lock before we give up. */
const patience = 10_000

/**
 * `create`: make the data directory if there is none. Undefined when nothing was ever captured there.
 * @throws Refusal when the directory is held by someone who does not answer.
 */
export async function findCaptures(
  options: Options,
  environment: CommandEnvironment,
  create = false,
): Promise<Captures | undefined> {
  const place = places(options, environment)
  const { dataDir } = place
  for (const begun = Date.now(); ; ) {
    const running = await findRunning(place)
    if (running) return capturesOfRunning(running)
    const file = inDataDir(dataDir, () => statSync(join(dataDir, 'captures.db'), { throwIfNoEntry: false }))
    if (!file && !create) return undefined
    if (create) prepareDataDir(dataDir)
    const info = { pid: process.pid, startedAt: new Date().toISOString(), ui: '', proxy: '' }
    const lock = inDataDir(dataDir, () => lockDataDir(dataDir, info))
    if (!('owner' in lock))
      try {
        return capturesOfStore(dataDir, environment, lock)
      } catch (error) {
        lock.release()
        throw error
      }
    if (Date.now() - begun > patience)
      throw refusal(`The captures in ${dataDir} are in use by process ${lock.owner.pid}, which does not answer.`)
    await wait(50)
  }
}
