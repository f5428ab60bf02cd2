// Tells a call that was cancelled from one that failed: the client hung up early or mid-response, or Telltale was stopped.
import type { Reading } from './reading.ts'

/** A client that waits this long, in ms, and then leaves has run into its own time limit: that is a failure. */
export const clientPatience = 5_000

/** The record ends before the exchange did, or it never began: nobody has failed. */
export const isRecordCutOff = (code: string): boolean =>
  /^(?:INTERRUPTED|RECORDING_INTERRUPTED|UNFINISHED|NOT_SENT)$/.test(code)

/** Whoever hangs up with a status of 400 or more in hand has read enough: the status stays the verdict. */
export function wasCancelled({ failure, response, status, duration }: Reading): boolean {
  if (!failure || status >= 400) return false
  if (isRecordCutOff(failure.code)) return true
  if (failure.phase !== 'client' || !/^(?:CLIENT_CLOSED|CLIENT_ABORTED|ECONNRESET|EPIPE)$/.test(failure.code))
    return false
  return response !== undefined || (duration ?? 0) < clientPatience
}
