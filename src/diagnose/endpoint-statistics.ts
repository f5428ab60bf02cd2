// Folds the successes of one endpoint key into its baseline.
import type { Baseline, Constant } from './baseline.ts'
import { type PathTree, pathTree } from './path-tree.ts'
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
    withRequestBody: 0,
    withResponseBody: 0,
    smallest: Number.POSITIVE_INFINITY,
    largest: 0,
    largestRequest: 0,
  }
}

function foldNames(names: Names, lines: readonly { readonly name: string; readonly value: string }[], anyCase = false) {
  const seen = new Set<string>()
  for (const { name: given, value } of lines) {
    const name = anyCase ? given.toLowerCase() : given
    if (seen.has(name)) continue
    seen.add(name)
    const known = names.get(name)
    if (known) {
      known.count++
      if (known.value !== value) known.constant = false
      known.value = value
    } else if (names.size < 200) names.set(name, { count: 1, value, constant: true })
  }
}

export type EndpointStatistics = {
  readonly fold: (subject: Subject) => void
  readonly baseline: (endpoint: string, mediaType: string) => Baseline | undefined
}

const noPaths = pathTree()

function quantile(latencies: readonly number[], share: number): number {
  const sorted = latencies.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

/** Asked for on every success: what few rules read is made when they do. One prototype gives all one shape. */
const baselineReadings = {
  get median() {
    return quantile((this as unknown as Baseline).latencies, 0.5)
  },
  get p95() {
    return quantile((this as unknown as Baseline).latencies, 0.95)
  },
  get accepts() {
    return [...(this as unknown as { readonly acceptsSeen: ReadonlySet<string> }).acceptsSeen]
  },
}

export function endpointStatistics(): EndpointStatistics {
  let current = emptySums()
  let previous: Sums | undefined
  let latencies: number[] = []

  const fold = (subject: Subject): void => {
    // Two generations stand in for a window of the last fifty: the older one speaks until the newer has grown.
    if (current.samples >= generation) {
      previous = current
      current = emptySums()
    }
    const { request, response } = subject
    current.samples++
    foldNames(current.headers, request.headers, true)
    foldNames(current.query, subject.query)
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
    if (!current.response.has(response.mediaType) && current.response.size >= maxTypes) return
    let paths = current.response.get(response.mediaType)
    if (!paths) {
      paths = pathTree()
      current.response.set(response.mediaType, paths)
    }
    current.responseSamples.set(response.mediaType, (current.responseSamples.get(response.mediaType) ?? 0) + 1)
    if (response.value !== undefined) paths.fold(response.value)
  }

  const baseline = (endpoint: string, mediaType: string): Baseline | undefined => {
    const sums = previous && current.samples < generation / 2 ? previous : current
    if (sums.samples === 0) return undefined
    const usualMediaType = mostOf(sums.responseSamples)
    const type = sums.response.has(mediaType) ? mediaType : usualMediaType
    const facts = {
      __proto__: baselineReadings,
      endpoint,
      mediaType: type,
      usualMediaType,
      samples: sums.samples,
      responseSamples: sums.responseSamples.get(mediaType) ?? 0,
      response: sums.response.get(type) ?? noPaths,
      request: sums.request,
      requestHeaders: sums.headers satisfies ReadonlyMap<string, Constant>,
      query: sums.query,
      withRequestBody: sums.withRequestBody,
      withResponseBody: sums.withResponseBody,
      latencies,
      sizes: [sums.smallest, sums.largest],
      largestRequest: sums.largestRequest,
      acceptsSeen: sums.accepts,
    }
    return facts as unknown as Baseline
  }
  return { fold, baseline }
}

const mostOf = (counts: ReadonlyMap<string, number>): string =>
  [...counts].reduce((best, entry) => (entry[1] > best[1] ? entry : best), ['', 0] as [string, number])[0]
