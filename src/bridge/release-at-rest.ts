// Gives memory back once a thread rests: V8 keeps what a burst of traffic made it take until more is asked for.
import { performance } from 'node:perf_hooks'
import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

type Collect = (options: { readonly type: 'major'; readonly flavor: 'last-resort' }) => void

const lookEvery = 1000
/** Looks in a row at which the thread did next to nothing. */
const restful = 2
const busyShare = 0.02
/** Octets taken since memory was last given back that are worth 20 ms of work. */
const worthwhile = 16 * 1024 * 1024

function taken(): number {
  const { total_heap_size, external_memory } = getHeapStatistics()
  return total_heap_size + external_memory
}

/** To be called once in each thread. */
export function releaseAtRest(): void {
  let collect: Collect | undefined
  let kept = 0
  let calm = 0
  let before = performance.eventLoopUtilization()
  setInterval(() => {
    const now = performance.eventLoopUtilization()
    calm = performance.eventLoopUtilization(now, before).utilization < busyShare ? calm + 1 : 0
    before = now
    if (calm < restful || taken() - kept < worthwhile) return
    // On Node's command line the flag would be simpler, but that is not ours when `telltale` is run by its name.
    setFlagsFromString('--expose-gc')
    collect ??= runInNewContext('gc') as Collect
    collect({ type: 'major', flavor: 'last-resort' })
    kept = taken()
  }, lookEvery).unref()
}
