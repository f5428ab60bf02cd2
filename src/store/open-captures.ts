// Opens captures.db whatever state it is in: new, current, older, newer, damaged or foreign.
import { basename, dirname } from 'node:path'
import { Database, isHeld, isPassing, isStoreFull, isStoreHeld, type OpenOptions } from './database.ts'
import { isRemote } from './is-remote.ts'
import { type Migration, migrate, migrations } from './migrate.ts'
import { planSalvage } from './salvage.ts'
import { applicationId, schema, schemaVersion } from './schema.ts'
import { factsOf, moveAside, nameOf, prepareDirectory, readVersion, unusable } from './store-file.ts'

export type OpenedCaptures = { readonly db: Database; readonly notices: readonly string[] }
export type CapturesOptions = {
  readonly durable: boolean
  /** ms to wait, at each call, for a file that another program holds (5,000). */
  readonly patience?: number
  readonly version: string
  readonly now: () => number
  /** For tests of upgrades: another list of steps, and the version they lead to. */
  readonly migrations?: readonly Migration[]
  readonly schemaVersion?: number
  /** A file to be read for /proc/mounts. */
  readonly mounts?: string
}

/** Octets up to which the whole file is checked at every start: about 50 ms. Damage in larger ones shows when it is met. */
const checkedSize = 48 * 1024 * 1024

export const damaged = 'is damaged'
const foreign = 'is not a store of Telltale'

function create(db: Database): void {
  db.transaction(() => {
    db.exec(schema)
    db.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${schemaVersion}`)
  })
  // Into the file at once: a log that is lost later must not take the tables with it.
  db.exec('PRAGMA wal_checkpoint(truncate)')
}

/** Why this file cannot be used and must be moved aside; undefined where it can. */
function damage(db: Database): string | undefined {
  try {
    if (db.number('PRAGMA page_count') * db.number('PRAGMA page_size') <= checkedSize) {
      const check = String(db.get('PRAGMA quick_check(1)')?.quick_check)
      if (check !== 'ok') return damaged
    }
    db.get('SELECT * FROM totals')
    db.get('SELECT * FROM exchanges ORDER BY id DESC LIMIT 1')
    db.get('SELECT * FROM sessions ORDER BY started DESC LIMIT 1')
    return undefined
  } catch (error) {
    if (isPassing(error)) throw error
    return damaged
  }
}

/** The sentence for what SQLite could not do. */
function refusal(error: unknown, file: string): unknown {
  if (isStoreFull(error)) return unusable(`There is no room on the disk for ${nameOf(file)}.`)
  if (isStoreHeld(error) || isHeld(error)) return unusable(`Another program holds ${nameOf(file)}.`)
  const text = error instanceof Error ? error.message : String(error)
  const isOurs = error instanceof Error && 'code' in error && error.code === 'STORE_UNUSABLE'
  return isOurs ? error : unusable(`${nameOf(file)} cannot be opened: ${text}.`)
}

function openOptions(file: string, options: CapturesOptions): OpenOptions {
  const { durable, patience } = options
  return { durable, journal: journalOf(file, options), ...(patience === undefined ? {} : { patience }) }
}

function journalOf(file: string, { mounts }: CapturesOptions): 'truncate' | 'wal' {
  return isRemote(dirname(file), mounts) ? 'truncate' : 'wal'
}

/** A new store in the place of one that cannot be used; a damaged one is read back by and by. Nobody has it open. */
export function beginAnew(
  file: string,
  reason: string,
  options: CapturesOptions,
): { readonly db: Database; readonly notice: string } {
  const aside = moveAside(file, options.now())
  const db = new Database(file, openOptions(file, options))
  create(db)
  if (reason === damaged) planSalvage(db, aside)
  const more = reason === damaged ? ' What can be read is being brought back.' : ''
  return { db, notice: `${basename(file)} ${reason}; it was moved to ${basename(aside)}.${more}` }
}

export function openCaptures(file: string, options: CapturesOptions): OpenedCaptures {
  prepareDirectory(dirname(file))
  const notices: string[] = []
  const journal = journalOf(file, options)
  if (journal === 'truncate')
    notices.push(`${dirname(file)} is on a network file system: searching there may hold recording up for a moment.`)
  const known = options.schemaVersion ?? schemaVersion
  const open = () => new Database(file, openOptions(file, options))
  const begin = (reason: string, db?: Database): OpenedCaptures => {
    db?.close()
    const anew = beginAnew(file, reason, options)
    return { db: anew.db, notices: [...notices, anew.notice] }
  }

  try {
    const { kind, version } = factsOf(file)
    if (kind === 'foreign') return begin(foreign)
    if (kind === 'cut') return begin(damaged)
    if (kind === 'absent' || kind === 'empty') {
      const db = open()
      create(db)
      return { db, notices }
    }
    // Before anything can change the file: a newer Telltale may have made it.
    const own = readVersion(file)
    const found = Math.max(version, own?.version ?? 0)
    if (own && own.application !== applicationId && own.application !== 0) return begin(foreign)
    if (found > known)
      throw unusable(
        `${nameOf(file)} was made by a newer Telltale (store version ${found}, this is ${options.version} with store version ${known}): use that version, or another --data-dir.`,
      )
    const db = open()
    if (own && found === 0 && db.number('SELECT count(*) FROM sqlite_schema') === 0) {
      create(db)
      return { db, notices }
    }
    const broken = own === undefined ? damaged : found === 0 ? foreign : damage(db)
    if (broken) return begin(broken, db)
    if (found < known) {
      const copy = migrate(db, found, known, options.migrations ?? migrations)
      notices.push(`${basename(file)} was brought from version ${found} to ${known}; the old one is ${basename(copy)}.`)
    }
    return { db, notices }
  } catch (error) {
    if (!isPassing(error)) return begin(damaged)
    throw refusal(error, file)
  }
}
