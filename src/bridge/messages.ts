// Everything that passes between the wire (main thread) and the desk (worker), in both directions.
import type { ExchangeId } from '../exchange/exchange.ts'
import type { PlannedRequest } from '../exchange/planned-request.ts'
import type { Session } from '../exchange/session.ts'
import type { BatchItem } from './whole-exchange.ts'

/** What the desk must know to begin; a plain value, given as workerData. Sizes in octets. */
export type DeskSettings = {
  readonly version: string
  readonly dataDir: string
  readonly session: Session
  readonly uiHost: string
  readonly uiPort: number
  /** An explicit port that is busy is an error; a default one moves on to the next free. */
  readonly uiPortFixed: boolean
  readonly proxyUrl: string
  readonly caFile: string
  /** A command with its traffic captured, as it is typed in a shell. */
  readonly runLine: string
  readonly pageDir: string
  readonly token: string
  readonly maxContent: number
  readonly maxStore: number
  readonly maxExchanges: number
  readonly durable: boolean
}

export type WireToDesk =
  | {
      readonly type: 'events'
      readonly events: readonly BatchItem[]
      readonly octets: number
      readonly sequence: number
    }
  | { readonly type: 'sent'; readonly call: number; readonly id?: ExchangeId; readonly error?: string }
  /** Counts for the status bar, at most once a second. */
  | { readonly type: 'wire-status'; readonly status: WireStatus }
  /** `until`, ms since 1970: what the store has not taken by then waits for the next start. */
  | { readonly type: 'stop'; readonly until: number }

export type DeskToWire =
  | { readonly type: 'ready'; readonly uiUrl: string; readonly code: string }
  | { readonly type: 'unusable'; readonly message: string }
  /** The batch with this sequence number has been folded: its octets leave the outbox's account. */
  | { readonly type: 'taken'; readonly sequence: number }
  | { readonly type: 'send'; readonly call: number; readonly request: PlannedRequest }
  /** A sentence for the terminal. */
  | { readonly type: 'say'; readonly text: string }
  | { readonly type: 'recording'; readonly on: boolean }
  | { readonly type: 'stopped' }

export type WireStatus = {
  readonly connections: number
  readonly tunnels: number
  readonly shed: number
  /** Hosts whose certificate the client refused, newest last. */
  readonly rejectedBy: readonly string[]
  /** First-run facts, for the page's checklist. */
  readonly seen: {
    readonly proxied: boolean
    readonly connect: boolean
    readonly tlsOpened: boolean
    readonly tlsRejected: boolean
  }
}
