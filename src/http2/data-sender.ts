// Sends content as far as both windows and the connection below allow (RFC 9113 §5.2); the rest waits, each stream in turn.
import { type Fault, flowControlError } from './error-codes.ts'
import { flags, frameTypes, largestWindow, usualFrameOctets, usualWindow } from './frame.ts'
import type { FrameWriter } from './frame-writer.ts'
import type { Http2Stream } from './stream.ts'

export type SenderEvents<Owner> = {
  /** So many octets of it have left. */
  onSent(stream: Http2Stream<Owner>, octets: number): void
  /** Its content has left; its trailers have not. */
  writeTrailers(stream: Http2Stream<Owner>): void
  /** END_STREAM was written. */
  onOursEnded(stream: Http2Stream<Owner>): void
  flush(): void
}

/** Octets written in one turn after which the connection is asked whether it takes more. */
const turnOctets = 128 * 1024

/** Owns the window of the connection and the order of the streams that wait. */
export class DataSender<Owner> {
  /** The connection below takes more. */
  open = true
  readonly #writer: FrameWriter
  readonly #events: SenderEvents<Owner>
  readonly #ready = new Set<Http2Stream<Owner>>()
  #window = usualWindow
  #pumping = false

  constructor(writer: FrameWriter, events: SenderEvents<Owner>) {
    this.#writer = writer
    this.#events = events
  }

  send(stream: Http2Stream<Owner>, octets: Uint8Array, ended: boolean): void {
    if (ended) stream.ending = true
    const { length } = octets
    const room = Math.min(this.#window, stream.sendWindow, usualFrameOctets)
    if (this.open && length > 0 && length <= room && stream.first === undefined && stream.id !== 0) {
      this.#write(stream, octets)
      return
    }
    if (length > 0) stream.enqueue(octets)
    this.wake(stream)
  }

  /** Its window, its number or its end has changed. */
  wake(stream: Http2Stream<Owner>): void {
    if (stream.id === 0 || stream.oursEnded || (stream.first === undefined && !stream.ending)) return
    this.#ready.add(stream)
    this.pump()
  }

  forget(stream: Http2Stream<Owner>): void {
    this.#ready.delete(stream)
    stream.queue = undefined
  }

  grant(octets: number): Fault | undefined {
    this.#window += octets
    if (this.#window > largestWindow) return flowControlError('the window of the connection is beyond 2^31-1')
    this.pump()
    return undefined
  }

  grantOn(stream: Http2Stream<Owner>, octets: number): Fault | undefined {
    stream.sendWindow += octets
    if (stream.sendWindow > largestWindow) return flowControlError('a window is beyond 2^31-1')
    this.wake(stream)
    return undefined
  }

  /** A frame of each stream that can send, in turn, as long as any can. */
  pump(): void {
    if (this.#pumping) return
    this.#pumping = true
    for (let moved = true; moved && this.open && this.#ready.size > 0; ) {
      moved = false
      for (const stream of this.#ready) {
        if (!this.open) break
        if (this.#sendOne(stream)) moved = true
      }
    }
    this.#pumping = false
  }

  /** True if something was sent. Streams that wait for their own window leave the circle. */
  #sendOne(stream: Http2Stream<Owner>): boolean {
    const { first, queue } = stream
    if (first === undefined || queue === undefined) {
      this.#ready.delete(stream)
      if (!stream.ending || stream.oursEnded) return false
      if (stream.trailers) this.#events.writeTrailers(stream)
      else this.#writer.head(frameTypes.DATA, flags.END_STREAM, stream.id, 0)
      this.#events.onOursEnded(stream)
      return true
    }
    if (stream.sendWindow <= 0) {
      this.#ready.delete(stream)
      return false
    }
    const count = Math.min(first.length, this.#window, stream.sendWindow, usualFrameOctets)
    if (count <= 0) return false
    this.#write(stream, queue.take(count))
    return true
  }

  #write(stream: Http2Stream<Owner>, octets: Uint8Array): void {
    const { length } = octets
    const last = stream.ending && stream.first === undefined && stream.trailers === undefined
    this.#window -= length
    stream.sendWindow -= length
    this.#writer.head(frameTypes.DATA, last ? flags.END_STREAM : 0, stream.id, length)
    this.#writer.octets(octets)
    if (last) this.#ready.delete(stream)
    this.#events.onSent(stream, length)
    if (last) this.#events.onOursEnded(stream)
    if (this.#writer.size >= turnOctets) this.#events.flush()
  }
}
