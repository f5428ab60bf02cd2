// Content that waits: large pieces as they came, small ones put together, so that many crumbs cost no more than one loaf.

const crumbOctets = 1024
const loafOctets = 4096

/** Owns the pieces until they are taken. */
export class PieceQueue {
  readonly #pieces: Uint8Array[] = []
  /** What the last piece is part of, where crumbs still find room. */
  #loaf: Uint8Array | undefined
  #from = 0
  #filled = 0

  get first(): Uint8Array | undefined {
    return this.#pieces[0]
  }

  push(octets: Uint8Array): void {
    const { length } = octets
    if (length === 0) return
    if (length >= crumbOctets) {
      this.#loaf = undefined
      this.#pieces.push(octets)
      return
    }
    if (!this.#loaf || this.#filled + length > loafOctets) {
      this.#loaf = new Uint8Array(loafOctets)
      this.#from = 0
      this.#filled = 0
      this.#pieces.push(this.#loaf)
    }
    this.#loaf.set(octets, this.#filled)
    this.#filled += length
    this.#pieces[this.#pieces.length - 1] = this.#loaf.subarray(this.#from, this.#filled)
  }

  /** The beginning of the first piece, or all of it. */
  take(octets: number): Uint8Array {
    const first = this.#pieces[0] ?? new Uint8Array(0)
    if (octets >= first.length) {
      this.#pieces.shift()
      if (this.#pieces.length === 0) this.#loaf = undefined
      return first
    }
    this.#pieces[0] = first.subarray(octets)
    if (this.#pieces.length === 1) this.#from += octets
    return first.subarray(0, octets)
  }

  clear(): void {
    this.#pieces.length = 0
    this.#loaf = undefined
  }
}
