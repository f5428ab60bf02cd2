// Puts field blocks together from HEADERS and CONTINUATION (RFC 9113 §4.3, §6.10) within bounds, and reads them.
import { errorCodes, type Fault, protocolError, tooMuch } from './error-codes.ts'
import { flags } from './frame.ts'
import { type FieldBlock, HpackDecoder, type ReadText } from './hpack-decoder.ts'

/** Frames one block may come in, and how many of them may be empty. */
const mostFrames = 1000
const mostEmpty = 16

export const isFault = (value: object): value is Fault => 'why' in value && 'code' in value

/** Owns the table of what comes, and the block that is not whole yet. */
export class FieldBlockReader {
  /** The stream whose block is not whole; nothing else may come before it is. */
  pending = 0
  /** Its HEADERS said that the message ends with it. */
  ended = false
  readonly #decoder: HpackDecoder
  readonly #limit: number
  #block = new Uint8Array(0)
  #size = 0
  #frames = 0
  #empty = 0

  /** `limit`: octets of a list, counted as RFC 9113 §6.5.2 does. */
  constructor(limit: number, text: ReadText | undefined) {
    this.#decoder = new HpackDecoder(text)
    this.#limit = limit
  }

  /** HEADERS: the block, if this is all of it. */
  begin(bits: number, stream: number, octets: Uint8Array, from: number, to: number): FieldBlock | Fault | undefined {
    let start = from
    let end = to
    if (bits & flags.PADDED) end -= octets[start++] ?? 0
    // Deprecated (RFC 9113 §5.3.2): read over.
    if (bits & flags.PRIORITY) start += 5
    if (start > end) return protocolError('HEADERS have more padding than octets')
    this.ended = (bits & flags.END_STREAM) !== 0
    if (bits & flags.END_HEADERS) return this.#decode(octets, start, end)
    this.pending = stream
    this.#size = 0
    this.#frames = 0
    this.#empty = 0
    return this.#add(octets, start, end)
  }

  /** CONTINUATION. */
  go(bits: number, octets: Uint8Array, from: number, to: number): FieldBlock | Fault | undefined {
    const fault = this.#add(octets, from, to)
    if (fault || (bits & flags.END_HEADERS) === 0) return fault
    this.pending = 0
    const block = this.#block
    this.#block = new Uint8Array(0)
    return this.#decode(block, 0, this.#size)
  }

  #add(octets: Uint8Array, from: number, to: number): Fault | undefined {
    if (from === to) this.#empty++
    if (++this.#frames > mostFrames || this.#empty > mostEmpty) return tooMuch('a field block comes in too many frames')
    const size = this.#size + to - from
    // The worst code makes a text longer, not twice as long: what is larger is too large when decoded.
    if (size > this.#limit * 2) return tooMuch('a field block is too large')
    if (size > this.#block.length) {
      const larger = new Uint8Array(Math.max(size, this.#block.length * 2, 32 * 1024))
      larger.set(this.#block.subarray(0, this.#size))
      this.#block = larger
    }
    this.#block.set(octets.subarray(from, to), this.#size)
    this.#size = size
    return undefined
  }

  #decode(octets: Uint8Array, from: number, to: number): FieldBlock | Fault {
    const read = this.#decoder.decode(octets, from, to, this.#limit)
    return typeof read === 'string' ? { code: errorCodes.COMPRESSION_ERROR, why: read } : read
  }
}
