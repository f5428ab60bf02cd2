// A request written by hand, and how a replay departs from its original: what the composer, a fix and the API hand in.
import type { Edit } from './edit.ts'
import type { FieldLine } from './message.ts'

/** A request written by hand. `body` as text (UTF-8) or base64; framing fields are made when it is sent. */
export type ComposedRequest = {
  readonly method: string
  readonly url: string
  readonly headers: readonly FieldLine[]
  readonly body?: { readonly text: string } | { readonly base64: string }
  readonly httpVersion?: '1.1' | '2' | 'auto'
  readonly followRedirects?: boolean
  readonly of?: string
}

/** How a replay departs from its original. */
export type ReplayOptions = {
  readonly edits?: readonly Edit[]
  readonly httpVersion?: '1.1' | '2' | 'auto'
  readonly followRedirects?: boolean
}
