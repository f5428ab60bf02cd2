// The writer's side of checkpoints: says how much it has written, and a thread of its own brings the log into the file.
import { Worker } from 'node:worker_threads'

export type Checkpointer = {
  /** After a commit. */
  written(rows: number, octets: number): void
  /** Without waiting for it; false while an earlier one runs. */
  begin(): boolean
  /** True while the log is so long that work without hurry should wait for the thread. */
  isBehind(): boolean
  /** Returns when no checkpoint runs: before the file is closed, removed or replaced. */
  rest(): void
  /** Waits so many ms (10,000) for one that runs. */
  close(most?: number): void
}

/** What the shared numbers are: whether the thread is at work, pages in the log at its last look, those not copied then. */
export const slots = { busy: 0, log: 1, left: 2 }

/** Estimated pages in the log from which a checkpoint is worth its syncs: some 4 MiB. */
const pagesAhead = 512
/** A row with its details touches that many pages, most of them of indexes. */
const pagesOfRow = 10
const octetsOfPage = 8192
/** ms. A checkpoint takes some hundredths of a second; one that hangs must not stop everything. */
const patience = 10_000

/**
 * `most`: pages in the log from which work without hurry waits. The thread starts when it is first needed; if it
 * fails, SQLite's own checkpoints take over.
 */
export function openCheckpointer(file: string, most: number): Checkpointer {
  const state = new Int32Array(new SharedArrayBuffer(4 * Object.keys(slots).length))
  const isBusy = () => Atomics.load(state, slots.busy) === 1
  let worker: Worker | undefined
  let failed = false
  /** Estimated, since the thread was last asked. */
  let pages = 0
  let behindSince: number | undefined

  function ask(): boolean {
    if (failed) return true
    if (isBusy()) return false
    pages = 0
    Atomics.store(state, slots.busy, 1)
    worker ??= start()
    worker.postMessage('checkpoint')
    return true
  }

  function start(): Worker {
    const started = new Worker(new URL(`./checkpoint-thread${import.meta.url.slice(-3)}`, import.meta.url), {
      name: 'telltale-checkpoint',
      workerData: { file, state },
      resourceLimits: { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 4 },
    })
    started.unref()
    started.on('error', () => {
      failed = true
      Atomics.store(state, slots.busy, 0)
    })
    return started
  }

  function isTooLong(): boolean {
    if (failed || Atomics.load(state, slots.log) + pages < most) return false
    if (isBusy()) return true
    if (pages > 0 || Atomics.load(state, slots.left) > 0) {
      ask()
      return true
    }
    // All of it is copied and nothing came after: the next commit begins the log anew.
    Atomics.store(state, slots.log, 0)
    return false
  }

  return {
    written(rows, octets) {
      pages += rows * pagesOfRow + octets / octetsOfPage
      if (pages >= pagesAhead) ask()
    },
    begin: ask,
    isBehind() {
      if (!isTooLong()) {
        behindSince = undefined
        return false
      }
      behindSince ??= performance.now()
      // Someone who reads for long keeps the log from being copied: that is nothing to wait for.
      return performance.now() - behindSince < patience
    },
    rest() {
      if (!failed) Atomics.wait(state, slots.busy, 1, patience)
    },
    close(most = patience) {
      if (!failed) Atomics.wait(state, slots.busy, 1, most)
      void worker?.terminate()
    },
  }
}
