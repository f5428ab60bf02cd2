// The sessions table: begun, ended, renamed, listed, forgotten.
import type { Session } from '../exchange/session.ts'
import type { Database } from './database.ts'

type CountedSession = Session & { readonly exchanges: number }

export function beginSession(db: Database, session: Session): void {
  db.run(
    'INSERT OR REPLACE INTO sessions (id, name, started, ended, session) VALUES (?, ?, ?, ?, ?)',
    session.id,
    session.name,
    session.startedDateTime,
    session.endedDateTime ?? null,
    JSON.stringify(session),
  )
}

/** Newest first. */
export function listSessions(db: Database): CountedSession[] {
  const counts = new Map<string, number>()
  for (const found of db.all('SELECT session, count(*) AS times FROM exchanges GROUP BY session'))
    counts.set(String(found.session), Number(found.times))
  return db.all('SELECT id, name, ended, session FROM sessions ORDER BY started DESC, id DESC').map((found) => {
    const session: Session = JSON.parse(String(found.session))
    return {
      ...session,
      name: String(found.name),
      ...(found.ended === null ? {} : { endedDateTime: String(found.ended) }),
      exchanges: counts.get(session.id) ?? 0,
    }
  })
}

/** Sessions that ended with nothing kept, other than this one, are clutter. */
export function dropEmptySessions(db: Database, except: string): void {
  db.run('DELETE FROM sessions WHERE id <> ? AND id NOT IN (SELECT session FROM exchanges)', except)
}
