// Reads every dialect of rate limit response fields into buckets with limit, remaining and reset.
import type { FieldLine } from '../exchange/message.ts'
import { httpDate } from './http-date.ts'
import { type BareItem, parseDictionary, parseList } from './structured-fields.ts'

/** `resetAt` is ms since 1970. `fields` are the indexes of the field lines it was read from. */
export type RateLimit = {
  /** Policy, resource or window that is counted; empty where the server has one bucket only. */
  readonly bucket: string
  readonly limit?: number
  readonly remaining?: number
  readonly resetAt?: number
  readonly windowSeconds?: number
  readonly fields: readonly number[]
}

type Part = 'limit' | 'remaining' | 'reset' | 'used' | 'resource'
type Draft = {
  limit?: number
  used?: number
  remaining?: number
  resetAt?: number
  windowSeconds?: number
  fields: number[]
}

/** X-RateLimit-Limit-Day, RateLimit-Remaining, x-rate-limit-reset, x-ratelimit-limit-tokens, X-RateLimit-Reset-After. */
const FAMILY = /^(?:x-)?(?:[a-z]+-)?rate-?limit-(limit|remaining|reset|used|resource|bucket)(?:-(.+))?$/
/** anthropic-ratelimit-requests-remaining and its like: the bucket stands before the part. */
const BUCKET_FIRST = /^(?:[a-z]+-)*ratelimit-([a-z-]+)-(limit|remaining|reset)$/
const mayLimit = /limit/i

/** What a field's name says its value is. `of` is the bucket, where the name has one. */
type Named =
  | { readonly kind: 'structured' | 'calls' | 'resource' }
  | { readonly kind: 'part'; readonly part: Part; readonly of: string }

/** Names read before: a server has a handful, and sends them with every response. */
const names = new Map<string, readonly Named[]>()
const maxNames = 200

function namedBy(field: string): readonly Named[] {
  let known = names.get(field)
  if (!known) {
    known = field.length > 100 || !mayLimit.test(field) ? [] : readName(field.toLowerCase())
    if (names.size >= maxNames) names.clear()
    if (field.length <= 100) names.set(field, known)
  }
  return known
}

/** The dialect of Azure is one of the family, too, and tells two things by one name. */
function readName(name: string): readonly Named[] {
  if (name === 'ratelimit' || name === 'ratelimit-policy') return [{ kind: 'structured' }]
  if (name.endsWith('-api-call-limit')) return [{ kind: 'calls' }]
  const found: Named[] = []
  const azure = /^x-ms-ratelimit-remaining-(.+)$/.exec(name)
  if (azure) found.push({ kind: 'part', part: 'remaining', of: azure[1] ?? '' })
  const [family, part, suffix] = FAMILY.exec(name) ?? []
  if (family !== undefined) {
    if (part === 'resource' || part === 'bucket') found.push({ kind: 'resource' })
    // Reset-After is the same moment as Reset, said in seconds.
    else found.push({ kind: 'part', part: part as Part, of: suffix === undefined || suffix === 'after' ? '' : suffix })
    return found
  }
  const reversed = BUCKET_FIRST.exec(name)
  if (reversed) found.push({ kind: 'part', part: reversed[2] as Part, of: reversed[1] ?? '' })
  return found
}
const UNIT_MS: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 }

/** Beyond a century a reset means nothing, and calendars end. */
const farthestMs = 100 * 365 * 86_400_000

/**
 * A moment, from the notations in use: epoch ms (≥ 10^12), epoch seconds (≥ 10^9), seconds left, `1m30s`, RFC 3339, HTTP-date.
 * The drafts of RateLimit-Reset count seconds; X-RateLimit-Reset is decided by magnitude.
 */
export function resetMoment(value: string, received: number): number | undefined {
  const moment = momentOf(value, received)
  return moment !== undefined && Math.abs(moment - received) < farthestMs ? moment : undefined
}

function momentOf(value: string, received: number): number | undefined {
  const text = value.trim()
  if (/^\d+(\.\d+)?$/.test(text)) {
    const number = Number(text)
    return number >= 1e12 ? number : number >= 1e9 ? number * 1000 : received + number * 1000
  }
  if (/^(\d+(\.\d+)?(ms|[dhms]))+$/.test(text)) {
    const parts = text.matchAll(/(\d+(?:\.\d+)?)(ms|[dhms])/g)
    return received + parts.reduce((sum, part) => sum + Number(part[1]) * (UNIT_MS[part[2] ?? 's'] ?? 0), 0)
  }
  if (/^\d{4}-\d\d-\d\dT/.test(text) && !Number.isNaN(Date.parse(text))) return Date.parse(text)
  return httpDate(text, received)
}

/** Numbers of a value such as `100`, `99.5` or `100, 100;w=60`; the first of each member. */
function numbers(value: string): { readonly number: number; readonly window?: number }[] {
  return value.split(',').flatMap((part) => {
    const number = /^\s*"?(\d+(?:\.\d+)?)/.exec(part)?.[1]
    const window = /;\s*(?:w|window)\s*=\s*(\d+)/i.exec(part)?.[1]
    return number === undefined ? [] : [{ number: Number(number), ...(window ? { window: Number(window) } : {}) }]
  })
}

const numberOf = (item: BareItem | undefined): number | undefined =>
  typeof item?.value === 'number' ? item.value : undefined

/** `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers), newest form and the dictionary before it. */
function structured(name: string, value: string, received: number, draft: (bucket: string) => Draft): void {
  const list = parseList(value)
  for (const member of list ?? []) {
    const { bare, parameters } = member
    if (bare?.type !== 'string' && bare?.type !== 'integer' && bare?.type !== 'token') continue
    const bucket = typeof bare.value === 'string' ? bare.value : ''
    const into = draft(bucket)
    const limit = typeof bare.value === 'number' ? bare.value : numberOf(parameters.get('q'))
    const remaining = numberOf(parameters.get('r'))
    const seconds = numberOf(parameters.get('t'))
    const window = numberOf(parameters.get('w'))
    if (limit !== undefined) into.limit ??= limit
    if (remaining !== undefined) into.remaining = remaining
    if (seconds !== undefined && seconds * 1000 < farthestMs) into.resetAt = received + seconds * 1000
    if (window !== undefined) into.windowSeconds = window
  }
  if (name !== 'ratelimit' || !value.includes('=') || value.includes(';')) return
  const old = parseDictionary(value)
  if (!old) return
  const into = draft('')
  const [limit, remaining, reset] = ['limit', 'remaining', 'reset'].map((key) => numberOf(old.get(key)?.bare))
  if (limit !== undefined) into.limit = limit
  if (remaining !== undefined) into.remaining = remaining
  if (reset !== undefined && reset * 1000 < farthestMs) into.resetAt = received + reset * 1000
}

function read(part: Part, value: string, received: number, into: Draft): void {
  if (part === 'reset') {
    const at = resetMoment(value.split(',')[0] ?? '', received)
    if (at !== undefined) into.resetAt = at
    return
  }
  const found = numbers(value)
  // Several members: the smallest is the one that will be hit first.
  const tightest = found.toSorted((a, b) => a.number - b.number)[0]
  if (!tightest) return
  if (part === 'limit') into.limit = tightest.number
  if (part === 'remaining') into.remaining = tightest.number
  if (part === 'used') into.used = tightest.number
  if (part === 'limit' && tightest.window !== undefined) into.windowSeconds = tightest.window
}

/** All buckets a response speaks of, the tightest first; `received` is when it came, ms since 1970. */
export function rateLimits(headers: readonly FieldLine[], received: number): readonly RateLimit[] {
  const drafts = new Map<string, Draft>()
  let resource = ''
  for (let index = 0; index < headers.length; index++) {
    const line = headers[index]
    const named = line ? namedBy(line.name) : []
    if (!line || named.length === 0) continue
    const draft = (bucket: string): Draft => {
      const found = drafts.get(bucket) ?? { fields: [] }
      drafts.set(bucket, found)
      if (!found.fields.includes(index)) found.fields.push(index)
      return found
    }
    for (const name of named) {
      if (name.kind === 'structured') structured(line.name.toLowerCase(), line.value, received, draft)
      else if (name.kind === 'resource') resource = line.value.trim()
      else if (name.kind === 'part') read(name.part, line.value, received, draft(name.of))
      else if (name.kind === 'calls') {
        const [used, limit] = line.value.split('/').map(Number)
        if (used !== undefined && limit) Object.assign(draft(''), { limit, used })
      }
    }
  }
  return [...drafts.entries()]
    .filter(([, found]) => found.remaining !== undefined || found.limit !== undefined || found.resetAt !== undefined)
    .map(([bucket, found]) => finish(bucket === '' ? resource : bucket, found))
    .toSorted((a, b) => tightness(a) - tightness(b))
}

function finish(bucket: string, draft: Draft): RateLimit {
  const { fields, used, ...rest } = draft
  const left = used !== undefined && rest.limit !== undefined ? Math.max(0, rest.limit - used) : undefined
  const remaining = rest.remaining ?? left
  return { bucket, ...rest, ...(remaining === undefined ? {} : { remaining }), fields }
}

function tightness(limit: RateLimit): number {
  if (limit.remaining === undefined) return 2
  return limit.limit ? limit.remaining / limit.limit : limit.remaining === 0 ? 0 : 1
}
