// The desk's side of an export: a thread of its own writes the file, and is gone when the last octet is out or nobody reads on.
import { Readable } from 'node:stream'
import { Worker } from 'node:worker_threads'
import type { Filter } from '../filter/filter.ts'
import { problem } from '../server/problem.ts'

export type ExportOrder = {
  readonly dataDir: string
  readonly format: string
  readonly filter: Filter | undefined
  readonly secrets: boolean
  readonly version: string
  /** Octets. */
  readonly maxDecoded: number
}

/** How many exchanges are written, of how many. */
export type ExportProgress = { readonly done: number; readonly total: number }

/** Back comes one number: how many blocks may follow. */
export type ExportMessage =
  | { readonly block: Uint8Array; readonly progress: ExportProgress }
  | { readonly complete: true }
  | { readonly failed: string }

/** Octets of a block, and blocks on their way that nobody has read yet: what a slow reader costs in memory. */
export const blockSize = 256 * 1024
export const blocksAhead = 8

/** One exchange with 16 MiB of decoded JSON is taken apart and put together in this. A larger one fails, and the desk goes on. */
const memory = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 32 }

function reasonOf(error: Error & { readonly code?: string }): string {
  return error.code === 'ERR_WORKER_OUT_OF_MEMORY'
    ? 'One of the exchanges needs more memory than an export may take; leave it out with a filter.'
    : `The export ended: ${error.message}`
}

/**
 * The thread starts with the first read. Destroying the stream ends the thread, whatever it is doing. `told` hears how far
 * it is.
 */
export function openExport(order: ExportOrder, told: (progress: ExportProgress) => void): Readable {
  let worker: Worker | undefined
  let unread = 0

  const pieces = new Readable({
    highWaterMark: 2 * blockSize,
    read() {
      worker ??= start()
      if (unread > 0) worker.postMessage(unread)
      unread = 0
    },
    destroy(error, done) {
      const ended = worker
      if (ended) ended.terminate().then(() => done(error), done)
      else done(error)
    },
  })
  // Who reads is told in any case; without a listener of our own, an error that nobody reads would end the desk.
  pieces.on('error', () => {})

  function fail(reason: string): void {
    pieces.destroy(problem(500, 'Not exported', reason))
  }

  function start(): Worker {
    let complete = false
    const started = new Worker(new URL(`./export-thread${import.meta.url.slice(-3)}`, import.meta.url), {
      name: 'telltale-export',
      workerData: order,
      resourceLimits: memory,
    })
    started.on('message', (message: ExportMessage) => {
      if (pieces.destroyed) return
      if ('block' in message) {
        unread += 1
        told(message.progress)
        pieces.push(message.block)
      } else if ('complete' in message) {
        complete = true
        pieces.push(null)
      } else fail(`The export failed: ${message.failed}`)
    })
    started.on('error', (error: Error) => fail(reasonOf(error)))
    started.on('exit', () => complete || pieces.destroyed || fail('The export ended too early.'))
    return started
  }

  return pieces
}
