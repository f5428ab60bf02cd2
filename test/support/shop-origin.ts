// A small plain HTTP shop on this machine: calls that work, and calls that fail the way real ones do.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export type ShopOrigin = { readonly url: string; readonly port: number; close(): Promise<void> }

const answers: Readonly<Record<string, readonly [status: number, body: unknown, headers?: Record<string, string>]>> = {
  '/v1/orders': [200, { orders: [{ id: 'ord_1', total: 4580 }] }],
  '/v1/products': [200, { products: Array.from({ length: 40 }, (_, id) => ({ id, name: `Cable ${id}` })) }],
  '/v1/me': [
    401,
    { error: 'invalid_token', error_description: 'The access token is not known here' },
    { 'www-authenticate': 'Bearer error="invalid_token"' },
  ],
  '/v1/report': [500, { message: 'Unhandled exception in report builder' }],
  '/v1/missing': [404, { message: 'No such thing' }],
}

export async function startShopOrigin(): Promise<ShopOrigin> {
  const server = createServer((request, response) => {
    request.resume()
    const path = (request.url ?? '').split('?')[0] ?? ''
    const [status, body, headers] = answers[path] ?? [200, { path }]
    const answer = () => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers })
      response.end(JSON.stringify(body))
    }
    if (path === '/v1/slow') setTimeout(answer, 1100)
    else answer()
  })
  await new Promise<void>((done) => server.listen(0, 'localhost', done))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://localhost:${port}`,
    port,
    close: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}
