// The desk's side of a comparison of sessions: a thread of its own reads them, one comparison at a time.
import { Worker } from 'node:worker_threads'
import type { SessionComparison } from '../api/session-comparison.ts'
import { problem } from '../server/problem.ts'

export type ComparisonOrder = { readonly dataDir: string; readonly before: string; readonly after: string }

/** Two sessions of 100,000 exchanges take some 150 MiB. */
const memory = { maxOldGenerationSizeMb: 384, maxYoungGenerationSizeMb: 32 }

/** Two at once, such as two pages', wait for each other. */
export function createComparisons(dataDir: string): (before: string, after: string) => Promise<SessionComparison> {
  let last: Promise<unknown> = Promise.resolve()
  return (before, after) => {
    const made = last.then(() => compareBeside({ dataDir, before, after }))
    last = made.catch(() => undefined)
    return made
  }
}

function compareBeside(order: ComparisonOrder): Promise<SessionComparison> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(`./comparison-thread${import.meta.url.slice(-3)}`, import.meta.url), {
      name: 'telltale-comparison',
      workerData: order,
      resourceLimits: memory,
    })
    worker.unref()
    const failed = (why: string) => reject(problem(500, 'Not compared', `The comparison failed: ${why}`))
    worker.on('message', resolve)
    worker.on('error', (error: Error) => failed(error.message))
    worker.on('exit', () => failed('it ended too early.'))
  })
}
