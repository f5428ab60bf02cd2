// Reads a capture file, HAR or NDJSON, as exchanges ready to be diagnosed, one after another.
import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import type { Observed } from '../diagnose/observed.ts'
import { responseOf } from '../exchange/exchange.ts'
import type { Content } from '../exchange/message.ts'
import { recogniseFormat } from '../formats/formats.ts'
import { limits, refusal } from '../options.ts'
import { decodeNow } from '../store/content.ts'

export type ReadEntry =
  | { readonly entry: number; readonly observed: Observed }
  | { readonly entry: number; readonly skipped: string }

const digest = (octets: Uint8Array): string => `sha256-${createHash('sha256').update(octets).digest('hex')}`
/** Octets of the beginning by which a format is recognised. */
const recognised = 4096

/** Content coding removed; files often hold decoded octets beside the field that names a coding. */
function plain(octets: Uint8Array | undefined, content: Content | undefined): Uint8Array | undefined {
  if (!octets || !content) return undefined
  if (content.codings.length > 0) {
    const decoded = decodeNow(octets, content.codings, limits.diagnosedContent)
    if (!decoded.error && !decoded.cut) return decoded.octets
  }
  if (octets[0] !== 0x1f || octets[1] !== 0x8b) return octets
  try {
    return gunzipSync(octets, { maxOutputLength: limits.diagnosedContent })
  } catch {
    return octets
  }
}

/**
 * @throws Refusal when the file is of no known format, or a problem of the whole file.
 */
export async function* readObserved(
  file: string,
  octets: AsyncIterable<Uint8Array>,
  ids: () => string,
): AsyncGenerator<ReadEntry> {
  const source = octets[Symbol.asyncIterator]()
  const first = await source.next()
  const start = first.done ? new Uint8Array() : first.value
  const format = recogniseFormat(new TextDecoder().decode(start.subarray(0, recognised)), file)
  if (!format?.read) throw refusal(`${file} is neither HAR nor NDJSON.`, 2)
  const whole = (async function* () {
    if (!first.done) yield first.value
    yield* { [Symbol.asyncIterator]: () => source }
  })()
  const now = Date.now()
  const context = { sessionId: 'check', file, nextId: ids, digest, now, maxContent: limits.importFile }
  let entry = 0
  for await (const result of format.read(whole, context)) {
    if ('skipped' in result) {
      entry = Math.max(entry, result.skipped.entry + 1)
      yield { entry: result.skipped.entry, skipped: result.skipped.reason }
      continue
    }
    const { exchange, contents, messages } = result.imported
    const find = (content: Content | undefined) =>
      content === undefined || content.kept === 'none'
        ? undefined
        : contents.find((one) => one.digest === content.digest)?.octets
    const answer = responseOf(exchange)?.content
    const request = plain(find(exchange.request.content), exchange.request.content)
    const response = plain(find(answer), answer)
    const number = exchange.origin.by === 'import' ? exchange.origin.entry : entry
    entry = number + 1
    yield {
      entry: number,
      observed: {
        exchange,
        ...(request ? { request } : {}),
        ...(response ? { response } : {}),
        ...(messages.length > 0 ? { messages } : {}),
      },
    }
  }
}

/** Ids in the order in which exchanges are read. */
export function orderedIds(): () => string {
  let count = 0
  return () => (count++).toString(36).padStart(16, '0')
}
