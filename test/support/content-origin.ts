// An origin on this machine that answers with every kind of content the page has a viewer for, and with calls that fail.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { WebSocketServer } from 'ws'

export type ContentOrigin = { readonly url: string; readonly port: number; close(): Promise<void> }

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
/** A token that looks signed; `exp` in seconds since 1970. */
export function testToken(exp: number): string {
  return `${part({ alg: 'RS256', kid: 'k1' })}.${part({ iss: 'https://auth.test', sub: 'usr_7', exp, scope: 'orders:read' })}.c2lnbmF0dXJlLXNlY3JldA`
}

/** About 5 MB of JSON. */
export const largeJson = JSON.stringify(
  Array.from({ length: 19_000 }, (_, id) => ({
    id,
    name: `item ${id}`,
    tags: ['a', 'b'],
    price: id * 1.5,
    text: 'lorem ipsum dolor sit amet '.repeat(6),
  })),
)
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAYAAACNMs+9AAAAFUlEQVR42mNk+M9Qz0AEYBxVSF+FABJADveWkH6oAAAAAElFTkSuQmCC',
  'base64',
)
const proto = Buffer.from([0x08, 0x96, 0x01, 0x12, 0x07, ...Buffer.from('testing'), 0x1a, 0x03, 0x08, 0x96, 0x01])
const page =
  '<!doctype html><html><head><title>Busy</title><script>document.title = "ran"; top.ran = 1</script></head>' +
  '<body onload="top.ran = 2"><h1>We are busy</h1><img src="ORIGIN/pixel" onerror="top.ran = 3"><script src="ORIGIN/script"></script>' +
  '<style>@import url(ORIGIN/style)</style><iframe src="ORIGIN/frame"></iframe><meta http-equiv="refresh" content="0;url=ORIGIN/refresh"></body></html>'

const plain: Readonly<Record<string, readonly [type: string, body: string | Buffer]>> = {
  '/xml': [
    'application/xml',
    '<?xml version="1.0"?><Order id="7"><Item sku="HUB">2</Item><password>hunter2</password></Order>',
  ],
  '/image': ['image/png', png],
  '/grpc': ['application/grpc', Buffer.concat([Buffer.from([0, 0, 0, 0, proto.length]), proto])],
  '/style': ['text/css', '.a { color: #123456; margin: 4px }'],
  '/script': ['text/javascript', 'top.ran = 4'],
  '/ndjson': ['application/x-ndjson', '{"n":1}\n{"n":2}\n'],
  '/binary': ['application/octet-stream', Buffer.from([0, 1, 2, 253, 254, 255])],
  '/events': ['text/event-stream', ': hello\n\nid: 1\nevent: tick\ndata: {"n":1}\n\ndata: two\n\n'],
  '/broken': ['application/json', '{"a": 1,\n "b": }'],
}

export async function startContentOrigin(): Promise<ContentOrigin & { readonly seen: readonly string[] }> {
  const seen: string[] = []
  const json = (
    response: ServerResponse,
    status: number,
    value: unknown,
    headers: Record<string, string | string[]> = {},
  ) => {
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
    response.end(JSON.stringify(value))
  }
  const orders = (request: IncomingMessage, response: ServerResponse, body: string) => {
    if (request.method === 'POST') {
      const quantity = (JSON.parse(body || '{}') as { quantity?: unknown }).quantity
      if (typeof quantity !== 'number')
        return json(response, 422, { error: { field: 'quantity', message: 'quantity must be an integer, got string' } })
      return json(response, 201, { id: 'ord_1', quantity })
    }
    const token = request.headers.authorization?.split(' ')[1]?.split('.')[1] ?? ''
    const { exp = 0 } = token ? (JSON.parse(Buffer.from(token, 'base64url').toString()) as { exp?: number }) : {}
    if (exp * 1000 > Date.now()) return json(response, 200, { orders: [{ id: 'ord_1', total: 4580 }], cursor: null })
    return json(
      response,
      401,
      { error: { code: 'invalid_token', message: 'The access token expired' } },
      {
        'www-authenticate': 'Bearer error="invalid_token", error_description="The access token expired"',
        vary: ['Accept-Encoding', 'Authorization'],
        'set-cookie': ['session=cookiesecret1; Path=/', 'theme=dark'],
      },
    )
  }
  /** The event stream that runs; what is sent to /tick goes into it. */
  let ticking: ServerResponse | undefined
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(piece as Buffer)
    const body = Buffer.concat(pieces)
    const path = (request.url ?? '').split('?')[0] ?? ''
    seen.push(path)
    const fixed = plain[path]
    if (path === '/ticks') {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
      ticking = response
    } else if (path === '/tick') {
      if (request.method === 'DELETE') ticking?.end()
      else ticking?.write(body)
      response.end()
    } else if (fixed) {
      response.writeHead(200, { 'content-type': fixed[0] })
      response.end(fixed[1])
    } else if (path === '/v1/orders') orders(request, response, body.toString())
    else if (path === '/graphql')
      json(response, 200, {
        data: { repository: null },
        errors: [{ type: 'NOT_FOUND', path: ['repository'], message: 'Could not resolve to a Repository' }],
      })
    else if (path === '/page') {
      response.writeHead(503, { 'content-type': 'text/html' })
      response.end(page.replaceAll('ORIGIN', `http://${request.headers.host}`))
    } else if (path === '/large') {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
      response.end(gzipSync(largeJson))
    } else if (path === '/redirect') {
      response.writeHead(302, { location: '/v1/echo' })
      response.end()
    } else if (path === '/token')
      json(response, 200, { access_token: testToken(Date.now() / 1000 + 900), expires_in: 900 })
    else
      json(response, 200, {
        method: request.method,
        url: request.url,
        headers: request.rawHeaders,
        length: body.length,
        body: body.toString('latin1'),
      })
  })
  const sockets = new WebSocketServer({ server, path: '/ws' })
  sockets.on('connection', (socket) => {
    socket.on('message', (data, binary) => socket.send(binary ? data : `{"echo":${data}}`))
    socket.on('error', () => {})
  })
  await new Promise<void>((done) => server.listen(0, 'localhost', done))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://localhost:${port}`,
    port,
    seen,
    close: () =>
      new Promise((done) => {
        for (const socket of sockets.clients) socket.terminate()
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}
