// What each frame of the peer means (RFC 9113 §5.1, §6): streams begin, go on and end; what may not be is a fault.
import type { ControlFrames } from './control-frames.ts'
import { errorCodes, type Fault, protocolError, streamClosed, tooMuch } from './error-codes.ts'
import { FieldBlockReader, isFault } from './field-block-reader.ts'
import { type CheckedFields, checkRequest, checkResponse, checkTrailers } from './field-rules.ts'
import { FloodGuard } from './flood-guard.ts'
import { flags, frameTypes, readNumber32 } from './frame.ts'
import type { FrameSink } from './frame-reader.ts'
import { shapeFault } from './frame-shape.ts'
import type { Http2Handler, Http2Options } from './handler.ts'
import type { FieldBlock } from './hpack-decoder.ts'
import type { ReceiveWindows } from './receive-windows.ts'
import type { Http2Stream, StreamEnd } from './stream.ts'
import type { StreamTable } from './stream-table.ts'

/** Of a request that is none. */
const fieldsShown = 200

/** What it needs of its connection. */
export type IncomingHost<Owner> = {
  readonly streams: StreamTable<Owner>
  /** Takes a stream of the peer's up. */
  take(id: number): Http2Stream<Owner>
  drop(stream: Http2Stream<Owner>): void
  close(stream: Http2Stream<Owner>, end: StreamEnd): void
  resetNumber(id: number, code: number): void
  use(stream: Http2Stream<Owner>, octets: number): void
}

/** Owns the state of what comes. */
export class Incoming<Owner> implements FrameSink {
  /** Extended CONNECT was offered (RFC 8441 §3). */
  extended = false
  readonly guard: FloodGuard
  /** Frames and field blocks that came whole. */
  whole = 0
  readonly #connection: IncomingHost<Owner>
  readonly #options: Http2Options
  readonly #handler: Http2Handler<Owner>
  readonly #windows: ReceiveWindows<Owner>
  readonly #control: ControlFrames<Owner>
  readonly #blocks: FieldBlockReader
  #greeted = false
  /** The stream whose DATA frame is being read, if it still takes any. */
  #data: Http2Stream<Owner> | undefined
  #dataEnds = false

  constructor(
    connection: IncomingHost<Owner>,
    options: Http2Options,
    handler: Http2Handler<Owner>,
    windows: ReceiveWindows<Owner>,
    control: ControlFrames<Owner>,
  ) {
    this.#connection = connection
    this.#options = options
    this.#handler = handler
    this.#windows = windows
    this.#control = control
    this.#blocks = new FieldBlockReader(options.headOctets, options.text)
    this.guard = new FloodGuard(options.serves, options.clock)
  }

  /** A field block is not whole. */
  get midway(): boolean {
    return this.#blocks.pending > 0
  }

  takeFrame(type: number, bits: number, id: number, octets: Uint8Array, from: number, to: number): Fault | undefined {
    const fault = this.#take(type, bits, id, octets, from, to)
    if (!this.midway) this.whole++
    return fault
  }

  #take(type: number, bits: number, id: number, octets: Uint8Array, from: number, to: number): Fault | undefined {
    const fault = this.#unexpected(type, bits, id) ?? shapeFault(type, id, to - from)
    if (fault) return fault
    switch (type) {
      case frameTypes.HEADERS:
        return this.#takeBlock(id, this.#blocks.begin(bits, id, octets, from, to))
      case frameTypes.CONTINUATION:
        return this.#takeBlock(id, this.#blocks.go(bits, octets, from, to))
      case frameTypes.RST_STREAM:
        return this.#takeReset(id, readNumber32(octets, from))
      case frameTypes.WINDOW_UPDATE:
        return this.guard.idleFrame() ?? this.#takeGrant(id, octets, from)
      case frameTypes.PUSH_PROMISE:
        // Nobody may promise us anything: a client never may, and servers were told not to (RFC 9113 §8.4).
        return protocolError('a push was promised')
      default:
        return this.guard.idleFrame() ?? this.#control.take(type, bits, octets, from, to)
    }
  }

  /** What may not come now, whatever it is. */
  #unexpected(type: number, bits: number, id: number): Fault | undefined {
    if (!this.#greeted) {
      if (type !== frameTypes.SETTINGS || bits & flags.ACK) return protocolError('the first frame is not SETTINGS')
      this.#greeted = true
    }
    const { pending } = this.#blocks
    if (pending === 0 ? type === frameTypes.CONTINUATION : type !== frameTypes.CONTINUATION || id !== pending)
      return protocolError(pending === 0 ? 'CONTINUATION continues nothing' : 'a field block is interrupted')
    return undefined
  }

  // --- heads and trailers ---

  #takeBlock(id: number, block: FieldBlock | Fault | undefined): Fault | undefined {
    if (block === undefined) return undefined
    if (isFault(block)) return block
    const stream = this.#connection.streams.get(id)
    this.guard.earn()
    if (stream) return this.#takeOn(stream, block, this.#blocks.ended)
    const fault = this.#unknown(id, frameTypes.HEADERS)
    if (fault || !this.#options.serves || this.#connection.streams.wasReset(id)) return fault
    return this.#takeRequest(id, block, this.#blocks.ended)
  }

  #takeRequest(id: number, block: FieldBlock, ended: boolean): Fault | undefined {
    const { streams } = this.#connection
    streams.lastTheirs = Math.max(streams.lastTheirs, id)
    // Whoever was told that we go away sends it again elsewhere (RFC 9113 §6.8).
    if (id > streams.refusedAbove) return undefined
    if (streams.open >= this.#options.concurrent) return this.#refuse(id, errorCodes.REFUSED_STREAM)
    const checked = checkRequest(block.fields, this.extended)
    const { why } = checked
    const wrong = block.tooLarge
      ? tooMuch('its fields are larger than allowed')
      : why !== ''
        ? protocolError(why)
        : ended && checked.length > 0
          ? protocolError('its content is shorter than content-length')
          : undefined
    if (wrong) {
      const refused = this.#refuse(id, wrong.code)
      this.#handler.onMalformed(block.fields.slice(0, fieldsShown), wrong)
      return refused
    }
    const stream = this.#connection.take(id)
    stream.headTaken = true
    stream.expected = checked.length
    stream.theirsEnded = ended
    this.#handler.onHead(stream, { fields: checked.fields, never: block.never, ended, status: 0 })
    return undefined
  }

  /** Resets what never was a stream here. */
  #refuse(id: number, code: number): Fault | undefined {
    this.#connection.resetNumber(id, code)
    return this.guard.streamGivenUp()
  }

  #takeOn(stream: Http2Stream<Owner>, block: FieldBlock, ended: boolean): Fault | undefined {
    if (stream.theirsEnded) return this.#break(stream, streamClosed('it went on after its end'))
    if (block.tooLarge) return this.#break(stream, tooMuch('its fields are larger than allowed'))
    const trailers = stream.headTaken
    const checked = this.#options.serves ? checkTrailers(block.fields) : checkResponse(block.fields, trailers)
    const interim = checked.status >= 100 && checked.status < 200
    const why =
      checked.why !== ''
        ? checked.why
        : trailers && !ended
          ? 'its trailers do not end it'
          : interim && ended
            ? 'it ended with an interim response'
            : ''
    if (why !== '') return this.#break(stream, protocolError(why))
    if (!trailers && !interim) this.#headTaken(stream, checked)
    if (ended && !this.#mayEnd(stream)) return this.#tooShort(stream)
    const { fields, status } = checked
    if (trailers) {
      this.#ended(stream)
      this.#handler.onTrailers(stream, { fields, never: block.never })
      return undefined
    }
    if (ended) this.#ended(stream)
    this.#handler.onHead(stream, { fields, never: block.never, ended, status })
    return undefined
  }

  #headTaken(stream: Http2Stream<Owner>, { status, length }: CheckedFields): void {
    stream.headTaken = true
    // What answers HEAD, and 204 and 304, tell of a length that is not sent (RFC 9113 §8.1.1).
    stream.expected = stream.toHead || status === 204 || status === 304 ? -1 : length
  }

  #mayEnd({ expected, received }: Http2Stream<Owner>): boolean {
    return expected === -1 || expected === received
  }

  #tooShort(stream: Http2Stream<Owner>): Fault | undefined {
    return this.#break(stream, protocolError('its content is shorter than content-length'))
  }

  #ended(stream: Http2Stream<Owner>): void {
    stream.theirsEnded = true
    if (stream.oursEnded) this.#connection.drop(stream)
  }

  // --- content ---

  beginData(id: number, bits: number, octets: number): Fault | undefined {
    this.whole++
    this.#data = undefined
    this.#dataEnds = (bits & flags.END_STREAM) !== 0
    const fault =
      this.#unexpected(frameTypes.DATA, bits, id) ??
      shapeFault(frameTypes.DATA, id, octets) ??
      this.#windows.take(octets)
    if (fault) return fault
    const stream = this.#connection.streams.get(id)
    if (!stream) return this.#unknown(id, frameTypes.DATA)
    if (octets > 0) this.guard.earn()
    else if (!this.#dataEnds) {
      const idle = this.guard.idleFrame()
      if (idle) return idle
    }
    if (stream.theirsEnded) return this.#break(stream, streamClosed('it went on after its end'))
    if (!stream.headTaken) return this.#break(stream, protocolError('its content came before its head'))
    const beyond = this.#windows.takeOn(stream, octets)
    if (beyond) return this.#break(stream, beyond)
    this.#data = stream
    return undefined
  }

  skipPadding(octets: number): void {
    if (this.#data) this.#connection.use(this.#data, octets)
  }

  takeData(piece: Uint8Array, last: boolean): void {
    const stream = this.#data
    if (!stream || stream.closed) return
    stream.received += piece.length
    const ends = last && this.#dataEnds
    if (stream.expected !== -1 && (stream.received > stream.expected || (ends && !this.#mayEnd(stream)))) {
      // The account of resets is looked at with the next one.
      this.#break(stream, protocolError('its content is not as long as content-length says'))
      return
    }
    if (piece.length === 0 && !ends) return
    if (ends) this.#ended(stream)
    this.#handler.onData(stream, piece, ends)
  }

  // --- the rest ---

  /** A stream that is not open: not yet (a fault), or no more. */
  #unknown(id: number, type: number): Fault | undefined {
    const { streams } = this.#connection
    const { serves } = this.#options
    if (streams.isIdle(id, serves)) {
      const begins = type === frameTypes.HEADERS && serves && (id & 1) === 1
      return begins ? undefined : protocolError(`a frame came for stream ${id}, which nobody opened`)
    }
    // Sent before the peer knew that we reset it, or refuse it. An origin is forgiven: its other streams go on.
    if (!serves || streams.wasReset(id) || id > streams.refusedAbove) return undefined
    return streamClosed(`a frame came for stream ${id}, which has ended`)
  }

  /** RFC 9113 §5.4.2: the stream is reset, the connection goes on. */
  #break(stream: Http2Stream<Owner>, { code, why }: Fault): Fault | undefined {
    this.#connection.resetNumber(stream.id, code)
    this.#connection.close(stream, { by: 'fault', code, why })
    return this.guard.streamGivenUp()
  }

  #takeReset(id: number, code: number): Fault | undefined {
    const { streams } = this.#connection
    const stream = streams.get(id)
    if (!stream) {
      if (streams.isIdle(id, this.#options.serves)) return protocolError('a stream is reset that nobody opened')
      return this.guard.idleFrame()
    }
    this.#connection.close(stream, { by: 'peer', code })
    return this.guard.streamGivenUp()
  }

  #takeGrant(id: number, octets: Uint8Array, from: number): Fault | undefined {
    if (id === 0) return this.#control.grant(undefined, octets, from)
    const { streams } = this.#connection
    const stream = streams.get(id)
    if (stream) {
      const fault = this.#control.grant(stream, octets, from)
      return fault && this.#break(stream, fault)
    }
    if (streams.isIdle(id, this.#options.serves)) return protocolError('a window is granted for a stream nobody opened')
    return undefined
  }
}
