// Looks at what a connection begins with, without taking it away from whoever reads it next.
import type { Duplex } from 'node:stream'
import { startLimit } from './limit.ts'

/** `judge` sees everything so far and answers once it knows. */
export type Judge<T> = (bytes: Buffer) => T | undefined

export type Seen<T> =
  | { readonly kind: 'known'; readonly verdict: T; readonly bytes: Buffer }
  | { readonly kind: 'ended'; readonly bytes: Buffer }
  | { readonly kind: 'silent' }

type Watch<T> = { readonly seen: Promise<Seen<T>>; cancel(): void }

/**
 * The socket is left paused with its octets put back. 'silent' when nothing came within `silentMs`; 'ended' when it
 * closed, or did not say enough within `patientMs` of its first octet.
 */
function watch<T>(socket: Duplex, judge: Judge<T>, silentMs: number, patientMs: number): Watch<T> {
  let bytes: Buffer = Buffer.alloc(0)
  let settle: (seen: Seen<T>) => void = () => {}
  const seen = new Promise<Seen<T>>((resolve) => {
    let timer =
      silentMs === Number.POSITIVE_INFINITY ? undefined : startLimit(silentMs, () => settle({ kind: 'silent' }))
    settle = (outcome) => {
      timer?.clear()
      socket.off('data', onData)
      socket.off('end', onEnd)
      socket.off('close', onEnd)
      socket.pause()
      if (bytes.length > 0 && !socket.destroyed && !socket.readableEnded) socket.unshift(bytes)
      settle = () => {}
      resolve(outcome)
    }
    const onData = (chunk: Buffer): void => {
      if (bytes.length === 0) {
        timer?.clear()
        timer = startLimit(patientMs, () => settle({ kind: 'ended', bytes }))
      }
      bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk])
      const verdict = judge(bytes)
      if (verdict !== undefined) settle({ kind: 'known', verdict, bytes })
    }
    const onEnd = (): void => settle({ kind: 'ended', bytes })
    socket.on('data', onData)
    socket.once('end', onEnd)
    socket.once('close', onEnd)
    if (socket.destroyed || socket.readableEnded) onEnd()
    else socket.resume()
  })
  return { seen, cancel: () => settle({ kind: 'silent' }) }
}

export function firstOctets<T>(socket: Duplex, judge: Judge<T>, silentMs: number, patientMs: number): Promise<Seen<T>> {
  return watch(socket, judge, silentMs, patientMs).seen
}

/** Which of two connected sides says something first, and, if it is the client, in which protocol. */
export async function firstToSpeak(
  client: Duplex,
  server: Duplex | undefined,
  patientMs: number,
): Promise<Protocol | 'server' | 'nobody'> {
  const ofClient = watch<Protocol>(client, protocolOf, Number.POSITIVE_INFINITY, patientMs)
  const ofServer = server && watch<true>(server, () => true, Number.POSITIVE_INFINITY, patientMs)
  const winner = await (ofServer ? Promise.race([ofClient.seen, ofServer.seen]) : ofClient.seen)
  ofClient.cancel()
  ofServer?.cancel()
  if (winner.kind !== 'known') return winner.kind === 'ended' && winner.bytes.length > 0 ? 'other' : 'nobody'
  return winner.verdict === true ? 'server' : winner.verdict
}

export type Protocol = 'tls' | 'http1' | 'http2' | 'socks5' | 'other'

const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
/** Methods that need no second look; any other first word is a method only if the line goes on like a request line. */
const knownMethod = /^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|CONNECT|TRACE|PROPFIND|REPORT|QUERY) /
const requestLine = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,32} [^\r\n]* HTTP\/\d/
const maybeRequest = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,32}( [^\r\n]*)?$/
const lookedAtOctets = 128 * 1024

/** What a connection speaks, from its first octets; undefined while that is open. */
export function protocolOf(bytes: Buffer): Protocol | undefined {
  if (bytes.length === 0) return undefined
  if (bytes[0] === 22) return bytes.length < 2 ? undefined : bytes[1] === 3 ? 'tls' : 'other'
  if (bytes[0] === 5) return 'socks5'
  const start = bytes.toString('latin1', 0, lookedAtOctets).replace(/^(\r\n)+/, '')
  if (start === '' || start === '\r') return undefined
  if (start.startsWith('PRI ') || 'PRI '.startsWith(start)) {
    if (start.startsWith(preface)) return 'http2'
    if (preface.startsWith(start)) return undefined
  }
  if (knownMethod.test(start) || requestLine.test(start)) return 'http1'
  return maybeRequest.test(start) && bytes.length < lookedAtOctets ? undefined : 'other'
}
