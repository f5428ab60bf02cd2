// A make-believe town of APIs for pictures and demonstrations: one upstream proxy that leads every name to this one process.
import { createHmac } from 'node:crypto'
import { rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import { loadAuthority } from '../../src/proxy/authority.ts'
import { temporaryFolder } from './telltale.ts'

export type Showcase = {
  /** For `--mode upstream:URL`. */
  readonly upstream: string
  /** For `--upstream-ca`. */
  readonly caFile: string
  close(): Promise<void>
}

/** A signed token that ends so many seconds from now (negative: ago). */
export function token(endsIn: number, scope = 'orders:read orders:write'): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const now = Math.floor(Date.now() / 1000)
  const claims = { iss: 'https://auth.orders.example', sub: 'svc-checkout', aud: 'api.orders.example', scope }
  const text = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ ...claims, iat: now + endsIn - 900, exp: now + endsIn })}`
  return `${text}.${createHmac('sha256', 'showcase').update(text).digest('base64url')}`
}

const endOf = (text: string): number =>
  Number(JSON.parse(Buffer.from(text.split('.')[1] ?? '', 'base64url').toString() || '{}').exp ?? 0)

const order = (id: string) => ({
  id,
  status: 'open',
  currency: 'EUR',
  total: 12_840,
  customer: { id: 'cus_92', name: 'Ada Nowak', email: 'ada@customers.example' },
  lines: Array.from({ length: 6 }, (_, n) => ({ sku: `USB-C-${100 + n}`, quantity: n + 1, price: 1290 + n * 150 })),
  created: '2026-11-20T09:14:03Z',
})

type Answer = readonly [status: number, body: unknown, headers?: Readonly<Record<string, string>>, delayMs?: number]

/** What a call answers; `body` is a string for anything that is not JSON. */
function answer(host: string, request: IncomingMessage, sent: string): Answer {
  const { method = 'GET', url = '/' } = request
  const path = url.split('?')[0] ?? '/'
  if (host === 'api.orders.example' && path.startsWith('/v1/')) {
    const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? ''
    if (method === 'OPTIONS') return [204, '', { 'access-control-allow-methods': 'GET, POST, PATCH, DELETE' }, 8]
    if (endOf(bearer) * 1000 < Date.now()) {
      const at = new Date(endOf(bearer) * 1000).toISOString().replace('.000', '')
      const error = {
        type: 'authentication_error',
        code: 'token_expired',
        message: `The access token expired at ${at}.`,
      }
      return [
        401,
        { error },
        { 'www-authenticate': 'Bearer realm="orders", error="invalid_token"', 'x-request-id': 'req_7f31c09a' },
        40,
      ]
    }
    if (path === '/v1/orders' && method === 'POST') {
      const quantity = (JSON.parse(sent || '{}') as { lines?: { quantity?: unknown }[] }).lines?.[0]?.quantity
      if (typeof quantity !== 'number')
        return [
          422,
          {
            title: 'Validation failed',
            status: 422,
            detail: 'lines[0].quantity must be a number',
            errors: [{ pointer: '/lines/0/quantity', detail: 'must be a number' }],
          },
          { 'content-type': 'application/problem+json' },
          60,
        ]
      return [201, order('ord_5561'), {}, 110]
    }
    if (path === '/v1/orders')
      return [200, { data: Array.from({ length: 12 }, (_, n) => order(`ord_${5490 + n}`)), has_more: true }, {}, 90]
    if (path === '/v1/orders/ord_5500')
      return [
        404,
        { error: { code: 'order_archived', message: 'Order ord_5500 was archived on 20 November.' } },
        {},
        30,
      ]
    if (path.endsWith('/events'))
      return [
        200,
        'event: status\ndata: {"status":"packed"}\n\nevent: status\ndata: {"status":"shipped","carrier":"DHL"}\n\n',
        { 'content-type': 'text/event-stream' },
        300,
      ]
    if (path.startsWith('/v1/customers') && method === 'PUT' && !request.headers['content-type']?.includes('json'))
      return [415, { message: 'Content-Type text/plain is not supported; send application/json' }, {}, 25]
    if (path.startsWith('/v1/carts') && method === 'DELETE') return [204, '', {}, 45]
    if (path === '/v1/products')
      return [
        200,
        {
          products: Array.from({ length: 160 }, (_, n) => ({
            sku: `USB-C-${n}`,
            name: `USB-C cable ${n % 4} m`,
            stock: n * 7,
          })),
        },
        { 'cache-control': 'max-age=60', etag: '"p-81"' },
        160,
      ]
    if (path.endsWith('/refunds')) return [200, { refunds: [{ id: 're_81', amount: 1290 }] }, {}, 1450]
    return [200, order(path.split('/').at(-1) ?? 'ord_1'), {}, 50]
  }
  if (host === 'auth.orders.example')
    return [
      200,
      { access_token: token(900), token_type: 'Bearer', expires_in: 900 },
      { 'cache-control': 'no-store' },
      70,
    ]
  if (host === 'api.payline.example') {
    if (path === '/v1/charges')
      return [
        402,
        {
          error: {
            type: 'card_error',
            code: 'card_declined',
            decline_code: 'insufficient_funds',
            message: 'Your card has insufficient funds.',
          },
        },
        { 'request-id': 'req_Pl8812' },
        420,
      ]
    if (path === '/v1/payment_intents' && request.headers['idempotency-key'] === 'order-5512' && sent.includes('12900'))
      return [
        409,
        {
          error: {
            type: 'idempotency_error',
            message:
              'Keys for idempotent requests can only be used with the same parameters they were first used with.',
          },
        },
        {},
        80,
      ]
    if (path === '/v1/balance')
      return [
        403,
        {
          error: {
            type: 'permission_error',
            message: 'The provided key does not have the required permission balance:read.',
          },
        },
        {},
        70,
      ]
    return [200, { id: 'pi_3Pq8', status: 'requires_confirmation', amount: 12_840 }, {}, 240]
  }
  if (host === 'code.acme.example') {
    const limits = {
      'x-ratelimit-limit': '5000',
      'x-ratelimit-remaining': '62',
      'x-ratelimit-reset': String(Math.floor(Date.now() / 1000) + 1800),
    }
    if (path === '/graphql')
      return [
        200,
        {
          data: { repository: null },
          errors: [
            {
              type: 'NOT_FOUND',
              path: ['repository'],
              message: 'Could not resolve to a Repository with the name acme/checkuot.',
            },
          ],
        },
        {},
        210,
      ]
    return [200, { full_name: 'acme/checkout', open_issues: 4, topics: ['orders', 'payments'] }, limits, 180]
  }
  if (host === 'search.catalog.example')
    return [
      503,
      '<!doctype html><title>Overloaded</title><h1>Search is overloaded</h1>',
      { 'content-type': 'text/html', 'retry-after': '30' },
      380,
    ]
  if (host === 'hooks.payline.example') return [301, '', { location: 'https://hooks.payline.example/v2/endpoints' }, 30]
  return [200, { ok: true }, {}, 40]
}

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let sent = ''
  for await (const piece of request) sent += piece
  const [status, body, headers = {}, delayMs = 20] = answer(
    (request.headers.host ?? '').split(':')[0] ?? '',
    request,
    sent,
  )
  await new Promise((done) => setTimeout(done, delayMs))
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  response.writeHead(status, {
    ...(text === '' ? {} : { 'content-type': 'application/json' }),
    date: new Date().toUTCString(),
    ...headers,
  })
  response.end(text)
}

export async function startShowcase(): Promise<Showcase> {
  const folder = temporaryFolder('showcase')
  const authority = loadAuthority(join(folder, 'ca'))
  const shops = createSecureServer(
    { SNICallback: (name, done) => done(null, authority.contextFor(name)) },
    (request, response) => void handle(request, response).catch(() => response.destroy()),
  )
  await new Promise<void>((done) => shops.listen(0, '127.0.0.1', done))
  const { port } = shops.address() as AddressInfo
  const street = createServer((_, response) => response.writeHead(501).end())
  street.on('connect', (request, socket, head) => {
    socket.on('error', () => undefined)
    // One name leads nowhere, as a carrier's API does on a bad day.
    if (request.url?.startsWith('rates.shipping.example')) {
      setTimeout(() => socket.end('HTTP/1.1 504 Gateway Timeout\r\n\r\n'), 900)
      return
    }
    const shop = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      shop.write(head)
      shop.pipe(socket).pipe(shop)
    })
    shop.on('error', () => socket.destroy())
  })
  await new Promise<void>((done) => street.listen(0, '127.0.0.1', done))
  return {
    upstream: `http://127.0.0.1:${(street.address() as AddressInfo).port}`,
    caFile: authority.caFile,
    close: async () => {
      street.close()
      street.closeAllConnections()
      shops.close()
      shops.closeAllConnections()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
