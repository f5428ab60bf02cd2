// The exchanges of one session, oldest first, with what a comparison of sessions needs of each.
import type { Row } from '../api/row.ts'
import type { Database } from './database.ts'
import { readJson } from './read-json.ts'

/** `primary` only where a finding is more than a note. */
export type SessionRow = Pick<
  Row,
  'id' | 'method' | 'host' | 'path' | 'status' | 'outcome' | 'failure' | 'duration' | 'findings' | 'primary'
>

/** Read by and by: while it is gone through, the log cannot begin anew. */
export function* sessionRows(db: Database, sessionId: string): Generator<SessionRow> {
  const sql = `SELECT e.id, e.method, e.host, e.path, e.status, e.outcome, e.failure, e.duration, e.errors, e.warnings,
      e.notes, CASE WHEN e.errors + e.warnings > 0 THEN e.primary_finding END AS primary_finding
    FROM exchanges e WHERE e.session = ? ORDER BY e.n`
  for (const one of db.iterate(sql, sessionId)) {
    const primary = readJson<NonNullable<Row['primary']>>(one.primary_finding)
    yield {
      id: String(one.id),
      method: String(one.method),
      host: String(one.host),
      path: String(one.path),
      status: Number(one.status),
      outcome: String(one.outcome) as Row['outcome'],
      ...(one.failure === null ? {} : { failure: String(one.failure) }),
      duration: one.duration === null ? null : Number(one.duration),
      findings: { error: Number(one.errors), warning: Number(one.warnings), note: Number(one.notes) },
      ...(primary ? { primary } : {}),
    }
  }
}
