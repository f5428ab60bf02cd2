// Random numbers that are the same in every run.

/** Whole numbers from 0 up to, but not including, the argument. */
export function seededRandom(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    // xorshift, which needs a state other than 0.
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state % below
  }
}
