// An exchange as rules read it: every reading is made once, and only when asked for.
import type { Credential } from './credentials.ts'
import type { EndpointKey } from './endpoint-key.ts'
import type { ExtractedError } from './extracted-error.ts'
import type { Jwt } from './jwt.ts'
import type { Reading } from './reading.ts'
import type { SemanticOutcome } from './semantic-outcome.ts'

export type Subject = Reading & {
  /** A credential was replaced by a mark before import: rules about credential values stay silent. */
  readonly scrubbed: boolean
  readonly credentials: readonly Credential[]
  readonly jwts: readonly Jwt[]
  /** What the server says went wrong (catalogue 1.10), where its answer has the shape of an error. */
  readonly error: ExtractedError | undefined
  /** Code, message and field messages in lower case, for word lists; empty without an error. */
  readonly errorText: string
  /** Success or failure by meaning, not by status alone (catalogue 1.5). */
  readonly outcome: SemanticOutcome
  readonly endpoint: EndpointKey
}
