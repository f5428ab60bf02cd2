// Whether a failure may be about the content of the request.
import type { Subject } from './subject.ts'

/**
 * 400, 415 and 422 say so. A careless server answers 500 to content it cannot read, or hides the refusal in a 2xx: on the
 * wire that is worth a finding; a recording, whose fields and bodies may have been changed since, proves too little.
 */
export function mayBeContent(subject: Subject): boolean {
  if (subject.outcome.is !== 'failure' || subject.failure) return false
  if ([400, 415, 422].includes(subject.status)) return true
  return subject.live && (subject.status === 500 || subject.status < 300)
}
