// Runs one row: every contestant in a fresh process, warmed up, then measured in turn, round after round.
import { existsSync } from 'node:fs'
import { type Contestant, contestantNames, type Load, type Origin, startContestant } from './contestants.ts'
import type { Result } from './job.ts'
import type { Figures, OverheadRow, Plan } from './overhead-rows.ts'
import { cpuSeconds, peakMiB, resetPeak, residentMiB, settled } from './process-cost.ts'
import type { Way } from './way.ts'

export type Measured = {
  /** One entry a round. */
  readonly rounds: readonly Figures[]
  readonly errors: Readonly<Record<string, number>>
}
/** By contestant; `direct` is the origin without a proxy. */
export type Measurement = ReadonlyMap<string, Measured>

type Runner = { readonly name: string; readonly way: Way; readonly contestant?: Contestant }
type Counted = { rounds: Figures[]; errors: Record<string, number>; exchanges: number; messages: number }

const quantile = (times: readonly number[], q: number): number =>
  times[Math.min(times.length - 1, Math.floor(times.length * q))] ?? Number.NaN

export const median = (values: readonly number[]): number =>
  quantile(
    values.toSorted((a, b) => a - b),
    0.5,
  )

function note(counted: Counted, plan: Plan['load'], result: Result): void {
  for (const [words, times] of Object.entries(result.errors))
    counted.errors[words] = (counted.errors[words] ?? 0) + times
  if (plan.kind === 'messages') {
    counted.exchanges += plan.connections
    counted.messages += result.done
  } else counted.exchanges += plan.kind === 'requests' || plan.kind === 'hosts' ? result.done : 1
}

async function perform(load: Load, runner: Runner, work: Plan['load'], counted: Counted): Promise<Result> {
  const result = await load.perform({ ...work, way: runner.way })
  note(counted, work, result)
  return result
}

async function warmUp(load: Load, runner: Runner, { warm }: Plan, counted: Counted): Promise<Figures | undefined> {
  const pid = runner.contestant?.pid
  const before = pid === undefined ? 0 : cpuSeconds(pid)
  const done = warm ? (await perform(load, runner, warm, counted)).done : 0
  if (pid === undefined) return undefined
  await settled(pid)
  const isCounted = warm?.kind === 'requests' || warm?.kind === 'messages'
  return isCounted ? { cold: ((cpuSeconds(pid) - before) / done) * 1000 } : undefined
}

async function measureOnce(load: Load, runner: Runner, plan: Plan, counted: Counted): Promise<Figures> {
  const pid = runner.contestant?.pid
  const figures: Record<string, number> = {}
  const { kind } = plan.load
  const bulk = kind === 'download' || kind === 'upload'
  if (pid !== undefined && bulk) resetPeak(pid)
  const before = pid === undefined ? 0 : cpuSeconds(pid)
  const resident: number[] = []
  let [done, seconds] = [0, 0]
  let result: Result | undefined
  for (let slice = 0; slice < (plan.slices ?? 1); slice++) {
    result = await perform(load, runner, plan.load, counted)
    done += result.done
    seconds += result.seconds
    if (pid === undefined) continue
    await settled(pid)
    resident.push(residentMiB(pid))
  }
  if (!result || done === 0) return {}
  if (pid !== undefined && !bulk && kind !== 'hosts') figures.cpu = ((cpuSeconds(pid) - before) / done) * 1000
  if (kind === 'requests' || kind === 'messages') figures.rate = done / seconds
  if (kind === 'hosts') figures.first = quantile(result.times, 0.5)
  if (bulk) figures.speed = done / seconds / 1e6
  if (bulk && pid !== undefined) {
    figures.peak = peakMiB(pid)
    figures.work = ((cpuSeconds(pid) - before) / done) * 2 ** 30
  }
  if (plan.slices !== undefined && pid !== undefined) {
    figures.resident = resident.at(-1) ?? Number.NaN
    figures.growth = figures.resident - (resident[Math.floor(resident.length / 2) - 1] ?? Number.NaN)
  }
  if (plan.single) {
    const { times } = await perform(load, runner, plan.single, counted)
    figures.p50 = quantile(times, 0.5)
    figures.p99 = quantile(times, 0.99)
  }
  return figures
}

/** The share of what passed that its store holds. Messages arrive there a moment after they were relayed. */
async function recordedShare(contestant: Contestant, counted: Counted): Promise<Figures> {
  await settled(contestant.pid)
  const recorded = await contestant.recorded()
  if (!recorded) return {}
  const share =
    counted.messages > 0 ? recorded.messages / counted.messages : recorded.exchanges / Math.max(1, counted.exchanges)
  return { recorded: Math.min(1, share) * 100 }
}

export async function measureRow(
  row: OverheadRow,
  origin: Origin,
  load: Load,
  { quick, rounds }: { quick: boolean; rounds?: number | undefined },
): Promise<Measurement> {
  const plan = row.job(quick)
  const straight: Way = { host: 'localhost', http: origin.http, https: origin.https }
  const runners: Runner[] = [{ name: 'direct', way: straight }]
  try {
    for (const name of contestantNames) {
      if (row.without?.[name]) continue
      const contestant = await startContestant(name, origin)
      runners.push({ name, way: { ...straight, proxyPort: contestant.port }, contestant })
    }
    const counts = new Map<string, Counted>()
    const out = new Set<string>()
    /** A contestant whose process ends is out, and the table says so. */
    const forEach = async (work: (runner: Runner, counted: Counted) => Promise<Figures | undefined>) => {
      for (const runner of runners) {
        const counted = counts.get(runner.name) ?? { rounds: [], errors: {}, exchanges: 0, messages: 0 }
        counts.set(runner.name, counted)
        if (out.has(runner.name)) continue
        try {
          counted.rounds.push((await work(runner, counted)) ?? {})
        } catch (error) {
          const words = existsSync(`/proc/${runner.contestant?.pid}`) ? String(error) : 'the process ended'
          counted.errors[words] = (counted.errors[words] ?? 0) + 1
          out.add(runner.name)
        }
      }
    }
    await forEach((runner, counted) => warmUp(load, runner, plan, counted))
    // A row that takes one round only is a long one: it keeps to it.
    for (let round = 0; round < (row.rounds === 1 ? 1 : (rounds ?? row.rounds)); round++)
      await forEach((runner, counted) => measureOnce(load, runner, plan, counted))
    await forEach(async ({ contestant }, counted) => contestant && recordedShare(contestant, counted))
    return counts
  } finally {
    for (const { contestant } of runners) await contestant?.stop()
  }
}
