// Makes the subject of a diagnosis from an observed exchange and what the history has learned.
import { type Credential, credentialsOf } from './credentials.ts'
import { type EndpointKey, endpointKeyOf } from './endpoint-key.ts'
import { extractError } from './extract-error.ts'
import type { ExtractedError } from './extracted-error.ts'
import { type Jwt, readJwt } from './jwt.ts'
import type { Learned } from './learned.ts'
import type { Observed } from './observed.ts'
import { readExchange, readings } from './reading.ts'
import { isScrubbed } from './scrubbed.ts'
import { judgeOutcome, type SemanticOutcome } from './semantic-outcome.ts'
import type { Subject } from './subject.ts'

/** Characters of an error that word lists look at. */
const maxWords = 4000

type Made = {
  readonly learned: Learned
  credentials: readonly Credential[] | undefined
  jwts: readonly Jwt[] | undefined
  scrubbed: boolean | undefined
  error: { readonly found: ExtractedError | undefined } | undefined
  errorText: string | undefined
  outcome: SemanticOutcome | undefined
  endpoint: EndpointKey | undefined
}
type State = Subject & { readonly made: Made }

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
      subject.made.credentials ??= credentialsOf(subject)
      return subject.made.credentials
    },
    get jwts() {
      const { made, credentials } = this as unknown as State
      made.jwts ??= credentials.flatMap((one) => readJwt(one) ?? [])
      return made.jwts
    },
    get scrubbed() {
      const subject = this as unknown as State
      subject.made.scrubbed ??= isScrubbed(subject, subject.credentials)
      return subject.made.scrubbed
    },
    get error() {
      const subject = this as unknown as State
      subject.made.error ??= { found: extractError(subject) }
      return subject.made.error.found
    },
    get errorText() {
      const { made, error } = this as unknown as State
      made.errorText ??= wordsOf(error)
      return made.errorText
    },
    get outcome() {
      const subject = this as unknown as State
      subject.made.outcome ??= judgeOutcome(subject, subject.made.learned)
      return subject.made.outcome
    },
    get endpoint() {
      const subject = this as unknown as State
      subject.made.endpoint ??= endpointKeyOf(subject, subject.made.learned)
      return subject.made.endpoint
    },
  },
  readings,
) as object

export function subjectOf(observed: Observed, learned: Learned = {}): Subject {
  const made: Made = {
    learned,
    credentials: undefined,
    jwts: undefined,
    scrubbed: undefined,
    error: undefined,
    errorText: undefined,
    outcome: undefined,
    endpoint: undefined,
  }
  return readExchange(observed, subjectReadings, made) as Subject
}
