// Decides whether an exchange succeeded by meaning: network, status, and errors hidden inside a 2xx (catalogue 1.5).

import { wasCancelled } from './cancelled.ts'
import { graphqlErrors, grpcStatus, hiddenError, rpcFault } from './hidden-error.ts'
import { asObject } from './json-value.ts'
import type { Learned } from './learned.ts'
import type { Reading } from './reading.ts'

/** `pending`: no verdict yet. `neutral`: 1xx, 3xx other than 304, tunnels and sockets. */
export type Outcome = 'success' | 'failure' | 'neutral' | 'pending'

export type SemanticOutcome = {
  readonly is: Outcome
  /** What made it a failure. */
  readonly by?: 'network' | 'status' | 'body' | 'rpc' | 'graphql' | 'grpc'
  /** 0 to 1. */
  readonly confidence: number
  /** JSON Pointer into the response body of what says so. */
  readonly pointer?: string
}

export function judgeOutcome(reading: Reading, learned: Learned): SemanticOutcome {
  const { exchange, status } = reading
  const sure = { confidence: 1 }
  if (exchange.outcome.state === 'failed') {
    // A call that was cancelled, or cut short by our own end, failed at nothing (network/client-aborted).
    if (wasCancelled(reading)) return { is: 'neutral', ...sure }
    // The response may have been whole by meaning, yet it did not arrive whole.
    return { is: 'failure', by: 'network', ...sure }
  }
  if (status === 0) return { is: 'pending', ...sure }
  // A step of the device flow, not its failure (RFC 8628 §3.5).
  if (status === 400 && isPendingPoll(reading)) return { is: 'neutral', ...sure }
  if (status >= 400) return { is: 'failure', by: 'status', ...sure }
  if (exchange.outcome.state !== 'complete') return { is: 'pending', ...sure }
  if (status === 304) return { is: 'success', ...sure }
  if (status < 200 || status >= 300) return { is: 'neutral', ...sure }
  if (grpcStatus(reading)?.failed) return { is: 'failure', by: 'grpc', ...sure }
  const fault = rpcFault(reading)
  if (fault) return { is: 'failure', by: 'rpc', pointer: fault.pointer, ...sure }
  const graphql = graphqlErrors(reading)
  if (graphql)
    return graphql.partial ? { is: 'success', ...sure } : { is: 'failure', by: 'graphql', pointer: '/errors', ...sure }
  const hidden = hiddenError(reading, learned)
  if (hidden && !hidden.partial)
    return { is: 'failure', by: 'body', confidence: hidden.confidence, pointer: hidden.pointer }
  return { is: 'success', ...sure }
}

const isPendingPoll = ({ method, response }: Reading): boolean =>
  method === 'POST' && asObject(response?.value)?.error === 'authorization_pending'
