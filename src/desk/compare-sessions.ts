// Says what differs between two sessions: by endpoint, what worked and fails now first, what did not change not at all.
import type {
  ChangeKind,
  EndpointDifference,
  SeenEndpoint,
  SeenFinding,
  SessionComparison,
} from '../api/session-comparison.ts'
import { foldIds } from '../diagnose/endpoint-key.ts'
import type { ExchangeId } from '../exchange/exchange.ts'
import type { SessionRow } from '../store/session-rows.ts'
import { type ContentShape, compareShapes } from './content-shape.ts'

/** The shapes of what an endpoint was sent and answered when it worked. */
export type EndpointShapes = { readonly request: ContentShape; readonly response: ContentShape }

export type GatheredEndpoint = {
  readonly seen: SeenEndpoint
  readonly filter: string
  /** The newest, and the newest of those that worked: what shapes are read from. */
  readonly newest: readonly ExchangeId[]
  readonly worked: readonly ExchangeId[]
}

/** The first of them stands for an endpoint's changes. */
const weight: readonly ChangeKind[] = [
  'fails now',
  'works now',
  'answers',
  'findings',
  'shape',
  'slower',
  'faster',
  'count',
]

/** In a list, what is wrong comes before what got better. */
const order: readonly ChangeKind[] = [
  'fails now',
  'new',
  'gone',
  'answers',
  'findings',
  'shape',
  'works now',
  'slower',
  'faster',
  'count',
]

/** Times differ when one median is so many times the other, and by so many ms, with so many calls on both sides. */
const timesSlower = 1.5
const msSlower = 50
const enoughCalls = 3
/** Exchanges whose contents stand for an endpoint. */
const samples = 5

type Gathering = {
  failures: number
  answers: Map<string, number>
  durations: number[]
  causes: Set<string>
  findings: Map<string, SeenFinding>
  example: ExchangeId
  newest: ExchangeId[]
  worked: ExchangeId[]
  filter: string
}

function hasFailed({ outcome, status, findings }: SessionRow): boolean {
  return outcome === 'failed' || status >= 400 || findings.error > 0
}

const answerOf = ({ outcome, failure, status }: SessionRow): string =>
  outcome === 'failed' ? (failure ?? 'failed') : status > 0 ? `${status}` : outcome

const quoted = (text: string) => (/^[\w.:-]+$/.test(text) ? text : JSON.stringify(text))

/** A segment that was folded has a digit, an @ or an escape; what is compared is the path, without its query. */
function filterOf(method: string, host: string, segments: readonly string[]): string {
  const pattern = segments
    .map((segment) =>
      segment === '{}'
        ? '[^\\/?]*[\\d@%][^\\/?]*'
        : segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\s/g, '\\s'),
    )
    .join('\\/')
  return `method=${quoted(method)} domain=${quoted(host)} path~/^${pattern}(\\?|$)/`
}

const keepNewest = (ids: ExchangeId[], id: ExchangeId) => {
  if (ids.push(id) > samples) ids.shift()
}

/** Rows of one session, oldest first, by endpoint. */
export function gatherEndpoints(rows: Iterable<SessionRow>): ReadonlyMap<string, GatheredEndpoint> {
  const found = new Map<string, Gathering>()
  for (const row of rows) {
    const segments = foldIds(row.path.split('?')[0] ?? '')
    const endpoint = `${row.method} ${row.host}${segments.join('/')}`
    const one: Gathering = found.get(endpoint) ?? {
      failures: 0,
      answers: new Map(),
      durations: [],
      causes: new Set(),
      findings: new Map(),
      example: row.id,
      newest: [],
      worked: [],
      filter: filterOf(row.method, row.host, segments),
    }
    found.set(endpoint, one)
    const answer = answerOf(row)
    one.answers.set(answer, (one.answers.get(answer) ?? 0) + 1)
    if (row.duration !== null) one.durations.push(row.duration)
    if (row.primary) {
      const { ruleId: rule, brief, level } = row.primary
      one.findings.set(rule, { rule, brief, level, count: (one.findings.get(rule)?.count ?? 0) + 1 })
    }
    const failed = hasFailed(row)
    if (failed || one.failures === 0) one.example = row.id
    keepNewest(one.newest, row.id)
    if (!failed) keepNewest(one.worked, row.id)
    if (!failed) continue
    one.failures += 1
    if (row.primary) one.causes.add(row.primary.ruleId)
  }
  return new Map([...found].map(([endpoint, one]) => [endpoint, gathered(one)]))
}

function gathered({ failures, answers, durations, causes, findings, example, ...rest }: Gathering): GatheredEndpoint {
  const counted = [...answers].map(([answer, count]) => ({ answer, count }))
  durations.sort((a, b) => a - b)
  const seen: SeenEndpoint = {
    count: counted.reduce((sum, { count }) => sum + count, 0),
    failures,
    answers: counted.toSorted((a, b) => b.count - a.count || (a.answer < b.answer ? -1 : 1)),
    median: durations[Math.floor(durations.length / 2)] ?? null,
    causes: [...causes],
    findings: [...findings.values()].toSorted((a, b) => b.count - a.count || (a.rule < b.rule ? -1 : 1)),
    example,
  }
  return { seen, ...rest }
}

const list = (texts: readonly string[]) => texts.toSorted().join()

function changesOf(before: SeenEndpoint, after: SeenEndpoint): ChangeKind[] {
  const changes: ChangeKind[] = []
  if (before.failures === 0 && after.failures > 0) changes.push('fails now')
  if (before.failures > 0 && after.failures === 0) changes.push('works now')
  if (list(before.answers.map(({ answer }) => answer)) !== list(after.answers.map(({ answer }) => answer)))
    changes.push('answers')
  if (list(before.findings.map(({ rule }) => rule)) !== list(after.findings.map(({ rule }) => rule)))
    changes.push('findings')
  const [earlier, later] = [before.median ?? 0, after.median ?? 0]
  const enough = Math.min(before.count, after.count) >= enoughCalls && Math.abs(later - earlier) >= msSlower
  if (enough && later >= earlier * timesSlower) changes.push('slower')
  if (enough && earlier >= later * timesSlower) changes.push('faster')
  if (before.count !== after.count) changes.push('count')
  return changes
}

/** `shapesOf` reads the contents of one endpoint; undefined where that is left out. */
export function compareSessions(
  before: ReadonlyMap<string, GatheredEndpoint>,
  after: ReadonlyMap<string, GatheredEndpoint>,
  shapesOf: (endpoint: GatheredEndpoint) => EndpointShapes | undefined,
): SessionComparison {
  const differences: EndpointDifference[] = []
  let same = 0
  let shapesLeftOut = 0

  function both(endpoint: string, one: GatheredEndpoint, other: GatheredEndpoint): void {
    const [earlier, later] = [shapesOf(one), shapesOf(other)]
    if (!earlier || !later) shapesLeftOut += 1
    const shape =
      earlier && later
        ? [
            ...compareShapes('request', earlier.request, later.request),
            ...compareShapes('response', earlier.response, later.response),
          ]
        : []
    const unordered: ChangeKind[] = [
      ...changesOf(one.seen, other.seen),
      ...(shape.length > 0 ? ['shape' as const] : []),
    ]
    const changes = unordered.toSorted((a, b) => weight.indexOf(a) - weight.indexOf(b))
    const [kind] = changes
    if (kind === undefined) same += 1
    else differences.push({ kind, changes, endpoint, filter: one.filter, before: one.seen, after: other.seen, shape })
  }

  for (const [endpoint, one] of before) {
    const other = after.get(endpoint)
    if (other) both(endpoint, one, other)
    else
      differences.push({ kind: 'gone', changes: ['gone'], endpoint, filter: one.filter, before: one.seen, shape: [] })
  }
  for (const [endpoint, { seen, filter }] of after) {
    if (before.has(endpoint)) continue
    const kind = seen.failures === seen.count ? 'fails now' : 'new'
    differences.push({ kind, changes: [kind], endpoint, filter, after: seen, shape: [] })
  }
  const rank = ({ kind }: EndpointDifference) => order.indexOf(kind)
  return {
    differences: differences.toSorted((a, b) => rank(a) - rank(b) || (a.endpoint < b.endpoint ? -1 : 1)),
    same,
    shapesLeftOut,
  }
}
