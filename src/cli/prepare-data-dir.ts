// The data directory before anything is opened in it: made, private, writable, with its token.
import { randomBytes } from 'node:crypto'
import { accessSync, chmodSync, constants, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { refusal } from '../options.ts'
import { plainReason } from './plain-reason.ts'

/** Folder by folder: Node's own recursive mkdir does not come back from file systems that refuse new folders (/proc). */
function makeFolders(folder: string): void {
  if (existsSync(folder)) return
  makeFolders(dirname(folder))
  mkdirSync(folder, { mode: 0o700 })
}

/** Makes the data directory if needed and checks that it is a private, writable folder of ours. */
export function prepareDataDir(dataDir: string): void {
  try {
    makeFolders(dataDir)
    const { uid, mode } = statSync(dataDir)
    if (!statSync(dataDir).isDirectory()) throw new Error('it is not a folder')
    if (process.getuid && uid !== process.getuid() && process.getuid() !== 0)
      throw new Error('it belongs to another user')
    if ((mode & 0o077) !== 0) chmodSync(dataDir, 0o700)
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const why =
      code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'ENOENT'
        ? 'it cannot be written'
        : code === 'EEXIST' || code === 'ENOTDIR'
          ? 'a file stands in its place'
          : message
    throw unusable(dataDir, why)
  }
}

export const unusable = (dataDir: string, why: string) =>
  refusal(`The data directory ${dataDir} cannot be used: ${plainReason(why)}. Choose another with --data-dir.`)

/** What a step over the data directory's files gives; its own errors become the sentence about the directory. */
export function inDataDir<T>(dataDir: string, step: () => T): T {
  try {
    return step()
  } catch (error) {
    throw unusable(dataDir, error instanceof Error ? error.message : String(error))
  }
}

/** 256 bits, made once per data directory so that an open page survives a restart. */
export function readToken(file: string): string {
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) throw new Error('its token is a folder')
  const known = existsSync(file) ? readFileSync(file, 'utf8').trim() : ''
  if (/^[A-Za-z0-9_-]{43}$/.test(known)) {
    chmodSync(file, 0o600)
    return known
  }
  const token = randomBytes(32).toString('base64url')
  writeFileSync(file, `${token}\n`, { mode: 0o600 })
  chmodSync(file, 0o600)
  return token
}
