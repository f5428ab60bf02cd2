// Frames about the connection itself: SETTINGS, PING, GOAWAY, and the windows that are granted (RFC 9113 §6.5 to §6.9).
import type { DataSender } from './data-sender.ts'
import { type Fault, frameSizeError, protocolError } from './error-codes.ts'
import { isFault } from './field-block-reader.ts'
import { flags, frameTypes, readNumber31, readNumber32 } from './frame.ts'
import type { FrameWriter } from './frame-writer.ts'
import type { Goaway } from './handler.ts'
import { readSettings, type Settings } from './settings.ts'
import type { Http2Stream } from './stream.ts'

export type ControlEvents = {
  onSettings(settings: Settings): Fault | undefined
  onGoaway(goaway: Goaway): void
}

/** Answers what must be answered, and tells of the rest. */
export class ControlFrames<Owner> {
  readonly #writer: FrameWriter
  readonly #sender: DataSender<Owner>
  readonly #events: ControlEvents

  constructor(writer: FrameWriter, sender: DataSender<Owner>, events: ControlEvents) {
    this.#writer = writer
    this.#sender = sender
    this.#events = events
  }

  /** Types that mean nothing to us are ignored (RFC 9113 §5.5), and so is PRIORITY (§5.3.2). */
  take(type: number, bits: number, octets: Uint8Array, from: number, to: number): Fault | undefined {
    if (type === frameTypes.SETTINGS) return this.#settings(bits, octets, from, to)
    if (type === frameTypes.PING) this.#pong(bits, octets, from, to)
    if (type === frameTypes.GOAWAY) this.#goaway(octets, from, to)
    return undefined
  }

  /** WINDOW_UPDATE, of a stream or of the connection. */
  grant(stream: Http2Stream<Owner> | undefined, octets: Uint8Array, from: number): Fault | undefined {
    const size = readNumber31(octets, from)
    if (size === 0) return protocolError('a window grows by nothing')
    return stream ? this.#sender.grantOn(stream, size) : this.#sender.grant(size)
  }

  #settings(bits: number, octets: Uint8Array, from: number, to: number): Fault | undefined {
    if (bits & flags.ACK) return from === to ? undefined : frameSizeError('an acknowledgement of SETTINGS says more')
    const settings = readSettings(octets, from, to)
    if (isFault(settings)) return settings
    this.#writer.head(frameTypes.SETTINGS, flags.ACK, 0, 0)
    return this.#events.onSettings(settings)
  }

  #pong(bits: number, octets: Uint8Array, from: number, to: number): void {
    if (bits & flags.ACK) return
    this.#writer.head(frameTypes.PING, flags.ACK, 0, to - from)
    this.#writer.octets(octets.subarray(from, to))
  }

  #goaway(octets: Uint8Array, from: number, to: number): void {
    const data = to > from + 8 ? octets.slice(from + 8, to) : undefined
    this.#events.onGoaway({ lastStream: readNumber31(octets, from), code: readNumber32(octets, from + 4), data })
  }
}
