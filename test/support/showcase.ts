// Drives the make-believe APIs through a running Telltale as a few programs of one shop would: most calls work, some tell a story.
import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import { token } from './showcase-origin.ts'
import { openTunnel } from './tunnel.ts'

type Target = { readonly proxy: string; readonly ca: string }
type Call = {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly agent?: string
}

const wait = (ms: number) => new Promise((done) => setTimeout(done, ms))

/** One HTTPS call through the proxy on a connection of its own; a failure is part of the story and not thrown. */
async function callThrough({ proxy, ca }: Target, url: string, call: Call = {}): Promise<void> {
  const { hostname, pathname, search } = new URL(url)
  const text =
    call.body === undefined ? undefined : typeof call.body === 'string' ? call.body : JSON.stringify(call.body)
  const json = text !== undefined && typeof call.body !== 'string'
  try {
    const socket = await openTunnel(proxy, hostname, 443, readFileSync(ca, 'utf8'))
    await new Promise<void>((done, fail) => {
      const sent = request(
        {
          method: call.method ?? 'GET',
          host: hostname,
          path: pathname + search,
          createConnection: () => socket,
          headers: {
            Host: hostname,
            'User-Agent': call.agent ?? 'node/22.15',
            Accept: 'application/json',
            ...(json ? { 'Content-Type': 'application/json' } : {}),
            ...call.headers,
          },
        },
        (response) => response.resume().on('end', done).on('error', fail),
      )
      sent.on('error', fail)
      sent.end(text)
    })
    socket.destroy()
  } catch {
    // The name that leads nowhere ends here, as it does for the shop's own client.
  }
}

/** `rounds` repeats the quiet part, so that lists, medians and the tree have something to show. */
export async function drive(target: Target, rounds = 4): Promise<void> {
  const to = (url: string, call?: Call) => callThrough(target, url, call)
  const orders = 'https://api.orders.example/v1'
  const payline = 'https://api.payline.example/v1'
  const good = token(840)
  const dead = token(-696)
  const bearer = (text: string) => ({ Authorization: `Bearer ${text}` })
  const python = 'python-requests/2.34.1'
  const line = (quantity: unknown) => ({ customer: 'cus_92', lines: [{ sku: 'USB-C-100', quantity }] })

  await to('https://auth.orders.example/oauth/token', {
    method: 'POST',
    body: 'grant_type=client_credentials&client_id=checkout',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
  })
  for (let round = 0; round < rounds; round++) {
    await to(`${orders}/orders?status=open`, { headers: bearer(good) })
    for (const id of [5498, 5499, 5512]) await to(`${orders}/orders/ord_${id}`, { headers: bearer(good) })
    await Promise.all([
      to(`${orders}/products?limit=160`, { headers: bearer(good), agent: python }),
      to(`${orders}/customers/cus_92/addresses`, { headers: bearer(good) }),
      to('https://code.acme.example/repos/acme/checkout', { agent: 'curl/8.14.1' }),
    ])
    await to(`${payline}/payment_intents`, {
      method: 'POST',
      body: { amount: 12_840 + round },
      headers: { ...bearer('pk_test_51Hx'), 'Idempotency-Key': `order-55${12 + round}` },
    })
    await to(`${orders}/orders/ord_5512/events`, { headers: { ...bearer(good), Accept: 'text/event-stream' } })
    await to(`${orders}/orders`, { method: 'POST', headers: bearer(good), body: line(round + 1) })
    await to(`${orders}/orders/ord_5512`, {
      method: 'PATCH',
      headers: bearer(good),
      body: { note: 'Leave at the door' },
    })
    await to(`${orders}/carts/crt_771`, { method: 'DELETE', headers: bearer(good) })
    await wait(120)
  }
  await to(`${orders}/orders`, {
    method: 'OPTIONS',
    headers: { Origin: 'https://shop.example', 'Access-Control-Request-Method': 'POST' },
  })
  await to('https://hooks.payline.example/v1/endpoints', {
    method: 'POST',
    body: { url: 'https://shop.example/hooks' },
  })
  await to('https://hooks.payline.example/v2/endpoints')
  await to(`${orders}/orders/ord_5500`, { headers: bearer(good) })
  await to(`${orders}/customers/cus_92`, {
    method: 'PUT',
    headers: { ...bearer(good), 'Content-Type': 'text/plain' },
    body: '{"name":"Ada Nowak"}',
    agent: python,
  })
  await to(`${payline}/balance`, { headers: bearer('rk_test_51Hx') })
  await to(`${payline}/payment_intents`, {
    method: 'POST',
    body: { amount: 12_900 },
    headers: { ...bearer('pk_test_51Hx'), 'Idempotency-Key': 'order-5512' },
  })
  await to(`${orders}/orders/ord_5498/refunds`, { headers: bearer(good) })
  await to('https://search.catalog.example/v3/search?q=usb+c+cable&limit=20', { agent: python })
  await wait(700)
  await to('https://search.catalog.example/v3/search?q=usb+c+cable&limit=20', { agent: python })
  await to('https://rates.shipping.example/v2/quotes?to=DE-10115&weight=2.4')
  await to(`${orders}/orders`, { method: 'POST', headers: bearer(good), body: line('2') })
  await to(`${orders}/orders/ord_5512`, { headers: bearer(good) })
  for (let attempt = 0; attempt < 3; attempt++) {
    await to(`${orders}/orders?status=open`, { headers: bearer(dead) })
    await wait(250)
  }
  await to('https://code.acme.example/graphql', {
    method: 'POST',
    body: { query: '{ repository(owner: "acme", name: "checkuot") { id } }' },
    agent: 'curl/8.14.1',
  })
  await to(`${payline}/charges`, {
    method: 'POST',
    body: { amount: 12_840, currency: 'eur', source: 'tok_visa' },
    headers: bearer('pk_test_51Hx'),
  })
  await to(`${orders}/products?limit=160`, { headers: bearer(good), agent: python })
}
