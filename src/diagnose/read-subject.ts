// Makes the subject of a diagnosis from an observed exchange and what the history has learned.
import { credentialsOf } from './credentials.ts'
import { endpointKeyOf } from './endpoint-key.ts'
import { extractError } from './extract-error.ts'
import { readJwt } from './jwt.ts'
import { lazy } from './lazy.ts'
import type { Learned } from './learned.ts'
import type { Observed } from './observed.ts'
import { readExchange } from './reading.ts'
import { isScrubbed } from './scrubbed.ts'
import { judgeOutcome } from './semantic-outcome.ts'
import type { Subject } from './subject.ts'

/** Characters of an error that word lists look at. */
const maxWords = 4000

export function subjectOf(observed: Observed, learned: Learned = {}): Subject {
  const reading = readExchange(observed)
  const credentials = lazy(() => credentialsOf(reading))
  const jwts = lazy(() => credentials().flatMap((one) => readJwt(one) ?? []))
  const scrubbed = lazy(() => isScrubbed(reading, credentials()))
  const error = lazy(() => extractError(reading))
  const errorText = lazy(() => {
    const found = error()
    if (!found) return ''
    const parts = [found.code, found.message, ...found.fields.flatMap((field) => [field.code, field.message])]
    return parts.filter(Boolean).join(' ').slice(0, maxWords).toLowerCase()
  })
  const outcome = lazy(() => judgeOutcome(reading, learned))
  const endpoint = lazy(() => endpointKeyOf(reading, learned))
  // Written out: a spread would make every reading at once, and properties defined later make slow objects.
  return {
    exchange: reading.exchange,
    id: reading.id,
    time: reading.time,
    method: reading.method,
    url: reading.url,
    origin: reading.origin,
    host: reading.host,
    path: reading.path,
    request: reading.request,
    response: reading.response,
    status: reading.status,
    failure: reading.failure,
    duration: reading.duration,
    live: reading.live,
    imported: reading.imported,
    headersStripped: reading.headersStripped,
    whole: reading.whole,
    get query() {
      return reading.query
    },
    get form() {
      return reading.form
    },
    get credentials() {
      return credentials()
    },
    get jwts() {
      return jwts()
    },
    get scrubbed() {
      return scrubbed()
    },
    get error() {
      return error()
    },
    get errorText() {
      return errorText()
    },
    get outcome() {
      return outcome()
    },
    get endpoint() {
      return endpoint()
    },
  }
}
