// The wire as the rest of the house sees it: listen, send a request of our own, tell how it stands, close.
import type { WireStatus } from '../bridge/messages.ts'
import type { Outbox } from '../bridge/outbox.ts'
import type { ExchangeId } from '../exchange/exchange.ts'
import type { PlannedRequest } from '../exchange/planned-request.ts'
import type { Authority } from './authority.ts'
import type { WireSettings } from './wire-settings.ts'

export type { WireSettings } from './wire-settings.ts'

export type Wire = {
  /** Opens every port; rejects with one sentence when an explicit port is busy. */
  listen(): Promise<{ host: string; port: number }[]>
  /** Resolves once the exchange is opened; it then proceeds by itself and is recorded as a replay. */
  send(request: PlannedRequest): Promise<ExchangeId>
  status(): WireStatus
  /** Ports of ours that must never be a destination, whatever name leads to them. */
  forbid(addresses: readonly { readonly port: number }[]): void
  /** Within 3 s; exchanges still running are recorded as failed with INTERRUPTED. */
  close(): Promise<void>
}

export declare function createWire(settings: WireSettings, outbox: Outbox, authority: Authority): Wire
