// The export's thread: reads the matching exchanges oldest first, redacts and writes them, and hands the file over block by block.
import { parentPort, workerData } from 'node:worker_threads'
import { responseOf } from '../exchange/exchange.ts'
import type { Content } from '../exchange/message.ts'
import type { ExportItem } from '../formats/format.ts'
import { findFormat } from '../formats/formats.ts'
import { writeFile } from '../formats/write-file.ts'
import { decodeNow } from '../store/content.ts'
import { openReadOnly, type ReadOnlyStore } from '../store/open-read-only.ts'
import { blockSize, blocksAhead, type ExportMessage, type ExportOrder } from './open-export.ts'
import { redactionHash, redactionKey } from './redaction-key.ts'

const port = parentPort
if (!port) throw new Error('The export is started by the desk, not by hand.')
const order = workerData as ExportOrder

/** Messages of an exchange held in memory. */
const mostHeld = 1000
const utf8 = new TextEncoder()

let done = 0
let total = 0
let room = blocksAhead
let awaited: (() => void) | undefined
port.on('message', (read: number) => {
  room += read
  awaited?.()
})

/** Waits while as many blocks are on their way as there may be. */
async function post(block: Uint8Array<ArrayBuffer>): Promise<void> {
  while (room === 0)
    await new Promise<void>((resolve) => {
      awaited = resolve
    })
  room -= 1
  port?.postMessage({ block, progress: { done, total } } satisfies ExportMessage, [block.buffer])
}

function readItem(store: ReadOnlyStore, id: string): ExportItem | undefined {
  const entry = store.entry(id)
  if (!entry) return undefined
  const { exchange, findings } = entry
  const octetsOf = (content: Content | undefined) =>
    content && content.kept !== 'none' ? store.content(content.digest) : undefined
  const every = exchange.messageCount > 0 ? store.everyMessage(id) : []
  // Many are read again and again instead of being held.
  const messages = exchange.messageCount > mostHeld ? every : [...every]
  const [request, response] = [octetsOf(exchange.request.content), octetsOf(responseOf(exchange)?.content)]
  return { exchange, findings, request, response, messages }
}

/** What is removed meanwhile is left out, and what is recorded meanwhile as well. */
function* items(store: ReadOnlyStore): Generator<ExportItem> {
  const ids = store.ids(order.filter)
  total = ids.length
  for (const id of ids) {
    const item = store.together(() => readItem(store, id))
    if (item) yield item
    done += 1
  }
}

/** A large text a part at a time: encoded as a whole it would be in memory twice. No character is torn apart. */
function* octetsOf(piece: string | Uint8Array): Generator<Uint8Array> {
  if (typeof piece !== 'string') return yield piece
  for (let at = 0; at < piece.length; ) {
    let end = Math.min(at + blockSize, piece.length)
    // Between the two halves of a surrogate pair.
    if (end < piece.length && (piece.charCodeAt(end - 1) & 0xfc00) === 0xd800) end += 1
    yield utf8.encode(piece.slice(at, end))
    at = end
  }
}

/** The pieces as octets, each block in memory of its own, so that it changes threads without being copied. */
async function* inBlocks(pieces: AsyncIterable<string | Uint8Array>): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let block = new Uint8Array(blockSize)
  let filled = 0
  for await (const piece of pieces)
    for (const octets of octetsOf(piece)) {
      let rest = octets
      while (rest.length > 0) {
        const taken = rest.subarray(0, blockSize - filled)
        block.set(taken, filled)
        filled += taken.length
        rest = rest.subarray(taken.length)
        if (filled < blockSize) continue
        yield block
        block = new Uint8Array(blockSize)
        filled = 0
      }
    }
  if (filled > 0) yield block.subarray(0, filled)
}

async function run(): Promise<void> {
  const format = findFormat(order.format)
  if (!format) throw new Error(`There is no format "${order.format}".`)
  const store = openReadOnly(order.dataDir)
  try {
    const pieces = writeFile(format, items(store), {
      version: order.version,
      secrets: order.secrets,
      hash: redactionHash(redactionKey(order.dataDir)),
      decode(octets, codings) {
        const decoded = decodeNow(octets, codings, order.maxDecoded)
        return decoded.error === undefined ? decoded.octets : undefined
      },
    })
    for await (const block of inBlocks(pieces)) await post(block)
  } finally {
    store.close()
  }
}

run()
  .then(
    () => port.postMessage({ complete: true } satisfies ExportMessage),
    (error: Error) => port.postMessage({ failed: error.message } satisfies ExportMessage),
  )
  .finally(() => port.close())
