// The sessions table: begun, ended, renamed, listed, forgotten.
import type { ExchangeId } from '../exchange/exchange.ts'
import type { Session } from '../exchange/session.ts'
import type { Database } from './database.ts'
import { readJson } from './read-json.ts'

type CountedSession = Session & { readonly exchanges: number }

/** One that has begun already, in an earlier life of the desk, stays: it may have been renamed. */
export function beginSession(db: Database, session: Session): void {
  db.run(
    `INSERT INTO sessions (id, name, kind, started, ended, session) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO NOTHING`,
    session.id,
    session.name,
    session.kind,
    session.startedDateTime,
    session.endedDateTime ?? null,
    JSON.stringify(session),
  )
}

/** Newest first; one that is over and of which nothing is left is gone, though it is forgotten at the next start only. */
export function listSessions(db: Database): CountedSession[] {
  const counts = new Map<string, number>()
  for (const found of db.all('SELECT session, count(*) AS times FROM exchanges GROUP BY session'))
    counts.set(String(found.session), Number(found.times))
  return db
    .all('SELECT id, name, started, ended, session FROM sessions ORDER BY started DESC, id DESC')
    .map((found): CountedSession => {
      const session = readJson<Session>(found.session)
      return {
        ...(session ?? { kind: 'capture', startedDateTime: String(found.started) }),
        id: String(found.id),
        name: String(found.name),
        ...(found.ended === null ? {} : { endedDateTime: String(found.ended) }),
        exchanges: counts.get(String(found.id)) ?? 0,
      }
    })
    .filter(({ endedDateTime, exchanges }) => endedDateTime === undefined || exchanges > 0)
}

/** Exchanges of imports that were cut off: all of a file comes in, or nothing. */
export function unfinishedImports(db: Database): ExchangeId[] {
  const sql = `SELECT e.id FROM exchanges e JOIN sessions s ON s.id = e.session
    WHERE s.ended IS NULL AND s.kind = 'import'`
  return db.all(sql).map((found) => String(found.id))
}

/** What is left of them when their exchanges are gone. */
export function dropUnfinishedImports(db: Database): void {
  db.run(`DELETE FROM sessions
    WHERE ended IS NULL AND kind = 'import' AND id NOT IN (SELECT session FROM exchanges)`)
}

/** Sessions that ended with nothing kept, other than this one, are clutter. */
export function dropEmptySessions(db: Database, except: string): void {
  db.run('DELETE FROM sessions WHERE id <> ? AND id NOT IN (SELECT session FROM exchanges)', except)
}
