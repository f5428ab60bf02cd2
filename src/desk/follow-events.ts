// Follows a response that is an event stream: each event becomes a message of its exchange while the stream still runs.
import type { Followed, Follower } from '../bridge/inbox.ts'
import type { Response } from '../exchange/message.ts'
import { eventStreamReader, isEventStream, type StreamEvent } from '../http/event-stream.ts'
import { utf8Octets } from '../http/octets.ts'
import { canDecode } from '../store/content.ts'
import { followDecoded } from './follow-decoded.ts'

/**
 * `events` of one exchange at most; `octets` kept of one event; `decoded` octets read of a stream with a content coding. The
 * content is kept beside them, by its own limit.
 */
export type FollowLimits = { readonly events: number; readonly octets: number; readonly decoded: number }

/** `ready` is called when events of a coded stream came out of its decoder: `feed` then has them. */
export function followEvents(response: Response, limits: FollowLimits, ready: () => void): Follower | undefined {
  const { codings } = response.content
  if (!isEventStream(response) || !canDecode(codings)) return undefined
  let left = limits.events

  const told = (events: readonly StreamEvent[]): Followed[] => {
    // A comment alone keeps the connection alive and is no event.
    const real = events.filter(({ text }) => /^[^:\n]/m.test(text)).slice(0, left)
    left -= real.length
    return real.map(({ text, size, truncated, unfinished }) => ({
      from: 'server' as const,
      opcode: 'text' as const,
      size,
      data: utf8Octets(text),
      truncated: truncated || unfinished,
      compressed: codings.length > 0,
    }))
  }
  const source = codings.length === 0 ? eventStreamReader(limits.octets) : followDecoded(codings, limits, ready)
  return {
    feed: (octets) => (left > 0 ? told(source.feed(octets)) : []),
    end: () => (left > 0 ? told(source.end()) : []),
  }
}
