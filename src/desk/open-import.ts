// The desk's side of an import: a thread of its own takes the file apart, so that even one huge entry holds nothing up.
import { Worker } from 'node:worker_threads'
import { fileProblem } from '../formats/file-problem.ts'
import type { ImportContext, ReadResult } from '../formats/format.ts'

export type ImportOrder = {
  readonly format: string
  readonly context: Omit<ImportContext, 'nextId' | 'digest'>
}

export type ToImport = { readonly octets: Uint8Array } | { readonly end: true } | { readonly took: number }

export type ImportMessage =
  | { readonly batch: readonly ReadResult[] }
  /** So many blocks have been read: as many may follow. */
  | { readonly more: number }
  | { readonly complete: true }
  | { readonly failed: string; readonly inFile: boolean }

/** Blocks of the file, and batches of exchanges, on their way at once. */
const blocksAhead = 8
export const batchesAhead = 2

/** One element of 128 million characters is held as text and as what it says. A larger need ends the import, not the desk. */
const memory = { maxOldGenerationSizeMb: 640, maxYoungGenerationSizeMb: 32 }

function reasonOf(error: Error & { readonly code?: string }): Error {
  return error.code === 'ERR_WORKER_OUT_OF_MEMORY'
    ? fileProblem('One entry of the file needs more memory than an import may take.')
    : error
}

/** What the file holds, a few exchanges at a time. Throws what the octets throw, and `FileProblem`s. */
export async function* readBeside(
  octets: AsyncIterable<Uint8Array>,
  order: ImportOrder,
): AsyncGenerator<readonly ReadResult[]> {
  const worker = new Worker(new URL(`./import-thread${import.meta.url.slice(-3)}`, import.meta.url), {
    name: 'telltale-import',
    workerData: order,
    resourceLimits: memory,
  })
  const batches: (readonly ReadResult[])[] = []
  let over: { readonly error?: unknown } | undefined
  let room = blocksAhead
  let awaited: (() => void)[] = []
  const news = () => new Promise<void>((resolve) => awaited.push(resolve))
  const tell = () => {
    const told = awaited
    awaited = []
    for (const resolve of told) resolve()
  }
  const end = (outcome: { readonly error?: unknown }) => {
    over ??= outcome
    tell()
  }
  const send = (message: ToImport, moved: ArrayBuffer[] = []) => worker.postMessage(message, moved)

  worker.on('message', (message: ImportMessage) => {
    if ('batch' in message) batches.push(message.batch)
    else if ('more' in message) room += message.more
    else if ('complete' in message) return end({})
    else return end({ error: message.inFile ? fileProblem(message.failed) : new Error(message.failed) })
    tell()
  })
  worker.on('error', (error: Error) => end({ error: reasonOf(error) }))
  worker.on('exit', () => end({ error: new Error('The import ended too early.') }))

  async function feed(): Promise<void> {
    for await (const piece of octets) {
      while (room === 0 && !over) await news()
      if (over) return
      room -= 1
      // Pieces of a socket or a file share memory with others: a copy moves.
      const block = new Uint8Array(piece)
      send({ octets: block }, [block.buffer])
    }
    send({ end: true })
  }
  feed().catch((error: unknown) => end({ error }))

  try {
    for (;;) {
      const batch = batches.shift()
      if (batch) {
        yield batch
        send({ took: 1 })
      } else if (over) {
        if ('error' in over) throw over.error
        return
      } else await news()
    }
  } finally {
    over ??= {}
    tell()
    await worker.terminate()
  }
}
