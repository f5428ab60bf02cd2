// An HTTPS origin on this machine that speaks HTTP/2 and HTTP/1.1, or only the older one, and answers with what it saw.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2'
import { createServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { originAuthority } from './origin.ts'

export type SecureOrigin = { readonly url: string; readonly port: number; close(): Promise<void> }

export async function startSecureOrigin(speaks: 'both' | 'http/1.1'): Promise<SecureOrigin> {
  const authority = originAuthority()
  const options = {
    SNICallback: (name: string, done: (error: null, context: ReturnType<typeof authority.contextFor>) => void) =>
      done(null, authority.contextFor(name)),
  }
  const answer = (
    request: IncomingMessage | Http2ServerRequest,
    response: ServerResponse | Http2ServerResponse,
  ): void => {
    const body = JSON.stringify({ httpVersion: request.httpVersion, method: request.method, url: request.url })
    request.resume()
    response.setHeader('content-type', 'application/json')
    if (request.url?.startsWith('/v1/gone')) response.statusCode = 410
    ;(response as ServerResponse).end(body)
  }
  const server =
    speaks === 'both'
      ? createSecureServer({ ...options, allowHTTP1: true }, answer as never)
      : createServer(options, answer)
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).once('close', () => sockets.delete(socket))
  })
  await new Promise<void>((done) => server.listen(0, 'localhost', done))
  const { port } = server.address() as AddressInfo
  return {
    url: `https://localhost:${port}`,
    port,
    close: () =>
      new Promise((done) => {
        server.close(() => done())
        for (const socket of sockets) socket.destroy()
      }),
  }
}
