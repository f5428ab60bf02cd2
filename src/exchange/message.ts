// The two messages of an exchange, in the words of RFC 9110: field lines, content, request, response.

/** One field line exactly as received: case, order and duplicates kept; each char of `value` is one octet (latin1). */
export type FieldLine = { readonly name: string; readonly value: string }

/**
 * What is known of a message's content (RFC 9110 §6.4). `bodySize` counts octets after transfer coding was removed and
 * before content coding was; `digest` (`sha256-` + hex) names the octets that were kept, `wholeDigest` all that were seen.
 */
export type Content = {
  readonly bodySize: number
  readonly mimeType?: string
  readonly codings: readonly string[]
} & (
  | {
      readonly kept: 'whole' | 'truncated'
      readonly digest: string
      readonly wholeDigest?: string
      readonly keptSize: number
    }
  | { readonly kept: 'none'; readonly why: 'empty' | 'pending' | 'too-large' | 'overload' | 'evicted' }
)

/** `httpVersion` as HAR writes it: `HTTP/1.1`, `HTTP/2`. `headers` and `trailers` as received; HTTP/2 pseudo fields are not among them (they are `method`, `target`, `status`). */
export type Message = {
  readonly httpVersion: string
  readonly headers: readonly FieldLine[]
  readonly trailers: readonly FieldLine[]
  readonly content: Content
}

/** `target` is the request target as sent (RFC 9112 §3.2); `url` the absolute target URI it means. */
export type Request = Message & { readonly method: string; readonly target: string; readonly url: string }

/** An interim (1xx) response, one of the first thousand; `at` in ms since the exchange began. */
export type Interim = {
  readonly status: number
  readonly statusText: string
  readonly headers: readonly FieldLine[]
  readonly at: number
}

export type Response = Message & {
  readonly status: number
  readonly statusText: string
  readonly interim: readonly Interim[]
}

/** The content of a message that has none (yet). */
export function noContent(why: 'empty' | 'pending'): Content {
  return { bodySize: 0, codings: [], kept: 'none', why }
}

/** The first value of a field, by case-insensitive name (RFC 9110 §5.1). */
export function fieldValue(fields: readonly FieldLine[], name: string): string | undefined {
  const wanted = name.toLowerCase()
  for (const line of fields)
    if (line.name.length === wanted.length && line.name.toLowerCase() === wanted) return line.value
  return undefined
}

/** Every value of a field, in order. */
export function fieldValues(fields: readonly FieldLine[], name: string): string[] {
  const wanted = name.toLowerCase()
  return fields.filter((line) => line.name.toLowerCase() === wanted).map((line) => line.value)
}
