// The name of an endpoint: method, origin, path with ids folded, and the operation tunnelled through it.

export type EndpointKey = {
  /** `METHOD origin/template#operation`: equal keys are the same endpoint. */
  readonly key: string
  /** Path with every segment that looks like an id as `{}`. */
  readonly template: string
  /** GraphQL operation, RPC method, SOAP action: empty for plain resources. */
  readonly operation: string
  /** Origin and template: what endpoints share that differ in method or operation only. */
  readonly family: string
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
  if (segment.length !== 36 && !mayBeId(segment)) return false
  if (idShapes.some((shape) => shape.test(segment))) return true
  const encoded = segment.match(/%[0-9a-fA-F]{2}/g)
  return encoded !== null && (encoded.length * 3) / segment.length >= 0.6
}

/** Holds a digit, an @ or a %. A loop, because a regular expression costs more to start than most names to read. */
function mayBeId(segment: string): boolean {
  for (let at = 0; at < segment.length; at++) {
    const char = segment.charCodeAt(at)
    if ((char >= 0x30 && char <= 0x39) || char === 0x40 || char === 0x25) return true
  }
  return false
}

/** The segments of a path with those that look like ids as `{}`. */
export const foldIds = (path: string): string[] =>
  path.split('/').map((segment) => (looksLikeId(segment) ? '{}' : segment))

export function plainEndpoint(method: string, origin: string, template: string): EndpointKey {
  const family = `${origin}${template}`
  return { key: `${method} ${family}`, template, operation: '', family }
}
