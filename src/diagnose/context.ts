// What a rule may know beyond its own exchange: bounded history of the session, clocks and hashing.
import type { Exchange, ExchangeId } from '../exchange/exchange.ts'
import type { Baseline } from './baseline.ts'
import type { Credential } from './credentials.ts'
import type { Differential } from './finding.ts'
import type { Outcome } from './semantic-outcome.ts'

/** An earlier exchange, as far as it is remembered. Times in ms since 1970, `duration` in ms. */
export type Past = {
  readonly id: ExchangeId
  readonly exchange: Exchange
  readonly time: number
  /** When the last octet came, or `time` while unknown. */
  readonly end: number
  readonly duration: number | undefined
  readonly method: string
  readonly url: string
  readonly origin: string
  readonly path: string
  /** Endpoint key (method, origin, path template, operation). */
  readonly endpoint: string
  readonly template: string
  /** 0 without a response. */
  readonly status: number
  readonly outcome: Outcome
  /** `Failure.code`, where the exchange failed on the network. */
  readonly failureCode: string | undefined
  /** Same method, URL and body, from the same client: the same request. */
  readonly requestKey: string
  /** Hash of the decoded response body; empty string for none. */
  readonly responseHash: string
  readonly credentials: readonly CredentialPrint[]
  readonly userAgent: string
  readonly requestMediaType: string
  readonly responseMediaType: string
  /** Decoded request body, kept for the newest successes of an endpoint only, up to 16 KiB. */
  readonly requestBody: Uint8Array | undefined
  /** Id the server gave to what was created: Location or a top-level `id`, where there was one. */
  readonly created: string | undefined
}

/** A credential without its value. `value` stays in memory for fixes that reuse it, never in a finding. */
export type CredentialPrint = Pick<Credential, 'location' | 'name' | 'scheme' | 'value'> & {
  readonly fingerprint: string
  readonly length: number
}

export type Context = {
  /** ms since 1970. */
  readonly now: number
  /** Hex SHA-256. */
  readonly hash: (octets: Uint8Array | string) => string
  /** First 8 hex digits of SHA-256: two credentials are the same when these agree. */
  readonly fingerprint: (value: string) => string
  /** What successes of this endpoint key and media type looked like; undefined before the first. */
  readonly baseline: Baseline | undefined
  /** Successes of the same path template by another method, and of the whole origin, newest last. */
  readonly methodsSeen: readonly string[]
  /** Nearest comparable success (catalogue 1.8) and the ordered differences from it; undefined on successes. */
  readonly nearest: Past | undefined
  readonly differential: Differential | undefined
  /** Earlier exchanges of the same origin, oldest first, at most 200. */
  readonly ofOrigin: readonly Past[]
  /** Those of them that are the same request (method, URL, body, client), oldest first. */
  readonly sameRequest: readonly Past[]
  /** Earlier exchanges of any origin, oldest first, at most 2,000. */
  readonly earlier: readonly Past[]
  /**
   * True for the first exchange that asks with this key, and for the same one again: "once per key". A claim lapses
   * after `forMs`, where given.
   */
  readonly once: (key: string, forMs?: number) => boolean
}
