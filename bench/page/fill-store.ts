// Fills a data directory with as many varied exchanges as the page is measured with, and one with a JSON body of 5 MB.
import { mkdirSync } from 'node:fs'
import { openStore } from '../../src/store/open-store.ts'
import { batchOf, type Variation } from '../../test/store/entries.ts'

/** Exchanges of one commit. */
const slice = 500

const hosts = ['api.orders.example', 'auth.orders.example', 'api.payline.example', 'search.catalog.example']
const paths = ['/v1/orders', '/v1/customers', '/v1/payment_intents', '/v3/search', '/v1/products']
const briefs = [
  'Token expired 12 min ago',
  'Card declined: low funds',
  'quantity must be a number',
  'Server is overloaded',
]

function vary(number: number): Variation {
  const failed = number % 17 === 0
  return {
    session: 'bench',
    method: number % 5 === 0 ? 'POST' : 'GET',
    url: `https://${hosts[number % hosts.length]}${paths[(number * 7) % paths.length]}/${number}?page=${number % 7}`,
    status: failed ? ([401, 402, 422, 503][number % 4] ?? 500) : ([200, 200, 201, 204][number % 4] ?? 200),
    duration: 5 + ((number * 37) % 1000),
    body: `{"number":${number % 500}}`,
    ...(failed ? { finding: { brief: briefs[number % briefs.length] ?? '', level: 'error' as const } } : {}),
  }
}

/** JSON of about so many octets, with a last line that only the end has. */
function largeJson(octets: number): string {
  const items: string[] = []
  let size = 0
  for (let n = 0; size < octets; n++) {
    const item = `{"id":${n},"sku":"USB-C-${n}","name":"USB-C cable ${n % 4} m","stock":${n * 7},"tags":["cable","usb"]}`
    items.push(item)
    size += item.length + 1
  }
  return `{"items":[${items.join(',')}]}`
}

export function fillStore(dataDir: string, count: number): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const store = openStore({
    dataDir,
    maxStore: 4e9,
    maxExchanges: 2_000_000,
    durable: false,
    version: '0',
    now: Date.now,
  })
  store.begin({ id: 'bench', name: 'bench', startedDateTime: '2026-01-01T00:00:00.000Z', kind: 'capture' })
  for (let from = 0; from < count - 1; from += slice) {
    const numbers = Array.from({ length: Math.min(slice, count - 1 - from) }, (_, n) => from + n)
    store.write(batchOf(numbers, vary))
  }
  const body = largeJson(5_000_000)
  store.write(
    batchOf([count - 1], () => ({ session: 'bench', url: 'https://api.orders.example/v1/export', status: 200, body })),
  )
  store.end('bench')
  store.close()
}
