// One stream of a connection (RFC 9113 §5.1) as both of its ends stand. What is to be done with it is told to its connection.
import { PieceQueue } from './piece-queue.ts'

/** Fields after the content, and the names of those no table may keep. */
export type Trailers = { readonly fields: readonly string[]; readonly never?: readonly string[] | undefined }

/** How a stream ended that did not come to its end in order. */
export type StreamEnd =
  | { readonly by: 'peer'; readonly code: number }
  /** The peer broke a rule: it was told the code. */
  | { readonly by: 'fault'; readonly code: number; readonly why: string }
  /** Its connection is gone. */
  | { readonly by: 'connection' }

/** `Owner`: whoever deals with what comes on it. */
export class Http2Stream<Owner> {
  /** 0 while it waits for its turn. */
  id: number
  owner: Owner | undefined = undefined
  /** Octets we may still send, and the peer may still send. */
  sendWindow: number
  receiveWindow: number
  /** Octets that came and are not used up; that were used up and not yet granted again. */
  held = 0
  used = 0
  /** Content that could not be sent yet. */
  queue: PieceQueue | undefined = undefined
  /** Our message is complete with what is queued; with these trailers, if there are any. */
  ending = false
  trailers: Trailers | undefined = undefined
  /** END_STREAM came, was sent. */
  theirsEnded = false
  oursEnded = false
  /** Reset, by either side, or ended by both: nothing more happens here. */
  closed = false
  /** Our head is out; the peer's final head has come. */
  headSent = false
  headTaken = false
  /** Content-Length of what comes, or -1, and what has come. */
  expected = -1
  received = 0
  /** The answer to it has no content, whatever its head says (RFC 9110 §9.3.2). */
  toHead = false

  constructor(id: number, sendWindow: number, receiveWindow: number) {
    this.id = id
    this.sendWindow = sendWindow
    this.receiveWindow = receiveWindow
  }

  /** The content that waits, where any does. */
  get first(): Uint8Array | undefined {
    return this.queue?.first
  }

  enqueue(octets: Uint8Array): void {
    this.queue ??= new PieceQueue()
    this.queue.push(octets)
  }
}
