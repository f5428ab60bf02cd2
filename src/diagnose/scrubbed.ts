// Tells whether a credential was replaced by a mark before the exchange was imported.
import type { Credential } from './credentials.ts'
import type { Reading } from './reading.ts'

/** Our own exports keep a token's claims and mark only its signature (`.redacted-1f2e3d4c`): nothing else was touched. */
const mark = /^<.*>$|^\*+$|REDACTED(?!-[0-9a-f]{8}$)|removed|^x{4,}$/i

/** Only imports are ever scrubbed: on the wire, `<token>` is what the client really sent. */
export function isScrubbed(reading: Reading, credentials: readonly Credential[]): boolean {
  if (!reading.imported) return false
  return credentials.some(({ value }) => mark.test(value) || /<[A-Z_ -]+>/.test(value))
}
