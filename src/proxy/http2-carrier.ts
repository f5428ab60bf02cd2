// Carries an HTTP/2 connection over a socket: what comes is read, what waits is written once a turn, and both hold each other back.
import type { Duplex } from 'node:stream'
import { Http2Connection } from '../http2/connection.ts'
import { tooMuch } from '../http2/error-codes.ts'
import type { Http2Handler } from '../http2/handler.ts'
import type { Settings } from '../http2/settings.ts'
import { cut, endGracefully } from './closing.ts'
import { type Limit, startLimit } from './limit.ts'

const windows = { stream: 256 * 1024, connection: 1024 * 1024, held: 16 * 1024 * 1024 }
const headOctets = 512 * 1024
/** Streams of one client that may be open where its origin allows as many. */
export const mostStreams = 1000
/** A peer that lets so much of what it asked for wait is not read any further. */
const unreadOctets = 1024 * 1024

const latin1Text = (octets: Uint8Array, from: number, to: number): string =>
  Buffer.prototype.latin1Slice.call(octets, from, to)

export type CarriedEvents<Owner> = Http2Handler<Owner> & {
  /** Once, whoever ended it. */
  onGone(): void
}

/** Owns the socket until it is closed. */
export class Http2Carrier<Owner> {
  readonly connection: Http2Connection<Owner>
  readonly #socket: Duplex
  readonly #events: CarriedEvents<Owner>
  readonly #flush = (): void => this.connection.flush()
  readonly #headMs: number
  /** What the peer has begun and not gone on with, and until when it may. */
  #unfinished = 0
  #limit: Limit | undefined
  #gone = false

  /** `headMs`: what is not content (a head, a setting) must be whole so soon after it began; without it, at any time. */
  constructor(socket: Duplex, serves: boolean, settings: Settings, events: CarriedEvents<Owner>, headMs = 0) {
    this.#headMs = headMs
    this.#socket = socket
    this.#events = events
    this.connection = new Http2Connection<Owner>(
      {
        serves,
        settings: { initialWindowSize: windows.stream, maxHeaderListSize: headOctets, ...settings },
        windows,
        headOctets,
        concurrent: mostStreams,
        clock: () => performance.now(),
        text: latin1Text,
        write: (octets) => this.#write(octets),
        // Everything of one turn leaves together.
        wake: () => process.nextTick(this.#flush),
      },
      events,
    )
    socket.on('error', () => {})
    socket.on('data', (chunk: Buffer) => {
      this.connection.receive(chunk)
      if (this.#headMs > 0 && this.connection.unfinished !== this.#unfinished) this.#await()
    })
    socket.on('drain', () => {
      socket.resume()
      this.connection.drained()
    })
    // HTTP/2 has no half-closed connections (RFC 9113 §5.4.1): a FIN is the end, though our sockets could go on.
    socket.once('end', () => socket.destroy())
    socket.once('close', () => this.#close())
    socket.resume()
  }

  get gone(): boolean {
    return this.#gone
  }

  /** Ends in good order: everything that waits is still sent. */
  finish(): void {
    this.connection.flush()
    this.#close()
    endGracefully(this.#socket)
  }

  /** Ends now, after what waits. */
  cut(): void {
    this.connection.flush()
    this.#close()
    cut(this.#socket)
  }

  #await(): void {
    this.#unfinished = this.connection.unfinished
    this.#limit?.clear()
    if (this.#unfinished === 0 || this.#gone) return
    const why = `what began as a head was not whole after ${this.#headMs / 1000} s`
    this.#limit = startLimit(this.#headMs, () => this.connection.fail(tooMuch(why)))
  }

  #write(octets: readonly Uint8Array[]): boolean {
    const socket = this.#socket
    if (socket.destroyed || socket.writableEnded) return true
    const [first] = octets
    if (octets.length === 1) socket.write(first)
    else {
      socket.cork()
      for (const part of octets) socket.write(part)
      socket.uncork()
    }
    if (socket.writableLength > unreadOctets) socket.pause()
    return !socket.writableNeedDrain
  }

  #close(): void {
    if (this.#gone) return
    this.#gone = true
    this.#limit?.clear()
    this.connection.closed()
    this.#events.onGone()
  }
}
