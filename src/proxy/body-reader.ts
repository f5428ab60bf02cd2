// Finds where a message's body ends, octet by octet, and shows its content to an observer without copying it.
import { ChunkedReader } from './chunked-reader.ts'
import type { Framing } from './request-head.ts'

/** `read` returns the index after the last octet that belongs to the body; the octets pass on unchanged. */
export type BodyReader = {
  read(chunk: Buffer, from: number): number
  readonly done: boolean
  /** Set once the framing is broken. */
  readonly fault: string | undefined
  readonly trailers: readonly string[]
  /** Written so that two readers could disagree. */
  readonly loose: boolean
}

export type ContentSink = (content: Buffer) => void

const none: readonly string[] = []

export function bodyReader(framing: Framing, sink: ContentSink, strict: boolean): BodyReader {
  switch (framing.kind) {
    case 'none':
      return { read: (_chunk, from) => from, done: true, fault: undefined, trailers: none, loose: false }
    case 'chunked':
      return new ChunkedReader(sink, strict)
    case 'close':
      return {
        read(chunk, from) {
          sink(from === 0 ? chunk : chunk.subarray(from))
          return chunk.length
        },
        done: false,
        fault: undefined,
        trailers: none,
        loose: false,
      }
    case 'length':
      return new LengthReader(framing.length, sink)
  }
}

/** A class, because a literal with a getter has a hidden class of its own, which outlives it and keeps all it refers to. */
class LengthReader implements BodyReader {
  readonly fault = undefined
  readonly trailers = none
  readonly loose = false
  #left: number
  readonly #sink: ContentSink

  constructor(length: number, sink: ContentSink) {
    this.#left = length
    this.#sink = sink
  }

  get done(): boolean {
    return this.#left === 0
  }

  read(chunk: Buffer, from: number): number {
    const end = Math.min(chunk.length, from + this.#left)
    if (end > from) this.#sink(chunk.subarray(from, end))
    this.#left -= end - from
    return end
  }
}
