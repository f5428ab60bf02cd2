// One connection to an origin, however it was reached: directly, through TLS, through another proxy.
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Server, Tls } from '../exchange/exchange.ts'
import type { Failure } from '../exchange/failure.ts'
import { handshake } from './origin-tls.ts'
import type { OriginTrust } from './origin-trust.ts'
import type { OwnPorts } from './own-ports.ts'
import type { Route } from './target.ts'
import { type DialTimes, dialTcp, leadsToUs, loop } from './tcp-dial.ts'
import { noProxyCovers, openThrough, type UpstreamProxy } from './upstream-proxy.ts'
import type { WireLimits } from './wire-settings.ts'

export type Link = {
  readonly id: number
  readonly route: Route
  readonly socket: Duplex
  /** The TCP connection underneath. */
  readonly raw: Socket
  readonly server: Server
  readonly tls?: Tls
  /** The same without the certificates, for every exchange but the first. */
  readonly tlsAgain?: Tls
  readonly via?: string
  /** It leads to another proxy that reads the requests itself. */
  readonly forwarded: boolean
  readonly times: DialTimes
}

export type LinkOutcome =
  | { readonly link: Link }
  | { readonly failure: Failure; readonly times: DialTimes; readonly via?: string }

export type LinkWish = {
  readonly route: Route
  /** Client's ALPN offer; only for https. */
  readonly alpn?: readonly string[]
  readonly postQuantum?: boolean
  /** The name to ask for where it is not the route's host. */
  readonly servername?: string
  /** A tunnel is needed even where a proxy would forward the request. */
  readonly tunnel?: boolean
  /** Via of the request that asked for the tunnel, said again to an upstream proxy. */
  readonly via?: string
}

export type Linker = (wish: LinkWish) => Promise<LinkOutcome>

export type LinkerNeeds = {
  readonly own: OwnPorts
  readonly trust: OriginTrust
  readonly limits: WireLimits
  readonly upstream: UpstreamProxy | undefined
  readonly noProxy: readonly string[]
}

export function createLinker({ own, trust, limits, upstream, noProxy }: LinkerNeeds): Linker {
  let count = 0
  return async ({ route, alpn = [], postQuantum = false, servername, tunnel = false, via: before = '' }) => {
    const proxy = upstream && !noProxyCovers(noProxy, route) ? upstream : undefined
    const via = proxy ? { via: proxy.name } : {}
    // Whatever stands between, a request to ourselves is refused here: a proxy on this machine would bring it back.
    if (proxy && (await leadsToUs(own, route.host, route.port)))
      return { failure: loop(route.host, route.port), times: {}, ...via }
    const first = proxy ?? route
    const tcp = await dialTcp(first.host, first.port, own, limits.connectMs)
    const { times } = tcp
    if ('failure' in tcp) return { failure: proxy ? unreached(proxy, tcp.failure) : tcp.failure, times, ...via }
    const raw = tcp.socket
    let socket: Duplex = raw
    const needsTunnel = route.scheme === 'https' || tunnel
    const forwarded = proxy !== undefined && !needsTunnel
    if (proxy) {
      const opened = await openThrough(raw, proxy, needsTunnel ? route : undefined, trust, limits, before)
      if ('failure' in opened) return { failure: opened.failure, times, ...via }
      socket = opened.socket
    }
    const server = { host: route.host, port: route.port, ...(proxy ? {} : { address: tcp.address }) }
    const id = ++count
    if (route.scheme === 'http') {
      return { link: { id, route, socket, raw, server, forwarded, times, ...via } }
    }
    times.tlsStart = performance.now()
    const wish = { host: servername ?? route.host, port: route.port, alpn, postQuantum, timeoutMs: limits.handshakeMs }
    const secured = await handshake(socket, wish, trust)
    times.tlsEnd = performance.now()
    if ('failure' in secured) return { failure: secured.failure, times, ...via }
    const { certificates: _once, ...tlsAgain } = secured.tls
    const { tls } = secured
    return { link: { id, route, socket: secured.socket, raw, server, tls, tlsAgain, forwarded, times, ...via } }
  }
}

/** What could not be reached is the upstream proxy, not the host that was asked for; a loop stays a loop. */
function unreached(proxy: UpstreamProxy, failed: Failure): Failure {
  if (failed.code === 'LOOP') return failed
  const code = failed.code.endsWith('TIMEOUT') ? 'UPSTREAM_PROXY_TIMEOUT' : 'UPSTREAM_PROXY_UNREACHABLE'
  return {
    ...failed,
    code,
    message: `The upstream proxy ${proxy.name} was not reached (${failed.code}). ${failed.message}`,
  }
}
