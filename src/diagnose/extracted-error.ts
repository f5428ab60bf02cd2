// The server's own account of a failure, whatever format it chose to give it in.

/** `path` is what the server calls the field (name, dotted path or JSON Pointer). */
export type ErrorField = { readonly path: string; readonly message?: string; readonly code?: string }

export type ExtractedError = {
  readonly format: string
  readonly code?: string
  readonly message?: string
  readonly fields: readonly ErrorField[]
  readonly docUrl?: string
  readonly requestId?: string
  /** Seconds the body asks to wait, where it says so. */
  readonly retryAfter?: number
  /** JSON Pointer of the message in the response body, where it stands in JSON. */
  readonly pointer?: string
  /** Field or trailer the message came from, where not from the body. */
  readonly field?: { readonly at: 'response.header' | 'response.trailer'; readonly name: string }
  /** What the client was allowed or found lacking, where the format says it (Slack `needed`, `provided`). */
  readonly needed?: readonly string[]
  readonly provided?: readonly string[]
}
