// Everything the wire must be told to begin, with the defaults of its limits.
import type { Mode } from './mode.ts'

export type WireSettings = {
  readonly host: string
  /** 0 = choose. */
  readonly port: number
  /** An explicit port that is busy is an error; a default one moves on to the next free. */
  readonly portFixed: boolean
  /** Empty means regular. */
  readonly modes: readonly Mode[]
  /** PEM texts trusted beside the system's and the bundled roots. */
  readonly upstreamCa: readonly string[]
  /** Host patterns (`api.test`, `*.test`) whose certificates are not verified. */
  readonly insecureHosts: readonly string[]
  /** Host patterns whose tunnels are relayed unread. */
  readonly passThroughHosts: readonly string[]
  /** Certificate and key in one PEM, shown to origins that match. */
  readonly clientCertificates: readonly { readonly host: string; readonly pem: string }[]
  /** Entries of NO_PROXY, for the upstream mode. */
  readonly noProxy: readonly string[]
  /** Octets of one message's content that are kept. */
  readonly maxContent: number
  readonly version: string
  /** `user:password` that clients must present; absent on a loopback listener. */
  readonly proxyAuth?: string
  readonly limits?: Partial<WireLimits>
}

/** Milliseconds where the name ends in Ms, octets where it ends in Octets. */
export type WireLimits = {
  readonly connectMs: number
  readonly handshakeMs: number
  /** From the first octet of a request head to its last. */
  readonly headMs: number
  /** A client's connection without any exchange. */
  readonly idleMs: number
  /** How long an origin may take to begin its answer; 0 = as long as the client waits. */
  readonly responseMs: number
  /** How long a client that has closed its half may still be answered. */
  readonly halfClosedMs: number
  readonly closeMs: number
  readonly headOctets: number
  readonly targetOctets: number
  readonly fieldLines: number
}

export const defaultLimits: WireLimits = {
  connectMs: 20_000,
  handshakeMs: 20_000,
  headMs: 60_000,
  idleMs: 600_000,
  responseMs: 0,
  halfClosedMs: 10_000,
  closeMs: 3_000,
  headOctets: 512 * 1024,
  targetOctets: 128 * 1024,
  fieldLines: 10_000,
}
