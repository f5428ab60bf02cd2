// What can be told of captures.db from outside, and how it is moved aside.
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, readSync, renameSync, rmSync, statSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { Database, isPassing } from './database.ts'

/** A store that cannot be used, and whose file is left as it is; the message is for a person. */
export type StoreUnusable = Error & { readonly code: 'STORE_UNUSABLE' }

export function unusable(message: string): StoreUnusable {
  const code = 'STORE_UNUSABLE' as const
  return Object.assign(new Error(message), { code })
}

export type FileFacts = { readonly kind: 'absent' | 'empty' | 'foreign' | 'cut' | 'sqlite'; readonly version: number }

/** From the first 100 octets (sqlite.org/fileformat2.html §1.3), without opening it as a database. */
export function factsOf(file: string): FileFacts {
  const found = statSync(file, { throwIfNoEntry: false })
  if (found === undefined) return { kind: 'absent', version: 0 }
  const { size } = found
  if (!found.isFile()) return { kind: 'foreign', version: 0 }
  if (size === 0) return { kind: 'empty', version: 0 }
  const header = Buffer.alloc(100)
  const fd = openSync(file, 'r')
  readSync(fd, header, 0, 100, 0)
  closeSync(fd)
  if (header.toString('latin1', 0, 16) !== 'SQLite format 3\0') return { kind: 'foreign', version: 0 }
  const pageSize = header.readUInt16BE(16) === 1 ? 65536 : header.readUInt16BE(16)
  // With a log beside it the file may be short: the log has the rest (a checkpoint was cut off).
  const logged = (statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0
  const cut = pageSize === 0 || (!logged && header.readUInt32BE(28) * pageSize > size)
  return { kind: cut ? 'cut' : 'sqlite', version: header.readUInt32BE(60) }
}

/** The file's own words about itself, read without changing it or its log; undefined where it cannot be read. */
export function readVersion(file: string): { readonly version: number; readonly application: number } | undefined {
  let db: Database | undefined
  try {
    db = new Database(file, { readOnly: true })
    return { version: db.number('PRAGMA user_version'), application: db.number('PRAGMA application_id') }
  } catch (error) {
    if (isPassing(error)) throw error
    return undefined
  } finally {
    db?.close()
  }
}

/** With its write-ahead log, so that it can still be read; returns where it is now. */
export function moveAside(file: string, now: number): string {
  const date = new Date(now).toISOString().slice(0, 19).replaceAll(':', '-')
  let aside = `${file}.corrupt-${date}`
  for (let i = 2; existsSync(aside); i++) aside = `${file}.corrupt-${date}-${i}`
  renameSync(file, aside)
  if (existsSync(`${file}-wal`)) renameSync(`${file}-wal`, `${aside}-wal`)
  rmSync(`${file}-shm`, { force: true })
  return aside
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'it is on a read-only file system',
  ENOTDIR: 'a file stands in its way',
  EEXIST: 'a file stands in its place',
  ENOSPC: 'the disk is full',
  ENOENT: 'its place does not exist',
}

/** Step by step: Node's own recursion never ends where a file system allows no folders (`/proc`). */
function makeDirectory(directory: string): void {
  if (existsSync(directory)) {
    if (!statSync(directory).isDirectory()) mkdirSync(directory)
    return
  }
  if (dirname(directory) !== directory) makeDirectory(dirname(directory))
  mkdirSync(directory, { mode: 0o700 })
}

/** Made for its owner alone (0700). Throws `StoreUnusable`. */
export function prepareDirectory(directory: string): void {
  try {
    makeDirectory(directory)
    if ((statSync(directory).mode & 0o077) !== 0) chmodSync(directory, 0o700)
    const probe = `${directory}/.writable`
    closeSync(openSync(probe, 'w', 0o600))
    rmSync(probe)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    throw unusable(`The data directory ${directory} cannot be used: ${reasons[code] ?? code}.`)
  }
}

export function nameOf(file: string): string {
  return `${basename(file)} in ${dirname(file)}`
}
