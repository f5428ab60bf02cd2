// How much of an exchange was there when it was diagnosed, so that the same is not diagnosed twice.
import type { Outcome } from '../exchange/exchange.ts'
import type { Observed } from './observed.ts'

/** Two observations of one exchange with the same state say the same. */
export type ObservedState = {
  readonly outcome: Outcome['state']
  readonly messages: number
  readonly request: number
  readonly response: number
  readonly end: number
}

export const stateOf = ({ exchange, request, response }: Observed): ObservedState => ({
  outcome: exchange.outcome.state,
  messages: exchange.messageCount,
  request: request?.length ?? -1,
  response: response?.length ?? -1,
  end: exchange.marks.end ?? -1,
})

export const isSame = (a: ObservedState, b: ObservedState): boolean =>
  a.outcome === b.outcome &&
  a.messages === b.messages &&
  a.request === b.request &&
  a.response === b.response &&
  a.end === b.end
