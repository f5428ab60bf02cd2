// A hash that only one machine's data directory can repeat: from a placeholder nobody else can try out short secrets.
import type { Hash } from './secret-text.ts'

/** `key` is of one length always, so that no text can be mistaken for a part of it. */
export function keyedHash(key: string, hash: Hash): Hash {
  return (text) => hash(`${key}\0${text}`)
}
