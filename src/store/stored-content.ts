// Contents by their digest: equal octets are kept once.
import type { Database } from './database.ts'

/**
 * The index holds eight characters of each digest, not all 71: digests come in no order, so that every new one dirties
 * another page of it, and a fifth of the pages are that much less to write. Older stores have an index over all of it.
 */
export const contentIndex = 'CREATE INDEX contents_digest ON contents (substr(digest, 8, 8))'
const named = 'substr(digest, 8, 8) = substr(?1, 8, 8) AND digest = ?1'

export function contentNumber(db: Database, digest: string): number | undefined {
  const found = db.get(`SELECT c FROM contents WHERE ${named}`, digest)
  return found === undefined ? undefined : Number(found.c)
}

export function contentOctets(db: Database, digest: string): Uint8Array | undefined {
  const octets = db.get(`SELECT octets FROM contents WHERE ${named}`, digest)?.octets
  return octets instanceof Uint8Array ? octets : undefined
}

/** Answers the number it has, whether it is new or not. */
export function writeContent(db: Database, digest: string, octets: Uint8Array): number {
  const known = contentNumber(db, digest)
  if (known !== undefined) return known
  const hasNul = octets.includes(0) ? 1 : 0
  return db.insert('INSERT INTO contents (digest, has_nul, octets) VALUES (?, ?, ?)', digest, hasNul, octets)
}
