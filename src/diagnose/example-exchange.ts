// Builds a whole exchange, as the wire would have recorded it, from a few lines: for examples and tests.
import type { Exchange, Marks, Outcome } from '../exchange/exchange.ts'
import type { Failure } from '../exchange/failure.ts'
import type { Content, FieldLine, Interim, Response } from '../exchange/message.ts'
import type { SocketMessage } from '../exchange/socket-message.ts'
import type { Observed } from './observed.ts'

type Fields = Readonly<Record<string, string>> | readonly (readonly [name: string, value: string])[]

/**
 * `request` is `METHOD URL`. A `body` or `answer` that is not a string is sent as JSON, with that media type unless
 * `headers` or `answerHeaders` name one. Times: `at` in seconds since the first exchange, `took` in ms.
 */
export type ExchangeSketch = {
  readonly request: string
  readonly headers?: Fields
  readonly body?: unknown
  readonly status?: number
  readonly reason?: string
  readonly answerHeaders?: Fields
  readonly answer?: unknown
  readonly trailers?: Fields
  readonly interim?: readonly Interim[]
  readonly failure?: Partial<Failure> & Pick<Failure, 'phase' | 'code'>
  readonly at?: number
  readonly took?: number
  /** Repeats it this many times, a second apart; `{n}` in request, body and answer counts them from 1. */
  readonly times?: number
  readonly imported?: boolean
  readonly truncated?: boolean
  readonly httpVersion?: string
  readonly connection?: Partial<Exchange['connection']>
  readonly server?: Partial<Exchange['server']>
  readonly client?: Partial<Exchange['client']>
  readonly marks?: Marks
  readonly kind?: Exchange['kind']
  /** The close frame of a WebSocket, from the server unless said otherwise. */
  readonly close?: { readonly from?: 'client' | 'server'; readonly code: number; readonly reason?: string }
  readonly unread?: string
}

/** Examples happen at this moment: noon, 2026-06-01, UTC. */
export const exampleStart = Date.UTC(2026, 5, 1, 12)

const encoder = new TextEncoder()

function lines(fields: Fields | undefined): FieldLine[] {
  const pairs = Array.isArray(fields) ? fields : Object.entries(fields ?? {})
  return pairs.map(([name, value]) => ({ name, value }))
}

/** Chars of a `\xNN` string are octets only when marked by `latin1:`; all other text is sent as UTF-8. */
function octetsOf(body: unknown): Uint8Array {
  if (body === undefined) return new Uint8Array()
  if (body instanceof Uint8Array) return body
  return encoder.encode(typeof body === 'string' ? body : JSON.stringify(body))
}

function withType(fields: FieldLine[], body: unknown): FieldLine[] {
  const isJson = body !== undefined && typeof body !== 'string' && !(body instanceof Uint8Array)
  if (!isJson || fields.some((line) => line.name.toLowerCase() === 'content-type')) return fields
  return [...fields, { name: 'Content-Type', value: 'application/json' }]
}

/** Not SHA-256: enough to tell the contents of examples apart. */
function checksum(octets: Uint8Array): string {
  let hash = octets.length
  for (const octet of octets) hash = (Math.imul(hash, 16777619) ^ octet) >>> 0
  return hash.toString(16).padStart(64, '0')
}

function contentOf(headers: readonly FieldLine[], octets: Uint8Array, truncated: boolean): Content {
  const mimeType = headers.find((line) => line.name.toLowerCase() === 'content-type')?.value
  const facts = { bodySize: octets.length, codings: [], ...(mimeType === undefined ? {} : { mimeType }) }
  if (octets.length === 0) return { ...facts, kept: 'none', why: 'empty' }
  const kept = { digest: `sha256-${checksum(octets)}`, keptSize: octets.length }
  return truncated
    ? { ...facts, bodySize: octets.length + 1, kept: 'truncated', ...kept }
    : { ...facts, kept: 'whole', ...kept }
}

function build(sketch: ExchangeSketch, position: number, time: number): Observed {
  const [method = 'GET', url = 'https://api.test/'] = sketch.request.split(/ (.*)/s)
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  const requestOctets = octetsOf(sketch.body)
  const responseOctets = octetsOf(sketch.answer)
  const given = lines(sketch.headers)
  const host = { name: 'Host', value: parsed?.host ?? 'api.test' }
  const headers = withType(
    given.some((line) => line.name.toLowerCase() === 'host') ? given : [host, ...given],
    sketch.body,
  )
  const answerHeaders = withType(lines(sketch.answerHeaders), sketch.answer)
  // A usual response has a few fields; an import with fewer than three counts as stripped.
  if (!sketch.imported) answerHeaders.unshift({ name: 'Date', value: new Date(time).toUTCString() })
  const took = sketch.took ?? 40
  const response: Response | undefined =
    sketch.status === undefined
      ? undefined
      : {
          httpVersion: sketch.httpVersion ?? '1.1',
          status: sketch.status,
          statusText: sketch.reason ?? '',
          headers: answerHeaders,
          trailers: lines(sketch.trailers),
          content: contentOf(answerHeaders, responseOctets, sketch.truncated === true),
          interim: sketch.interim ?? [],
        }
  const failure = sketch.failure && { message: `The exchange failed: ${sketch.failure.code}.`, ...sketch.failure }
  const outcome: Outcome = failure
    ? { state: 'failed', failure, ...(response ? { response } : {}) }
    : response
      ? { state: 'complete', response }
      : { state: 'waiting' }
  const exchange: Exchange = {
    id: `example${String(position).padStart(9, '0')}`,
    sessionId: 'example',
    kind: sketch.kind ?? 'http',
    startedDateTime: new Date(time).toISOString(),
    client: { address: '127.0.0.1', port: 50000, ...sketch.client },
    server: {
      host: parsed?.hostname ?? 'api.test',
      port: Number(parsed?.port) || (parsed?.protocol === 'http:' ? 80 : 443),
      ...sketch.server,
    },
    connection: { id: 1, upstreamId: 1, reused: position > 0, way: 'proxy', ...sketch.connection },
    request: {
      httpVersion: sketch.httpVersion ?? '1.1',
      method,
      target: parsed ? parsed.pathname + parsed.search : url,
      url,
      headers,
      trailers: [],
      content: contentOf(headers, requestOctets, false),
    },
    outcome,
    marks: sketch.marks ?? { sendStart: 0, sendEnd: 1, firstByte: took - 1, end: took },
    origin: sketch.imported ? { by: 'import', file: 'example.har', entry: position } : { by: 'capture' },
    messageCount: sketch.close ? 1 : 0,
    ...(sketch.unread === undefined ? {} : { unread: sketch.unread }),
  }
  const { close } = sketch
  const reason = close?.reason ?? ''
  const messages: SocketMessage[] = close
    ? [
        {
          exchangeId: exchange.id,
          seq: 0,
          from: close.from ?? 'server',
          at: took,
          opcode: 'close',
          size: reason.length,
          data: btoa(reason),
          truncated: false,
          compressed: false,
          code: close.code,
        },
      ]
    : []
  return { exchange, request: requestOctets, ...(response ? { response: responseOctets } : {}), messages }
}

function numbered(value: unknown, n: number): unknown {
  if (typeof value === 'string') return value.replaceAll('{n}', String(n))
  if (value instanceof Uint8Array || value === undefined) return value
  return JSON.parse(JSON.stringify(value).replaceAll('{n}', String(n)))
}

/** All exchanges of an example in their order, ready to be observed. */
export function exampleExchanges(sketches: readonly ExchangeSketch[]): Observed[] {
  const built: Observed[] = []
  let clock = exampleStart
  for (const sketch of sketches) {
    if (sketch.at !== undefined) clock = exampleStart + sketch.at * 1000
    for (let n = 1; n <= (sketch.times ?? 1); n++) {
      const one = sketch.times
        ? {
            ...sketch,
            request: String(numbered(sketch.request, n)),
            body: numbered(sketch.body, n),
            answer: numbered(sketch.answer, n),
          }
        : sketch
      built.push(build(one, built.length, clock))
      clock += 1000
    }
  }
  return built
}
