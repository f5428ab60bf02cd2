// Which streams are open, which were, and which cannot have been (RFC 9113 §5.1.1).
import type { Http2Stream } from './stream.ts'

/** Streams we reset lately: what still comes for them was sent before the peer knew. */
const rememberedResets = 1000

/** Owns the numbers. */
export class StreamTable<Owner> {
  /** The highest number the peer has used. */
  lastTheirs = 0
  /** Streams of the peer above it are not taken any more. */
  refusedAbove = 0x7fffffff
  #lastOurs = -1
  readonly #open = new Map<number, Http2Stream<Owner>>()
  readonly #reset = new Set<number>()

  get open(): number {
    return this.#open.size
  }

  all(): Http2Stream<Owner>[] {
    return [...this.#open.values()]
  }

  get(id: number): Http2Stream<Owner> | undefined {
    return this.#open.get(id)
  }

  add(stream: Http2Stream<Owner>): void {
    this.#open.set(stream.id, stream)
  }

  remove(stream: Http2Stream<Owner>): void {
    this.#open.delete(stream.id)
  }

  nextOurs(): number {
    this.#lastOurs += 2
    return this.#lastOurs
  }

  /** Nobody has used the number yet. Odd numbers are the client's. */
  isIdle(id: number, serves: boolean): boolean {
    const theirs = (id & 1) === (serves ? 1 : 0)
    return theirs ? id > this.lastTheirs : id > this.#lastOurs
  }

  rememberReset(id: number): void {
    this.#reset.add(id)
    if (this.#reset.size <= rememberedResets) return
    for (const oldest of this.#reset) {
      this.#reset.delete(oldest)
      break
    }
  }

  wasReset(id: number): boolean {
    return this.#reset.has(id)
  }
}
