// Outside programs that tests talk to: found, or the test is skipped with the reason; in CI a missing one is a failure.
import { type SpawnSyncOptions, spawn, spawnSync } from 'node:child_process'
import type { Test } from 'tap'
import './plain-environment.ts'

export type Ran = { readonly status: number | null; readonly stdout: string; readonly stderr: string }

/** Runs a program to its end without blocking the origin that may live in this process. */
export function run(
  command: string,
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; cwd?: string; timeoutMs?: number; input?: string } = {},
): Promise<Ran> {
  return new Promise((done) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      timeout: options.timeoutMs ?? 30_000,
    })
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (data) => (stdout += data))
    child.stderr.on('data', (data) => (stderr += data))
    child.stdin.on('error', () => undefined)
    child.stdin.end(options.input ?? '')
    child.on('error', (error) => done({ status: -1, stdout, stderr: error.message }))
    child.on('close', (status) => done({ status, stdout, stderr }))
  })
}

/** True when `command args` ends with status 0. */
export function has(command: string, args: readonly string[] = ['--version'], options: SpawnSyncOptions = {}): boolean {
  return spawnSync(command, args, { stdio: 'ignore', ...options }).status === 0
}

/** The first Python that can import a module: Debian's comes before others on a CI machine. */
export function pythonWith(module: string): string | undefined {
  return ['/usr/bin/python3', 'python3'].find((python) => has(python, ['-c', `import ${module}`]))
}

/**
 * Use at the top of a test: `if (lacks(t, 'curl', has('curl'))) return`. Skips visibly on a developer's machine; in CI
 * a missing program is a failure, so that nothing is skipped in silence.
 */
export function lacks(t: Test, what: string, there: boolean): boolean {
  if (there) return false
  if (process.env.CI === 'true') t.fail(`${what} is missing`)
  else t.plan(0, `${what} is not installed`)
  return true
}
