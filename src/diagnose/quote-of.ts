// The server's own words about a failure, with the place where they stand.
import type { Location, Quote } from './finding.ts'
import { positionAt } from './json-reading.ts'
import { clip } from './redact.ts'
import type { Subject } from './subject.ts'

/** Characters quoted at most. */
const maxQuoted = 300

export function quoteOf(subject: Subject): Quote | undefined {
  const { error, response } = subject
  if (!error || !response) return undefined
  const text = error.message ?? error.code
  if (text === undefined) return undefined
  const location: Location = error.field
    ? error.field
    : {
        at: 'response.body',
        ...(error.pointer === undefined ? textPosition(response.text, text) : { pointer: error.pointer }),
      }
  return {
    text: clip(text, maxQuoted),
    location,
    ...(error.code === undefined ? {} : { code: clip(error.code, 80) }),
    ...(error.requestId === undefined ? {} : { requestId: clip(error.requestId, 120) }),
    ...(error.docUrl === undefined ? {} : { docUrl: error.docUrl }),
  }
}

/** Where the words stand in a body that was not parsed, as written there or with the escapes of JSON. */
function textPosition(body: string, text: string): { line: number; column: number } {
  const words = text.replace(/…$/, '')
  const plain = body.indexOf(words.slice(0, 20))
  const found = plain >= 0 ? plain : body.indexOf(JSON.stringify(words.slice(0, 20)).slice(1, -1))
  return positionAt(body, Math.max(0, found))
}
