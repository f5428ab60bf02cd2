// An origin that answers /N with the octets of reply N and then ends the connection, over HTTP and HTTPS.
import { type AddressInfo, createServer, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import { loadAuthority } from '../../src/proxy/authority.ts'
import { temporaryFolder } from '../../test/support/telltale.ts'
import type { Origin } from '../peers/contestants.ts'
import type { Reply } from './curl-replies.ts'

export async function startReplyServer(replies: readonly Reply[]): Promise<Origin> {
  const authority = loadAuthority(temporaryFolder('bench-fidelity'))
  const sockets = new Set<Socket>()
  function serve(socket: Duplex): void {
    let head = ''
    socket.on('error', () => undefined)
    socket.on('data', function onData(chunk: Buffer) {
      head += chunk.toString('latin1')
      if (!head.includes('\r\n\r\n')) return
      socket.off('data', onData)
      socket.resume()
      const number = Number(/^\S+ (?:https?:\/\/[^/]+)?\/(\d+)/.exec(head)?.[1] ?? -1)
      socket.end(replies[number]?.octets ?? 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n')
    })
  }
  const listen = (onSocket: (socket: Socket) => void) =>
    new Promise<{ port: number; close: () => void }>((done) => {
      const server = createServer({ noDelay: true }, (socket) => {
        sockets.add(socket)
        socket.on('error', () => undefined)
        socket.once('close', () => sockets.delete(socket))
        onSocket(socket)
      })
      const ready = (): void => done({ port: (server.address() as AddressInfo).port, close: () => void server.close() })
      server.listen(0, '127.0.0.1', ready)
    })
  const http = await listen(serve)
  const https = await listen((socket) =>
    serve(
      new TLSSocket(socket, {
        isServer: true,
        secureContext: authority.contextFor('localhost'),
        ALPNProtocols: ['http/1.1'],
      }),
    ),
  )
  return {
    http: http.port,
    https: https.port,
    caFile: authority.caFile,
    async stop() {
      http.close()
      https.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
