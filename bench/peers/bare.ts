// The limit for this runtime: the least a Node proxy can do. TLS in the process, h2 and h1, one leaf key; records nothing.
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { type ClientHttp2Session, connect, performServerHandshake, type ServerHttp2Stream } from 'node:http2'
import { Agent as TlsAgent, request as tlsRequest } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { connect as connectTls, TLSSocket } from 'node:tls'
import { loadAuthority } from '../../src/proxy/authority.ts'

const [, , folder = ''] = process.argv
const authority = loadAuthority(folder)
const agents = { http: new Agent({ keepAlive: true }), https: new TlsAgent({ keepAlive: true }) }
const sessions = new Map<string, ClientHttp2Session>()
/** Where the connection inside a CONNECT leads. */
const tunnels = new WeakMap<object, { readonly host: string; readonly port: number }>()
const hopByHop = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding'])

function forwarded(raw: readonly string[], framing: boolean): string[] {
  const kept: string[] = []
  for (let at = 0; at < raw.length; at += 2) {
    const [name = '', value = ''] = [raw[at], raw[at + 1]]
    const lower = name.toLowerCase()
    if (!hopByHop.has(lower) || (framing && lower === 'transfer-encoding')) kept.push(name, value)
  }
  return kept
}

function relay(incoming: IncomingMessage, outgoing: ServerResponse): void {
  const inner = tunnels.get(incoming.socket)
  const url = inner ? undefined : new URL(incoming.url ?? '')
  const options = {
    host: inner?.host ?? url?.hostname,
    port: inner?.port ?? url?.port,
    path: url ? url.pathname + url.search : incoming.url,
    method: incoming.method,
    headers: forwarded(incoming.rawHeaders, true),
    setHost: false,
  }
  const upstream = inner ? tlsRequest({ ...options, agent: agents.https }) : request({ ...options, agent: agents.http })
  upstream.on('response', (response) => {
    outgoing.sendDate = false
    outgoing.writeHead(response.statusCode ?? 502, response.statusMessage, forwarded(response.rawHeaders, true))
    response.pipe(outgoing)
  })
  upstream.on('error', () => outgoing.destroy())
  incoming.pipe(upstream)
}

function relayStream(key: string, stream: ServerHttp2Stream, raw: readonly string[]): void {
  const known = sessions.get(key)
  const session = known && !known.closed && !known.destroyed ? known : connect(key)
  if (session !== known) {
    sessions.set(key, session)
    session.on('error', () => sessions.delete(key))
  }
  const upstream = session.request(raw)
  upstream.on('response', (_headers, _flags, answered) => {
    if (stream.destroyed) return upstream.close()
    stream.respond(answered)
    upstream.pipe(stream)
  })
  upstream.on('error', () => stream.close())
  stream.on('error', () => upstream.close())
  stream.pipe(upstream)
}

function relaySocket(incoming: IncomingMessage, socket: Socket, head: Buffer): void {
  const inner = tunnels.get(incoming.socket)
  if (!inner) return void socket.destroy()
  const upstream = connectTls({ ...inner, servername: inner.host })
  const lines = [`${incoming.method} ${incoming.url} HTTP/1.1`]
  for (let at = 0; at < incoming.rawHeaders.length; at += 2)
    lines.push(`${incoming.rawHeaders[at]}: ${incoming.rawHeaders[at + 1]}`)
  upstream.write(`${lines.join('\r\n')}\r\n\r\n`)
  upstream.write(head)
  upstream.pipe(socket)
  socket.pipe(upstream)
  upstream.on('error', () => socket.destroy())
  socket.on('error', () => upstream.destroy())
}

const h1 = createServer(relay)
h1.on('upgrade', relaySocket)

const proxy = createServer(relay)
for (const server of [proxy, h1]) {
  server.keepAliveTimeout = 60_000
  server.on('clientError', (_error, socket) => socket.destroy())
}
proxy.on('connect', (incoming, socket: Socket) => {
  const [host = '', port = ''] = (incoming.url ?? '').split(':')
  socket.write('HTTP/1.1 200 OK\r\n\r\n')
  const inner = new TLSSocket(socket, {
    isServer: true,
    secureContext: authority.contextFor(host),
    ALPNProtocols: ['h2', 'http/1.1'],
  })
  tunnels.set(inner, { host, port: Number(port) })
  inner.on('error', () => socket.destroy())
  inner.once('secure', () => {
    // node:http2 would wait for an event that a socket made by hand never sends.
    Object.assign(inner, { secureConnecting: false })
    if (inner.alpnProtocol !== 'h2') return void h1.emit('connection', inner)
    const session = performServerHandshake(inner)
    session.on('error', () => socket.destroy())
    session.on('stream', (stream, _headers, _flags, raw) => relayStream(`https://${host}:${port}`, stream, raw))
  })
})
proxy.listen(0, '127.0.0.1', () => process.send?.({ port: (proxy.address() as AddressInfo).port }))
process.on('disconnect', () => process.exit())
