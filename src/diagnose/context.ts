// What a rule may know beyond its own exchange: bounded history of the session, clocks and hashing.
import type { Baseline } from './baseline.ts'
import type { Differential, Level } from './finding.ts'
import type { CredentialPrint, Past } from './past.ts'
import type { Drift } from './response-drift.ts'

export type Context = {
  /** ms since 1970. */
  readonly now: number
  /** Hex SHA-256. */
  readonly hash: (octets: Uint8Array | string) => string
  /** First 8 hex digits of SHA-256: two credentials are the same when these agree. */
  readonly fingerprint: (value: string) => string
  /** What successes of this endpoint key and media type looked like; undefined before the first. */
  readonly baseline: Baseline | undefined
  /** Methods by which the same path template succeeded before. */
  readonly methodsSeen: readonly string[]
  /** This exchange's own credentials with their fingerprints, in the order of `subject.credentials`. */
  readonly prints: readonly CredentialPrint[]
  /** Newest success of the origin that carried a credential, on any endpoint, within 24 h. */
  readonly accepted: Past | undefined
  /** Nearest comparable success (catalogue 1.8) and the ordered differences from it; undefined on successes. */
  readonly nearest: Past | undefined
  readonly differential: Differential | undefined
  /** Everything in which the answer departs from earlier answers of its endpoint. */
  readonly drift: readonly Drift[]
  /** Earlier exchanges of the same origin, oldest first, at most 200. */
  readonly ofOrigin: readonly Past[]
  /** Whether one of them may have been redirected or have failed; quicker than to look. */
  readonly hadTrouble: boolean
  /** Those of them that are the same request (method, URL, body, client), oldest first, the newest 50 or so. */
  readonly sameRequest: readonly Past[]
  /** Earlier exchanges of all origins, oldest first, the newest 50 of each. */
  readonly earlier: readonly Past[]
  /** Those answered with 3xx, oldest first, at most 200: what rules about redirects look through for every request. */
  readonly redirects: readonly Past[]
  /** What the rules before this one found about the same exchange; whole only for rules of scope `group`. */
  readonly found: readonly { readonly id: string; readonly rank: number; readonly level: Level }[]
  /**
   * True for the first exchange that asks with this key, and for the same one again: "once per key". A claim lapses
   * after `forMs`, where given.
   */
  readonly once: (key: string, forMs?: number) => boolean
}
