// Takes octets apart into frames (RFC 9113 §4.1): whole frames, and DATA in pieces as it comes, uncopied.
import { type Fault, frameSizeError, protocolError } from './error-codes.ts'
import { flags, frameTypes, headOctets, readNumber31, usualFrameOctets } from './frame.ts'

/** What is wrong with a frame ends the connection: nothing after it is read. */
export type FrameSink = {
  /** Any frame but DATA; its octets are only there during the call. */
  takeFrame(type: number, bits: number, stream: number, octets: Uint8Array, from: number, to: number): Fault | undefined
  /** A DATA frame begins; `octets` counts against windows, padding included. */
  beginData(stream: number, bits: number, octets: number): Fault | undefined
  /** A piece of its content; `padding` octets of the frame carry nothing. */
  takeData(piece: Uint8Array, last: boolean): void
  skipPadding(octets: number): void
}

const nothing = new Uint8Array(0)

/** Owns what has come of a frame that is not whole yet. */
export class FrameReader {
  readonly #sink: FrameSink
  #partial = nothing
  #have = 0
  /** Octets of the DATA frame being read that are still to come. */
  #content = 0
  #padding = 0
  #awaitsPadLength = false

  constructor(sink: FrameSink) {
    this.#sink = sink
  }

  /** Some of a frame has come, which is not DATA as far as it can be told. */
  get midway(): boolean {
    return this.#have > 0
  }

  read(octets: Uint8Array, start: number): Fault | undefined {
    let at = start
    while (at < octets.length) {
      if (this.#content > 0 || this.#padding > 0 || this.#awaitsPadLength) {
        if (this.#awaitsPadLength) {
          const fault = this.#readPadLength(octets[at++] ?? 0)
          if (fault) return fault
        } else at = this.#readContent(octets, at)
        continue
      }
      if (this.#have > 0 || octets.length - at < headOctets) {
        at = this.#collect(octets, at, headOctets)
        if (this.#have < headOctets) return undefined
        const size = headOctets + lengthAt(this.#partial, 0)
        const fault = this.#checkHead(this.#partial, 0)
        if (fault) return fault
        if (this.#partial[3] === frameTypes.DATA) {
          this.#have = 0
          const refused = this.#begin(this.#partial, 0)
          if (refused) return refused
          continue
        }
        at = this.#collect(octets, at, size)
        if (this.#have < size) return undefined
        const whole = this.#partial
        this.#have = 0
        this.#partial = nothing
        const refused = this.#give(whole, 0, size)
        if (refused) return refused
        continue
      }
      const size = headOctets + lengthAt(octets, at)
      let fault = this.#checkHead(octets, at)
      if (fault) return fault
      if (octets[at + 3] === frameTypes.DATA) {
        fault = this.#begin(octets, at)
        at += headOctets
      } else if (octets.length - at >= size) {
        fault = this.#give(octets, at, at + size)
        at += size
      } else at = this.#collect(octets, at, size)
      if (fault) return fault
    }
    return undefined
  }

  /** Copies until `wanted` octets of the frame are there. */
  #collect(octets: Uint8Array, at: number, wanted: number): number {
    if (this.#partial.length < wanted) {
      const larger = new Uint8Array(wanted)
      larger.set(this.#partial.subarray(0, this.#have))
      this.#partial = larger
    }
    const count = Math.min(wanted - this.#have, octets.length - at)
    if (count <= 0) return at
    this.#partial.set(octets.subarray(at, at + count), this.#have)
    this.#have += count
    return at + count
  }

  #checkHead(octets: Uint8Array, at: number): Fault | undefined {
    const length = lengthAt(octets, at)
    return length > usualFrameOctets ? frameSizeError(`a frame has ${length} octets`) : undefined
  }

  #give(octets: Uint8Array, at: number, to: number): Fault | undefined {
    const [type = 0, bits = 0] = [octets[at + 3], octets[at + 4]]
    return this.#sink.takeFrame(type, bits, readNumber31(octets, at + 5), octets, at + headOctets, to)
  }

  #begin(octets: Uint8Array, at: number): Fault | undefined {
    const bits = octets[at + 4] ?? 0
    const length = lengthAt(octets, at)
    const padded = (bits & flags.PADDED) !== 0
    // RFC 9113 §6.1: without room for the length of its padding the frame is too small.
    if (padded && length === 0) return frameSizeError('a padded frame is empty')
    const fault = this.#sink.beginData(readNumber31(octets, at + 5), bits, length)
    if (fault) return fault
    this.#content = length
    this.#awaitsPadLength = padded
    if (length === 0) this.#sink.takeData(nothing, true)
    return undefined
  }

  #readPadLength(padding: number): Fault | undefined {
    this.#awaitsPadLength = false
    if (padding >= this.#content) return protocolError('a frame has more padding than octets')
    this.#content -= 1 + padding
    this.#padding = padding
    this.#sink.skipPadding(1 + padding)
    if (this.#content === 0) this.#sink.takeData(nothing, true)
    return undefined
  }

  #readContent(octets: Uint8Array, at: number): number {
    const available = octets.length - at
    if (this.#content > 0) {
      const count = Math.min(this.#content, available)
      this.#content -= count
      this.#sink.takeData(octets.subarray(at, at + count), this.#content === 0)
      return at + count
    }
    const count = Math.min(this.#padding, available)
    this.#padding -= count
    return at + count
  }
}

function lengthAt(octets: Uint8Array, at: number): number {
  return ((octets[at] ?? 0) << 16) | ((octets[at + 1] ?? 0) << 8) | (octets[at + 2] ?? 0)
}
