// Both ends of the wire in HTTP/2 frames: a client by every way in, an origin that a test scripts, and a limit to every wait.
import { type AddressInfo, createServer, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectTls, TLSSocket } from 'node:tls'
import type { Test } from 'tap'
import { preface, settings } from '../support/http2-frames.ts'
import { http2Peer, type Peer, type PeerOptions } from '../support/http2-peer.ts'
import { originAuthority } from '../support/origin.ts'
import { openTcp, openTunnel, type WireHouse } from '../support/wire-house.ts'

export type Way = 'tunnel' | 'port' | 'tls' | 'direct'

type Ends = Omit<PeerOptions, 'role'> & {
  readonly settings?: readonly [number, number][]
  /** No SETTINGS are sent. */
  readonly bare?: boolean
}

const limitMs = 20_000
/** A wait that ends: what never comes is `undefined`, and the test says what it missed. */
export function within<T>(promise: Promise<T>, ms = limitMs): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}
export async function until(right: () => boolean, ms = limitMs): Promise<boolean> {
  const limit = Date.now() + ms
  while (!right() && Date.now() < limit) await new Promise((resolve) => setTimeout(resolve, 3))
  return right()
}

async function socketOf(house: WireHouse, way: Way, port: number): Promise<{ socket: Duplex; raw: Socket }> {
  const target = `localhost:${port}`
  if (way === 'tls') {
    const { socket, raw } = await openTunnel(house, target, { alpn: ['h2'] })
    return { socket: socket.removeAllListeners('data'), raw }
  }
  const raw = await openTcp(house.port)
  if (way === 'tunnel') {
    raw.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`)
    await new Promise((resolve) => raw.once('data', resolve))
    raw.removeAllListeners('data')
  }
  if (way !== 'direct') return { socket: raw, raw }
  const socket = connectTls({
    socket: raw,
    ca: house.authority.caPem,
    servername: 'localhost',
    ALPNProtocols: ['h2'],
  })
  await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject))
  return { socket, raw }
}

/** A client that has said its preface and SETTINGS. */
export async function openClient(house: WireHouse, way: Way, port: number, ends: Ends = {}): Promise<Peer> {
  const { socket, raw } = await socketOf(house, way, port)
  const peer = http2Peer(socket, raw, { role: 'client', ...ends })
  peer.send(preface, ...(ends.bare ? [] : [settings(...(ends.settings ?? []))]))
  return peer
}

export type FrameOrigin = {
  readonly port: number
  readonly host: string
  readonly peers: readonly Peer[]
  close(): Promise<void>
}

/** `script` runs for each connection, once its SETTINGS are sent. */
export async function startFrameOrigin(
  script: (peer: Peer) => Promise<unknown>,
  options: Ends & { readonly tls?: boolean } = {},
): Promise<FrameOrigin> {
  const peers: Peer[] = []
  const sockets = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (raw) => {
    sockets.add(raw)
    raw.once('close', () => sockets.delete(raw))
    raw.on('error', () => {})
    let socket: Duplex = raw
    if (options.tls) {
      const secureContext = originAuthority().contextFor('localhost')
      socket = new TLSSocket(raw, { isServer: true, secureContext, ALPNProtocols: ['h2'] })
      socket.on('error', () => {})
    }
    // HTTP/2 has no half-closed connections (RFC 9113 §5.4.1).
    socket.once('end', () => socket.end())
    const peer = http2Peer(socket, raw, { role: 'server', ...options })
    // Where a client is slow to speak the wire listens to the origin meanwhile: such a connection never carries anything.
    socket.once('data', () => peers.push(peer))
    if (!options.bare) peer.send(settings(...(options.settings ?? [])))
    void Promise.resolve(script(peer)).catch(() => raw.destroy())
  })
  const port = await new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
  )
  return {
    port,
    host: `localhost:${port}`,
    peers,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

/** `first`: the origin's end, once a request led there. */
export type Pair = { readonly client: Peer; readonly first: Promise<Peer>; readonly origin: FrameOrigin }

/** Both ends. */
export async function openPair(
  house: WireHouse,
  client: Ends,
  origin: Ends & { readonly tls?: boolean },
  script: (peer: Peer) => Promise<unknown> = async () => {},
  way: Way = 'tunnel',
): Promise<Pair> {
  let take: (peer: Peer) => void = () => {}
  const first = new Promise<Peer>((resolve) => {
    take = resolve
  })
  const server = await startFrameOrigin((peer) => {
    peer.socket.once('data', () => take(peer))
    return script(peer)
  }, origin)
  return { client: await openClient(house, way, server.port, client), first, origin: server }
}

export async function closePair(t: Test, { client, first, origin }: Pair): Promise<void> {
  const peer = await first
  t.same([client.faults, peer.faults], [[], []], 'windows, frames and states were kept')
  client.raw.destroy()
  await origin.close()
}
