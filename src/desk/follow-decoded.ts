// Reads an event stream through its content codings while it comes: decoders answer a moment later, and at the end at once.
import type { Transform } from 'node:stream'
import { type EventStreamReader, eventStreamReader, type StreamEvent } from '../http/event-stream.ts'
import { decodeNow, decoder } from '../store/content.ts'

/** Octets kept of one event, and decoded octets read of the whole stream. */
export type DecodedLimits = { readonly octets: number; readonly decoded: number }

/**
 * `feed` answers the events that have come out since it was last asked; `ready` says when there are some. The end cannot wait
 * for the decoders: there, what is kept of the stream is decoded at once and read again behind the events already told.
 */
export function followDecoded(codings: readonly string[], limits: DecodedLimits, ready: () => void): EventStreamReader {
  const pieces: Uint8Array[] = []
  let reader: EventStreamReader | undefined = eventStreamReader(limits.octets)
  let chain: readonly Transform[] = []
  let waiting: StreamEvent[] = []
  let decoded = 0
  let told = 0

  const stop = () => {
    reader = undefined
    for (const stream of chain) stream.destroy()
  }

  function begin(first: Uint8Array): void {
    // The coding applied last is removed first (RFC 9110 §8.4).
    chain = codings.toReversed().map((coding) => decoder(coding, first))
    chain.forEach((stream, i) => {
      stream.on('error', stop)
      const next = chain[i + 1]
      if (next) stream.pipe(next)
    })
    chain.at(-1)?.on('data', (octets: Buffer) => {
      decoded += octets.length
      const events = reader?.feed(octets) ?? []
      if (decoded >= limits.decoded) stop()
      if (events.length === 0) return
      waiting.push(...events)
      ready()
    })
  }

  const take = () => {
    const events = waiting
    waiting = []
    told += events.length
    return events
  }

  return {
    feed(octets) {
      if (octets.length > 0) {
        pieces.push(octets)
        if (chain.length === 0) begin(octets)
        if (reader) chain[0]?.write(octets)
      }
      return take()
    },
    end() {
      stop()
      const { octets } = decodeNow(Buffer.concat(pieces), codings, limits.decoded, true)
      const again = eventStreamReader(limits.octets)
      return [...again.feed(octets), ...again.end()].slice(told)
    },
  }
}
