// The index over URLs: it is behind by up to a thousand exchanges, which searches read one by one.
import type { Database } from './database.ts'

/** What is taken in together costs half as much as batch by batch: FTS5 writes, and later merges, a segment for each. */
const mostBehind = 1024
/** Pages merged each time: enough for what came and what was removed meanwhile, so that the index does not grow by itself. */
const mergedPages = 500

/** Exchanges are numbered upwards and taken in in that order: those above this number are not in the index. */
const newest = 'SELECT coalesce(max(id), 0) FROM urls_docsize'

/** Of two values: the text as one quoted phrase, in which no character is an operator, and a LIKE pattern. */
export const urlFound = `e.n IN (SELECT rowid FROM urls WHERE urls MATCH ?
  UNION ALL SELECT n FROM exchanges WHERE n > (${newest}) AND url LIKE ? ESCAPE '\\')`

/** To be called after exchanges were added. */
export function indexUrls(db: Database): void {
  const [from, to] = [db.number(newest), db.number('SELECT max(n) FROM exchanges')]
  if (to - from < mostBehind) return
  db.run('INSERT INTO urls (rowid, url) SELECT n, url FROM exchanges WHERE n > ? AND n <= ?', from, to)
  // Left to itself FTS5 would merge within any commit, also that of a short slice of a deletion: up to 20 ms.
  db.run("INSERT INTO urls (urls, rank) VALUES ('merge', ?)", mergedPages)
}

/** FTS5 must be told what it has taken in, and must not be told what it has not. */
export function forgetUrl(db: Database, n: number, url: string): void {
  if (n <= db.number(newest)) db.run("INSERT INTO urls (urls, rowid, url) VALUES ('delete', ?, ?)", n, url)
}

/** The exchange has got another URL, which stands in its row already. */
export function replaceUrl(db: Database, n: number, before: string, url: string): void {
  if (n > db.number(newest)) return
  forgetUrl(db, n, before)
  db.run('INSERT INTO urls (rowid, url) VALUES (?, ?)', n, url)
}
