// Where a long path gives way: in its middle, so that its last segment stays.

/** Splits a path so that its last segment (and query) can stay whole while the middle is cut. */
export function cutPoint(path: string): number {
  const end = path.search(/[?#]/)
  const body = end < 0 ? path : path.slice(0, end)
  const slash = body.replace(/\/+$/, '').lastIndexOf('/')
  return slash <= 0 ? path.length : slash
}
