// The certificate authority of this installation: its files, its notices, and a context for every host.
import type { SecureContext } from 'node:tls'

export type Authority = {
  /** Absolute path of the public certificate. */
  readonly caFile: string
  readonly caPem: string
  /** Sentences for the terminal: what was repaired or moved aside at load. */
  readonly notices: readonly string[]
  contextFor(host: string): SecureContext
  leafPem(host: string): string
}

export declare function loadAuthority(dir: string): Authority
