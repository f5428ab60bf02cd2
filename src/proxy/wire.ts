// The wire as the rest of the house sees it: listen, send a request of our own, tell how it stands, close.
import type { Socket } from 'node:net'
import type { WireStatus } from '../bridge/messages.ts'
import type { Outbox } from '../bridge/outbox.ts'
import type { ExchangeId } from '../exchange/exchange.ts'
import type { PlannedRequest } from '../exchange/planned-request.ts'
import type { Authority } from './authority.ts'
import { type Door, receive } from './doors.ts'
import { failure } from './failures.ts'
import { createLinker } from './link.ts'
import { type Listening, listen } from './listen.ts'
import type { Mode } from './mode.ts'
import { createOriginTrust } from './origin-trust.ts'
import { createOwnPorts } from './own-ports.ts'
import { sendRequest } from './send.ts'
import { defaultPort, type Route } from './target.ts'
import { cameBack, noProxyCovers, readUpstreamProxy } from './upstream-proxy.ts'
import { defaultLimits, type WireSettings } from './wire-settings.ts'
import type { WireFacts, Wiring } from './wiring.ts'

export type { WireSettings } from './wire-settings.ts'

export type Wire = {
  /** Opens every port; rejects with one sentence when an explicit port is busy. */
  listen(): Promise<{ host: string; port: number }[]>
  /** Resolves once the exchange is opened; it then proceeds by itself and is recorded as a replay. */
  send(request: PlannedRequest): Promise<ExchangeId>
  status(): WireStatus
  /** Ports of ours that must never be a destination, whatever name leads to them. */
  forbid(addresses: readonly { readonly port: number }[]): void
  /** Within 3 s; exchanges still running are recorded as failed with INTERRUPTED. */
  close(): Promise<void>
}

const stopped = failure('response', 'INTERRUPTED', 'Telltale was stopped before the exchange was over.')

export function createWire(settings: WireSettings, outbox: Outbox, authority: Authority): Wire {
  const limits = { ...defaultLimits, ...settings.limits }
  const own = createOwnPorts()
  const trust = createOriginTrust(settings)
  const chained = settings.modes.find((mode) => mode.kind === 'upstream')
  const upstream = chained ? readUpstreamProxy(chained.url) : undefined
  const facts: WireFacts = {
    connections: 0,
    tunnels: 0,
    rejectedBy: [],
    believedBy: new Set(),
    seen: { proxied: false, connect: false, tlsOpened: false, tlsRejected: false },
  }
  let connections = 0
  const wiring: Wiring = {
    settings,
    limits,
    outbox,
    authority,
    own,
    facts,
    forwardFor: (route, head) =>
      route.scheme === 'http' && head.upgrade === undefined && upstream && !noProxyCovers(settings.noProxy, route)
        ? upstream
        : undefined,
    link: createLinker({ own, trust, limits, upstream, noProxy: settings.noProxy }),
    cameBack: (raw) => cameBack(upstream, raw),
    running: new Set(),
    nextConnectionId: () => ++connections,
  }
  const listeners: Listening[] = []
  const sockets = new Set<Socket>()

  function accept(door: Door): (socket: Socket) => void {
    return (socket) => {
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
      // Whatever goes wrong with one connection ends that connection, never the process.
      receive(wiring, socket, door).catch(() => socket.destroy())
    }
  }

  return {
    async listen() {
      const { host } = settings
      for (const { door, port } of doorsOf(settings.modes)) {
        const wanted = port ?? settings.port
        const option = port === undefined ? '--port' : '--mode reverse'
        const fixed = port !== undefined || settings.portFixed
        const listening = await listen(host, wanted, { fixed, option }, accept(door))
        listeners.push(listening)
        own.add(listening.port)
      }
      // The first TLS origin would otherwise wait for the roots to be read.
      setImmediate(() => trust.contextFor('', false))
      return listeners.map(({ host: address, port }) => ({ host: address, port }))
    },
    send: (request) => sendRequest(wiring, request),
    status: () => ({
      connections: facts.connections,
      tunnels: facts.tunnels,
      shed: outbox.shed,
      rejectedBy: [...facts.rejectedBy],
      seen: { ...facts.seen },
    }),
    forbid(addresses) {
      for (const { port } of addresses) own.add(port)
    },
    async close() {
      const closed = listeners.map(({ server }) => new Promise<void>((resolve) => server.close(() => resolve())))
      for (const entry of [...wiring.running]) entry.interrupt(stopped)
      outbox.flush()
      const limit = new Promise<void>((resolve) => {
        const timer = setTimeout(() => {
          for (const socket of sockets) socket.destroy()
          resolve()
        }, limits.closeMs / 2)
        timer.unref()
      })
      for (const socket of sockets) if (socket.writableLength === 0) socket.destroy()
      await Promise.race([Promise.all(closed), limit])
    },
  }
}

/** The proxy port and what it does, and the ports of reverse listeners that have their own. */
function doorsOf(modes: readonly Mode[]): { door: Door; port: number | undefined }[] {
  const doors: { door: Door; port: number | undefined }[] = []
  const shared = modes.find((mode) => mode.kind === 'reverse' && mode.port === undefined)
  const elsewhere = modes.every((mode) => mode.kind === 'reverse' && mode.port !== undefined)
  const proxy = elsewhere || modes.some((mode) => mode.kind === 'regular' || mode.kind === 'upstream')
  if (shared?.kind === 'reverse') doors.push({ door: { reverse: routeOf(shared.url) }, port: undefined })
  else if (proxy) doors.push({ door: {}, port: undefined })
  else if (modes.some((mode) => mode.kind === 'socks5')) doors.push({ door: { socksOnly: true }, port: undefined })
  for (const mode of modes)
    if (mode.kind === 'reverse' && mode.port !== undefined)
      doors.push({ door: { reverse: routeOf(mode.url) }, port: mode.port })
  return doors
}

function routeOf(href: string): Route {
  const url = new URL(href)
  const scheme = url.protocol === 'https:' ? 'https' : 'http'
  return {
    scheme,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? defaultPort(scheme) : Number(url.port),
  }
}
