// Compares two sessions of a store over a connection of its own, contents included.
import type { SessionComparison } from '../api/session-comparison.ts'
import { type Exchange, type ExchangeId, responseOf } from '../exchange/exchange.ts'
import type { Content } from '../exchange/message.ts'
import { decodeNow } from '../store/content.ts'
import { openReadOnly } from '../store/open-read-only.ts'
import { compareSessions, type EndpointShapes, type GatheredEndpoint, gatherEndpoints } from './compare-sessions.ts'
import { addToShape, type ContentShape } from './content-shape.ts'

/** Octets of decoded content that is looked at; larger ones say nothing about the shape. */
const largest = 256 * 1024
/** Exchanges whose contents are read: some seconds. */
const mostRead = 10_000

export function compareStoredSessions(dataDir: string, before: string, after: string): SessionComparison {
  const store = openReadOnly(dataDir)
  let read = 0

  function add(shape: ContentShape, content: Content | undefined): void {
    if (content?.kept !== 'whole' || content.keptSize > largest) return
    if (!/[/+]json\b/i.test(content.mimeType ?? '')) return
    const octets = store.content(content.digest)
    const decoded = octets && decodeNow(octets, content.codings, largest)
    if (!decoded || decoded.cut || decoded.error !== undefined) return
    try {
      addToShape(shape, JSON.parse(Buffer.from(decoded.octets).toString()))
    } catch {
      // No JSON, whatever it says: it has no shape.
    }
  }

  function shapeOf(ids: readonly ExchangeId[], side: (exchange: Exchange) => Content | undefined): ContentShape {
    const shape: ContentShape = new Map()
    for (const id of ids) {
      read += 1
      const entry = store.entry(id)
      if (entry) add(shape, side(entry.exchange))
    }
    return shape
  }

  function shapesOf({ newest, worked }: GatheredEndpoint): EndpointShapes | undefined {
    if (read >= mostRead) return undefined
    return {
      request: shapeOf(newest, ({ request }) => request.content),
      response: shapeOf(worked, (exchange) => responseOf(exchange)?.content),
    }
  }

  try {
    const [one, other] = [gatherEndpoints(store.sessionRows(before)), gatherEndpoints(store.sessionRows(after))]
    return compareSessions(one, other, shapesOf)
  } finally {
    store.close()
  }
}
