// What a peer may do for nothing: frames that carry nothing, and streams that are opened and given up.
import { Allowance } from './allowance.ts'
import { type Fault, tooMuch } from './error-codes.ts'

/** So many at once, so many a second, and more for each frame that does carry something. */
const idleFrames = { most: 10_000, perSecond: 500, earned: 5 }
/** CVE-2023-44487; the streams that we are made to reset count too. */
const streamsGivenUp = { most: 1000, perSecond: 100 }

/** Owns both accounts. */
export class FloodGuard {
  readonly #idle: Allowance
  readonly #givenUp: Allowance | undefined

  /** Only who serves can be made to work by streams. */
  constructor(serves: boolean, clock: () => number) {
    this.#idle = new Allowance(idleFrames.most, idleFrames.perSecond, clock)
    if (serves) this.#givenUp = new Allowance(streamsGivenUp.most, streamsGivenUp.perSecond, clock)
  }

  /** Something of use was done. */
  earn(): void {
    this.#idle.earn(idleFrames.earned)
  }

  idleFrame(): Fault | undefined {
    return this.#idle.spend() ? undefined : tooMuch('too many frames that carry nothing')
  }

  streamGivenUp(): Fault | undefined {
    return this.#givenUp?.spend() === false ? tooMuch('too many streams are given up') : undefined
  }
}
