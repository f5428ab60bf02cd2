// Compares two exchanges into structured differences: request line, URL parts, headers, bodies, outcome and timing.
import { type Exchange, responseOf } from '../exchange/exchange.ts'
import type { Message } from '../exchange/message.ts'
import { type Timings, timings } from '../exchange/timings.ts'
import { utf8Text } from '../http/octets.ts'
import { compareFields, type FieldDifference, type NamedValue } from './compare-fields.ts'
import { compareJson, type JsonDifference } from './compare-json.ts'
import { compareText, type TextRun } from './compare-text.ts'

/** Decoded octets of both messages of one exchange, as far as they are kept. */
export type Bodies = { readonly request?: Uint8Array | undefined; readonly response?: Uint8Array | undefined }

export type ValueDifference = {
  readonly name: string
  readonly before: string
  readonly after: string
  readonly noise: boolean
}

export type BodyComparison =
  | { readonly kind: 'same' | 'empty' }
  | {
      readonly kind: 'json'
      readonly differences: readonly JsonDifference[]
      readonly cut: boolean
      readonly text: readonly TextRun[]
    }
  | { readonly kind: 'text'; readonly text: readonly TextRun[] }
  | { readonly kind: 'octets'; readonly before: number; readonly after: number; readonly firstAt: number }
  | { readonly kind: 'unknown'; readonly why: string }

export type MessageComparison = {
  readonly headers: readonly FieldDifference[]
  readonly trailers: readonly FieldDifference[]
  readonly body: BodyComparison
}

export type Comparison = {
  /** Method, protocol, scheme, host, path, status and reason that differ. */
  readonly values: readonly ValueDifference[]
  readonly query: readonly FieldDifference[]
  readonly request: MessageComparison
  readonly response: MessageComparison
  /** ms on each side; -1 where a phase does not apply. `total` is undefined for an exchange without an end. */
  readonly timing: {
    readonly before: Timings
    readonly after: Timings
    readonly total: readonly [number | undefined, number | undefined]
  }
  /** Differences that are not noise. */
  readonly count: number
}

const urlParts = (text: string) => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  return url
    ? { scheme: url.protocol.slice(0, -1), host: url.host, path: url.pathname, query: [...url.searchParams] }
    : { scheme: '', host: '', path: text, query: [] }
}

const named = (pairs: readonly (readonly [string, string])[]): NamedValue[] =>
  pairs.map(([name, value]) => ({ name, value }))

/** Query names are case-sensitive, so they get a comparison of their own, keyed with a mark per capital. */
function compareQuery(a: readonly [string, string][], b: readonly [string, string][]): FieldDifference[] {
  const names = new Set([...a, ...b].map(([name]) => name))
  return [...names].flatMap((name) =>
    compareFields(named(a.filter(([other]) => other === name)), named(b.filter(([other]) => other === name)), () =>
      /^(_|t|ts|timestamp|nonce|cb|cachebuster)$/i.test(name),
    ),
  )
}

const parsed = (text: string): { readonly value: unknown } | undefined => {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}

/** By structure; undefined where the nesting is too deep for it, and the text must do. */
function compareValues(before: unknown, after: unknown): BodyComparison | undefined {
  try {
    const text = compareText(JSON.stringify(before, undefined, 2), JSON.stringify(after, undefined, 2))
    return { kind: 'json', ...compareJson(before, after), text }
  } catch {
    return undefined
  }
}

export function compareBodies(a: Uint8Array | undefined, b: Uint8Array | undefined): BodyComparison {
  if (!a || !b)
    return { kind: 'unknown', why: a || b ? 'Only one side has a body that was kept.' : 'Neither body was kept.' }
  if (a.length === 0 && b.length === 0) return { kind: 'empty' }
  const shorter = Math.min(a.length, b.length)
  let firstAt = 0
  while (firstAt < shorter && a[firstAt] === b[firstAt]) firstAt++
  if (firstAt === a.length && firstAt === b.length) return { kind: 'same' }
  const before = utf8Text(a)
  const after = utf8Text(b)
  if (before === undefined || after === undefined || before.includes('\0') || after.includes('\0'))
    return { kind: 'octets', before: a.length, after: b.length, firstAt }
  const left = parsed(before)
  const right = parsed(after)
  const byValue = left && right ? compareValues(left.value, right.value) : undefined
  return byValue ?? { kind: 'text', text: compareText(before, after) }
}

const bodyOf = (message: Message | undefined, octets: Uint8Array | undefined): Uint8Array | undefined =>
  octets ??
  (!message || (message.content.kept === 'none' && message.content.why === 'empty') ? new Uint8Array(0) : undefined)

function compareMessages(
  a: Message | undefined,
  b: Message | undefined,
  before?: Uint8Array,
  after?: Uint8Array,
): MessageComparison {
  return {
    headers: compareFields(a?.headers ?? [], b?.headers ?? []),
    trailers: compareFields(a?.trailers ?? [], b?.trailers ?? []),
    body: compareBodies(bodyOf(a, before), bodyOf(b, after)),
  }
}

const bodyCount = (body: BodyComparison): number => {
  if (body.kind === 'json') return body.differences.filter(({ noise }) => !noise).length
  if (body.kind === 'text') return body.text.filter(({ op }) => op !== 'same').length
  return body.kind === 'octets' ? 1 : 0
}

const outcomeOf = (exchange: Exchange): string =>
  exchange.outcome.state === 'failed' ? `failed: ${exchange.outcome.failure.code}` : exchange.outcome.state

/** `bodies` holds decoded octets of a and b. Headers are compared without regard to order, JSON by structure. */
export function compareExchanges(
  a: Exchange,
  b: Exchange,
  bodies: { readonly a?: Bodies; readonly b?: Bodies } = {},
): Comparison {
  const [left, right] = [urlParts(a.request.url), urlParts(b.request.url)]
  const [before, after] = [responseOf(a), responseOf(b)]
  const pairs: [string, string, string, boolean][] = [
    ['method', a.request.method, b.request.method, false],
    ['scheme', left.scheme, right.scheme, false],
    ['host', left.host, right.host, false],
    ['path', left.path, right.path, false],
    ['protocol', a.request.httpVersion, b.request.httpVersion, true],
    ['outcome', outcomeOf(a), outcomeOf(b), false],
    ['status', String(before?.status ?? ''), String(after?.status ?? ''), false],
    ['reason', before?.statusText ?? '', after?.statusText ?? '', true],
    ['address', a.server.address ?? '', b.server.address ?? '', true],
  ]
  const values = pairs
    .filter(([, x, y]) => x !== y)
    .map(([name, x, y, noise]) => ({ name, before: x, after: y, noise }))
  const query = compareQuery(left.query, right.query)
  const request = compareMessages(a.request, b.request, bodies.a?.request, bodies.b?.request)
  const response = compareMessages(before, after, bodies.a?.response, bodies.b?.response)
  const fields = [...query, ...request.headers, ...request.trailers, ...response.headers, ...response.trailers]
  const count =
    [...values, ...fields.filter(({ kind }) => kind !== 'same')].filter(({ noise }) => !noise).length +
    bodyCount(request.body) +
    bodyCount(response.body)
  const timing = { before: timings(a.marks), after: timings(b.marks), total: [a.marks.end, b.marks.end] as const }
  return { values, query, request, response, timing, count }
}
