// Runs a sending over and over: so many times, so many at once, with a pause between starts; can be stopped.

export type Run = { readonly times: number; readonly atOnce: number; readonly pause: number }
export type Outcome = { readonly status: number; readonly duration: number; readonly failed?: string }

const wait = (ms: number) => new Promise<void>((done) => setTimeout(done, ms))

/** `send` gets the number of the sending, from 0. Order of starts is kept; results come as they end. */
export async function sendMany(
  run: Run,
  send: (nth: number) => Promise<Outcome>,
  told: (outcome: Outcome) => void,
  signal: AbortSignal,
): Promise<void> {
  let next = 0
  let startAt = performance.now()
  const lane = async () => {
    while (next < run.times && !signal.aborted) {
      const nth = next++
      const own = startAt
      startAt = Math.max(startAt, performance.now()) + run.pause
      const early = own - performance.now()
      if (early > 0) await wait(early)
      if (signal.aborted) return
      const begun = performance.now()
      told(
        await send(nth).catch(
          (error): Outcome => ({
            status: 0,
            duration: performance.now() - begun,
            failed: error instanceof Error ? error.message : String(error),
          }),
        ),
      )
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, Math.min(run.atOnce, run.times)) }, lane))
}

export type Summary = {
  readonly done: number
  readonly byStatus: readonly (readonly [string, number])[]
  readonly durations?: { readonly min: number; readonly median: number; readonly p95: number; readonly max: number }
}

export function summary(outcomes: readonly Outcome[]): Summary {
  const counts = new Map<string, number>()
  for (const { status, failed } of outcomes) {
    const key = status > 0 ? `${status}` : (failed ?? 'failed')
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  const times = outcomes
    .filter(({ status }) => status > 0)
    .map(({ duration }) => duration)
    .sort((a, b) => a - b)
  const at = (part: number) => times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? 0
  return {
    done: outcomes.length,
    byStatus: [...counts].sort(([a], [b]) => a.localeCompare(b)),
    ...(times.length > 0 ? { durations: { min: at(0), median: at(0.5), p95: at(0.95), max: at(1) } } : {}),
  }
}
