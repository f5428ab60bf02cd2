// What a person writes or chooses, as readable JSON files: settings, saved requests, muted rules. The one file that knows lowdb.
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { LowSync, type SyncAdapter } from 'lowdb'
import type { Mute, SavedRequest, Settings } from '../api/contract.ts'

/** `put` settles when the file is written. */
export type Document<T> = { get(): T; put(value: T): Promise<void> }

export type Documents = {
  /** Sentences about files that could not be read and were moved aside. */
  readonly notices: readonly string[]
  readonly settings: Document<Settings>
  readonly savedRequests: Document<readonly SavedRequest[]>
  readonly mutes: Document<readonly Mute[]>
}

type Shape<T> = {
  readonly file: string
  readonly empty: T
  read(value: unknown): T | undefined
  write(value: T): unknown
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function hasStrings(value: unknown, ...names: readonly string[]): value is Readonly<Record<string, unknown>> {
  return isObject(value) && names.every((name) => typeof value[name] === 'string')
}

function isSavedFilter(value: unknown): value is Settings['savedFilters'][number] {
  return hasStrings(value, 'name', 'filter')
}

function isVariable(value: unknown): value is Settings['environments'][number]['variables'][number] {
  return hasStrings(value, 'name', 'value') && typeof value.secret === 'boolean'
}

function isEnvironment(value: unknown): value is Settings['environments'][number] {
  return hasStrings(value, 'name') && Array.isArray(value.variables) && value.variables.every(isVariable)
}

function isSavedRequest(value: unknown): value is SavedRequest {
  if (!hasStrings(value, 'id', 'name', 'folder') || !hasStrings(value.request, 'method', 'url')) return false
  return (
    Array.isArray(value.request.headers) && value.request.headers.every((line) => hasStrings(line, 'name', 'value'))
  )
}

function isMute(value: unknown): value is Mute {
  return hasStrings(value, 'rule', 'since')
}

/** A list in which anything does not fit is not ours to shorten: the file is moved aside whole. */
function listOf<T>(value: unknown, fits: (one: unknown) => one is T): readonly T[] | undefined {
  if (value === undefined) return []
  return Array.isArray(value) && value.every(fits) ? value : undefined
}

const settingsShape: Shape<Settings> = {
  file: 'settings.json',
  empty: { savedFilters: [], environments: [], page: {} },
  read(value) {
    if (!isObject(value)) return undefined
    const savedFilters = listOf(value.savedFilters, isSavedFilter)
    const environments = listOf(value.environments, isEnvironment)
    const page = value.page ?? {}
    if (!savedFilters || !environments || !isObject(page)) return undefined
    const active = value.activeEnvironment
    return { savedFilters, environments, page, ...(typeof active === 'string' ? { activeEnvironment: active } : {}) }
  },
  write: (value) => value,
}

const requestsShape: Shape<readonly SavedRequest[]> = {
  file: 'saved-requests.json',
  empty: [],
  read: (value) => (isObject(value) ? listOf(value.requests, isSavedRequest) : undefined),
  write: (requests) => ({ requests }),
}

const mutesShape: Shape<readonly Mute[]> = {
  file: 'rules.json',
  empty: [],
  read: (value) => (isObject(value) ? listOf(value.mutes, isMute) : undefined),
  write: (mutes) => ({ mutes }),
}

/** Reads text, gives JSON; writes a draft, syncs it and renames it: a crash leaves the old file or the new one. */
function jsonFile(path: string): SyncAdapter<unknown> {
  return {
    read: () => JSON.parse(readFileSync(path, 'utf8')),
    write(value) {
      const draft = `${path}.draft`
      const fd = openSync(draft, 'w', 0o600)
      try {
        writeFileSync(fd, `${JSON.stringify(value, null, 2)}\n`)
        fsyncSync(fd)
      } finally {
        closeSync(fd)
      }
      renameSync(draft, path)
    },
  }
}

type Say = (notice: string) => void

/** ms a file that cannot be read is left alone: an editor may be in the middle of writing it. */
const settlesAfter = 1500

function openDocument<T>(
  dataDir: string,
  shape: Shape<T>,
  say: Say,
  now: () => number,
  isRunning: () => boolean,
): Document<T> {
  const path = join(dataDir, shape.file)
  const low = new LowSync<unknown>(jsonFile(path), shape.write(shape.empty))
  let value = shape.empty
  let seen = 0

  const changed = () => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
  function moveAside(why: string): void {
    const aside = `${path}.broken-${new Date(now()).toISOString().replace(/[:.]/g, '-')}`
    renameSync(path, aside)
    say(`${shape.file} could not be read, ${why}; it was moved to ${basename(aside)} and a new one begun.`)
  }
  /** A person may edit the file while we run: it is read again when its time has changed. */
  function refresh(): void {
    const time = changed()
    if (time === seen) return
    seen = time
    if (time === 0) return
    let parsed: T | undefined
    let why = `its members are not those of ${shape.file}`
    try {
      low.read()
      parsed = shape.read(low.data)
    } catch (error) {
      const isFolder = error instanceof Error && 'code' in error && error.code === 'EISDIR'
      if (!(error instanceof SyntaxError) && !isFolder) throw error
      why = isFolder ? 'it is a folder' : 'it is not JSON'
    }
    if (parsed !== undefined) value = parsed
    else if (isRunning() && Date.now() - time < settlesAfter) seen = 0
    else moveAside(why)
  }
  refresh()
  return {
    get() {
      refresh()
      return value
    },
    async put(next) {
      low.data = shape.write(next)
      low.write()
      value = next
      seen = changed()
    },
  }
}

/** `later` is told of files that break while we run; what was broken at the start stands in `notices`. */
export function openDocuments(dataDir: string, now: () => number = Date.now, later: Say = () => {}): Documents {
  const notices: string[] = []
  let opened = false
  const say: Say = (notice) => (opened ? later(notice) : notices.push(notice))
  const open = <T>(shape: Shape<T>) => openDocument(dataDir, shape, say, now, () => opened)
  const documents = {
    notices,
    settings: open(settingsShape),
    savedRequests: open(requestsShape),
    mutes: open(mutesShape),
  }
  opened = true
  return documents
}
