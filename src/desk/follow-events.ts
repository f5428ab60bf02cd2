// Follows a response that is an event stream: each event becomes a message of its exchange while the stream still runs.
import type { Follower } from '../bridge/inbox.ts'
import type { Response } from '../exchange/message.ts'
import { eventStreamReader, isPlainEventStream, type StreamEvent } from '../http/event-stream.ts'
import { utf8Octets } from '../http/octets.ts'

/** `events` of one exchange at most; `octets` kept of one event. The content is kept beside them, by its own limit. */
export type FollowLimits = { readonly events: number; readonly octets: number }

export function followEvents(response: Response, limits: FollowLimits): Follower | undefined {
  if (!isPlainEventStream(response)) return undefined
  const reader = eventStreamReader(limits.octets)
  let left = limits.events

  const told = (events: readonly StreamEvent[]) => {
    // A comment alone keeps the connection alive and is no event.
    const real = events.filter(({ text }) => /^[^:\n]/m.test(text)).slice(0, left)
    left -= real.length
    return real.map(({ text, size, truncated, unfinished }) => ({
      from: 'server' as const,
      opcode: 'text' as const,
      size,
      data: utf8Octets(text),
      truncated: truncated || unfinished,
      compressed: false,
    }))
  }
  return {
    feed: (octets) => (left > 0 ? told(reader.feed(octets)) : []),
    end: () => (left > 0 ? told(reader.end()) : []),
  }
}
