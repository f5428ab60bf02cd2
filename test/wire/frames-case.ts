// One conformance case of HTTP/2 as data: what one end says, and the reactions that RFC 9113 allows.
import { literal } from '../support/hpack.ts'
import { flags, frame, frameTypes } from '../support/http2-frames.ts'
import type { Peer } from '../support/http2-peer.ts'

/** RFC 9113 §7. */
export const codes = {
  NO_ERROR: 0,
  PROTOCOL_ERROR: 1,
  INTERNAL_ERROR: 2,
  FLOW_CONTROL_ERROR: 3,
  SETTINGS_TIMEOUT: 4,
  STREAM_CLOSED: 5,
  FRAME_SIZE_ERROR: 6,
  REFUSED_STREAM: 7,
  CANCEL: 8,
  COMPRESSION_ERROR: 9,
  CONNECT_ERROR: 10,
  ENHANCE_YOUR_CALM: 11,
  INADEQUATE_SECURITY: 12,
  HTTP_1_1_REQUIRED: 13,
} as const
export type Code = keyof typeof codes

export type Reaction =
  /** GOAWAY with one of the codes, and the end of the connection. */
  | { readonly kind: 'connection'; readonly codes: readonly Code[] }
  /** RST_STREAM with one of the codes, or the same for the connection. */
  | { readonly kind: 'stream'; readonly stream: number; readonly codes: readonly Code[] }
  /** It is no error: the exchange on this stream completes. */
  | { readonly kind: 'fine'; readonly stream: number }
  /** An error or none: both are allowed, as long as the connection that goes on answers a PING. */
  | { readonly kind: 'either'; readonly stream: number; readonly codes: readonly Code[] }

export const connectionError = (...allowed: Code[]): Reaction => ({ kind: 'connection', codes: allowed })
export const streamError = (stream: number, ...allowed: Code[]): Reaction => ({
  kind: 'stream',
  stream,
  codes: allowed,
})
export const fine = (stream = 1): Reaction => ({ kind: 'fine', stream })
export const either = (stream: number, ...allowed: Code[]): Reaction => ({ kind: 'either', stream, codes: allowed })

export type FrameStep = Buffer | ((peer: Peer) => Promise<unknown>)

export type FrameCase = {
  /** Begins with the section. */
  readonly name: string
  readonly steps: readonly FrameStep[]
  readonly react: Reaction
  /** Client's side: what the origin does with a request. Default: answers at once. */
  readonly origin?: 'answers' | 'begins' | 'silent'
  /** Client's side: a request may reach the origin in full though another is wrong. Default: an error means none. */
  readonly passes?: true
  /** The client says its preface, and no SETTINGS. */
  readonly bare?: true
  /** The connection need not go on. */
  readonly leaves?: true
}

/** Literals that change no table. */
export function block(pairs: readonly (readonly [string, string])[]): Buffer {
  return Buffer.concat(pairs.map(([name, value]) => literal('plain', name, value)))
}
export const requestPairs = [
  [':method', 'GET'],
  [':scheme', 'http'],
  [':authority', 'localhost'],
  [':path', '/frames'],
] as const
export const postPairs = [[':method', 'POST'], ...requestPairs.slice(1)] as const

export const get = (stream: number): Buffer => head(stream, block(requestPairs), true)
export const post = (stream: number): Buffer => head(stream, block(postPairs), false)
export const head = (stream: number, octets: Buffer, end = true, more = 0): Buffer =>
  frame(frameTypes.headers, flags.endHeaders | (end ? flags.endStream : 0) | more, stream, octets)
export const data = (stream: number, content: string | Buffer, end = false): Buffer =>
  frame(frameTypes.data, end ? flags.endStream : 0, stream, content)

export const answered =
  (stream: number): FrameStep =>
  (peer) =>
    peer.content(stream)
export const responded =
  (stream: number): FrameStep =>
  (peer) =>
    peer.head(stream)
