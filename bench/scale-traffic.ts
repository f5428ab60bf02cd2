// Makes varied traffic for the store's benchmark: many hosts, methods, sizes, kinds of content, failures and findings; the same each time.
import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { toRow } from '../src/api/row.ts'
import type { Finding } from '../src/diagnose/finding.ts'
import type { Exchange, Outcome } from '../src/exchange/exchange.ts'
import type { Content, FieldLine } from '../src/exchange/message.ts'
import type { Batch, Entry } from '../src/store/store.ts'

const words =
  'account amount balance billing cancel card charge client code cursor customer date deleted detail email error event expires failed field filter group header id index invoice item key kind label limit line link list local message meta method name next note number object order owner page parent path payment pending plan price product profile project quota rate reason receipt record refund region report request result retry role scope secret session shipping source state status stock team tenant text ticket title token total trace type unit update url user value version view visible wallet webhook zone'.split(
    ' ',
  )
const agents = [
  'curl/8.14.1',
  'python-requests/2.34.0',
  'node',
  'Go-http-client/2.0',
  'Mozilla/5.0 (X11; Linux x64) Chrome/142.0 Safari/537.36',
  'okhttp/5.1.0',
]
const kinds = [
  'application/json',
  'application/json; charset=utf-8',
  'application/json',
  'text/html; charset=utf-8',
  'image/png',
  'text/css',
  'application/problem+json',
  'application/octet-stream',
]
const rules = [
  'auth/token-expired',
  'auth/missing-credentials',
  'ratelimit/exceeded',
  'server/internal-error',
  'request/malformed-json',
]

/** A small generator of the same numbers each time (mulberry32), 0 to 1. */
export function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let value = Math.imul(state ^ (state >>> 15), 1 | state)
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296
  }
}

type Random = () => number
const pick = <T>(random: Random, list: readonly T[], otherwise: T): T =>
  list[Math.floor(random() * list.length)] ?? otherwise

function body(random: Random, size: number, number: number): string {
  const pieces: string[] = []
  for (let length = 0; length < size; ) {
    const piece = `"${pick(random, words, '')}_${Math.floor(random() * 1e6)}":"${pick(random, words, '')} ${pick(random, words, '')}"`
    pieces.push(piece)
    length += piece.length + 1
  }
  // One in a thousand holds the word that is searched for.
  if (number % 1000 === 17) pieces.push('"reason":"Insufficient funds"')
  return `{${pieces.join(',')}}`
}

type Made = { readonly content: Content; readonly octets?: { readonly digest: string; readonly octets: Uint8Array } }

function contentOf(text: Uint8Array, mimeType: string, coded: boolean): Made {
  if (text.length === 0) return { content: { bodySize: 0, codings: [], mimeType, kept: 'none', why: 'empty' } }
  const octets = coded ? gzipSync(text, { level: 1 }) : text
  const digest = `sha256-${createHash('sha256').update(octets).digest('hex')}`
  const codings = coded ? ['gzip'] : []
  const content: Content = {
    bodySize: octets.length,
    codings,
    mimeType,
    kept: 'whole',
    digest,
    keptSize: octets.length,
  }
  return { content, octets: { digest, octets } }
}

function findingOf(exchangeId: string, ruleId: string): Finding {
  const explanation = 'The server refused the credentials that came with the request, and says why in its answer.'
  return {
    ruleId,
    exchangeId,
    related: [],
    level: ruleId.startsWith('rate') ? 'warning' : 'error',
    confidence: 0.9,
    primary: true,
    title: `${ruleId} in this call`,
    brief: ruleId.slice(0, 26),
    explanation,
    evidence: [{ location: { at: 'response.status' }, value: '401' }],
    fix: { kind: 'advice', text: 'Get a new token and send the request again.' },
    references: [],
  }
}

function statusOf(random: Random): number {
  const chance = random()
  return chance < 0.72
    ? 200
    : chance < 0.8
      ? 201
      : chance < 0.86
        ? 304
        : chance < 0.9
          ? 404
          : chance < 0.94
            ? 401
            : chance < 0.97
              ? 422
              : 500
}

function entryOf(number: number, random: Random): { readonly entry: Entry; readonly octets: Batch['contents'] } {
  const id = number.toString(36).padStart(16, '0')
  const host = `${pick(random, ['api', 'auth', 'cdn', 'www', 'files'], 'api')}.${pick(random, words, 'x')}.example`
  const route = `/v${1 + Math.floor(random() * 3)}/${pick(random, words, '')}s/${Math.floor(random() * 1e5)}`
  const url = `https://${host}${route}${random() < 0.5 ? `?${pick(random, words, '')}=${Math.floor(random() * 1e4)}&trace=${number.toString(16)}` : ''}`
  const method = pick(random, ['GET', 'GET', 'GET', 'POST', 'PUT', 'DELETE', 'PATCH'], 'GET')
  const mimeType = pick(random, kinds, '')
  const status = statusOf(random)
  const size = status === 304 ? 0 : Math.floor(120 * Math.exp(random() * 4.6))
  const isText = !/image|octet/.test(mimeType)
  const text =
    size === 0
      ? Buffer.alloc(0)
      : isText
        ? Buffer.from(body(random, size, number))
        : Buffer.from(Float64Array.from({ length: size / 8 }, random).buffer)
  const response = contentOf(text, mimeType, isText && random() < 0.3)
  const request = contentOf(
    method === 'GET' ? Buffer.alloc(0) : Buffer.from(body(random, 200, 0)),
    'application/json',
    false,
  )
  const headers: FieldLine[] = [
    { name: 'Host', value: host },
    { name: 'User-Agent', value: pick(random, agents, '') },
    { name: 'Accept', value: '*/*' },
    { name: 'Authorization', value: `Bearer ${number.toString(36)}.${Math.floor(random() * 1e15).toString(36)}` },
    { name: 'X-Request-Id', value: `${number}-${Math.floor(random() * 1e9)}` },
  ]
  const answer: FieldLine[] = [
    { name: 'Content-Type', value: mimeType },
    { name: 'Content-Length', value: String(response.content.bodySize) },
    { name: 'Date', value: 'Sun, 22 Nov 2026 10:00:00 GMT' },
    { name: 'Cache-Control', value: 'no-store, max-age=0' },
    { name: 'Strict-Transport-Security', value: 'max-age=31536000; includeSubDomains' },
    { name: 'X-Trace', value: Math.floor(random() * 1e15).toString(16) },
  ]
  const wait = 3 + 900 * random() ** 4
  const failed = random() < 0.01
  const outcome: Outcome = failed
    ? { state: 'failed', failure: { phase: 'connect', code: 'ECONNREFUSED', message: 'Nothing listens there.' } }
    : {
        state: 'complete',
        response: {
          httpVersion: 'HTTP/2',
          status,
          statusText: '',
          headers: answer,
          trailers: [],
          content: response.content,
          interim: [],
        },
      }
  const exchange: Exchange = {
    id,
    sessionId: `s${number % 7}`,
    kind: 'http',
    startedDateTime: new Date(Date.UTC(2026, 0, 1) + number * 700).toISOString(),
    client: { address: '127.0.0.1', port: 40_000 + (number % 20_000) },
    server: { host, port: 443, address: '10.0.0.1' },
    connection: { id: number % 5000, upstreamId: number % 5000, reused: number % 3 > 0, way: 'connect' },
    request: { httpVersion: 'HTTP/2', method, target: route, url, headers, trailers: [], content: request.content },
    outcome,
    marks: {
      dnsStart: 0.1,
      dnsEnd: 1,
      connectStart: 1,
      connectEnd: 2,
      sendStart: 2.2,
      sendEnd: 2.4,
      firstByte: wait,
      end: wait + 10 * random(),
    },
    origin: { by: 'capture' },
    messageCount: 0,
  }
  const findings = !failed && status >= 400 ? [findingOf(id, pick(random, rules, 'server/internal-error'))] : []
  const octets = [request.octets, failed ? undefined : response.octets].filter((one) => one !== undefined)
  return { entry: { exchange, findings, row: toRow(exchange, findings) }, octets }
}

export function batchOf(from: number, count: number, random: Random): Batch {
  const made = Array.from({ length: count }, (_, i) => entryOf(from + i, random))
  return { contents: made.flatMap(({ octets }) => octets), entries: made.map(({ entry }) => entry), messages: [] }
}
