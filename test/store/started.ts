// Starts, listens to and kills the processes of the durability tests.
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

export const child = new URL('./child.ts', import.meta.url).pathname

export type Running = {
  readonly process: ChildProcess
  readonly lines: string[]
  readonly said: (count: number) => Promise<void>
}

export function start(...args: string[]): Running {
  const process_ = spawn(process.execPath, [child, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines: string[] = []
  const waiting: { count: number; resolve: () => void }[] = []
  createInterface({ input: process_.stdout }).on('line', (line) => {
    lines.push(line)
    for (const one of waiting) if (lines.length >= one.count) one.resolve()
  })
  const said = (count: number) =>
    new Promise<void>((resolve) => (lines.length >= count ? resolve() : waiting.push({ count, resolve })))
  return { process: process_, lines, said }
}

export async function kill(running: Running): Promise<void> {
  const gone = new Promise((resolve) => running.process.once('close', resolve))
  running.process.kill('SIGKILL')
  await gone
}
