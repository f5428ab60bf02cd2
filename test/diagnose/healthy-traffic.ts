// Two hundred healthy exchanges with a small shop API of our own making, as a client would have them in ten minutes.
import type { ExchangeSketch } from '../../src/diagnose/example-exchange.ts'
import { exampleJwt } from '../../src/diagnose/example-jwt.ts'

export type Endpoint =
  | 'list'
  | 'read'
  | 'create'
  | 'change'
  | 'remove'
  | 'subscribe'
  | 'graphql'
  | 'rpc'
  | 'user'
  | 'availability'
export type Healthy = {
  readonly endpoint: Endpoint
  readonly sketch: ExchangeSketch & { readonly headers: Readonly<Record<string, string>> }
}

export const origin = 'https://api.shop.test'
/** Valid for ten hours from the start of the examples. */
export const token = exampleJwt({
  iat: -600,
  exp: 36_000,
  iss: 'https://id.shop.test',
  sub: 'shop-client',
  aud: origin,
  scope: 'orders:read orders:write',
})

const headers = {
  'User-Agent': 'shop-client/1.4',
  Accept: 'application/json',
  Authorization: `Bearer ${token}`,
  'X-Api-Version': '2024-01',
  'X-Tenant': 'acme',
}
const order = (n: number) => ({
  id: 1000 + n,
  item: `sku-${n % 7}`,
  quantity: 1 + (n % 4),
  price: 10.5 + n,
  express: n % 2 === 0,
  due: `2026-07-${String(1 + (n % 28)).padStart(2, '0')}`,
  customer: { name: `Customer ${n}`, email: `c${n}@example.test` },
  tags: ['new', `t${n % 3}`],
})

type Make = (n: number) => ExchangeSketch

const makers: readonly (readonly [Endpoint, Make])[] = [
  [
    'list',
    (n) => ({
      request: `GET ${origin}/v1/orders?page=${1 + (n % 9)}&limit=20`,
      status: 200,
      answer: { data: [order(n), order(n + 1)], total: 40 + n },
    }),
  ],
  ['read', (n) => ({ request: `GET ${origin}/v1/orders/${1000 + n}`, status: 200, answer: order(n) })],
  [
    'create',
    (n) => ({
      request: `POST ${origin}/v1/orders`,
      body: { ...order(n), id: undefined },
      status: 201,
      answerHeaders: { Location: `/v1/orders/${2000 + n}` },
      answer: { id: 2000 + n, state: 'open' },
    }),
  ],
  [
    'change',
    (n) => ({
      request: `PATCH ${origin}/v1/orders/${1000 + n}`,
      body: { quantity: 2 + (n % 3), note: `call ${n}` },
      status: 200,
      answer: order(n),
    }),
  ],
  ['remove', (n) => ({ request: `DELETE ${origin}/v1/orders/${3000 + n}`, status: 204 })],
  [
    'subscribe',
    (n) => ({
      request: `POST ${origin}/v1/subscriptions`,
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: `plan=basic&seats=${1 + (n % 5)}&email=c${n}%40example.test`,
      status: 201,
      answer: { id: 500 + n, plan: 'basic' },
    }),
  ],
  [
    'graphql',
    (n) => ({
      request: `POST ${origin}/graphql`,
      body: {
        operationName: 'Order',
        query: 'query Order($id: ID!) { order(id: $id) { id state } }',
        variables: { id: String(1000 + n) },
      },
      status: 200,
      answer: { data: { order: { id: String(1000 + n), state: 'open' } } },
    }),
  ],
  [
    'rpc',
    (n) => ({
      request: `POST ${origin}/rpc`,
      body: { jsonrpc: '2.0', id: n, method: 'stock.get', params: { sku: `sku-${n % 7}` } },
      status: 200,
      answer: { jsonrpc: '2.0', id: n, result: { sku: `sku-${n % 7}`, left: n } },
    }),
  ],
  [
    'user',
    (n) => ({
      request: `GET ${origin}/v1/users/${300 + n}`,
      status: 200,
      answer: {
        id: 300 + n,
        name: `User ${n}`,
        roles: ['buyer'],
        createdAt: `2026-01-${String(1 + (n % 28)).padStart(2, '0')}T10:00:00Z`,
      },
    }),
  ],
  [
    'availability',
    (n) => ({
      request: `GET ${origin}/v1/availability?region=eu&sku=sku-${n % 7}`,
      status: 200,
      answer: { region: 'eu', sku: `sku-${n % 7}`, left: n },
    }),
  ],
]

/** In the order in which they happen, three seconds apart. */
export const healthy: readonly Healthy[] = Array.from({ length: 200 }, (_, index) => {
  const [endpoint, make] = makers[index % makers.length] ?? (['read', () => ({ request: `GET ${origin}/` })] as const)
  const n = Math.floor(index / makers.length)
  const sketch: ExchangeSketch = make(n)
  // Members that are undefined are not sent.
  const body = typeof sketch.body === 'object' ? JSON.parse(JSON.stringify(sketch.body)) : sketch.body
  const own = {
    ...headers,
    ...(sketch.headers as Record<string, string> | undefined),
    ...(typeof body === 'object' ? { 'Content-Type': 'application/json' } : {}),
  }
  return { endpoint, sketch: { ...sketch, ...(body === undefined ? {} : { body }), headers: own, at: index * 3 } }
})
