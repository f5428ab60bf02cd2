// The endpoint an exchange belongs to: method, origin, path with ids folded, and the operation tunnelled through it.
import type { Learned } from './learned.ts'
import { operationOf } from './operation.ts'
import type { Reading } from './reading.ts'

export type EndpointKey = {
  /** `METHOD origin/template#operation`: equal keys are the same endpoint. */
  readonly key: string
  /** Path with every segment that looks like an id as `{}`. */
  readonly template: string
  /** GraphQL operation, RPC method, SOAP action: empty for plain resources. */
  readonly operation: string
}

const idShapes = [
  /^\d+$/,
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i,
  /^(?=.*\d)[0-9a-f]{7,64}$/i,
  /^(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9_.=-]{8,}$/,
  /^[^@/\s]+(?:@|%40)[^@/\s]+\.[A-Za-z]{2,}$/,
  /^\d{4}-\d{2}-\d{2}(?:[T_ ].*)?$/,
]

/** A path segment or member name that is data, not structure (catalogue 1.6). */
export function looksLikeId(segment: string): boolean {
  // Most names have none of what every id has: a digit, an @, an escape, or the length of a UUID.
  if (segment.length !== 36 && !/[\d@%]/.test(segment)) return false
  if (idShapes.some((shape) => shape.test(segment))) return true
  const encoded = segment.match(/%[0-9a-fA-F]{2}/g)
  return encoded !== null && (encoded.length * 3) / segment.length >= 0.6
}

export function templateOf(origin: string, path: string, learned: Learned): string {
  const segments = path.split('/').map((segment) => (looksLikeId(segment) ? '{}' : segment))
  return (learned.foldSegments?.(origin, segments) ?? segments).join('/')
}

export function endpointKeyOf(reading: Reading, learned: Learned = {}): EndpointKey {
  const template = templateOf(reading.origin, reading.path, learned)
  const operation = operationOf(reading)
  const key = `${reading.method} ${reading.origin}${template}${operation === '' ? '' : `#${operation}`}`
  return { key, template, operation }
}
