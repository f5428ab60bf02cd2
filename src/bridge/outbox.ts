// Gathers the wire's events into batches for the desk, and gives up content rather than memory when the desk lags.
import type { ContentEnd, ExchangeEvent } from '../exchange/event.ts'
import type { ExchangeId } from '../exchange/exchange.ts'
import type { WireToDesk } from './messages.ts'
import { condense } from './whole-exchange.ts'

export type Outbox = {
  readonly sessionId: string
  /** 16 characters: time, sequence, randomness; sorts by start and never goes back when the clock does. */
  nextId(): ExchangeId
  emit(event: ExchangeEvent): void
  /** The desk has folded this batch: its octets leave the account. */
  taken(sequence: number): void
  flush(): void
  /** The desk died with whatever it had: the account is emptied. */
  lost(): void
  readonly recording: boolean
  setRecording(on: boolean): void
  /** Messages whose content was given up so far. */
  readonly shed: number
}

export type OutboxOptions = {
  readonly sessionId: string
  /** Content octets that may be on their way to the desk at any time. */
  readonly maxOctets: number
  /** Exchanges that fill a batch. */
  readonly batchSize?: number
  /** Milliseconds after which a batch leaves, full or not. */
  readonly batchMs?: number
  /** Milliseconds since 1970. */
  readonly clock?: () => number
}

/** Gives one batch to the desk. The buffers listed may be transferred: nobody on this side reads them again. */
export type Post = (message: WireToDesk, transfer: ArrayBuffer[]) => void

const smallestSlab = 16 * 1024
const largestSlab = 1024 * 1024
const sequenceSpan = 36 ** 4
const randomSpan = 36 ** 3

export function createOutbox(post: Post, options: OutboxOptions): Outbox {
  const { sessionId, maxOctets, batchSize = 200, batchMs = 50, clock = Date.now } = options
  let events: ExchangeEvent[] = []
  let begun = 0
  let octets = 0
  let inFlight = 0
  let sequence = 0
  let recording = true
  let shed = 0
  let timer: NodeJS.Timeout | undefined
  const onTheWay = new Map<number, number>()
  /** Messages, as id and side, whose content was given up in the middle. */
  const shedding = new Set<string>()

  // Small content shares one buffer per batch: structured clone copies the whole buffer behind every view it meets.
  let slabs: ArrayBuffer[] = []
  let slab = new Uint8Array(smallestSlab)
  let used = 0
  let expected = smallestSlab

  function copy(data: Uint8Array): Uint8Array {
    octets += data.byteLength
    if (data.byteLength > largestSlab / 4) {
      const own = new Uint8Array(data)
      slabs.push(own.buffer)
      return own
    }
    if (used + data.byteLength > slab.byteLength) {
      if (used > 0) slabs.push(slab.buffer)
      slab = new Uint8Array(Math.max(expected, data.byteLength))
      used = 0
    }
    const view = slab.subarray(used, used + data.byteLength)
    view.set(data)
    used += data.byteLength
    return view
  }

  const hasRoom = (size: number): boolean => inFlight + octets + size <= maxOctets

  function ending(id: ExchangeId, side: string, end: ContentEnd): ContentEnd {
    const begunShedding = shedding.size > 0 && shedding.delete(id + side)
    if (!begunShedding && (end.tail === undefined || end.tail.byteLength === 0)) return end
    if (!begunShedding && end.tail && hasRoom(end.tail.byteLength)) return { ...end, tail: copy(end.tail) }
    const { tail: _given, ...facts } = end
    if (!begunShedding) shed++
    return { ...facts, shed: true }
  }

  function packed(event: ExchangeEvent): ExchangeEvent | undefined {
    switch (event.type) {
      case 'content': {
        const key = event.id + event.side
        if (shedding.has(key)) return undefined
        if (hasRoom(event.data.byteLength)) return { ...event, data: copy(event.data) }
        shedding.add(key)
        shed++
        return undefined
      }
      case 'request-ended':
        return { ...event, content: ending(event.id, 'request', event.content) }
      case 'ended':
      case 'failed':
        shedding.delete(`${event.id}request`)
        return event.content ? { ...event, content: ending(event.id, 'response', event.content) } : event
      case 'message': {
        const { message } = event
        if (hasRoom(message.data.byteLength)) return { ...event, message: { ...message, data: copy(message.data) } }
        shed++
        return { ...event, message: { ...message, data: new Uint8Array(0), truncated: true } }
      }
      default:
        return event
    }
  }

  function flush(): void {
    if (timer) clearTimeout(timer)
    timer = undefined
    if (events.length === 0) return
    const batch = events
    if (used > 0) slabs.push(slab.buffer)
    const transfer = slabs
    const size = octets
    expected = Math.min(largestSlab, Math.max(smallestSlab, Math.ceil(size * 1.25)))
    events = []
    slabs = []
    begun = 0
    octets = 0
    slab = new Uint8Array(expected)
    used = 0
    sequence++
    onTheWay.set(sequence, size)
    inFlight += size
    post({ type: 'events', events: condense(batch), octets: size, sequence }, transfer)
  }

  let lastTime = 0
  let count = 0
  return {
    sessionId,
    nextId() {
      const now = Math.floor(clock())
      if (now > lastTime) {
        lastTime = now
        count = 0
      } else if (++count >= sequenceSpan) {
        lastTime++
        count = 0
      }
      const random = Math.floor(Math.random() * randomSpan)
      return (
        lastTime.toString(36).padStart(9, '0') +
        count.toString(36).padStart(4, '0') +
        random.toString(36).padStart(3, '0')
      )
    },
    emit(event) {
      const ready = packed(event)
      if (!ready) return
      events.push(ready)
      if (event.type === 'opened') begun++
      if (begun >= batchSize || octets >= largestSlab || events.length >= batchSize * 8) flush()
      else timer ??= setTimeout(flush, batchMs)
    },
    taken(number) {
      inFlight -= onTheWay.get(number) ?? 0
      onTheWay.delete(number)
    },
    flush,
    lost() {
      onTheWay.clear()
      inFlight = 0
    },
    get recording() {
      return recording
    },
    setRecording(on) {
      recording = on
    },
    get shed() {
      return shed
    },
  }
}
