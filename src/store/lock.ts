// One instance per data directory: a lock file that names its owner, and is taken over from an owner that is gone.
import { linkSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What a second instance is told about the first. `startedAt` is ISO 8601; `ui` and `proxy` are URLs. */
export type LockInfo = {
  readonly pid: number
  readonly startedAt: string
  readonly ui: string
  readonly proxy: string
}

export type Lock = { release(): void; update(info: LockInfo): void }

/** `born` tells a process from a later one with the same number: the boot and the moment in it (Linux only). */
type Written = LockInfo & { readonly born: string }

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

/** What stands for a process that has ended, where nobody has asked how: its number is still taken. */
const ended = 'ended'

function bornOf(pid: number): string {
  const stat = read(`/proc/${pid}/stat`)
  if (stat === undefined) return ''
  // proc(5): field 3 is the state, field 22 the start time; field 2 is the command in parentheses and may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  if (fields[0] === 'Z' || fields[0] === 'X') return ended
  return `${read('/proc/sys/kernel/random/boot_id')?.trim()}:${fields[19]}`
}

function lives(pid: number, born: string): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false
  }
  const now = bornOf(pid)
  if (now === ended) return false
  return born === '' || now === '' || now === born
}

function parseLock(text: string | undefined): Written | undefined {
  if (text === undefined) return undefined
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || !('pid' in value) || !Number.isInteger(value.pid))
      return undefined
    const field = (name: string) => String(Object.entries(value).find(([key]) => key === name)?.[1] ?? '')
    const pid = Number(value.pid)
    return { pid, startedAt: field('startedAt'), ui: field('ui'), proxy: field('proxy'), born: field('born') }
  } catch {
    return undefined
  }
}

function writeNew(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { mode: 0o600, flag: 'wx' })
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

/** False when the file is already there. A link is made whole or not at all: nobody reads half a lock. */
function linkNew(path: string, text: string, pid: number): boolean {
  const draft = `${path}.${pid}`
  writeFileSync(draft, text, { mode: 0o600 })
  try {
    linkSync(draft, path)
    return true
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (code === 'EEXIST') return false
    // Some file systems know no links: there a file that must not exist yet has to do.
    if (['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(code)) return writeNew(path, text)
    throw error
  } finally {
    unlinkSync(draft)
  }
}

function replace(path: string, text: string, pid: number): void {
  const draft = `${path}.${pid}`
  writeFileSync(draft, text, { mode: 0o600 })
  renameSync(draft, path)
}

/**
 * Only one may take a stale lock over: whoever makes the claim, and finds the stale lock still standing afterwards.
 * A claim whose maker died is cleared on the way.
 */
function takeOver(path: string, stale: string | undefined, text: string, pid: number): boolean {
  const claim = `${path}.claim`
  if (!linkNew(claim, text, pid)) {
    const claimer = parseLock(read(claim))
    if (!claimer || !lives(claimer.pid, claimer.born)) unlinkSync(claim)
    return false
  }
  try {
    if (read(path) !== stale) return false
    replace(path, text, pid)
    return true
  } finally {
    unlinkSync(claim)
  }
}

export function lockDataDir(dataDir: string, info: LockInfo): Lock | { readonly owner: LockInfo } {
  const path = join(dataDir, 'lock')
  const born = bornOf(info.pid)
  const write = (value: LockInfo) => `${JSON.stringify({ ...value, born })}\n`
  let text = write(info)
  for (let attempt = 0; ; attempt++) {
    if (linkNew(path, text, info.pid)) break
    const found = read(path)
    const owner = parseLock(found)
    if (owner && (lives(owner.pid, owner.born) || attempt === 20)) {
      const { pid, startedAt, ui, proxy } = owner
      return { owner: { pid, startedAt, ui, proxy } }
    }
    if (found === undefined && attempt >= 20) throw new Error('its lock cannot be read')
    if (found !== undefined && takeOver(path, found, text, info.pid)) break
  }
  return {
    release() {
      if (read(path) === text) unlinkSync(path)
    },
    update(value) {
      if (read(path) !== text) return
      text = write(value)
      replace(path, text, info.pid)
    },
  }
}
