// What the commands over the store ask: answered by the Telltale that runs on the data directory, else by its files.
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Calls } from '../api/contract.ts'
import type { Row } from '../api/row.ts'
import type { Finding } from '../diagnose/finding.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { SocketMessage } from '../exchange/socket-message.ts'
import { type Options, refusal } from '../options.ts'
import { lockDataDir } from '../store/lock.ts'
import { type CommandEnvironment, places } from './command.ts'
import { findRunning } from './running.ts'
import { capturesOfRunning } from './running-captures.ts'
import { capturesOfStore } from './stored-captures.ts'

export type ImportAnswer = Calls['POST /api/import']['answer']

export type CapturedEntry = { readonly exchange: Exchange; readonly findings: readonly Finding[]; readonly row: Row }

export type Captures = {
  /** Newest first; every one where `limit` is 0. */
  rows(filter: string, limit: number): AsyncIterable<Row>
  count(filter: string): Promise<number>
  entry(id: string): Promise<CapturedEntry | undefined>
  /** Kept octets of one side, content coding still on. */
  content(exchange: Exchange, side: 'request' | 'response'): Promise<Uint8Array | undefined>
  messages(exchange: Exchange): Promise<readonly SocketMessage[]>
  export(format: string, filter: string, secrets: boolean): Promise<AsyncIterable<Uint8Array | string>>
  import(octets: AsyncIterable<Uint8Array>, format: string | undefined, name: string): Promise<ImportAnswer>
  close(): void
}

/** How long another command, or a starting Telltale, may hold the lock before we give up. */
const patience = 10_000

/**
 * `create`: make the data directory if there is none. Undefined when nothing was ever captured there.
 * @throws Refusal when the directory is held by someone who does not answer.
 */
export async function openCapturesFor(
  options: Options,
  environment: CommandEnvironment,
  create = false,
): Promise<Captures | undefined> {
  const place = places(options, environment)
  const { dataDir } = place
  for (const begun = Date.now(); ; ) {
    const running = await findRunning(place)
    if (running) return capturesOfRunning(running)
    if (!existsSync(join(dataDir, 'captures.db')) && !create) return undefined
    if (create) mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    const lock = lockDataDir(dataDir, { pid: process.pid, startedAt: new Date().toISOString(), ui: '', proxy: '' })
    if (!('owner' in lock)) return capturesOfStore(dataDir, environment, lock)
    if (Date.now() - begun > patience)
      throw refusal(`The captures in ${dataDir} are in use by process ${lock.owner.pid}, which does not answer.`)
    await wait(50)
  }
}

/** Words of the command line as one filter; what stands behind `--` belongs to it (`-- -type:image`). */
export function filterOf(options: Options): string {
  return [...options.positionals, ...options.rest].join(' ')
}
