// Makes varied exchanges from a seed: binary, non-UTF-8, duplicate fields, WebSocket, failed, truncated, shed.
import { createHash } from 'node:crypto'
import type { Exchange, Outcome } from '../../src/exchange/exchange.ts'
import type { Content, FieldLine, Response } from '../../src/exchange/message.ts'
import type { SocketMessage } from '../../src/exchange/socket-message.ts'

export type Sample = {
  readonly exchange: Exchange
  readonly request?: Uint8Array
  readonly response?: Uint8Array
  readonly messages: readonly SocketMessage[]
}

/** mulberry32: the same seed gives the same sequence everywhere. */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

export const digestOf = (octets: Uint8Array): string => `sha256-${createHash('sha256').update(octets).digest('hex')}`

const text = (value: string): Uint8Array => new TextEncoder().encode(value)

export function sample(seed: number): Sample {
  const random = seeded(seed)
  const below = (n: number): number => Math.floor(random() * n)
  const pick = <T>(...list: readonly T[]): T => list[below(list.length)] as T
  const octets = (n: number): Uint8Array => Uint8Array.from({ length: n }, () => below(256))

  const body = (): readonly [string | undefined, Uint8Array] =>
    pick<() => readonly [string | undefined, Uint8Array]>(
      () => [undefined, new Uint8Array(0)],
      () => [
        'application/json; charset=utf-8',
        text(JSON.stringify({ n: seed, name: 'Zoë \u{1f600}', list: [1, 2.5, null] })),
      ],
      () => ['text/plain', text('line one\r\nline two\u0000\ttab \u2028')],
      () => ['text/html;charset=iso-8859-1', Uint8Array.from([0x63, 0x61, 0x66, 0xe9])],
      () => ['image/png', octets(1 + below(400))],
      () => ['application/octet-stream', octets(1 + below(40))],
      () => ['application/x-www-form-urlencoded', text(`a=1&b=%20x&a=2&n=${seed}`)],
      () => ['text/plain', text('\ufeffwith a byte order mark')],
      () => [undefined, text('no type at all')],
    )()

  const content = (mimeType: string | undefined, kept: Uint8Array): Content => {
    const facts = { codings: [], ...(mimeType === undefined ? {} : { mimeType }) }
    if (kept.length === 0) return { ...facts, bodySize: 0, kept: 'none', why: 'empty' }
    const fate = random()
    if (fate < 0.05)
      return { ...facts, bodySize: kept.length + 9, kept: 'none', why: pick('too-large', 'overload', 'evicted') }
    const digest = digestOf(kept)
    if (fate < 0.12) return { ...facts, bodySize: kept.length + 1000, kept: 'truncated', digest, keptSize: kept.length }
    return { ...facts, bodySize: kept.length, kept: 'whole', digest, wholeDigest: digest, keptSize: kept.length }
  }

  const fields = (mimeType: string | undefined): FieldLine[] => {
    const lines: FieldLine[] = [
      ...(mimeType === undefined ? [] : [{ name: pick('Content-Type', 'content-type'), value: mimeType }]),
      { name: 'X-Dup', value: 'one' },
      { name: 'x-dup', value: 'two' },
      { name: 'X-Latin', value: pick('caf\u00e9', 'plain', '', '  spaced ', 'a,b;c="d"') },
    ]
    return random() < 0.3 ? lines.toReversed() : lines
  }

  const [requestType, requestBody] = body()
  const [responseType, responseBody] = body()
  const host = pick('api.example.com', '[2001:db8::1]:8443', '127.0.0.1:3000', 'xn--bcher-kva.example')
  const path = pick('/', `/v1/items/${seed}?q=a%20b&q=c&empty=&flag`, '/a//b/../c?%', '/p;x=1?a[]=1&b={}')
  const kind = seed % 11 === 3 ? 'websocket' : 'http'
  const request = {
    httpVersion: pick('HTTP/1.1', 'HTTP/1.0', 'HTTP/2'),
    method: pick('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'PROPFIND', 'OPTIONS'),
    target: path,
    url: `https://${host}${path}`,
    headers: fields(requestType),
    trailers: random() < 0.1 ? [{ name: 'X-Checksum', value: 'abc' }] : [],
    content: content(requestType, requestBody),
  }
  const response: Response = {
    httpVersion: request.httpVersion,
    status: kind === 'websocket' ? 101 : pick(200, 201, 204, 301, 400, 401, 404, 422, 429, 500, 503, 799),
    statusText: pick('OK', '', 'Ganz \u00e4rgerlich', 'Not Found'),
    headers: [
      ...fields(responseType),
      { name: 'Set-Cookie', value: 'a=1; Path=/' },
      { name: 'Set-Cookie', value: 'b=2' },
    ],
    trailers: random() < 0.1 ? [{ name: 'Grpc-Status', value: '0' }] : [],
    content: content(responseType, responseBody),
    interim:
      random() < 0.1
        ? [{ status: 103, statusText: 'Early Hints', headers: [{ name: 'Link', value: '</a>' }], at: 1.5 }]
        : [],
  }
  const failure = {
    phase: pick('resolve', 'connect', 'tls', 'request', 'response', 'client'),
    code: pick('ENOTFOUND', 'ECONNREFUSED', 'CERT_HAS_EXPIRED'),
    message: 'It broke.',
    ...(random() < 0.3 ? { received: 'HTTP/1.1 garbage' } : {}),
  } as const
  const outcome = pick<() => Outcome>(
    () => ({ state: 'complete', response }),
    () => ({ state: 'complete', response }),
    () => ({ state: 'complete', response }),
    () => ({ state: 'failed', failure }),
    () => ({ state: 'failed', failure, response }),
    () => ({ state: 'receiving', response }),
    () => ({ state: 'waiting' }),
  )()
  const id = seed.toString(36).padStart(16, '0')
  const messages =
    kind === 'http'
      ? []
      : Array.from({ length: 1 + below(5) }, (_, seq): SocketMessage => {
          const opcode = pick('text', 'binary', 'ping', 'close')
          const data = octets(below(30))
          return {
            exchangeId: id,
            seq,
            from: pick('client', 'server'),
            at: seq * 10 + 0.25,
            opcode,
            size: data.length,
            data: opcode === 'text' ? `{"n":${seq},"t":"Zoë"}` : Buffer.from(data).toString('base64'),
            truncated: random() < 0.1,
            compressed: random() < 0.2,
            ...(opcode === 'close' ? { code: 1000 } : {}),
          }
        })
  const tls = {
    protocol: 'TLSv1.3',
    cipher: 'TLS_AES_128_GCM_SHA256',
    alpn: pick('h2', 'http/1.1'),
    servername: 'api.example.com',
    resumed: random() < 0.5,
  }
  const exchange: Exchange = {
    id,
    sessionId: 's1',
    kind,
    startedDateTime: new Date(1_760_000_000_000 + seed * 1013).toISOString(),
    client: { address: '127.0.0.1', port: 40_000 + (seed % 1000) },
    server: {
      host: 'api.example.com',
      port: 443,
      ...(random() < 0.8 ? { address: pick('93.184.216.34', '2001:db8::1') } : {}),
    },
    connection: {
      id: 1 + below(50),
      reused: random() < 0.5,
      way: pick('proxy', 'connect', 'socks5', 'replay'),
      ...(random() < 0.7 ? { upstreamId: below(9), clientTls: tls, serverTls: tls } : {}),
    },
    request,
    outcome,
    marks:
      outcome.state === 'waiting'
        ? {}
        : {
            dnsStart: 0.5,
            dnsEnd: 2.25,
            connectStart: 2.25,
            connectEnd: 9,
            tlsStart: 9,
            tlsEnd: 20.125,
            sendStart: 20.5,
            sendEnd: 21,
            firstByte: 80 + below(100),
            end: 300.75,
          },
    origin: pick<Exchange['origin']>({ by: 'capture' }, { by: 'replay' }),
    messageCount: messages.length,
  }
  const has = (c: Content): boolean => c.kept !== 'none'
  const answered = outcome.state === 'waiting' ? undefined : outcome.response
  return {
    exchange,
    ...(has(request.content) ? { request: requestBody } : {}),
    ...(answered && has(answered.content) ? { response: responseBody } : {}),
    messages,
  }
}
