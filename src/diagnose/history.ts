// The bounded memory of a session: origins, endpoints and exchanges, and the context a rule is given from it.
import type { Baseline } from './baseline.ts'
import type { Context } from './context.ts'
import { comparedPast, comparedSubject, differences } from './differential.ts'
import { type EndpointStatistics, endpointStatistics } from './endpoint-statistics.ts'
import type { Differential } from './finding.ts'
import type { ResultCode } from './hidden-error.ts'
import type { Learned } from './learned.ts'
import { lru } from './lru.ts'
import { nearestSuccess } from './nearest-success.ts'
import { type OriginMemory, originMemory } from './origin-memory.ts'
import { type CredentialPrint, type Past, pastOf, requestKeyOf } from './past.ts'
import { type Ring, ring } from './ring.ts'
import type { Subject } from './subject.ts'

/** How much is remembered: origins, endpoint keys, exchanges and redirects in all, successes per endpoint, claims and fingerprints. */
const limits = {
  origins: 200,
  endpoints: 1000,
  past: 500,
  redirects: 200,
  successes: 5,
  claims: 5000,
  prints: 2000,
  recorded: 20_000,
}
const day = 24 * 60 * 60 * 1000
/** Differences a finding lists at most. */
const maxDifferences = 20

export type Hash = (octets: Uint8Array | string) => string

type Endpoint = { readonly statistics: EndpointStatistics; readonly successes: Ring<Past> }

export type History = {
  readonly learned: Learned
  readonly contextOf: (subject: Subject, now: number, found: Context['found']) => Context
  /** Takes a decided exchange in, once; answers what it is remembered as. */
  readonly record: (subject: Subject) => Past | undefined
  /** Result codes of successes an origin has shown: what is usual there is known from the fifth on. */
  readonly codesSeen: (origin: string) => number
  readonly isUnusualCode: (origin: string, code: ResultCode) => boolean
  readonly forget: (ids: ReadonlySet<string>) => void
}

/** What a context remembers of its own readings; one that may be undefined is wrapped. */
type Made = {
  baseline: { readonly is: Baseline | undefined } | undefined
  nearest: { readonly is: Past | undefined } | undefined
  differential: { readonly is: Differential | undefined } | undefined
  ofOrigin: readonly Past[] | undefined
  sameRequest: readonly Past[] | undefined
}
type State = Context & { readonly subject: Subject; readonly made: Made }

export function createHistory(hash: Hash): History {
  const origins = lru<string, OriginMemory>(limits.origins)
  const endpoints = lru<string, Endpoint>(limits.endpoints)
  const templates = lru<string, Set<string>>(limits.endpoints)
  const everything = ring<Past>(limits.past)
  const redirects = ring<Past>(limits.redirects)
  const claims = lru<string, { readonly by: string; readonly at: number }>(limits.claims)
  const fingerprints = lru<string, string>(limits.prints)
  const recorded = lru<string, true>(limits.recorded)

  const fingerprint = (value: string): string => {
    const known = fingerprints.get(value)
    if (known !== undefined) return known
    const made = hash(value).slice(0, 8)
    fingerprints.set(value, made)
    return made
  }
  const knownPrints = new WeakMap<Subject, readonly CredentialPrint[]>()
  const printsOf = (subject: Subject): readonly CredentialPrint[] => {
    const known = knownPrints.get(subject)
    if (known) return known
    const made = subject.credentials.map((one) => ({
      ...one,
      fingerprint: fingerprint(one.value),
      length: one.value.length,
    }))
    knownPrints.set(subject, made)
    return made
  }

  const learned: Learned = {
    foldSegments: (origin, segments) => origins.get(origin)?.paths.fold(segments) ?? segments,
    isUnusualCode: (origin, name, value) => origins.get(origin)?.isUnusualCode(name, value) ?? false,
  }

  const differentialOf = (subject: Subject, prints: readonly CredentialPrint[], nearest: Past): Differential => {
    const worked = comparedPast(nearest)
    const all = differences(comparedSubject(subject, prints), worked, fingerprint)
    // What differs between two calls that both worked is not what broke this one.
    const other = endpoints
      .get(nearest.endpoint)
      ?.successes.entries()
      .findLast((past) => past.id !== nearest.id)
    const noise = new Set(other && differences(comparedPast(other), worked, fingerprint).map(({ what }) => what))
    const kept = all.filter(({ what }) => !noise.has(what)).slice(0, maxDifferences)
    return { against: nearest.id, startedDateTime: nearest.exchange.startedDateTime, differences: kept }
  }

  /** One prototype for all contexts of this history, so that they share a shape: see `side.ts`. */
  const readings = {
    fingerprint,
    hash,
    get baseline() {
      const { made, subject } = this as unknown as State
      made.baseline ??= { is: baselineOf(subject) }
      return made.baseline.is
    },
    get methodsSeen() {
      const seen = siblingsOf((this as unknown as State).subject).map((key) => key.slice(0, key.indexOf(' ')))
      return [...new Set(seen)]
    },
    get prints() {
      return printsOf((this as unknown as State).subject)
    },
    get accepted() {
      const { subject, ofOrigin } = this as unknown as State
      return ofOrigin.findLast(
        (past) => past.outcome === 'success' && past.credentials.length > 0 && Math.abs(subject.time - past.time) < day,
      )
    },
    get nearest() {
      const { made, subject } = this as unknown as State
      made.nearest ??= { is: nearestOf(subject) }
      return made.nearest.is
    },
    get differential() {
      const { made, subject, nearest } = this as unknown as State
      made.differential ??= { is: nearest && differentialOf(subject, printsOf(subject), nearest) }
      return made.differential.is
    },
    get ofOrigin() {
      const { made, subject } = this as unknown as State
      made.ofOrigin ??= others(subject, origins.get(subject.origin)?.past.entries() ?? [])
      return made.ofOrigin
    },
    get sameRequest() {
      const { made, subject } = this as unknown as State
      made.sameRequest ??= others(subject, origins.get(subject.origin)?.sameRequest(requestKeyOf(subject)) ?? [])
      return made.sameRequest
    },
    get earlier() {
      return others((this as unknown as State).subject, everything.entries())
    },
    get redirects() {
      return others((this as unknown as State).subject, redirects.entries())
    },
    once(this: State, claim: string, forMs?: number) {
      const { subject } = this
      const known = claims.get(claim)
      if (known && (known.by === subject.id || forMs === undefined || subject.time - known.at < forMs))
        return known.by === subject.id
      claims.set(claim, { by: subject.id, at: subject.time })
      return true
    },
  }

  // Only one that is judged again can meet itself; copying the list for every exchange would cost more than the rules.
  const others = (subject: Subject, list: readonly Past[]): readonly Past[] =>
    recorded.get(subject.id) === true ? list.filter((past) => past.id !== subject.id) : list
  const siblingsOf = (subject: Subject): readonly string[] => [
    ...(templates.get(`${subject.origin}${subject.endpoint.template}`) ?? []),
  ]
  const baselineOf = (subject: Subject): Baseline | undefined => {
    const { key } = subject.endpoint
    return endpoints.get(key)?.statistics.baseline(key, subject.response?.mediaType ?? '')
  }
  const nearestOf = (subject: Subject): Past | undefined => {
    if (subject.outcome.is !== 'failure') return undefined
    const remembered = siblingsOf(subject).flatMap((key) => endpoints.get(key)?.successes.entries() ?? [])
    return nearestSuccess(subject, printsOf(subject), remembered)
  }

  const contextOf = (subject: Subject, now: number, found: Context['found']): Context => {
    const made: Made = {
      baseline: undefined,
      nearest: undefined,
      differential: undefined,
      ofOrigin: undefined,
      sameRequest: undefined,
    }
    const context = { __proto__: readings, now, found, subject, made }
    return context as unknown as Context
  }

  const record = (subject: Subject): Past | undefined => {
    if (subject.outcome.is === 'pending' || recorded.get(subject.id)) return undefined
    recorded.set(subject.id, true)
    const past = pastOf(subject, printsOf(subject))
    let memory = origins.get(subject.origin)
    if (!memory) {
      memory = originMemory()
      origins.set(subject.origin, memory)
    }
    memory.learn(subject, past)
    everything.push(past.requestBody ? { ...past, requestBody: undefined } : past)
    if (past.status >= 300 && past.status < 400 && past.status !== 304) redirects.push(past)
    if (past.outcome !== 'success' || subject.exchange.kind === 'tunnel') return past
    const { key, template } = subject.endpoint
    let endpoint = endpoints.get(key)
    if (!endpoint) {
      endpoint = { statistics: endpointStatistics(), successes: ring<Past>(limits.successes) }
      endpoints.set(key, endpoint)
    }
    endpoint.successes.push(past)
    if (subject.whole) endpoint.statistics.fold(subject)
    const family = templates.get(`${subject.origin}${template}`) ?? new Set<string>()
    if (family.size < 50) family.add(key)
    templates.set(`${subject.origin}${template}`, family)
    return past
  }

  const forget = (ids: ReadonlySet<string>): void => {
    const keep = (past: Past) => !ids.has(past.id)
    everything.clear(keep)
    redirects.clear(keep)
    for (const memory of origins.values()) memory.forget(keep)
    for (const endpoint of endpoints.values()) endpoint.successes.clear(keep)
  }

  const isUnusualCode = (origin: string, { name, value }: ResultCode): boolean =>
    origins.get(origin)?.isUnusualCode(name, value) ?? false
  const codesSeen = (origin: string): number => origins.get(origin)?.codesSeen() ?? 0

  return { learned, contextOf, record, codesSeen, isUnusualCode, forget }
}
