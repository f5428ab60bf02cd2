// The import's thread: reads a file as its octets come in, and hands over what it found, a few exchanges at a time.
import { createHash } from 'node:crypto'
import { parentPort, workerData } from 'node:worker_threads'
import { isFileProblem } from '../formats/file-problem.ts'
import type { Imported, ReadResult } from '../formats/format.ts'
import { findFormat } from '../formats/formats.ts'
import { createNextId } from './next-id.ts'
import { batchesAhead, type ImportMessage, type ImportOrder, type ToImport } from './open-import.ts'

const port = parentPort
if (!port) throw new Error('The import is started by the desk, not by hand.')
const order = workerData as ImportOrder
const post = (message: ImportMessage, moved: readonly ArrayBuffer[] = []) => port.postMessage(message, [...moved])

/** What the desk keeps in one go: so many results, or so many octets of content. */
const mostResults = 20
const mostOctets = 1024 * 1024

const blocks: Uint8Array[] = []
let ended = false
let room = batchesAhead
let awaited: (() => void) | undefined
const news = () =>
  new Promise<void>((resolve) => {
    awaited = resolve
  })

port.on('message', (message: ToImport) => {
  if ('octets' in message) blocks.push(message.octets)
  else if ('end' in message) ended = true
  else room += message.took
  awaited?.()
})

async function* octets(): AsyncGenerator<Uint8Array> {
  for (;;) {
    const block = blocks.shift()
    if (block) {
      yield block
      post({ more: 1 })
    } else if (ended) return
    else await news()
  }
}

/** Contents have or get memory of their own, which changes threads without being copied. */
function movable({ exchange, contents, messages }: Imported): { imported: Imported; buffers: ArrayBuffer[] } {
  const ownOctets = (octets: Uint8Array) =>
    octets.length === octets.buffer.byteLength && octets.buffer instanceof ArrayBuffer
      ? new Uint8Array(octets.buffer)
      : new Uint8Array(octets)
  const own = contents.map(({ digest, octets }) => ({ digest, octets: ownOctets(octets) }))
  return { imported: { exchange, contents: own, messages }, buffers: own.map(({ octets }) => octets.buffer) }
}

const sizeOf = ({ contents, messages }: Imported): number =>
  contents.reduce((sum, { octets }) => sum + octets.length, 0) +
  messages.reduce((sum, { data }) => sum + data.length, 0)

async function run(): Promise<void> {
  const format = findFormat(order.format)
  if (!format?.read) throw new Error(`There is no format "${order.format}" to read.`)
  const context = {
    ...order.context,
    nextId: createNextId(),
    digest: (piece: Uint8Array) => `sha256-${createHash('sha256').update(piece).digest('hex')}`,
  }
  let batch: ReadResult[] = []
  let buffers: ArrayBuffer[] = []
  let size = 0

  async function send(): Promise<void> {
    while (room === 0) await news()
    room -= 1
    post({ batch }, buffers)
    batch = []
    buffers = []
    size = 0
  }

  for await (const result of format.read(octets(), context)) {
    if ('skipped' in result) batch.push(result)
    else {
      const { imported, buffers: moved } = movable(result.imported)
      batch.push({ imported })
      buffers.push(...moved)
      size += sizeOf(imported)
    }
    if (batch.length >= mostResults || size >= mostOctets) await send()
  }
  if (batch.length > 0) await send()
}

run()
  .then(
    () => post({ complete: true }),
    (error: Error) => post({ failed: error.message, inFile: isFileProblem(error) }),
  )
  .finally(() => port.close())
