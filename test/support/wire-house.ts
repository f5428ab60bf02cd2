// A wire with everything around it but the desk: events are folded in memory by the real fold, as the store would.
import { createHash } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { connect as connectTcp, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { isMessageItem, messageEvent } from '../../src/bridge/message-item.ts'
import { createOutbox, type Outbox } from '../../src/bridge/outbox.ts'
import { type BatchItem, exchangeOf, isWhole } from '../../src/bridge/whole-exchange.ts'
import { apply } from '../../src/exchange/apply.ts'
import type { ContentEnd, RawSocketMessage } from '../../src/exchange/event.ts'
import type { Exchange } from '../../src/exchange/exchange.ts'
import { type Authority, loadAuthority } from '../../src/proxy/authority.ts'
import { createWire, type Wire, type WireSettings } from '../../src/proxy/wire.ts'
import { connectionOf, type OriginConnection, originAuthority } from './origin.ts'

export type WireHouse = {
  readonly port: number
  readonly ports: readonly number[]
  readonly wire: Wire
  readonly outbox: Outbox
  readonly authority: Authority
  exchanges(): Exchange[]
  messages(id: string): RawSocketMessage[]
  /** Kept content of a message. */
  content(id: string, side: 'request' | 'response'): Buffer
  /** Polls until an exchange satisfies `wanted`. */
  find(wanted: (exchange: Exchange) => boolean, limitMs?: number): Promise<Exchange>
  close(): Promise<void>
}

let shared: Authority | undefined
function wireAuthority(): Authority {
  shared ??= loadAuthority(mkdtempSync(join(tmpdir(), 'telltale-wire-ca-')))
  return shared
}

export async function startWire(
  settings: Partial<WireSettings> = {},
  outboxOptions: { maxOctets?: number; batchMs?: number; taken?: boolean } = {},
): Promise<WireHouse> {
  const folded = new Map<string, Exchange>()
  const parts = new Map<string, Buffer[]>()
  const messages = new Map<string, RawSocketMessage[]>()
  const bytesOf = (id: string, side: string): Buffer => Buffer.concat(parts.get(id + side) ?? [])
  function keep(id: string, side: string, data: Uint8Array | undefined): void {
    if (data) parts.set(id + side, [...(parts.get(id + side) ?? []), Buffer.from(data)])
  }
  function fold(item: BatchItem): void {
    const event = isMessageItem(item) ? messageEvent(item) : item
    if (isWhole(event)) {
      const exchange = exchangeOf(event, (side, { tail }) => {
        keep(event[0], side, tail)
        return tail && { digest: `sha256-${createHash('sha256').update(tail).digest('hex')}`, keptSize: tail.length }
      })
      folded.set(exchange.id, exchange)
      return
    }
    const { id } = event
    let end: ContentEnd | undefined
    if (event.type === 'content') keep(id, event.side, event.data)
    if (event.type === 'message') messages.set(id, [...(messages.get(id) ?? []), event.message])
    if (event.type === 'request-ended' || event.type === 'ended' || event.type === 'failed') end = event.content
    const side = event.type === 'request-ended' ? 'request' : 'response'
    keep(id, side, end?.tail)
    const bytes = bytesOf(id, side)
    const digest = `sha256-${createHash('sha256').update(bytes).digest('hex')}`
    const kept = end && bytes.length > 0 ? { digest, keptSize: bytes.length } : undefined
    const next = apply(folded.get(id), event, kept)
    if (next) folded.set(id, next)
  }
  const outbox: Outbox = createOutbox(
    (message) => {
      if (message.type !== 'events') return
      for (const event of message.events) fold(event)
      if (outboxOptions.taken !== false) outbox.taken(message.sequence)
    },
    { sessionId: 'test', maxOctets: outboxOptions.maxOctets ?? 32 * 1024 * 1024, batchMs: outboxOptions.batchMs ?? 5 },
  )
  const authority = wireAuthority()
  const wire = createWire(
    {
      host: '127.0.0.1',
      port: 0,
      portFixed: true,
      modes: [],
      upstreamCa: [originAuthority().caPem],
      insecureHosts: [],
      passThroughHosts: [],
      clientCertificates: [],
      noProxy: [],
      maxContent: 1024 * 1024,
      version: '0',
      ...settings,
    },
    outbox,
    authority,
  )
  const ports = (await wire.listen()).map(({ port }) => port)
  return {
    port: ports[0] ?? 0,
    ports,
    wire,
    outbox,
    authority,
    exchanges: () => [...folded.values()],
    messages: (id) => messages.get(id) ?? [],
    content: (id, side) => bytesOf(id, side),
    async find(wanted, limitMs = 20_000) {
      const limit = Date.now() + limitMs
      for (;;) {
        outbox.flush()
        const found = [...folded.values()].find(wanted)
        if (found) return found
        if (Date.now() > limit) {
          const seen = [...folded.values()].map(
            ({ request, outcome }) => `${request.method} ${request.url} ${outcome.state}`,
          )
          throw new Error(`No such exchange among ${JSON.stringify(seen.slice(-5))}`)
        }
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    },
    close: () => wire.close(),
  }
}

export function openTcp(port: number, host = '127.0.0.1'): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp({ port, host, allowHalfOpen: true, noDelay: true }, () => resolve(socket))
    socket.once('error', reject)
  })
}

/** A raw client of the proxy port. */
export async function openPlain(house: WireHouse): Promise<OriginConnection> {
  const socket = await openTcp(house.port)
  return connectionOf(socket, socket)
}

/** A raw client inside a tunnel whose TLS the wire has opened. */
export async function openTunnel(
  house: WireHouse,
  target: string,
  options: { alpn?: string[]; servername?: string; ca?: string } = {},
): Promise<OriginConnection & { readonly alpn: string | false | null }> {
  const raw = await openTcp(house.port)
  raw.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`)
  await new Promise<void>((resolve, reject) => {
    let text = ''
    raw.on('data', function onData(chunk: Buffer) {
      text += chunk.toString('latin1')
      if (!text.includes('\r\n\r\n')) return
      raw.off('data', onData)
      raw.pause()
      if (text.startsWith('HTTP/1.1 200')) resolve()
      else reject(new Error(text))
    })
  })
  const socket = connectTls({
    socket: raw,
    // Without a server name the certificate is checked against the host.
    host: target.replace(/:\d+$/, '').replace(/^\[|\]$/g, ''),
    ca: options.ca ?? house.authority.caPem,
    servername: options.servername ?? 'localhost',
    ...(options.alpn ? { ALPNProtocols: options.alpn } : {}),
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('secureConnect', resolve)
    socket.once('error', reject)
  })
  return { ...connectionOf(socket, raw), alpn: socket.alpnProtocol }
}
