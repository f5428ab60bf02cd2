// The origin of the benchmark, a process of its own: 1 KiB JSON, endless octets, and a WebSocket echo, over HTTP and HTTPS.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createHttp2, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo, Server } from 'node:net'
import type { Readable, Writable } from 'node:stream'
import { createServer as createTls, type SecureContext } from 'node:tls'
import { WebSocketServer } from 'ws'
import { loadAuthority } from '../../src/proxy/authority.ts'

const [, , folder = ''] = process.argv
const authority = loadAuthority(folder)

const octets = 1024
let answered = 0
/** Every answer differs, as a real API's do: a recorder that stores equal content once gains nothing here. */
function item(): string {
  const head = `{"id":${++answered},"object":"order","status":"paid","total":4580,"note":"`
  return `${head}${'abcdefgh '.repeat(120).slice(0, octets - head.length - 2)}"}`
}

const block = Buffer.alloc(64 * 1024, 'telltale measures the wire\n')

function stream(to: Writable, left: number): void {
  let rest = left
  const more = (): void => {
    while (rest > 0) {
      const part = rest >= block.length ? block : block.subarray(0, rest)
      rest -= part.length
      if (rest === 0) return void to.end(part)
      if (!to.write(part)) return void to.once('drain', more)
    }
  }
  more()
}

function count(from: Readable, done: (total: number) => void): void {
  let total = 0
  from.on('data', (part: Buffer) => (total += part.length))
  from.on('end', () => done(total))
}

const json = { 'content-type': 'application/json', 'cache-control': 'no-store', 'x-request-id': 'req_5f3a9c1e7b2d' }

function answer(request: IncomingMessage, response: ServerResponse): void {
  const url = request.url ?? ''
  if (url.startsWith('/octets/')) {
    const size = Number(url.slice(8))
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': size })
    return stream(response, size)
  }
  count(request, (total) => {
    const text = url === '/count' ? JSON.stringify({ total }) : item()
    response.writeHead(200, { ...json, 'content-length': text.length })
    response.end(text)
  })
}

function answerStream(stream: ServerHttp2Stream): void {
  stream.on('error', () => undefined)
  stream.resume()
  const text = item()
  stream.respond({ ':status': 200, ...json, 'content-length': text.length })
  stream.end(text)
}

const plain = createServer(answer)
const h1 = createServer(answer)
const h2 = createHttp2()
h2.on('stream', answerStream)
h2.on('sessionError', () => undefined)
for (const server of [plain, h1]) {
  server.keepAliveTimeout = 60_000
  server.on('clientError', (_error, socket) => socket.destroy())
}
const sockets = new WebSocketServer({ noServer: true })
h1.on('upgrade', (request, socket, head) => {
  sockets.handleUpgrade(request, socket, head, (ws) => {
    ws.on('error', () => undefined)
    ws.on('message', (data, binary) => ws.send(data, { binary }))
  })
})
const secure = createTls(
  {
    ALPNProtocols: ['h2', 'http/1.1'],
    SNICallback: (name: string, done: (error: Error | null, context?: SecureContext) => void) =>
      done(null, authority.contextFor(name)),
  },
  (socket) => {
    socket.setNoDelay(true)
    socket.on('error', () => undefined)
    ;(socket.alpnProtocol === 'h2' ? h2 : h1).emit('connection', socket)
  },
)
secure.on('tlsClientError', () => undefined)

const listen = (server: Server): Promise<number> =>
  new Promise((done) => server.listen(0, '127.0.0.1', () => done((server.address() as AddressInfo).port)))
const [http, https] = [await listen(plain), await listen(secure)]
process.send?.({ http, https, caFile: authority.caFile })
process.on('disconnect', () => process.exit())
