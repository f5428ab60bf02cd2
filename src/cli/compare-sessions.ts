// Says what differs between two sessions: by endpoint, what worked and fails now first, what did not change not at all.
import type { Row } from '../api/row.ts'
import { foldIds } from '../diagnose/endpoint-key.ts'

/** What one session saw of an endpoint; `answers` are statuses and failure codes, most frequent first; times in ms. */
export type Seen = {
  readonly count: number
  readonly failures: number
  readonly answers: readonly { readonly answer: string; readonly count: number }[]
  readonly median: number | null
  /** Rules that found the causes of its failures. */
  readonly causes: readonly string[]
}

export type DifferenceKind = 'fails now' | 'works now' | 'gone' | 'new' | 'answers' | 'slower' | 'faster' | 'count'
export type Difference = {
  readonly kind: DifferenceKind
  readonly endpoint: string
  readonly before?: Seen
  readonly after?: Seen
}

export type SessionComparison = { readonly differences: readonly Difference[]; readonly same: number }

const order: readonly DifferenceKind[] = [
  'fails now',
  'new',
  'gone',
  'answers',
  'works now',
  'slower',
  'faster',
  'count',
]

/** Times differ when one median is so many times the other, and by so many ms, with so many calls on both sides. */
const timesSlower = 1.5
const msSlower = 50
const enoughCalls = 3

type Gathered = { failures: number; answers: Map<string, number>; durations: number[]; causes: Set<string> }

function endpointOf({ method, host, path }: Row): string {
  return `${method} ${host}${foldIds(path.split('?')[0] ?? '').join('/')}`
}

function hasFailed({ outcome, status, findings }: Row): boolean {
  return outcome === 'failed' || status >= 400 || findings.error > 0
}

/** Rows of one session, by endpoint. */
export async function gatherEndpoints(rows: AsyncIterable<Row> | Iterable<Row>): Promise<ReadonlyMap<string, Seen>> {
  const found = new Map<string, Gathered>()
  for await (const row of rows) {
    const endpoint = endpointOf(row)
    const one: Gathered = found.get(endpoint) ?? { failures: 0, answers: new Map(), durations: [], causes: new Set() }
    found.set(endpoint, one)
    const answer = row.outcome === 'failed' ? (row.failure ?? 'failed') : row.status > 0 ? `${row.status}` : row.outcome
    one.answers.set(answer, (one.answers.get(answer) ?? 0) + 1)
    if (row.duration !== null) one.durations.push(row.duration)
    if (!hasFailed(row)) continue
    one.failures += 1
    if (row.primary) one.causes.add(row.primary.ruleId)
  }
  return new Map([...found].map(([endpoint, one]) => [endpoint, seen(one)]))
}

function seen({ failures, answers, durations, causes }: Gathered): Seen {
  const counted = [...answers].map(([answer, count]) => ({ answer, count }))
  durations.sort((a, b) => a - b)
  return {
    count: counted.reduce((sum, { count }) => sum + count, 0),
    failures,
    answers: counted.toSorted((a, b) => b.count - a.count || (a.answer < b.answer ? -1 : 1)),
    median: durations[Math.floor(durations.length / 2)] ?? null,
    causes: [...causes],
  }
}

function kindOf(before: Seen | undefined, after: Seen | undefined): DifferenceKind | undefined {
  if (!before) return after && after.failures === after.count ? 'fails now' : 'new'
  if (!after) return 'gone'
  if (before.failures === 0 && after.failures > 0) return 'fails now'
  if (before.failures > 0 && after.failures === 0) return 'works now'
  const answers = (one: Seen) =>
    one.answers
      .map(({ answer }) => answer)
      .toSorted()
      .join()
  if (answers(before) !== answers(after)) return 'answers'
  const [earlier, later] = [before.median ?? 0, after.median ?? 0]
  const enough = Math.min(before.count, after.count) >= enoughCalls && Math.abs(later - earlier) >= msSlower
  if (enough && later >= earlier * timesSlower) return 'slower'
  if (enough && earlier >= later * timesSlower) return 'faster'
  return before.count === after.count ? undefined : 'count'
}

export function compareSessions(
  before: ReadonlyMap<string, Seen>,
  after: ReadonlyMap<string, Seen>,
): SessionComparison {
  const differences: Difference[] = []
  let same = 0
  for (const endpoint of new Set([...before.keys(), ...after.keys()])) {
    const [one, other] = [before.get(endpoint), after.get(endpoint)]
    const kind = kindOf(one, other)
    if (kind === undefined) same += 1
    else differences.push({ kind, endpoint, ...(one ? { before: one } : {}), ...(other ? { after: other } : {}) })
  }
  const rank = ({ kind }: Difference) => order.indexOf(kind)
  return {
    differences: differences.toSorted((a, b) => rank(a) - rank(b) || (a.endpoint < b.endpoint ? -1 : 1)),
    same,
  }
}
