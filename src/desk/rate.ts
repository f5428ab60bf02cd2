// How many things happened a second lately, counted in a few short spans.

const spanMs = 500
const spans = 10

export type Rate = {
  readonly add: (count: number) => void
  /** A second, over the last five. */
  readonly perSecond: () => number
}

/** `now` in ms. */
export function createRate(now: () => number): Rate {
  const counts = new Array<number>(spans).fill(0)
  let newest = Math.floor(now() / spanMs)
  /** Empties the spans that have begun since the last look; a clock set back empties all. */
  function move(): void {
    const current = Math.floor(now() / spanMs)
    const passed = current < newest ? spans : Math.min(spans, current - newest)
    for (let i = 0; i < passed; i++) counts[(current - i) % spans] = 0
    newest = current
  }
  return {
    add(count) {
      move()
      counts[newest % spans] = (counts[newest % spans] ?? 0) + count
    },
    perSecond() {
      move()
      const all = counts.reduce((sum, count) => sum + count, 0)
      return Math.round((all * 10_000) / (spans * spanMs)) / 10
    },
  }
}
