// How much of a thing a peer may do: so many at once, so many a second from then on, and more where it also does real work.

/** Owns the account. */
export class Allowance {
  readonly #most: number
  readonly #perSecond: number
  readonly #clock: () => number
  #left: number
  #since: number

  /** `clock` tells milliseconds. */
  constructor(most: number, perSecond: number, clock: () => number) {
    this.#most = most
    this.#perSecond = perSecond
    this.#clock = clock
    this.#left = most
    this.#since = clock()
  }

  earn(count: number): void {
    this.#left = Math.min(this.#most, this.#left + count)
  }

  /** False once there is nothing left. */
  spend(): boolean {
    // The clock is only asked when it matters.
    if (--this.#left >= 0) return true
    const now = this.#clock()
    this.#left = Math.min(this.#most, Math.floor(((now - this.#since) * this.#perSecond) / 1000)) - 1
    this.#since = now
    return this.#left >= 0
  }
}
