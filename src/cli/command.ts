// What every command is given: where it runs, where things are kept, and where it may write.
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { quotePosix } from '../formats/shell-quote.ts'
import { type Options, refusal } from '../options.ts'
import { isCheckout, root } from './checkout.ts'

export type CommandEnvironment = {
  /** The caller's directory: this package's npm scripts change the process's own, and keep the caller's in INIT_CWD. */
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  readonly version: string
  /** The package's root folder. */
  readonly root: string
  /** Data then stay in `.telltale`, the CA in `certs`. */
  readonly checkout: boolean
}

/** Resolves to the exit status. */
export type Command = (args: readonly string[], environment: CommandEnvironment) => Promise<number>

export type Places = {
  readonly dataDir: string
  readonly certsDir: string
  readonly tokenFile: string
  readonly pageDir: string
}

/**
 * True when npm started us by one of this package's own scripts (from a checkout): then npm's changes to the world are to be
 * undone. Inside another package's scripts, what npm set is the user's own.
 */
export function startedByOwnScript(env: Readonly<Record<string, string | undefined>>): boolean {
  return env.npm_package_name === 'telltale' && ['start', 'telltale'].includes(env.npm_lifecycle_event ?? '')
}

export function commandEnvironment(process: NodeJS.Process): CommandEnvironment {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  const { env, stdout, stderr } = process
  const cwd = (startedByOwnScript(env) ? env.INIT_CWD : undefined) ?? currentFolder(process)
  return { cwd, env, stdout, stderr, version, root, checkout: isCheckout }
}

function currentFolder(process: NodeJS.Process): string {
  try {
    return process.cwd()
  } catch {
    throw refusal('The current folder no longer exists.')
  }
}

/** How this program is called from a folder: in a checkout by its script, which npm finds from elsewhere by `--prefix`. */
export function calledFrom(folder: string, { checkout, root }: Pick<CommandEnvironment, 'checkout' | 'root'>): string {
  if (!checkout) return 'telltale'
  const where = folder === root ? '' : ` --prefix ${plainPosix(root)}`
  return `npm${where} run --silent telltale --`
}

/** A command with its traffic captured, as it is typed in any folder. */
export function runLine({ dataDir }: Places, options: Options, environment: CommandEnvironment): string {
  const where = options.given('data-dir') ? ` --data-dir ${plainPosix(dataDir)}` : ''
  return `${calledFrom('', environment)} run${where} -- npm test`
}

/** A path as a POSIX shell takes it, quoted only where it has to be. */
export const plainPosix = (path: string): string => (/^[\w@%+=:,./-]+$/.test(path) ? path : quotePosix(path))

/** Where things are kept, by option, variable or default. */
export function places(options: Options, environment: CommandEnvironment): Places {
  const { cwd, env, root, checkout } = environment
  const from = (path: string) => (isAbsolute(path) ? path : resolve(cwd, path))
  const given = options.text('data-dir') ?? env.TELLTALE_HOME
  const dataDir = given ? from(given) : checkout ? join(root, '.telltale') : join(homedir(), '.telltale')
  const certs = options.text('certs')
  const certsDir = certs ? from(certs) : checkout && !given ? join(root, 'certs') : join(dataDir, 'certs')
  return { dataDir, certsDir, tokenFile: join(dataDir, 'token'), pageDir: join(root, 'dist', 'page') }
}
