// Keeps the memory of the two threads bounded by what they need: left alone V8 gives each a young generation of 128 MiB.

import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'
import type { ResourceLimits } from 'node:worker_threads'

const MiB = 1024 * 1024
/** Young generation of this thread, octets. Measured: half of it makes large downloads 40 % dearer, more gains nothing. */
const enough = 32 * MiB
const everyMs = 250

/**
 * The desk's: a batch fits into the young generation; the old one's limit also tells V8 how far garbage may run ahead of
 * it: from 2 GiB on to four times of what lives, at half of that to 1.6 times.
 */
export const deskMemory: ResourceLimits = { maxYoungGenerationSizeMb: 32, maxOldGenerationSizeMb: 1024 }

/**
 * Stops the growth of this thread's young generation once it is large enough. The flag that would limit it from the start
 * can only be given on Node's own command line, which is not ours when `telltale` is run by its name.
 */
export function boundYoungGeneration(): void {
  const timer = setInterval(() => {
    const young = getHeapSpaceStatistics().find((space) => space.space_name === 'new_space')
    if ((young?.space_size ?? 0) < enough) return
    clearInterval(timer)
    setFlagsFromString('--semi-space-growth-factor=1')
  }, everyMs)
  timer.unref()
}
