// Gathers the frames of one turn: what is small is copied into one block, large content is handed on as it is.
import { frameTypes, headOctets } from './frame.ts'

const blockOctets = 8 * 1024
/** What is left of a block is not kept for later where it is less. */
const worthKeeping = 1024
const nothing = new Uint8Array(0)
/** Content from this size on is not copied. */
const largeOctets = 4096
const numbersOctets = 8

/** Owns the octets that wait to be written. */
export class FrameWriter {
  #block = nothing
  #from = 0
  #at = 0
  #before: Uint8Array[] = []
  readonly #begun: () => void
  /** Octets that wait. */
  size = 0

  /** `begun` is called when something waits where nothing did. */
  constructor(begun: () => void) {
    this.#begun = begun
  }

  /** The head of a frame whose payload is written next. */
  head(type: number, bits: number, stream: number, length: number): void {
    if (this.size === 0) this.#begun()
    // What is not copied may still begin with numbers that are (GOAWAY).
    this.reserve(headOctets + (length < largeOctets ? length : numbersOctets))
    this.#put24(length)
    this.#block[this.#at++] = type
    this.#block[this.#at++] = bits
    this.#at += 4
    putNumber32(this.#block, this.#at - 4, stream)
    this.size += headOctets
  }

  number32(value: number): void {
    putNumber32(this.#block, this.#at, value)
    this.#at += 4
    this.size += 4
  }

  octets(content: Uint8Array): void {
    const { length } = content
    if (this.size === 0) this.#begun()
    this.size += length
    if (length < largeOctets) {
      this.reserve(length)
      this.#block.set(content, this.#at)
      this.#at += length
      return
    }
    this.#close()
    this.#before.push(content)
  }

  /** SETTINGS (RFC 9113 §6.5): numbers and values in turn. */
  settings(list: readonly number[]): void {
    this.head(frameTypes.SETTINGS, 0, 0, list.length * 3)
    for (let i = 0; i + 1 < list.length; i += 2) {
      const id = list[i] ?? 0
      this.#block[this.#at++] = id >> 8
      this.#block[this.#at++] = id
      this.size += 2
      this.number32(list[i + 1] ?? 0)
    }
  }

  /** Makes a place for so many octets in a row: at `at` in `block`; what is put there is told to `wrote`. */
  reserve(count: number): void {
    if (this.#block.length - this.#at >= count) return
    this.#close()
    this.#block = new Uint8Array(Math.max(blockOctets, count))
    this.#from = 0
    this.#at = 0
  }

  get block(): Uint8Array {
    return this.#block
  }

  get at(): number {
    return this.#at
  }

  /** Octets that were put into the block directly. */
  wrote(count: number): void {
    this.#at += count
    this.size += count
  }

  /** Everything that waits, in order. */
  take(): Uint8Array[] {
    this.#close()
    const all = this.#before
    this.#before = []
    this.size = 0
    if (this.#block.length - this.#at < worthKeeping) {
      this.#block = nothing
      this.#from = 0
      this.#at = 0
    }
    return all
  }

  #close(): void {
    if (this.#at > this.#from) this.#before.push(this.#block.subarray(this.#from, this.#at))
    this.#from = this.#at
  }

  #put24(value: number): void {
    this.#block[this.#at++] = value >> 16
    this.#block[this.#at++] = value >> 8
    this.#block[this.#at++] = value
  }
}

export function putNumber32(octets: Uint8Array, at: number, value: number): void {
  octets[at] = value >>> 24
  octets[at + 1] = value >>> 16
  octets[at + 2] = value >>> 8
  octets[at + 3] = value
}
