// One HTTP/2 connection, for either role: octets in become calls to its handler, calls become octets out. No socket, no timer.
import { ControlFrames } from './control-frames.ts'
import { DataSender } from './data-sender.ts'
import { errorCodes, type Fault, protocolError } from './error-codes.ts'
import { flags, frameTypes, headOctets, preface, usualFrameOctets, usualWindow } from './frame.ts'
import { FrameReader } from './frame-reader.ts'
import { FrameWriter } from './frame-writer.ts'
import type { Goaway, Http2Handler, Http2Options, OutgoingHead } from './handler.ts'
import { encodedBound, HpackEncoder } from './hpack-encoder.ts'
import { Incoming } from './incoming.ts'
import { ReceiveWindows } from './receive-windows.ts'
import { type Settings, settingsList } from './settings.ts'
import { Http2Stream, type StreamEnd, type Trailers } from './stream.ts'
import { StreamTable } from './stream-table.ts'

/** Streams opened before the peer has said how many it takes, which is the first thing it says (RFC 9113 §3.4). */
const concurrentUnasked = 1
const debugOctets = 200

/** Owns everything both peers know about the connection. */
export class Http2Connection<Owner> {
  readonly streams = new StreamTable<Owner>()
  readonly #options: Http2Options
  readonly #handler: Http2Handler<Owner>
  readonly #writer: FrameWriter
  readonly #encoder = new HpackEncoder()
  readonly #sender: DataSender<Owner>
  readonly #windows: ReceiveWindows<Owner>
  readonly #incoming: Incoming<Owner>
  readonly #reader: FrameReader
  /** Octets of the client's preface that are still to come. */
  #prefaceLeft: number
  /** Requests that wait for others to end: the peer takes no more at a time. */
  readonly #waiting: { readonly stream: Http2Stream<Owner>; readonly head: OutgoingHead }[] = []
  #concurrent = concurrentUnasked
  /** The peer has said what it takes. */
  #settled = false
  #initialWindow = usualWindow
  /** Nothing more is read or written. */
  over = false

  constructor(options: Http2Options, handler: Http2Handler<Owner>) {
    this.#options = options
    this.#handler = handler
    this.#writer = new FrameWriter(() => options.wake())
    this.#sender = new DataSender<Owner>(this.#writer, {
      onSent: (stream, octets) => {
        this.#incoming.guard.earn()
        handler.onSent(stream, octets)
      },
      writeTrailers: (stream) => this.#writeHead(stream.id, { fields: [], ...stream.trailers, ended: true }),
      onOursEnded: (stream) => this.#oursEnded(stream),
      flush: () => this.flush(),
    })
    this.#windows = new ReceiveWindows<Owner>(this.#writer, options.windows)
    const control = new ControlFrames<Owner>(this.#writer, this.#sender, {
      onSettings: (settings) => {
        const fault = this.#apply(settings)
        if (!fault) handler.onSettings(settings)
        return fault
      },
      onGoaway: (goaway) => handler.onGoaway(goaway),
    })
    this.#incoming = new Incoming<Owner>(this, options, handler, this.#windows, control)
    this.#reader = new FrameReader(this.#incoming)
    this.#prefaceLeft = options.serves ? preface.length : 0
    if (!options.serves) this.#writer.octets(preface)
    this.settings(options.settings)
    this.#windows.open()
  }

  // --- the connection below ---

  receive(octets: Uint8Array): void {
    if (this.over) return
    let at = 0
    for (; this.#prefaceLeft > 0 && at < octets.length; at++)
      if (octets[at] !== preface[preface.length - this.#prefaceLeft--])
        return this.fail({ code: errorCodes.PROTOCOL_ERROR, why: 'the connection does not begin as HTTP/2 does' })
    const fault = this.#reader.read(octets, at)
    if (fault) this.fail(fault)
  }

  /** The number of what has begun to come and is not whole: the preface, a field block, any frame but DATA; or 0. */
  get unfinished(): number {
    const midway = this.#prefaceLeft > 0 || this.#reader.midway || this.#incoming.midway
    return midway ? this.#incoming.whole + 1 : 0
  }

  /** Hands on what waits. */
  flush(): void {
    if (this.#writer.size === 0) return
    // False: it is enough for now, until `drained`.
    this.#sender.open = this.#options.write(this.#writer.take()) && this.#sender.open
  }

  drained(): void {
    this.#sender.open = true
    this.#sender.pump()
  }

  /** The connection below is gone. */
  closed(): void {
    if (this.over) return
    this.over = true
    for (const stream of [...this.streams.all(), ...this.#waiting.map((one) => one.stream)]) {
      this.#forget(stream)
      this.#handler.onClosed(stream, { by: 'connection' })
    }
  }

  /** RFC 9113 §5.4.1: the peer is told why, and the handler that it is over. */
  fail(fault: Fault): void {
    if (this.over) return
    this.goaway({ code: fault.code, lastStream: this.streams.lastTheirs, data: asciiOctets(fault.why) })
    this.flush()
    this.#handler.onFault(fault)
    this.closed()
  }

  // --- what the handler asks for ---

  settings(settings: Settings): void {
    this.#writer.settings(settingsList(settings))
    if (settings.enableConnectProtocol) this.#incoming.extended = true
  }

  goaway({ code, lastStream, data }: Goaway): void {
    if (this.over) return
    // It may be said again, but never with a higher number (RFC 9113 §6.8).
    this.streams.refusedAbove = Math.min(this.streams.refusedAbove, lastStream)
    this.#writer.head(frameTypes.GOAWAY, 0, 0, 8 + (data?.length ?? 0))
    this.#writer.number32(this.streams.refusedAbove)
    this.#writer.number32(code)
    if (data) this.#writer.octets(data)
  }

  /** A request of ours; it waits where the peer takes no more at a time. */
  request(head: OutgoingHead, owner: Owner): Http2Stream<Owner> {
    const stream = new Http2Stream<Owner>(0, this.#initialWindow, this.#options.windows.stream)
    stream.owner = owner
    stream.toHead = head.fields[head.fields.indexOf(':method') + 1] === 'HEAD'
    if (head.ended) stream.ending = true
    if (this.streams.open < this.#concurrent) this.#open(stream, head)
    else this.#waiting.push({ stream, head })
    return stream
  }

  /** A head, interim or final, on a stream of the peer's. */
  respond(stream: Http2Stream<Owner>, head: OutgoingHead, interim = false): void {
    if (stream.closed || stream.headSent) return
    stream.headSent = !interim
    this.#writeHead(stream.id, head)
    if (!head.ended) return
    stream.ending = true
    this.#oursEnded(stream)
  }

  send(stream: Http2Stream<Owner>, octets: Uint8Array, ended: boolean): void {
    if (!stream.closed && !stream.ending) this.#sender.send(stream, octets, ended)
  }

  sendTrailers(stream: Http2Stream<Owner>, trailers: Trailers): void {
    if (stream.closed || stream.ending) return
    stream.trailers = trailers
    stream.ending = true
    this.#sender.wake(stream)
  }

  /** So much of what came was passed on: the peer may send as much again. */
  use(stream: Http2Stream<Owner>, octets: number): void {
    if (!this.over) this.#windows.use(stream, octets)
  }

  reset(stream: Http2Stream<Owner>, code: number): void {
    if (stream.closed) return
    const { id } = stream
    if (id === 0) this.#waiting.splice(this.#waiting.findIndex((one) => one.stream === stream) >>> 0, 1)
    else this.resetNumber(id, code)
    this.drop(stream)
  }

  // --- what the incoming side asks for ---

  resetNumber(id: number, code: number): void {
    this.#writer.head(frameTypes.RST_STREAM, 0, id, 4)
    this.#writer.number32(code)
    this.streams.rememberReset(id)
  }

  /** Takes a stream of the peer's up. */
  take(id: number): Http2Stream<Owner> {
    const stream = new Http2Stream<Owner>(id, this.#initialWindow, this.#options.windows.stream)
    this.streams.add(stream)
    return stream
  }

  /** The stream has come to its end by what `end` says. */
  close(stream: Http2Stream<Owner>, end: StreamEnd): void {
    this.drop(stream)
    this.#handler.onClosed(stream, end)
  }

  drop(stream: Http2Stream<Owner>): void {
    if (stream.closed) return
    this.#forget(stream)
    if (this.over) return
    this.#openWaiting()
    if (this.streams.open === 0) this.#handler.onIdle()
  }

  #apply(settings: Settings): Fault | undefined {
    const { headerTableSize, initialWindowSize, maxConcurrentStreams, enablePush } = settings
    if (enablePush === 1 && !this.#options.serves) return protocolError('a server offers to be pushed to')
    if (headerTableSize !== undefined) this.#encoder.resize(headerTableSize)
    // What is not said at first is no limit, and what is not said later stays.
    this.#concurrent = maxConcurrentStreams ?? (this.#settled ? this.#concurrent : Number.POSITIVE_INFINITY)
    this.#settled = true
    this.#openWaiting()
    if (initialWindowSize === undefined) return undefined
    const change = initialWindowSize - this.#initialWindow
    this.#initialWindow = initialWindowSize
    // It may take a window below 0 (RFC 9113 §6.9.2).
    for (const { stream } of this.#waiting) stream.sendWindow += change
    for (const stream of this.streams.all()) {
      const fault = this.#sender.grantOn(stream, change)
      if (fault) return fault
    }
    return undefined
  }

  #openWaiting(): void {
    for (let next = this.#waiting[0]; next && this.streams.open < this.#concurrent; next = this.#waiting[0]) {
      this.#waiting.shift()
      this.#open(next.stream, next.head)
    }
  }

  #open(stream: Http2Stream<Owner>, head: OutgoingHead): void {
    stream.id = this.streams.nextOurs()
    this.streams.add(stream)
    this.#writeHead(stream.id, head)
    stream.headSent = true
    if (head.ended) this.#oursEnded(stream)
    else this.#sender.wake(stream)
  }

  #oursEnded(stream: Http2Stream<Owner>): void {
    stream.oursEnded = true
    if (stream.theirsEnded) this.drop(stream)
    this.#handler.onOursEnded(stream)
  }

  #forget(stream: Http2Stream<Owner>): void {
    stream.closed = true
    this.streams.remove(stream)
    this.#sender.forget(stream)
    this.#windows.drop(stream)
  }

  #writeHead(id: number, { fields, never, ended }: OutgoingHead): void {
    const bound = encodedBound(fields)
    const bits = ended ? flags.END_STREAM : 0
    const writer = this.#writer
    if (bound <= usualFrameOctets) {
      // Straight into its place: the head of the frame, whose length is known afterwards, fits before it.
      writer.reserve(headOctets + bound)
      const from = writer.at + headOctets
      const size = this.#encoder.encode(fields, never, writer.block, from) - from
      writer.head(frameTypes.HEADERS, bits | flags.END_HEADERS, id, size)
      writer.wrote(size)
      return
    }
    const block = new Uint8Array(bound)
    const size = this.#encoder.encode(fields, never, block, 0)
    for (let at = 0; at < size || at === 0; at += usualFrameOctets) {
      const part = block.subarray(at, Math.min(size, at + usualFrameOctets))
      const last = at + usualFrameOctets >= size ? flags.END_HEADERS : 0
      if (at === 0) writer.head(frameTypes.HEADERS, bits | last, id, part.length)
      else writer.head(frameTypes.CONTINUATION, last, id, part.length)
      writer.octets(part)
    }
  }
}

const asciiOctets = (text: string): Uint8Array =>
  Uint8Array.from(text.slice(0, debugOctets), (letter) => letter.charCodeAt(0) & 0x7f)
