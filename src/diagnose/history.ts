// The bounded memory of a session: origins, endpoints and exchanges, and the context a rule is given from it.
import type { Baseline } from './baseline.ts'
import type { Context } from './context.ts'
import { identityOf } from './credential-identity.ts'
import type { Credential } from './credentials.ts'
import { comparedPast, comparedSubject, differences } from './differential.ts'
import { type EndpointStatistics, endpointStatistics } from './endpoint-statistics.ts'
import type { Differential } from './finding.ts'
import type { ResultCode } from './hidden-error.ts'
import { type Jwt, readJwt } from './jwt.ts'
import type { Learned } from './learned.ts'
import { lru } from './lru.ts'
import { nearestSuccess } from './nearest-success.ts'
import { type OriginMemory, originMemory } from './origin-memory.ts'
import { type CredentialPrint, type Past, pastOf, requestKeyOf } from './past.ts'
import { type Drift, responseDrift } from './response-drift.ts'
import { type Ring, ring } from './ring.ts'
import type { Subject } from './subject.ts'

/** How much is remembered: origins, endpoint keys, redirects in all, successes per endpoint, claims, fingerprints, tokens. */
const limits = {
  origins: 200,
  endpoints: 1000,
  redirects: 200,
  successes: 5,
  claims: 5000,
  prints: 2000,
  tokens: 200,
  recorded: 20_000,
}
/** Exchanges of each origin that are looked at together: a busy one must not hide the others. */
const ofEach = 50
const day = 24 * 60 * 60 * 1000
/** Differences a finding lists at most. */
const maxDifferences = 20

export type Hash = (octets: Uint8Array | string) => string

type Endpoint = { readonly statistics: EndpointStatistics; readonly successes: Ring<Past> }

export type History = {
  readonly learned: Learned
  readonly contextOf: (subject: Subject, now: number, found: Context['found']) => Context
  /** Takes a decided exchange in, once. */
  readonly record: (subject: Subject, context: Context) => void
  /** Result codes of successes an origin has shown: what is usual there is known from the fifth on. */
  readonly codesSeen: (origin: string) => number
  readonly isUnusualCode: (origin: string, code: ResultCode) => boolean
  readonly forget: (ids: ReadonlySet<string>) => void
}

/** What a context remembers of its own readings; one that may be undefined once made is wrapped. */
type State = { -readonly [Name in keyof Context]: Context[Name] } & {
  subject: Subject
  /** The history holds this exchange already, so that it could meet itself there. */
  isRecorded: boolean
  requestKey: string | undefined
  madePrints: readonly CredentialPrint[] | undefined
  madeBaseline: { readonly is: Baseline | undefined } | undefined
  madeNearest: { readonly is: Past | undefined } | undefined
  madeDifferential: { readonly is: Differential | undefined } | undefined
  madeDrift: readonly Drift[] | undefined
  madeOfOrigin: readonly Past[] | undefined
  madeEarlier: readonly Past[] | undefined
  madeSameRequest: readonly Past[] | undefined
}

export function createHistory(hash: Hash): History {
  const origins = lru<string, OriginMemory>(limits.origins)
  const endpoints = lru<string, Endpoint>(limits.endpoints)
  const templates = lru<string, Set<string>>(limits.endpoints)
  const redirects = ring<Past>(limits.redirects)
  const claims = lru<string, { readonly by: string; readonly at: number }>(limits.claims)
  const fingerprints = lru<string, string>(limits.prints)
  const tokens = lru<string, { readonly jwt: Jwt | undefined }>(limits.tokens)
  const recorded = lru<string, true>(limits.recorded)
  let newest = ''

  const fingerprint = (value: string): string => {
    const known = fingerprints.get(value)
    if (known !== undefined) return known
    const made = hash(value).slice(0, 8)
    fingerprints.set(value, made)
    return made
  }
  const printOf = (one: Credential): CredentialPrint => ({
    ...one,
    fingerprint: fingerprint(identityOf(one)),
    length: one.value.length,
  })

  const learned: Learned = {
    endpointOf: (method, origin, path) => originOf(origin).endpointOf(method, path),
    isUnusualCode: (origin, name, value) => origins.get(origin)?.isUnusualCode(name, value) ?? false,
    jwtOf(credential) {
      if (!credential.value.includes('eyJ')) return undefined
      let known = tokens.get(credential.value)
      if (!known) {
        known = { jwt: readJwt(credential) }
        tokens.set(credential.value, known)
      }
      return known.jwt && { ...known.jwt, credential }
    },
  }
  const originOf = (origin: string): OriginMemory => {
    let memory = origins.get(origin)
    if (!memory) {
      memory = originMemory(origin)
      origins.set(origin, memory)
    }
    return memory
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
      const context = this as unknown as State
      context.madeBaseline ??= { is: baselineOf(context.subject) }
      return context.madeBaseline.is
    },
    get methodsSeen() {
      const seen = siblingsOf((this as unknown as State).subject).map((key) => key.slice(0, key.indexOf(' ')))
      return [...new Set(seen)]
    },
    get prints() {
      const context = this as unknown as State
      context.madePrints ??= context.subject.credentials.map(printOf)
      return context.madePrints
    },
    get accepted() {
      const { subject, ofOrigin } = this as unknown as State
      return ofOrigin.findLast(
        (past) => past.outcome === 'success' && past.credentials.length > 0 && Math.abs(subject.time - past.time) < day,
      )
    },
    get nearest() {
      const context = this as unknown as State
      context.madeNearest ??= { is: nearestOf(context) }
      return context.madeNearest.is
    },
    get differential() {
      const context = this as unknown as State
      const { subject, nearest } = context
      context.madeDifferential ??= { is: nearest && differentialOf(subject, context.prints, nearest) }
      return context.madeDifferential.is
    },
    get drift() {
      const context = this as unknown as State
      context.madeDrift ??= responseDrift(context.subject, context.baseline)
      return context.madeDrift
    },
    get ofOrigin() {
      const context = this as unknown as State
      context.madeOfOrigin ??= others(context, origins.get(context.subject.origin)?.past.entries() ?? [])
      return context.madeOfOrigin
    },
    get hadTrouble() {
      return origins.get((this as unknown as State).subject.origin)?.hadTrouble() ?? false
    },
    get sameRequest() {
      const context = this as unknown as State
      const { subject } = context
      context.madeSameRequest ??= others(context, origins.get(subject.origin)?.sameRequest(keyOf(context)) ?? [])
      return context.madeSameRequest
    },
    get earlier() {
      const context = this as unknown as State
      context.madeEarlier ??= others(context, ofAllOrigins())
      return context.madeEarlier
    },
    get redirects() {
      return others(this as unknown as State, redirects.entries())
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

  const keyOf = (context: State): string => {
    context.requestKey ??= requestKeyOf(context.subject)
    return context.requestKey
  }
  // Only one that is judged again can meet itself; copying the list for every exchange would cost more than the rules.
  const others = ({ subject, isRecorded }: State, list: readonly Past[]): readonly Past[] =>
    isRecorded ? list.filter((past) => past.id !== subject.id) : list
  const ofAllOrigins = (): readonly Past[] =>
    origins
      .values()
      .flatMap(({ past }) => past.entries().slice(-ofEach))
      .sort((a, b) => a.time - b.time)
  const siblingsOf = (subject: Subject): readonly string[] => [...(templates.get(subject.endpoint.family) ?? [])]
  const baselineOf = (subject: Subject): Baseline | undefined => {
    const { key } = subject.endpoint
    return endpoints.get(key)?.statistics.baseline(subject.response?.mediaType ?? '')
  }
  const nearestOf = ({ subject, prints }: State): Past | undefined => {
    if (subject.outcome.is !== 'failure') return undefined
    const remembered = siblingsOf(subject).flatMap((key) => endpoints.get(key)?.successes.entries() ?? [])
    return nearestSuccess(subject, prints, remembered)
  }

  const contextOf = (subject: Subject, now: number, found: Context['found']): Context => {
    // Made by assignment: see `side.ts`.
    const context = Object.create(readings) as State
    context.now = now
    context.found = found
    context.subject = subject
    context.isRecorded = subject.id <= newest && recorded.get(subject.id) === true
    context.requestKey = undefined
    context.madePrints = undefined
    context.madeBaseline = undefined
    context.madeNearest = undefined
    context.madeDifferential = undefined
    context.madeDrift = undefined
    context.madeOfOrigin = undefined
    context.madeEarlier = undefined
    context.madeSameRequest = undefined
    return context
  }

  const record = (subject: Subject, context: Context): void => {
    const state = context as State
    if (subject.outcome.is === 'pending' || state.isRecorded) return
    recorded.set(subject.id, true)
    if (subject.id > newest) newest = subject.id
    const past = pastOf(subject, context.prints, keyOf(state))
    originOf(subject.origin).learn(subject, past)
    if (past.status >= 300 && past.status < 400 && past.status !== 304) redirects.push(past)
    if (past.outcome !== 'success' || subject.exchange.kind === 'tunnel') return
    const { key, family } = subject.endpoint
    let endpoint = endpoints.get(key)
    if (!endpoint) {
      endpoint = { statistics: endpointStatistics(key), successes: ring<Past>(limits.successes) }
      endpoints.set(key, endpoint)
    }
    endpoint.successes.push(past)
    if (subject.whole) endpoint.statistics.fold(subject)
    let siblings = templates.get(family)
    if (!siblings) {
      siblings = new Set()
      templates.set(family, siblings)
    }
    if (siblings.size < 50) siblings.add(key)
  }

  const forget = (ids: ReadonlySet<string>): void => {
    const keep = (past: Past) => !ids.has(past.id)
    redirects.clear(keep)
    for (const memory of origins.values()) memory.forget(keep)
    for (const endpoint of endpoints.values()) endpoint.successes.clear(keep)
  }

  const isUnusualCode = (origin: string, { name, value }: ResultCode): boolean =>
    origins.get(origin)?.isUnusualCode(name, value) ?? false
  const codesSeen = (origin: string): number => origins.get(origin)?.codesSeen() ?? 0

  return { learned, contextOf, record, codesSeen, isUnusualCode, forget }
}
