// Makes exchanges, findings and entries for the store's tests, varied by a number.
import { createHash } from 'node:crypto'
import { toRow } from '../../src/api/row.ts'
import type { Finding } from '../../src/diagnose/finding.ts'
import type { Exchange } from '../../src/exchange/exchange.ts'
import type { Content } from '../../src/exchange/message.ts'
import type { Batch, Entry } from '../../src/store/store.ts'

export function digestOf(octets: Uint8Array): string {
  return `sha256-${createHash('sha256').update(octets).digest('hex')}`
}

export function idOf(number: number): string {
  return number.toString(36).padStart(16, '0')
}

export function contentOf(octets: Uint8Array | undefined, mimeType: string): Content {
  if (octets === undefined || octets.length === 0)
    return { bodySize: 0, codings: [], mimeType, kept: 'none', why: 'empty' }
  return {
    bodySize: octets.length,
    codings: [],
    mimeType,
    kept: 'whole',
    digest: digestOf(octets),
    keptSize: octets.length,
  }
}

export type Variation = {
  readonly session?: string
  readonly method?: string
  readonly url?: string
  readonly status?: number
  readonly duration?: number
  readonly body?: string
  readonly mimeType?: string
  readonly headers?: readonly (readonly [string, string])[]
  readonly finding?: Partial<Finding>
}

const hosts = ['api.example.com', 'auth.example.com', 'cdn.example.net', 'localhost:3000']
const statuses = [200, 201, 204, 301, 400, 401, 404, 500]

function pick<T>(list: readonly T[], number: number, otherwise: T): T {
  return list[number % list.length] ?? otherwise
}

export function exchangeOf(number: number, vary: Variation = {}): Exchange {
  const url = vary.url ?? `https://${pick(hosts, number, '')}/v1/things/${number}?page=${number % 7}`
  const body = Buffer.from(vary.body ?? `{"number":${number},"word":"w${number}x"}`)
  const mimeType = vary.mimeType ?? 'application/json'
  return {
    id: idOf(number),
    sessionId: vary.session ?? 's1',
    kind: 'http',
    startedDateTime: new Date(Date.UTC(2026, 0, 1) + number * 1000).toISOString(),
    client: { address: '127.0.0.1', port: 40000 },
    server: { host: new URL(url).hostname, port: 443 },
    connection: { id: 1, reused: false, way: 'connect' },
    request: {
      httpVersion: 'HTTP/1.1',
      method: vary.method ?? pick(['GET', 'POST', 'PUT', 'DELETE'], number, 'GET'),
      target: new URL(url).pathname,
      url,
      headers: [
        { name: 'Host', value: new URL(url).host },
        { name: 'User-Agent', value: 'curl/8.14.1' },
        { name: 'X-Request-Id', value: `req-${number}` },
        ...(vary.headers ?? []).map(([name, value]) => ({ name, value })),
      ],
      trailers: [],
      content: { bodySize: 0, codings: [], kept: 'none', why: 'empty' },
    },
    outcome: {
      state: 'complete',
      response: {
        httpVersion: 'HTTP/1.1',
        status: vary.status ?? pick(statuses, number, 200),
        statusText: 'X',
        headers: [
          { name: 'Content-Type', value: mimeType },
          { name: 'Set-Cookie', value: `a=${number}` },
          { name: 'set-cookie', value: 'b="2"' },
        ],
        trailers: [],
        content: contentOf(body, mimeType),
        interim: [],
      },
    },
    marks: { sendStart: 1, sendEnd: 2, firstByte: 5, end: vary.duration ?? 5 + ((number * 37) % 1000) },
    origin: { by: 'capture' },
    messageCount: 0,
  }
}

export function findingOf(exchangeId: string, vary: Partial<Finding> = {}): Finding {
  return {
    ruleId: 'auth/token-expired',
    exchangeId,
    related: [],
    level: 'error',
    confidence: 0.9,
    primary: true,
    title: 'The token had expired',
    brief: 'Token expired',
    explanation: 'It had.',
    evidence: [],
    references: [],
    ...vary,
  }
}

export function entryOf(number: number, vary: Variation = {}): Entry {
  const exchange = exchangeOf(number, vary)
  const findings = vary.finding ? [findingOf(exchange.id, vary.finding)] : []
  return { exchange, findings, row: toRow(exchange, findings) }
}

export function batchOf(numbers: Iterable<number>, vary: (number: number) => Variation = () => ({})): Batch {
  const entries: Entry[] = []
  const contents = new Map<string, Uint8Array>()
  for (const number of numbers) {
    const variation = vary(number)
    const octets = Buffer.from(variation.body ?? `{"number":${number},"word":"w${number}x"}`)
    if (octets.length > 0) contents.set(digestOf(octets), octets)
    entries.push(entryOf(number, variation))
  }
  return { contents: [...contents].map(([digest, octets]) => ({ digest, octets })), entries, messages: [] }
}
