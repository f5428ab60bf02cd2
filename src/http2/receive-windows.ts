// Flow control for what comes (RFC 9113 §5.2): a stream is granted what was used up, the connection what we still can hold.
import { type Fault, flowControlError } from './error-codes.ts'
import { frameTypes, usualWindow } from './frame.ts'
import type { FrameWriter } from './frame-writer.ts'
import type { Http2Stream } from './stream.ts'

export type WindowSizes = {
  readonly stream: number
  readonly connection: number
  /** Octets of one connection that may wait here for those who do not read. */
  readonly held: number
}

/** Owns the account of the connection; streams keep their own. */
export class ReceiveWindows<Owner> {
  readonly #writer: FrameWriter
  readonly #sizes: WindowSizes
  #window: number
  #held = 0

  constructor(writer: FrameWriter, sizes: WindowSizes) {
    this.#writer = writer
    this.#sizes = sizes
    this.#window = sizes.connection
  }

  /** Right after our SETTINGS: the connection's window is no setting. */
  open(): void {
    this.#update(0, this.#sizes.connection - usualWindow)
  }

  /** Content and its padding, for whichever stream, known or not. */
  take(octets: number): Fault | undefined {
    this.#window -= octets
    if (this.#window < 0) return flowControlError('more content came than the connection was granted')
    this.#refill()
    return undefined
  }

  takeOn(stream: Http2Stream<Owner>, octets: number): Fault | undefined {
    stream.receiveWindow -= octets
    if (stream.receiveWindow < 0) return flowControlError('more content came than the stream was granted')
    stream.held += octets
    this.#held += octets
    return undefined
  }

  /** So much has gone on to whom it is for. */
  use(stream: Http2Stream<Owner>, octets: number): void {
    if (stream.closed) return
    stream.held -= octets
    this.#held -= octets
    stream.used += octets
    this.#refill()
    // Nobody sends on a stream that has ended.
    if (stream.theirsEnded || stream.used < this.#sizes.stream >> 1) return
    stream.receiveWindow += stream.used
    this.#update(stream.id, stream.used)
    stream.used = 0
  }

  /** The stream is gone, and what it held. */
  drop(stream: Http2Stream<Owner>): void {
    this.#held -= stream.held
    stream.held = 0
    this.#refill()
  }

  #refill(): void {
    const { connection, held } = this.#sizes
    const missing = Math.min(connection, held - this.#held) - this.#window
    if (missing < connection >> 1) return
    this.#window += missing
    this.#update(0, missing)
  }

  #update(stream: number, octets: number): void {
    this.#writer.head(frameTypes.WINDOW_UPDATE, 0, stream, 4)
    this.#writer.number32(octets)
  }
}
