// What the page's main thread did, frame by frame, from a browser trace and from the page's own clock.
import type { Browser, Page } from 'playwright-core'

/** A frame at 60 Hz, ms. */
const frame = 1000 / 60
/** Less than this is the browser's own housekeeping, ms. */
const idle = 0.2

type TraceEvent = {
  readonly name: string
  readonly ph: string
  readonly pid: number
  readonly tid: number
  readonly ts: number
  readonly dur?: number
  readonly tdur?: number
  readonly args?: { readonly name?: string }
}

export type Work = {
  /** Main-thread work in a frame that had any, ms: 95th percentile and largest; and how many such frames there were. */
  readonly p95: number
  readonly largest: number
  readonly frames: number
  /** Tasks over 50 ms, and the longest of them. */
  readonly longTasks: number
  readonly longest: number
  /** Share of frames the page was not given time to draw, 0 to 1. */
  readonly dropped: number
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

/** Top-level tasks of the page's main thread: begin (ms) and duration. Thread time where the trace has it: the machine is shared. */
function mainTasks(events: readonly TraceEvent[]): { readonly at: number; readonly ms: number }[] {
  const names = events.filter((event) => event.name === 'thread_name' && event.args?.name === 'CrRendererMain')
  const tasks = (pid: number, tid: number) =>
    events.filter((event) => event.pid === pid && event.tid === tid && event.ph === 'X' && /RunTask$/.test(event.name))
  // The busiest renderer is the page; others are spare processes.
  const busiest = names.map(({ pid, tid }) => tasks(pid, tid)).toSorted((a, b) => b.length - a.length)[0]
  return (busiest ?? []).map((event) => ({ at: event.ts / 1000, ms: (event.tdur ?? event.dur ?? 0) / 1000 }))
}

/** Watches the page while `action` runs; `action` answers nothing, it only takes its time. */
export async function watchFrames(browser: Browser, page: Page, action: () => Promise<void>): Promise<Work> {
  await page.evaluate(() => {
    const beats: number[] = []
    const beat = (now: number) => {
      beats.push(now)
      if ((globalThis as unknown as { beats?: number[] }).beats === beats) requestAnimationFrame(beat)
    }
    Object.assign(globalThis, { beats })
    requestAnimationFrame(beat)
  })
  await browser.startTracing(page, { categories: ['toplevel', 'devtools.timeline', '__metadata'] })
  await action()
  const trace = await browser.stopTracing()
  const beats = await page.evaluate(() => {
    const { beats } = globalThis as unknown as { beats: number[] }
    Object.assign(globalThis, { beats: undefined })
    return beats
  })
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] }
  const tasks = mainTasks(traceEvents)
  const work = new Map<number, number>()
  for (const { at, ms } of tasks) work.set(Math.floor(at / frame), (work.get(Math.floor(at / frame)) ?? 0) + ms)
  // Frames in which the page did nothing would only flatter the figure.
  const perFrame = [...work.values()].filter((ms) => ms > idle)
  const long = tasks.filter((task) => task.ms > 50)
  let missed = 0
  for (let i = 1; i < beats.length; i++)
    missed += Math.max(0, Math.round(((beats[i] ?? 0) - (beats[i - 1] ?? 0)) / frame) - 1)
  return {
    p95: percentile(perFrame, 0.95),
    largest: Math.max(0, ...perFrame),
    frames: perFrame.length,
    longTasks: long.length,
    longest: Math.max(0, ...tasks.map((task) => task.ms)),
    dropped: missed / Math.max(1, beats.length + missed),
  }
}
