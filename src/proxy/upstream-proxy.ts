// The way out through another proxy: its address and credentials, what NO_PROXY exempts, and CONNECT as a client.
import { randomBytes } from 'node:crypto'
import { BlockList, isIP, isIPv4 } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Failure } from '../exchange/failure.ts'
import { failure } from './failures.ts'
import { handshake } from './origin-tls.ts'
import type { OriginTrust } from './origin-trust.ts'
import { parseResponseHead } from './response-head.ts'
import { authorityText, defaultPort, type Route } from './target.ts'
import type { WireLimits } from './wire-settings.ts'

export type UpstreamProxy = {
  readonly scheme: 'http' | 'https'
  readonly host: string
  readonly port: number
  /** host:port, without credentials. */
  readonly name: string
  /** Value of Proxy-Authorization. */
  readonly authorization: string | undefined
  /** Our pseudonym in Via (RFC 9110 §7.6.3) towards it: a request that comes back with it is going round in circles. */
  readonly mark: string
}

/** A percent sign that begins no escape sequence stands for itself, as people type it in passwords. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

export function readUpstreamProxy(href: string): UpstreamProxy {
  const url = new URL(href)
  const scheme = url.protocol === 'https:' ? 'https' : 'http'
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = url.port === '' ? defaultPort(scheme) : Number(url.port)
  const credentials = Buffer.from(`${decoded(url.username)}:${decoded(url.password)}`).toString('base64')
  const authorization = url.username === '' ? undefined : `Basic ${credentials}`
  const mark = `telltale-${randomBytes(6).toString('hex')}`
  return { scheme, host, port, name: `${url.hostname}:${port}`, authorization, mark }
}

function subnetCovers(entry: string, host: string): boolean {
  const [network = '', bits = ''] = entry.split('/')
  if (!isIP(network) || !isIP(host) || !/^\d+$/.test(bits)) return false
  const family = isIPv4(network) ? 'ipv4' : 'ipv6'
  if (Number(bits) > (family === 'ipv4' ? 32 : 128)) return false
  const list = new BlockList()
  list.addSubnet(network, Number(bits), family)
  return list.check(host, isIPv4(host) ? 'ipv4' : 'ipv6')
}

/** There is no standard: names cover what lies below them, a leading dot or `*.` is allowed, also ports, CIDR and `*`. */
export function noProxyCovers(entries: readonly string[], route: Route): boolean {
  const host = route.host.toLowerCase().replace(/\.$/, '')
  return entries.some((written) => {
    const entry = written.trim().toLowerCase()
    if (entry === '') return false
    if (entry === '*') return true
    if (entry.includes('/')) return subnetCovers(entry, host)
    const [, name = '', port] = /^(\[[^\]]+\]|[^:]*|[0-9a-f:]*:[0-9a-f:]*)(?::(\d+))?$/.exec(entry) ?? []
    if (port !== undefined && Number(port) !== route.port) return false
    const plain = name.replace(/^\*?\./, '').replace(/^\[|\]$/g, '')
    return plain !== '' && (host === plain || host.endsWith(`.${plain}`))
  })
}

const viaOf = (raw: readonly string[]): string[] =>
  raw.filter((_, index) => index % 2 === 1 && raw[index - 1]?.toLowerCase() === 'via')

/** What a request says of the proxies it came through, to be said again on its way on. */
export const viaBefore = (raw: readonly string[] = []): string => viaOf(raw).join(', ')

/** The request was here before: another proxy has sent it back. */
export const cameBack = (upstream: UpstreamProxy | undefined, raw: readonly string[]): boolean =>
  upstream !== undefined && viaOf(raw).some((value) => value.includes(upstream.mark))

type Opened = { readonly socket: Duplex } | { readonly failure: Failure }

/** Makes `raw` a connection to the proxy and, with a route, a tunnel through it (RFC 9110 §9.3.6). */
export async function openThrough(
  raw: Duplex,
  proxy: UpstreamProxy,
  route: Route | undefined,
  trust: OriginTrust,
  limits: WireLimits,
  via = '',
): Promise<Opened> {
  let socket = raw
  if (proxy.scheme === 'https') {
    const wish = { host: proxy.host, port: proxy.port, alpn: ['http/1.1'], timeoutMs: limits.handshakeMs }
    const secured = await handshake(raw, wish, trust)
    if ('failure' in secured) return secured
    socket = secured.socket
  }
  return route ? connectThrough(socket, proxy, route, limits, via) : { socket }
}

function connectThrough(
  socket: Duplex,
  proxy: UpstreamProxy,
  route: Route,
  limits: WireLimits,
  before: string,
): Promise<Opened> {
  const authority = authorityText({ ...route, scheme: 'http' })
  const where = authority.endsWith(`:${route.port}`) ? authority : `${authority}:${route.port}`
  return new Promise((resolve) => {
    let received: Buffer = Buffer.alloc(0)
    const limit = setTimeout(() => {
      refuse('UPSTREAM_CONNECT_TIMEOUT', `The upstream proxy ${proxy.name} did not answer CONNECT ${where} in time.`)
    }, limits.connectMs)
    function settle(): void {
      clearTimeout(limit)
      socket.off('data', onData)
      socket.off('end', onEnd)
      socket.off('close', onEnd)
    }
    function refuse(code: string, words: string): void {
      settle()
      socket.destroy()
      const start = received.toString('latin1', 0, 512)
      resolve({ failure: failure('connect', code, words, start === '' ? {} : { received: start }) })
    }
    function onEnd(): void {
      refuse('UPSTREAM_PROXY_REFUSED', `The upstream proxy ${proxy.name} closed the connection instead of answering.`)
    }
    function onData(chunk: Buffer): void {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk])
      const head = parseResponseHead(received, true, limits.headOctets)
      if (!head) return
      if ('code' in head) return refuse('UPSTREAM_PROXY_REFUSED', `${proxy.name} does not answer like a proxy.`)
      if (head.status < 200 || head.status > 299) {
        const what = `${head.status} ${head.statusText}`.trim()
        return refuse('UPSTREAM_PROXY_REFUSED', `The upstream proxy ${proxy.name} refused CONNECT ${where}: ${what}.`)
      }
      settle()
      socket.pause()
      if (received.length > head.size) socket.unshift(received.subarray(head.size))
      resolve({ socket })
    }
    socket.on('error', () => {})
    socket.on('data', onData)
    socket.once('end', onEnd)
    socket.once('close', onEnd)
    const authorization = proxy.authorization ? `Proxy-Authorization: ${proxy.authorization}\r\n` : ''
    const via = `Via: ${before === '' ? '' : `${before}, `}1.1 ${proxy.mark}\r\n`
    socket.write(`CONNECT ${where} HTTP/1.1\r\nHost: ${where}\r\n${via}${authorization}\r\n`, 'latin1')
  })
}
