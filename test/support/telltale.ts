// Starts the real product as a child process, as a user would, and speaks to its API with its token.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import './plain-environment.ts'
import type { Row } from '../../src/api/row.ts'

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..')

export type Telltale = {
  readonly proxy: string
  readonly ui: string
  readonly token: string
  readonly ca: string
  readonly dataDir: string
  readonly pid: number
  readonly page: string
  /** A call of the API; answers status and parsed JSON. */
  call(method: string, path: string, body?: unknown): Promise<{ status: number; answer: unknown }>
  rows(filter?: string): Promise<readonly Row[]>
  /** Polls until at least `count` rows match; rejects after `limitMs`. Newest first. */
  waitForRows(count: number, filter?: string, limitMs?: number): Promise<readonly Row[]>
  /** Ends it in order; answers the exit status. */
  stop(): Promise<number | null>
  kill(signal: NodeJS.Signals): Promise<void>
  readonly stderr: () => string
  /** JSON lines: what it said at the start and later. */
  readonly stdout: () => string
}

export type TelltaleOptions = {
  readonly args?: readonly string[]
  readonly dataDir?: string
  readonly env?: NodeJS.ProcessEnv
  /** What `npm start` runs, which must have been built; otherwise the sources. */
  readonly built?: boolean
  /** Another user and group to run as, where we may choose. */
  readonly user?: number
}

/** A folder of its own below the system's temporary folder. */
export function temporaryFolder(name: string): string {
  return mkdtempSync(join(tmpdir(), `telltale-${name}-`))
}

/** Runs a command of the product to its end. */
export async function telltale(
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; cwd?: string; input?: string } = {},
): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [join(root, 'src', 'main.ts'), ...args], {
    cwd: options.cwd ?? root,
    env: { ...process.env, ...options.env },
  })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (data) => (stdout += data))
  child.stderr.on('data', (data) => (stderr += data))
  child.stdin.end(options.input ?? '')
  const status = await new Promise<number | null>((done) => child.on('close', done))
  return { status, stdout, stderr }
}

export async function startTelltale(options: TelltaleOptions = {}): Promise<Telltale> {
  const own = options.dataDir === undefined
  const dataDir = options.dataDir ?? temporaryFolder('data')
  const args = ['start', '--port', '0', '--ui-port', '0', '--json', '--data-dir', dataDir, ...(options.args ?? [])]
  const main = options.built ? join(root, 'dist', 'src', 'main.js') : join(root, 'src', 'main.ts')
  const child = spawn(process.execPath, [main, ...args], {
    cwd: root,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.user === undefined ? {} : { uid: options.user, gid: options.user }),
  })
  let [stdout, stderr] = ['', '']
  child.stdout?.on('data', (data) => (stdout += data))
  child.stderr?.on('data', (data) => (stderr += data))
  const ended = new Promise<number | null>((done) => child.on('close', done))
  const ready = await firstLine(child, () => stderr)
  const { proxy, ui, token, ca, pid, page } = ready as Record<'proxy' | 'ui' | 'token' | 'ca' | 'page', string> & {
    pid: number
  }

  async function call(method: string, path: string, body?: unknown): Promise<{ status: number; answer: unknown }> {
    const response = await fetch(ui + path, {
      method,
      headers: {
        Authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return {
      status: response.status,
      answer: response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text,
    }
  }
  const rows = async (filter = ''): Promise<readonly Row[]> => {
    const { status, answer } = await call('GET', `/api/exchanges?limit=1000&filter=${encodeURIComponent(filter)}`)
    if (status !== 200) throw new Error(`GET /api/exchanges answered ${status}: ${JSON.stringify(answer)}`)
    return (answer as { rows: readonly Row[] }).rows
  }
  const clean = () => {
    if (own) rmSync(dataDir, { recursive: true, force: true })
  }
  return {
    proxy,
    ui,
    token,
    ca,
    dataDir,
    pid,
    page,
    call,
    rows,
    async waitForRows(count, filter, limitMs = 20_000) {
      const until = Date.now() + limitMs
      for (;;) {
        const found = await rows(filter)
        if (found.length >= count) return found
        if (Date.now() > until)
          throw new Error(`${found.length} of ${count} rows after ${limitMs} ms (filter "${filter ?? ''}")\n${stderr}`)
        await new Promise((done) => setTimeout(done, 50))
      }
    },
    async stop() {
      child.kill('SIGTERM')
      const status = await ended
      clean()
      return status
    },
    async kill(signal) {
      child.kill(signal)
      await ended
    },
    stderr: () => stderr,
    stdout: () => stdout,
  }
}

function firstLine(child: ChildProcess, stderr: () => string): Promise<unknown> {
  return new Promise((done, fail) => {
    let text = ''
    child.stdout?.on('data', (data) => {
      text += data
      const end = text.indexOf('\n')
      if (end !== -1) done(JSON.parse(text.slice(0, end)))
    })
    child.on('exit', (code) => fail(new Error(`ended with ${code} before it was ready: ${stderr()}`)))
  })
}
