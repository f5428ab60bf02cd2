// Makes the subject of a diagnosis from an observed exchange and what the history has learned.
import { type Credential, credentialsOf } from './credentials.ts'
import type { EndpointKey } from './endpoint-key.ts'
import { endpointOf } from './endpoint-of.ts'
import { extractError } from './extract-error.ts'
import type { ExtractedError } from './extracted-error.ts'
import { type Jwt, readJwt } from './jwt.ts'
import type { Learned } from './learned.ts'
import type { Observed } from './observed.ts'
import { type ReadingState, readExchange, readings } from './reading.ts'
import { isScrubbed } from './scrubbed.ts'
import { judgeOutcome, type SemanticOutcome } from './semantic-outcome.ts'
import type { Subject } from './subject.ts'

/** Characters of an error that word lists look at. */
const maxWords = 4000

/** What a subject remembers of its own readings; `error` may be undefined once made, so it is wrapped. */
type State = ReadingState & {
  learned: Learned
  madeCredentials: readonly Credential[] | undefined
  madeJwts: readonly Jwt[] | undefined
  madeScrubbed: boolean | undefined
  madeError: { readonly found: ExtractedError | undefined } | undefined
  madeErrorText: string | undefined
  madeOutcome: SemanticOutcome | undefined
  madeEndpoint: EndpointKey | undefined
}

function wordsOf(found: ExtractedError | undefined): string {
  if (!found) return ''
  const parts = [found.code, found.message, ...found.fields.flatMap((field) => [field.code, field.message])]
  return parts.filter(Boolean).join(' ').slice(0, maxWords).toLowerCase()
}

/** One prototype for all subjects, so that they share a shape: see `side.ts`. */
const subjectReadings: object = Object.setPrototypeOf(
  {
    get credentials() {
      const subject = this as unknown as State
      subject.madeCredentials ??= credentialsOf(subject)
      return subject.madeCredentials
    },
    get jwts() {
      const subject = this as unknown as State & Subject
      subject.madeJwts ??= subject.credentials.flatMap((one) => (subject.learned.jwtOf ?? readJwt)(one) ?? [])
      return subject.madeJwts
    },
    get scrubbed() {
      const subject = this as unknown as State & Subject
      subject.madeScrubbed ??= isScrubbed(subject, subject.credentials)
      return subject.madeScrubbed
    },
    get error() {
      const subject = this as unknown as State
      subject.madeError ??= { found: extractError(subject) }
      return subject.madeError.found
    },
    get errorText() {
      const subject = this as unknown as State & Subject
      subject.madeErrorText ??= wordsOf(subject.error)
      return subject.madeErrorText
    },
    get outcome() {
      const subject = this as unknown as State
      subject.madeOutcome ??= judgeOutcome(subject, subject.learned)
      return subject.madeOutcome
    },
    get endpoint() {
      const subject = this as unknown as State
      subject.madeEndpoint ??= endpointOf(subject, subject.learned)
      return subject.madeEndpoint
    },
  },
  readings,
) as object

export function subjectOf(observed: Observed, learned: Learned = {}): Subject {
  const subject = readExchange(observed, subjectReadings) as State & Subject
  subject.learned = learned
  subject.madeCredentials = undefined
  subject.madeJwts = undefined
  subject.madeScrubbed = undefined
  subject.madeError = undefined
  subject.madeErrorText = undefined
  subject.madeOutcome = undefined
  subject.madeEndpoint = undefined
  return subject
}
