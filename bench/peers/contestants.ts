// Starts and ends the processes of the benchmark: the origin, the load client, and the proxies that are measured.
import { type ChildProcess, fork } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { startTelltale, temporaryFolder } from '../../test/support/telltale.ts'
import type { Job, Result } from './job.ts'

export const contestantNames = ['bare', 'http-mitm-proxy', 'mockttp', 'telltale'] as const
export type ContestantName = (typeof contestantNames)[number]

export type Contestant = {
  readonly name: ContestantName
  readonly port: number
  readonly pid: number
  /** Exchanges and messages in its store; undefined for those that keep none. */
  recorded(): Promise<{ exchanges: number; messages: number } | undefined>
  stop(): Promise<void>
}

export type Origin = { readonly http: number; readonly https: number; readonly caFile: string; stop(): Promise<void> }

const here = import.meta.dirname
const preload = `--import ${join(here, 'resolve-here.mjs')}`

async function started(file: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = fork(join(here, file), args, {
    env: { ...process.env, ...env },
    // What goes wrong is counted by the load client; a peer's own words about it would drown the table.
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  const ready = await new Promise<unknown>((done, fail) => {
    child.once('message', done)
    child.once('error', fail)
    child.once('exit', (code) => fail(new Error(`${file} ended with ${code} before it was ready`)))
  })
  return { child, ready }
}

function ended(child: ChildProcess, folder?: string): Promise<void> {
  return new Promise((done) => {
    const finish = (): void => {
      if (folder) rmSync(folder, { recursive: true, force: true })
      done()
    }
    if (child.exitCode !== null || child.signalCode !== null) return finish()
    child.once('exit', finish)
    child.kill('SIGKILL')
  })
}

export async function startOrigin(): Promise<Origin> {
  const folder = temporaryFolder('bench-origin')
  const { child, ready } = await started('origin.ts', [folder])
  return { ...(ready as { http: number; https: number; caFile: string }), stop: () => ended(child, folder) }
}

async function startPeer(name: 'bare' | 'http-mitm-proxy' | 'mockttp', origin: Origin): Promise<Contestant> {
  const folder = temporaryFolder(`bench-${name}`)
  const env = { NODE_EXTRA_CA_CERTS: origin.caFile, NODE_OPTIONS: preload }
  const { child, ready } = await started(`${name}.ts`, [folder, origin.caFile], env)
  return {
    name,
    port: (ready as { port: number }).port,
    pid: child.pid ?? 0,
    recorded: async () => undefined,
    stop: () => ended(child, folder),
  }
}

/** The real product, recording and diagnosing with its defaults; no page is connected. */
async function startProduct(origin: Origin): Promise<Contestant> {
  const product = await startTelltale({
    args: ['--upstream-ca', origin.caFile],
    env: { NODE_OPTIONS: preload },
    built: true,
  })
  return {
    name: 'telltale',
    port: Number(new URL(product.proxy).port),
    pid: product.pid,
    async recorded() {
      const { answer } = await product.call('GET', '/api/exchanges?limit=1000')
      const { rows, total } = answer as { rows: readonly { messageCount?: number }[]; total: number }
      return { exchanges: total, messages: rows.reduce((sum, row) => sum + (row.messageCount ?? 0), 0) }
    },
    stop: async () => void (await product.stop()),
  }
}

export const startContestant = (name: ContestantName, origin: Origin): Promise<Contestant> =>
  name === 'telltale' ? startProduct(origin) : startPeer(name, origin)

export type Load = { perform(job: Job): Promise<Result>; stop(): Promise<void> }

export async function startLoad(): Promise<Load> {
  const { child } = await started('load.ts', [])
  return {
    perform: (job) =>
      new Promise((done, fail) => {
        const gone = (): void => fail(new Error('the load client ended'))
        child.once('exit', gone)
        child.once('message', (result) => {
          child.off('exit', gone)
          done(result as Result)
        })
        child.send(job)
      }),
    stop: () => ended(child),
  }
}
