// Reads an event stream (WHATWG HTML §9.2.5, §9.2.6) piece by piece, as its octets come, and keeps what a browser would drop.
import { fieldValue, type Response } from '../exchange/message.ts'
import { joinedOctets, readableText, utf8Octets } from './octets.ts'

/** One block of lines up to its empty line. */
export type StreamEvent = {
  /** `message` where the stream names none. */
  readonly type: string
  readonly data: string
  readonly id?: string
  readonly retry?: string
  readonly comment?: string
  /** The lines as they came, comments and unknown fields too, with LF between them. */
  readonly text: string
  /** Octets of these lines with their ends; those beyond the reader's `longest` are counted, not kept. */
  readonly size: number
  readonly truncated: boolean
  /** The stream ended before the empty line: a browser drops such an event. */
  readonly unfinished: boolean
}

export type EventStreamReader = {
  /** The events that end in this piece; its octets must stay as they are until then. */
  feed(octets: Uint8Array): StreamEvent[]
  /** What was begun when the stream ended. */
  end(): StreamEvent[]
}

const lf = 0x0a
const cr = 0x0d

export function isEventStream({ headers }: Response): boolean {
  return fieldValue(headers, 'content-type')?.split(';', 1)[0]?.trim().toLowerCase() === 'text/event-stream'
}

type Block = Pick<StreamEvent, 'text' | 'size' | 'truncated' | 'unfinished'>

/** Undefined where no line of the block says anything. */
function readBlock(block: Block): StreamEvent | undefined {
  const data: string[] = []
  const comments: string[] = []
  const fields: { event?: string; id?: string; retry?: string } = {}
  for (const line of block.text.split('\n')) {
    const colon = line.indexOf(':')
    const name = colon === -1 ? line : line.slice(0, colon)
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (colon === 0) comments.push(value)
    else if (name === 'data') data.push(value)
    else if (name === 'event') fields.event = value
    // §9.2.6: an id with NUL and a retry time that is no number are ignored.
    else if (name === 'id' && !value.includes('\0')) fields.id = value
    else if (name === 'retry' && /^\d+$/.test(value)) fields.retry = value
  }
  if (data.length === 0 && comments.length === 0 && Object.keys(fields).length === 0) return undefined
  return {
    type: fields.event || 'message',
    data: data.join('\n'),
    ...(fields.id === undefined ? {} : { id: fields.id }),
    ...(fields.retry === undefined ? {} : { retry: fields.retry }),
    ...(comments.length === 0 ? {} : { comment: comments.join('\n') }),
    ...block,
  }
}

/** `longest`: octets kept of one event. Lines end with CR, LF or CRLF; an event is given at once when its last CR is there. */
export function eventStreamReader(longest = Number.POSITIVE_INFINITY): EventStreamReader {
  let pieces: Uint8Array[] = []
  let kept = 0
  let size = 0
  let lineBegun = false
  let afterCr = false
  let first = true

  function keep(octets: Uint8Array): void {
    size += octets.length
    const part = octets.subarray(0, Math.max(0, longest - kept))
    if (part.length === 0) return
    pieces.push(part)
    kept += part.length
  }

  function close(unfinished: boolean): StreamEvent[] {
    const truncated = kept < size
    let text = readableText(joinedOctets(pieces))
    // §9.2.5: one byte order mark may lead the stream.
    if (first) text = text.replace(/^\ufeff/, '')
    // A character that was cut in two at the limit is left out.
    if (truncated) text = text.replace(/\ufffd$/, '')
    const lines = text.replace(/\r\n?/g, '\n').replace(/^\n+|\n$/g, '')
    const event = size === 0 ? undefined : readBlock({ text: lines, size, truncated, unfinished })
    pieces = []
    kept = 0
    size = 0
    lineBegun = false
    first = false
    return event ? [event] : []
  }

  return {
    feed(octets) {
      const events: StreamEvent[] = []
      let start = 0
      for (let i = 0; i < octets.length; i++) {
        const octet = octets[i]
        if (octet === lf && afterCr) {
          afterCr = false
          // The second half of the empty line's end belongs to no event.
          if (size === 0 && i === start) start = i + 1
          continue
        }
        afterCr = octet === cr
        if (octet !== lf && octet !== cr) lineBegun = true
        else if (lineBegun) lineBegun = false
        else {
          keep(octets.subarray(start, i))
          events.push(...close(false))
          start = i + 1
        }
      }
      keep(octets.subarray(start))
      return events
    },
    end: () => close(true),
  }
}

/** A whole stream, or as much of one as there is. */
export function readEventStream(text: string): StreamEvent[] {
  const reader = eventStreamReader()
  return [...reader.feed(utf8Octets(text)), ...reader.end()]
}
