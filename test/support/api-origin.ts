// A small HTTPS API on this machine for end-to-end tests: HTTP/1.1 and HTTP/2, a WebSocket echo, and calls that fail as real ones do.
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { SecureContext } from 'node:tls'
import { WebSocketServer } from 'ws'
import { loadAuthority } from '../../src/proxy/authority.ts'
import { temporaryFolder } from './telltale.ts'

export type ApiOrigin = {
  /** `https://localhost:PORT` */
  readonly url: string
  readonly port: number
  /** PEM file of the CA that signed its certificate: nobody else trusts it. */
  readonly caFile: string
  /** `METHOD path` of every request that reached it, in order. */
  readonly seen: readonly string[]
  close(): Promise<void>
}

export const goodToken = 'tok_live_5f3a9c1e7b2d4860'

const json = (
  response: Http2ServerResponse,
  status: number,
  value: unknown,
  headers: Record<string, string> = {},
): void => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(value))
}

async function answer(request: Http2ServerRequest, response: Http2ServerResponse): Promise<void> {
  let body = ''
  for await (const piece of request) body += piece
  const path = (request.url ?? '').split('?')[0]
  switch (path) {
    case '/v1/orders': {
      if (request.method === 'POST') {
        try {
          return json(response, 201, { id: 'ord_1', ...JSON.parse(body) })
        } catch {
          return json(response, 400, { error: { message: 'Request body is not valid JSON', code: 'invalid_json' } })
        }
      }
      return json(response, 200, { orders: [{ id: 'ord_1', total: 4580 }] })
    }
    case '/v1/me':
      if (request.headers.authorization === `Bearer ${goodToken}`)
        return json(response, 200, { id: 'usr_7', name: 'Ada' })
      return json(
        response,
        401,
        { error: 'invalid_token', error_description: 'The access token is not known here' },
        { 'www-authenticate': 'Bearer error="invalid_token", error_description="The access token is not known here"' },
      )
    case '/v1/charges':
      return json(response, 200, { ok: false, error: 'card_declined: insufficient funds' })
    case '/v1/report':
      return json(
        response,
        500,
        { message: 'Unhandled exception in report builder', request_id: 'req_8d2f' },
        { 'x-request-id': 'req_8d2f' },
      )
    case '/page':
      response.writeHead(200, { 'content-type': 'text/html' })
      return void response.end(
        '<!doctype html><script>document.title="ran";window.parent.stolen=1</script><h1>captured</h1>',
      )
    case '/echo':
      return json(response, 200, { method: request.method, headers: request.headers, body })
    default:
      return json(response, 404, { message: 'Not Found' })
  }
}

export async function startApiOrigin(): Promise<ApiOrigin> {
  const authority = loadAuthority(join(temporaryFolder('origin'), 'ca'))
  const seen: string[] = []
  const SNICallback = (name: string, done: (error: Error | null, context?: SecureContext) => void) =>
    done(null, authority.contextFor(name))
  const server = createSecureServer({ allowHTTP1: true, SNICallback }, (request, response) => {
    seen.push(`${request.method} ${request.url}`)
    answer(request, response).catch(() => response.destroy())
  })
  const sockets = new WebSocketServer({ noServer: true })
  server.on('upgrade', (request, socket, head) => {
    seen.push(`GET ${request.url} (upgrade)`)
    sockets.handleUpgrade(request, socket, head, (ws) => ws.on('message', (data, binary) => ws.send(data, { binary })))
  })
  const open = new Set<{ destroy(): void }>()
  server.on('connection', (socket: { destroy(): void; on(event: 'close', listener: () => void): void }) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
  })
  await new Promise<void>((done) => server.listen(0, 'localhost', done))
  const { port } = server.address() as AddressInfo
  return {
    url: `https://localhost:${port}`,
    port,
    caFile: authority.caFile,
    seen,
    close: () =>
      new Promise((done) => {
        server.close(() => done())
        for (const socket of open) socket.destroy()
      }),
  }
}
