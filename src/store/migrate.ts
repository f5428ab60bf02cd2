// Brings an older store to today's tables: a copy first, then all steps in one transaction.
import { chmodSync, constants, copyFileSync } from 'node:fs'
import type { Database } from './database.ts'

/** Leads to version `to` from the one before it. */
export type Migration = { readonly to: number; readonly run: (db: Database) => void }

/** Every step since the first release, in order. */
export const migrations: readonly Migration[] = []

/** Returns the path of the copy. A crash in between leaves the old store, which the next start migrates again. */
export function migrate(db: Database, from: number, to: number, steps: readonly Migration[] = migrations): string {
  const copy = `${db.file}.version-${from}`
  db.exec('PRAGMA wal_checkpoint(truncate)')
  copyFileSync(db.file, copy, constants.COPYFILE_FICLONE)
  chmodSync(copy, 0o600)
  db.transaction(() => {
    for (const step of steps) if (step.to > from && step.to <= to) step.run(db)
    db.exec(`PRAGMA user_version = ${to}`)
  })
  return copy
}
