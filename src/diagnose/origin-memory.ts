// What is remembered of one origin: its newest exchanges, its path positions and its usual result codes.
import { type EndpointKey, foldIds, plainEndpoint } from './endpoint-key.ts'
import { resultCodeOf } from './hidden-error.ts'
import { asObject } from './json-value.ts'
import { lru } from './lru.ts'
import type { Past } from './past.ts'
import { pathLearning } from './path-learning.ts'
import { type Ring, ring } from './ring.ts'
import type { Subject } from './subject.ts'

/** Exchanges kept per origin, and different requests whose repetitions are found without looking through them. */
const maxPast = 200
/** Repetitions kept of one request: rules look at the newest few dozen, and one address may be polled for days. */
export const maxSame = 50
/** Path templates remembered per origin, paths whose template is, their length in characters, methods of one. */
const maxTemplates = 5000
const maxPaths = 500
const maxPath = 500
const maxMethods = 20

export type OriginMemory = {
  readonly past: Ring<Past>
  /** Whether one of these may have been redirected or have failed. */
  readonly hadTrouble: () => boolean
  /** Exchanges with this request key, oldest first. */
  readonly sameRequest: (requestKey: string) => readonly Past[]
  /** The endpoint of a call without an operation; the same object for the same call. */
  readonly endpointOf: (method: string, path: string) => EndpointKey
  readonly isUnusualCode: (name: string, value: string | number) => boolean
  /** Result codes of successes taken in so far. */
  readonly codesSeen: () => number
  readonly learn: (subject: Subject, past: Past) => void
  readonly forget: (keep: (past: Past) => boolean) => void
}

/** Endpoints of one template, by method; of paths with the same template, all name the same map. */
type ByMethod = { readonly template: string; readonly endpoints: Map<string, EndpointKey> }

export function originMemory(origin: string): OriginMemory {
  const past = ring<Past>(maxPast)
  const requests = lru<string, Past[]>(maxPast)
  const paths = pathLearning()
  const codes = new Map<string, Map<string, number>>()
  const templates = new Set<string>()
  const byPath = new Map<string, ByMethod>()
  const byTemplate = new Map<string, ByMethod>()
  let seen = 0
  let sinceTrouble = Number.POSITIVE_INFINITY

  const methodsOf = (path: string): ByMethod => {
    const template = paths.fold(foldIds(path)).join('/')
    let methods = byTemplate.get(template)
    if (!methods) {
      if (byTemplate.size >= maxTemplates) byTemplate.clear()
      methods = { template, endpoints: new Map() }
      byTemplate.set(template, methods)
    }
    if (byPath.size >= maxPaths) byPath.clear()
    if (path.length <= maxPath) byPath.set(path, methods)
    return methods
  }

  return {
    past,
    hadTrouble: () => sinceTrouble <= maxPast * 2,
    sameRequest: (requestKey) => requests.get(requestKey) ?? [],
    endpointOf(method, path) {
      const { template, endpoints } = byPath.get(path) ?? methodsOf(path)
      let endpoint = endpoints.get(method)
      if (!endpoint) {
        endpoint = plainEndpoint(method, origin, template)
        if (endpoints.size < maxMethods) endpoints.set(method, endpoint)
      }
      return endpoint
    },
    codesSeen: () => seen,
    isUnusualCode(name, value) {
      const counts = codes.get(name)
      if (!counts) return false
      const own = counts.get(String(value)) ?? 0
      const others = [...counts].filter(([code]) => code !== String(value)).map(([, count]) => count)
      const total = others.reduce((sum, count) => sum + count, 0)
      // Seen once itself, it may be the one now judged again.
      return Math.max(0, ...others) >= Math.max(5, total * 0.9) && own <= Math.max(1, total * 0.05)
    },
    learn(subject, entry) {
      sinceTrouble = entry.outcome === 'success' && entry.status < 300 ? sinceTrouble + 1 : 0
      past.push(entry)
      const same = requests.get(entry.requestKey)
      if (!same) requests.set(entry.requestKey, [entry])
      else if (same.push(entry) > maxSame * 1.25) same.splice(0, same.length - maxSame)
      const body = asObject(subject.response?.value)
      // A template seen before adds no value to any position.
      if (subject.outcome.is === 'success' && !templates.has(subject.endpoint.template)) {
        if (templates.size < maxTemplates) templates.add(subject.endpoint.template)
        const proved = paths.learn(subject.endpoint.template.split('/'), body ? Object.keys(body).sort().join() : '')
        if (proved) byPath.clear()
      }
      const code = subject.status < 400 && body ? resultCodeOf(body) : undefined
      if (!code || subject.outcome.is !== 'success') return
      seen++
      const counts = codes.get(code.name) ?? new Map<string, number>()
      codes.set(code.name, counts)
      if (counts.size < 20) counts.set(String(code.value), (counts.get(String(code.value)) ?? 0) + 1)
    },
    forget(keep) {
      // What is left may be older than its place tells.
      sinceTrouble = 0
      past.clear(keep)
      for (const [key, same] of requests.entries()) requests.set(key, same.filter(keep))
    },
  }
}
