// Gives memory back to the system when a thread has long been at rest: V8 keeps what a burst of traffic made it take.
import { performance } from 'node:perf_hooks'
import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

type Collect = (options: { readonly type: 'major'; readonly flavor: 'last-resort' }) => void

/**
 * How long nearly nothing must have been done, in ms. Not sooner: what was compiled goes too, and compiling it again costs
 * a burst of ten thousand requests half a second.
 */
const restMs = 60_000
const busyShare = 0.02
/** Octets taken since memory was last given back that are worth it. */
const worthwhile = 32 * 1024 * 1024

function taken(): number {
  const { total_heap_size, external_memory } = getHeapStatistics()
  return total_heap_size + external_memory
}

/** To be called once in each thread; ends with it. */
export function releaseAtRest(rest = restMs): void {
  let collect: Collect | undefined
  let kept = 0
  let calm = 0
  let before = performance.eventLoopUtilization()
  setInterval(() => {
    const now = performance.eventLoopUtilization()
    calm = performance.eventLoopUtilization(now, before).utilization < busyShare ? calm + 1 : 0
    before = now
    if (calm < 10 || taken() - kept < worthwhile) return
    // The flag cannot be given on Node's command line, which is not ours when `telltale` is run by its name.
    setFlagsFromString('--expose-gc')
    collect ??= runInNewContext('gc') as Collect
    collect({ type: 'major', flavor: 'last-resort' })
    kept = taken()
  }, rest / 10).unref()
}
