// An HTTP/2 connection to an origin: what it settles, how it says that it will go away, and when it is gone.
import * as http2 from 'node:http2'
import type { Failure } from '../exchange/failure.ts'
import { failure } from './failures.ts'
import type { Link } from './link.ts'

const windowOctets = 256 * 1024
export const sessionWindowOctets = 1024 * 1024
const headerOctets = 512 * 1024

/** Node's own limits (128 pairs, 64 KiB) would drop what the other side would have taken. */
export const sessionOptions = {
  maxHeaderListPairs: 20_000,
  maxSendHeaderBlockLength: 16 * 1024 * 1024,
  maxSessionMemory: 64,
  // What an origin sends twice arrives twice.
  strictSingleValueFields: false,
  settings: { initialWindowSize: windowOctets, maxHeaderListSize: headerOctets },
}

/** GOAWAY as it was received (RFC 9113 §6.8). */
export type Goaway = { readonly code: number; readonly lastStream: number; readonly data: Buffer | undefined }

export type Http2Origin = {
  readonly session: http2.ClientHttp2Session
  readonly link: Link
  /** Streams opened so far. */
  used: number
  /** It takes no further streams. */
  leaving: boolean
  /** It has answered in HTTP/2. */
  greeted: boolean
}

export type Http2OriginEvents = {
  onSettings(settings: http2.Settings): void
  onGoaway(goaway: Goaway): void
  onClose(): void
}

/**
 * Node destroys a session at once when GOAWAY comes with an error code, streams and all, though those up to its last
 * stream may still be answered. It calls `destroy` right after this event: that one call closes in good order instead.
 */
export function outliveGoaway(session: http2.Http2Session, heard: (goaway: Goaway) => void): void {
  session.on('goaway', (code, lastStream, data) => {
    if (code !== http2.constants.NGHTTP2_NO_ERROR)
      Object.defineProperty(session, 'destroy', {
        configurable: true,
        value: () => {
          Reflect.deleteProperty(session, 'destroy')
          session.close()
        },
      })
    heard({ code, lastStream, data: data ? Buffer.from(data) : undefined })
  })
}

export function notHttp2(host: string): Failure {
  return failure('response', 'HTTP2_NOT_SPOKEN', `${host} does not speak HTTP/2, which the client asked for.`)
}

/** With TLS the protocol was agreed on; without it an origin may answer in another. */
export const saidSomethingElse = ({ greeted, link }: Http2Origin): boolean =>
  !greeted && link.tls === undefined && link.raw.bytesRead > 0

/** Takes a link over; a failure where the connection ended meanwhile, or the origin chose another protocol. */
export function openHttp2Origin(link: Link, events: Http2OriginEvents): Http2Origin | Failure {
  const { host, port } = link.route
  if (link.tls && link.tls.alpn !== 'h2') {
    link.socket.destroy()
    return notHttp2(host)
  }
  // Over a socket that is gone Node would build a stream of its own, and assert in it; of one that ended it hears no end.
  if (link.socket.destroyed || link.socket.readableEnded) {
    link.socket.destroy()
    const words = `${host}:${port} closed the connection before the request could be sent.`
    return failure('request', 'UPSTREAM_CLOSED', words)
  }
  const session = http2.connect(`${link.route.scheme}://${link.server.host}`, {
    ...sessionOptions,
    settings: { ...sessionOptions.settings, enablePush: false },
    createConnection: () => link.socket,
  })
  const origin: Http2Origin = { session, link, used: 0, leaving: false, greeted: false }
  session.setLocalWindowSize?.(sessionWindowOctets)
  session.once('connect', () => session.setLocalWindowSize(sessionWindowOctets))
  session.on('error', () => {})
  // HTTP/2 has no half-closed connections (RFC 9113 §5.4.1): a FIN is the end, though our sockets could go on.
  link.socket.once('end', () => link.socket.destroy())
  session.on('remoteSettings', (settings) => {
    origin.greeted = true
    events.onSettings(settings)
  })
  outliveGoaway(session, (goaway) => {
    origin.leaving = true
    events.onGoaway(goaway)
  })
  session.once('close', () => {
    origin.leaving = true
    events.onClose()
  })
  return origin
}
