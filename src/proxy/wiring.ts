// What every connection of one wire has in common: settings, limits, the outbox, the way out, and the counters.
import type { Duplex } from 'node:stream'
import type { Outbox } from '../bridge/outbox.ts'
import type { Client, Connection, Origin, Tls } from '../exchange/exchange.ts'
import type { Failure } from '../exchange/failure.ts'
import type { Authority } from './authority.ts'
import type { Linker } from './link.ts'
import type { OwnPorts } from './own-ports.ts'
import type { RequestHead } from './request-head.ts'
import type { Route } from './target.ts'
import type { UpstreamProxy } from './upstream-proxy.ts'
import type { WireLimits, WireSettings } from './wire-settings.ts'

/** Counters and first-run facts, for the status bar. */
export type WireFacts = {
  connections: number
  tunnels: number
  readonly rejectedBy: string[]
  /** Programs that have sent a request under a certificate of ours, each with the name it asked for. */
  readonly believedBy: Set<string>
  readonly seen: { proxied: boolean; connect: boolean; tlsOpened: boolean; tlsRejected: boolean }
}

export type Wiring = {
  readonly settings: WireSettings
  readonly limits: WireLimits
  readonly outbox: Outbox
  readonly authority: Authority
  readonly own: OwnPorts
  readonly link: Linker
  /** The proxy that reads this request itself, where one does: plain HTTP without an upgrade. */
  forwardFor(route: Route, head: RequestHead): UpstreamProxy | undefined
  /** True for a request that has been here before, by its field lines (flat pairs). */
  cameBack(raw: readonly string[]): boolean
  readonly facts: WireFacts
  /** Everything that must be ended, and its exchanges recorded as interrupted, when the wire closes. */
  readonly running: Set<{ interrupt(failed: Failure): void }>
  nextConnectionId(): number
}

/** The client's side of a connection, as its exchanges record it. */
export type ClientLeg = {
  readonly id: number
  readonly client: Client
  readonly way: Connection['way']
  readonly clientTls?: Tls
  readonly origin: Origin
}

/** A way through that the client was granted. */
export type Tunnel = {
  readonly leg: ClientLeg
  readonly socket: Duplex
  readonly raw: Duplex
  readonly host: string
  readonly port: number
  /** Fields of the CONNECT request. */
  readonly headers?: readonly string[]
  /** Where requests go when that is not `host:port` over the client's own scheme (reverse mode). */
  readonly reverse?: Route
}
