// A scriptable origin for wire tests: raw octets in and out, over TCP or TLS, with a certificate authority of its own.

import { mkdtempSync } from 'node:fs'
import { createServer as createHttp2Server, type Http2Server, type ServerHttp2Stream } from 'node:http2'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import { type Authority, loadAuthority } from '../../src/proxy/authority.ts'
import './plain-environment.ts'

/** One connection the origin accepted. */
export type OriginConnection = {
  readonly socket: Duplex
  readonly raw: Socket
  /** Everything received so far. */
  received(): Buffer
  /** Resolves with the octets up to and including `text`, counted from where the last call ended. */
  until(text: string): Promise<string>
  /** Resolves with the next `count` octets. */
  take(count: number): Promise<string>
  send(text: string): void
  /** FIN after what was sent. */
  fin(): void
  rst(): void
  /** How the other side ended it, once it has. */
  readonly ended: Promise<'fin' | 'rst'>
}

export type Origin = {
  readonly port: number
  readonly host: string
  readonly caPem: string
  readonly connections: OriginConnection[]
  close(): Promise<void>
}

export type OriginOptions = {
  readonly tls?: boolean
  readonly host?: string
  /** Name in the certificate; default localhost. */
  readonly name?: string
  readonly alpn?: readonly string[]
  readonly authority?: Authority
}

let shared: Authority | undefined
/** The authority of every origin in this process; nobody trusts it unless told to. */
export function originAuthority(): Authority {
  shared ??= loadAuthority(mkdtempSync(join(tmpdir(), 'telltale-origin-ca-')))
  return shared
}

const nothing = (): void => {}

export function connectionOf(socket: Duplex, raw: Socket): OriginConnection {
  let all: Buffer = Buffer.alloc(0)
  let taken = 0
  let closed = false
  const waiting: (() => void)[] = []
  const wake = (): void => {
    for (const go of waiting.splice(0)) go()
  }
  socket.on('data', (chunk: Buffer) => {
    all = Buffer.concat([all, chunk])
    wake()
  })
  let failed = false
  const ended = new Promise<'fin' | 'rst'>((resolve) => {
    socket.on('error', () => {
      failed = true
      resolve('rst')
    })
    socket.once('end', () => resolve('fin'))
    socket.once('close', () => {
      closed = true
      resolve(failed ? 'rst' : 'fin')
      wake()
    })
  })
  raw.on('error', nothing)
  async function part(end: () => number): Promise<string> {
    for (;;) {
      const at = end()
      if (at >= 0) {
        const text = all.toString('latin1', taken, at)
        taken = at
        return text
      }
      if (closed) throw new Error(`closed after ${JSON.stringify(all.toString('latin1', taken))}`)
      await new Promise<void>((resolve) => waiting.push(resolve))
    }
  }
  return {
    socket,
    raw,
    received: () => all,
    until: (text) =>
      part(() => {
        const at = all.indexOf(text, taken, 'latin1')
        return at === -1 ? -1 : at + text.length
      }),
    take: (count) => part(() => (all.length >= taken + count ? taken + count : -1)),
    send: (text) => void socket.write(text, 'latin1'),
    fin: () => void socket.end(),
    rst: () => raw.resetAndDestroy(),
    ended,
  }
}

/** Ends what stands, so that a test never waits for a port. */
function closer(server: Server, sockets: Set<Socket>): () => Promise<void> {
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve())
      for (const socket of sockets) socket.destroy()
    })
}

function listen(server: Server, host: string): Promise<number> {
  return new Promise((resolve) => server.listen(0, host, () => resolve((server.address() as AddressInfo).port)))
}

/** `script` runs once per connection; its rejection ends that connection. */
export async function startOrigin(
  script: (connection: OriginConnection) => Promise<void> | void,
  options: OriginOptions = {},
): Promise<Origin> {
  const { host = '127.0.0.1', name = 'localhost', authority = originAuthority() } = options
  const connections: OriginConnection[] = []
  const sockets = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (raw) => {
    sockets.add(raw)
    raw.once('close', () => sockets.delete(raw))
    raw.on('error', nothing)
    let socket: Duplex = raw
    if (options.tls) {
      const inner = new TLSSocket(raw, {
        isServer: true,
        secureContext: authority.contextFor(name),
        ...(options.alpn ? { ALPNProtocols: [...options.alpn] } : {}),
      })
      inner.allowHalfOpen = true
      inner.on('error', nothing)
      socket = inner
    }
    const connection = connectionOf(socket, raw)
    connections.push(connection)
    void Promise.resolve(script(connection)).catch(() => raw.destroy())
  })
  const port = await listen(server, host)
  return { port, host, caPem: authority.caPem, connections, close: closer(server, sockets) }
}

/** An HTTP/2 origin, over TLS or with prior knowledge. */
export async function startHttp2Origin(
  onStream: (stream: ServerHttp2Stream, headers: Record<string, unknown>, raw: string[]) => void,
  options: { readonly tls?: boolean; readonly settings?: object; readonly session?: object } = {},
): Promise<Origin & { readonly http2: Http2Server }> {
  const authority = originAuthority()
  const sockets = new Set<Socket>()
  const http2 = createHttp2Server({ settings: options.settings ?? {}, ...options.session })
  http2.on('stream', (stream, headers, _flags, raw) => {
    stream.on('error', nothing)
    onStream(stream, headers, raw as unknown as string[])
  })
  http2.on('sessionError', nothing)
  const server = createServer((raw) => {
    sockets.add(raw)
    raw.once('close', () => sockets.delete(raw))
    raw.on('error', nothing)
    if (options.tls === false) {
      http2.emit('connection', raw)
      return
    }
    const secureContext = authority.contextFor('localhost')
    const inner = new TLSSocket(raw, { isServer: true, secureContext, ALPNProtocols: ['h2'] })
    inner.on('error', nothing)
    inner.once('secure', () => {
      Object.assign(inner, { secureConnecting: false })
      http2.emit('connection', inner)
    })
  })
  const port = await listen(server, '127.0.0.1')
  const ends = closer(server, sockets)
  return { port, host: '127.0.0.1', caPem: authority.caPem, connections: [], http2, close: ends }
}
