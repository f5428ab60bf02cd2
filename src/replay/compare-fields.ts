// Compares two lists of named values (header lines, query parameters) without regard to their order.

/** `before` or `after` is absent where that side has no such line; `noise` marks what differs between any two calls. */
export type FieldDifference = {
  readonly name: string
  readonly kind: 'same' | 'added' | 'removed' | 'changed'
  readonly before?: string
  readonly after?: string
  readonly noise: boolean
}

const volatile =
  /^(date|age|expires|last-modified|etag|if-none-match|if-modified-since|content-length|traceparent|tracestate|server-timing|nel|report-to|set-cookie|cf-ray|alt-svc|x-runtime|x-response-time|x-amz-cf-id|x-served-by|x-timer|x-cache(-hits)?|x-b3-.*|sec-.*|x?-?(.*-)?(request|correlation|trace|amzn-request|transaction)-?id|x-ratelimit-(remaining|reset|used)|ratelimit(-.*)?)$/

export type NamedValue = { readonly name: string; readonly value: string }

/** Lines with equal names are matched by equal value first, then in order. Differences come first-seen first. */
export function compareFields(
  a: readonly NamedValue[],
  b: readonly NamedValue[],
  isNoise = isVolatileField,
): FieldDifference[] {
  const names = [...new Set([...a, ...b].map(({ name }) => name.toLowerCase()))]
  return names.flatMap((lower) => {
    const named = ({ name }: NamedValue): boolean => name.toLowerCase() === lower
    const left = a.filter(named)
    const right = b.filter(named)
    const shown = (right[0] ?? left[0])?.name ?? lower
    const noise = isNoise(lower)
    const found: FieldDifference[] = []
    const unmatched: NamedValue[] = []
    for (const line of left) {
      const twin = right.findIndex((other) => other.value === line.value)
      if (twin < 0) unmatched.push(line)
      else {
        right.splice(twin, 1)
        found.push({ name: shown, kind: 'same', before: line.value, after: line.value, noise })
      }
    }
    for (const [index, line] of unmatched.entries()) {
      const other = right[index]
      if (other) found.push({ name: shown, kind: 'changed', before: line.value, after: other.value, noise })
      else found.push({ name: line.name, kind: 'removed', before: line.value, noise })
    }
    for (const line of right.slice(unmatched.length))
      found.push({ name: line.name, kind: 'added', after: line.value, noise })
    return found
  })
}

/** Fields whose difference between two calls says nothing. `name` in lower case. */
function isVolatileField(name: string): boolean {
  return volatile.test(name)
}
