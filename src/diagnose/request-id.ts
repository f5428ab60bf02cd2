// Finds the response field that holds the provider's name for this request, so that a report can quote it.
import type { Context } from './context.ts'
import { responseHeader } from './evidence.ts'
import type { Evidence } from './finding.ts'
import type { Subject } from './subject.ts'

const name = /request-?id|req-id|-rid$|trace-?id|traceparent|correlation-id|cf-ray|x-amz-cf-id/i

/** One piece of evidence, or none where the server gave no id. */
export function requestIdEvidence(subject: Subject, context: Pick<Context, 'fingerprint'>): readonly Evidence[] {
  const line = subject.response?.headers.find((one) => name.test(one.name))
  return line ? [responseHeader(subject, line.name, context)] : []
}
