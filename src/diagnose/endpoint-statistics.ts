// Folds the successes of one endpoint key into its baseline.
import type { Baseline, Constant } from './baseline.ts'
import type { Pair } from './pairs.ts'
import { type PathTree, pathTree } from './path-tree.ts'
import type { Side } from './side.ts'
import type { Subject } from './subject.ts'

/** Successes that weigh in a baseline, latencies kept, media types told apart. */
const generation = 50
const maxLatencies = 70
const maxTypes = 3

type Names = Map<string, { count: number; value: string; constant: boolean }>
type Sums = {
  samples: number
  readonly response: Map<string, PathTree>
  readonly responseSamples: Map<string, number>
  readonly request: PathTree
  readonly headers: Names
  readonly query: Names
  readonly accepts: Set<string>
  /** What was asked for of these sums, by media type. */
  readonly baselines: Map<string, Baseline>
  withRequestBody: number
  withResponseBody: number
  smallest: number
  largest: number
  largestRequest: number
}

function emptySums(): Sums {
  return {
    samples: 0,
    response: new Map(),
    responseSamples: new Map(),
    request: pathTree(),
    headers: new Map(),
    query: new Map(),
    accepts: new Set(),
    baselines: new Map(),
    withRequestBody: 0,
    withResponseBody: 0,
    smallest: Number.POSITIVE_INFINITY,
    largest: 0,
    largestRequest: 0,
  }
}

function foldName(names: Names, name: string, value: string): void {
  const known = names.get(name)
  if (known) {
    known.count++
    if (known.value !== value) known.constant = false
    known.value = value
  } else if (names.size < 200) names.set(name, { count: 1, value, constant: true })
}

/** The first line of each name. */
function foldHeaders(names: Names, { headers, layout }: Side): void {
  for (let index = 0; index < headers.length; index++) {
    const name = layout.lower[index] ?? ''
    if (!layout.repeats || layout.first.get(name) === index) foldName(names, name, headers[index]?.value ?? '')
  }
}

function foldQuery(names: Names, query: readonly Pair[]): void {
  if (query.length === 0) return
  const seen = new Set<string>()
  for (const { name, value } of query) {
    if (!seen.has(name)) foldName(names, name, value)
    seen.add(name)
  }
}

export type EndpointStatistics = {
  readonly fold: (subject: Subject) => void
  readonly baseline: (mediaType: string) => Baseline | undefined
}

const noPaths = pathTree()

function quantile(latencies: readonly number[], share: number): number {
  const sorted = latencies.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

type State = Baseline & { readonly sums: Sums; readonly asked: string; readonly newest: () => readonly number[] }

/** Asked for on every success, so it is made once and reads what the sums have become. One prototype gives all one shape. */
const baselineReadings = {
  get mediaType() {
    const { sums, asked, usualMediaType } = this as unknown as State
    return sums.response.has(asked) ? asked : usualMediaType
  },
  get usualMediaType() {
    return mostOf((this as unknown as State).sums.responseSamples)
  },
  get samples() {
    return (this as unknown as State).sums.samples
  },
  get responseSamples() {
    const { sums, asked } = this as unknown as State
    return sums.responseSamples.get(asked) ?? 0
  },
  get response() {
    const { sums, mediaType } = this as unknown as State
    return sums.response.get(mediaType) ?? noPaths
  },
  get request() {
    return (this as unknown as State).sums.request
  },
  get requestHeaders(): ReadonlyMap<string, Constant> {
    return (this as unknown as State).sums.headers
  },
  get query(): ReadonlyMap<string, Constant> {
    return (this as unknown as State).sums.query
  },
  get withRequestBody() {
    return (this as unknown as State).sums.withRequestBody
  },
  get withResponseBody() {
    return (this as unknown as State).sums.withResponseBody
  },
  get latencies() {
    return (this as unknown as State).newest()
  },
  get median() {
    return quantile((this as unknown as State).latencies, 0.5)
  },
  get p95() {
    return quantile((this as unknown as State).latencies, 0.95)
  },
  get sizes() {
    const { smallest, largest } = (this as unknown as State).sums
    return [smallest, largest]
  },
  get largestRequest() {
    return (this as unknown as State).sums.largestRequest
  },
  get accepts() {
    return [...(this as unknown as State).sums.accepts]
  },
}

export function endpointStatistics(endpoint: string): EndpointStatistics {
  let current = emptySums()
  let previous: Sums | undefined
  let latencies: number[] = []
  const newest = () => latencies

  const fold = (subject: Subject): void => {
    // Two generations stand in for a window of the last fifty: the older one speaks until the newer has grown.
    if (current.samples >= generation) {
      previous = current
      current = emptySums()
    }
    const { request, response } = subject
    current.samples++
    foldHeaders(current.headers, request)
    foldQuery(current.query, subject.query)
    if (request.hasBody) current.withRequestBody++
    if (request.value !== undefined) current.request.fold(request.value)
    else if (subject.form) current.request.fold(Object.fromEntries(subject.form.map((pair) => [pair.name, pair.value])))
    current.largestRequest = Math.max(current.largestRequest, request.octets.length)
    const accept = request.header('accept')
    if (accept !== undefined && current.accepts.size < 10) current.accepts.add(accept)
    if (subject.duration !== undefined) {
      latencies.push(subject.duration)
      if (latencies.length > maxLatencies * 1.5) latencies = latencies.slice(-maxLatencies)
    }
    if (!response || subject.status === 304) return
    if (response.hasBody) current.withResponseBody++
    current.smallest = Math.min(current.smallest, response.octets.length)
    current.largest = Math.max(current.largest, response.octets.length)
    const { mediaType } = response
    let paths = current.response.get(mediaType)
    if (!paths) {
      if (current.response.size >= maxTypes) return
      paths = pathTree()
      current.response.set(mediaType, paths)
    }
    current.responseSamples.set(mediaType, (current.responseSamples.get(mediaType) ?? 0) + 1)
    if (response.value !== undefined) paths.fold(response.value)
  }

  const baseline = (mediaType: string): Baseline | undefined => {
    const sums = previous && current.samples < generation / 2 ? previous : current
    if (sums.samples === 0) return undefined
    let made = sums.baselines.get(mediaType)
    if (!made) {
      made = Object.assign(Object.create(baselineReadings), { endpoint, sums, asked: mediaType, newest }) as Baseline
      if (sums.baselines.size >= maxTypes) sums.baselines.clear()
      sums.baselines.set(mediaType, made)
    }
    return made
  }
  return { fold, baseline }
}

function mostOf(counts: ReadonlyMap<string, number>): string {
  let [most, usual] = [0, '']
  for (const [type, count] of counts) if (count > most) [most, usual] = [count, type]
  return usual
}
