// Runs a command of the product in this process, as its front door does, and gives back what it wrote.
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import type { Command } from '../../src/cli/command.ts'

const root = join(import.meta.dirname, '../..')

export type Result = { status: number; stdout: string; stderr: string; octets: Buffer }

/** In folder `dir`; `home` is the data directory in it. `columns` makes standard output and error a terminal. */
export function caller(dir: string) {
  return async (
    command: Command,
    args: readonly string[],
    home = 'home',
    columns?: number,
    env: Readonly<Record<string, string>> = {},
  ): Promise<Result> => {
    const stream = () => {
      const parts: Buffer[] = []
      const through = new PassThrough()
      through.on('data', (part: Buffer) => parts.push(part))
      const terminal = columns === undefined ? {} : { isTTY: true, columns }
      return {
        through: Object.assign(through, terminal) as unknown as NodeJS.WriteStream,
        octets: () => Buffer.concat(parts),
      }
    }
    const [out, err] = [stream(), stream()]
    const environment = {
      cwd: dir,
      env: { TELLTALE_HOME: join(dir, home), ...env },
      stdout: out.through,
      stderr: err.through,
      version: '0',
      root,
      checkout: true,
    }
    let status = 0
    try {
      status = await command(args, environment)
    } catch (error) {
      status = (error as { exitStatus?: number }).exitStatus ?? 99
      err.through.write((error as Error).message)
    }
    return { status, stdout: out.octets().toString(), stderr: err.octets().toString(), octets: out.octets() }
  }
}
