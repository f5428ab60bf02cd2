// Rows as they are shown in a terminal: keys and tokens in URLs do not belong on a screen that others see, or in a log.
import type { Row } from '../api/row.ts'
import { redactionHash, redactionKey } from '../desk/redaction-key.ts'
import type { Session } from '../exchange/session.ts'
import { createRedactor } from '../http/secrets.ts'

/** Placeholders are those of this data directory, as in its exports. */
export function rowsWithoutSecrets(dataDir: string): (row: Row) => Row {
  const { url } = createRedactor(redactionHash(redactionKey(dataDir)))
  return (row) => ({ ...row, url: url(row.url), path: url(row.path) })
}

/** A command line may hold credentials too. */
export function sessionsWithoutSecrets(dataDir: string): <S extends Session>(session: S) => S {
  const hash = redactionHash(redactionKey(dataDir))
  return (session) => {
    const { text } = createRedactor(hash)
    return session.command ? { ...session, command: session.command.map(text) } : session
  }
}
