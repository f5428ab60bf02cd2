// What a connection needs to run, and whom it tells what came.
import type { Fault } from './error-codes.ts'
import type { ReadText } from './hpack-decoder.ts'
import type { WindowSizes } from './receive-windows.ts'
import type { Settings } from './settings.ts'
import type { Http2Stream, StreamEnd, Trailers } from './stream.ts'

export type Http2Options = {
  /** It answers requests; otherwise it makes them. */
  readonly serves: boolean
  readonly settings: Settings
  readonly windows: WindowSizes
  /** Octets of a field list, as RFC 9113 §6.5.2 counts them. */
  readonly headOctets: number
  /** Streams of the peer that may be open; more are refused. */
  readonly concurrent: number
  /** Milliseconds, from whenever. */
  readonly clock: () => number
  readonly text?: ReadText
  /** Takes what shall be sent; false where content must wait for `drained`. */
  readonly write: (octets: readonly Uint8Array[]) => boolean
  /** Something waits to be sent: `flush` is due soon. */
  readonly wake: () => void
}

/** GOAWAY (RFC 9113 §6.8). */
export type Goaway = { readonly code: number; readonly lastStream: number; readonly data?: Uint8Array | undefined }

export type OutgoingHead = {
  /** Flat pairs, pseudo fields first. */
  readonly fields: readonly string[]
  /** Names of fields that are never put into a table (RFC 7541 §7.1.3). */
  readonly never?: readonly string[] | undefined
  readonly ended: boolean
}

/** A head that came: of a request, or of an answer, interim ones included. */
export type IncomingHead = {
  readonly fields: string[]
  readonly never: readonly string[] | undefined
  readonly ended: boolean
  /** 0 for a request. */
  readonly status: number
}

export type Http2Handler<Owner> = {
  onHead(stream: Http2Stream<Owner>, head: IncomingHead): void
  /** A request that is none: its stream is already reset, and `fields` are what could be read. */
  onMalformed(fields: readonly string[], fault: Fault): void
  onData(stream: Http2Stream<Owner>, octets: Uint8Array, ended: boolean): void
  /** The message has ended with these. */
  onTrailers(stream: Http2Stream<Owner>, trailers: Trailers): void
  /** So many octets of what was sent have left. */
  onSent(stream: Http2Stream<Owner>, octets: number): void
  /** Our message has left to its end. */
  onOursEnded(stream: Http2Stream<Owner>): void
  /** It did not come to its end in order, or not by us. */
  onClosed(stream: Http2Stream<Owner>, end: StreamEnd): void
  onSettings(settings: Settings): void
  onGoaway(goaway: Goaway): void
  /** No stream is open any more. */
  onIdle(): void
  /** The peer broke a rule of the connection, and was told; its streams are closed next. */
  onFault(fault: Fault): void
}
