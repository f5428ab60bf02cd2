// One HTTP/2 stream pair: fields in order, data under both peers' flow control, trailers and reset codes as they come.
import * as http2 from 'node:http2'
import type { ExchangeId } from '../exchange/exchange.ts'
import type { Failure } from '../exchange/failure.ts'
import { codeOf, failure, statusFor } from './failures.ts'
import { markTimes } from './http1-record.ts'
import type { Link } from './link.ts'
import { problemAnswer } from './problem-page.ts'
import { Recorder } from './recorder.ts'
import { authorityText, type Route } from './target.ts'
import { deflateParameters, type MessageReader, messageReader } from './websocket.ts'
import type { ClientLeg, Wiring } from './wiring.ts'

export type Http2Origin = { readonly session: http2.ClientHttp2Session; readonly link: Link; used: number }

export type Http2Request = {
  readonly leg: ClientLeg
  readonly route: Route
  readonly stream: http2.ServerHttp2Stream
  readonly headers: http2.IncomingHttpHeaders
  readonly raw: readonly string[]
  /** The head was the whole request. */
  readonly ended: boolean
}

const { NGHTTP2_CANCEL, NGHTTP2_INTERNAL_ERROR, NGHTTP2_NO_ERROR } = http2.constants

const codeNames = new Map<number, string>(
  Object.entries(http2.constants).flatMap(([name, value]): [number, string][] =>
    /^NGHTTP2_(?!ERR_|FLAG_|NV_|SETTINGS_MAX|SETTINGS_ENABLE|SETTINGS_HEADER|SETTINGS_INITIAL|SESSION_|STREAM_STATE|HCAT|DEFAULT)/.test(
      name,
    ) && typeof value === 'number'
      ? [[value, name.replace('NGHTTP2_', '')]]
      : [],
  ),
)
const codeName = (code: number): string => codeNames.get(code) ?? String(code)

/** Fields without the pseudo fields (RFC 9113 §8.3), which are recorded as what they mean. */
function plainFields(raw: readonly string[]): string[] {
  const out: string[] = []
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] ?? ''
    if (!name.startsWith(':')) out.push(name, raw[i + 1] ?? '')
  }
  return out
}

/** Node takes interim fields and trailers as a record only: duplicates stand where the first of them stood. */
function grouped(raw: readonly string[]): http2.OutgoingHttpHeaders {
  const out: Record<string, string[]> = Object.create(null)
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] ?? ''
    const value = raw[i + 1] ?? ''
    const before = out[name]
    if (before) before.push(value)
    else out[name] = [value]
  }
  const single = (values: string[]): string | string[] => (values.length === 1 ? (values[0] ?? '') : values)
  return Object.fromEntries(Object.entries(out).map(([name, values]) => [name, single(values)]))
}

/** Owns both streams and the record. */
export class Http2Exchange {
  readonly #stream: http2.ServerHttp2Stream
  readonly #request: Http2Request
  readonly #recorder: Recorder
  #upstream: http2.ClientHttp2Stream | undefined
  #requestTrailers: string[] = []
  #responseTrailers: string[] = []
  #responded = false
  #readers: { client: MessageReader; server: MessageReader } | undefined
  #origin: Http2Origin | undefined
  #upstreamEnded = false
  #over = false

  constructor(wiring: Wiring, request: Http2Request) {
    const { stream, headers, raw, leg, route } = request
    this.#stream = stream
    this.#request = request
    const method = headers[':method'] ?? 'GET'
    const target = headers[':path'] ?? ''
    const authority = headers[':authority'] ?? headers.host ?? authorityText(route)
    this.#recorder = new Recorder(
      wiring.outbox,
      {
        kind: 'http',
        client: leg.client,
        server: { host: route.host, port: route.port },
        connection: { id: leg.id, reused: false, way: leg.way, ...(leg.clientTls ? { clientTls: leg.clientTls } : {}) },
        origin: leg.origin,
        httpVersion: '2',
        method,
        target,
        url: `${headers[':scheme'] ?? route.scheme}://${authority}${target}`,
        headers: plainFields(raw),
      },
      wiring.settings.maxContent,
    )
    stream.on('error', () => {})
    stream.on('aborted', () => this.clientClosed())
    stream.once('close', () => this.#clientStreamClosed())
    if (request.ended) this.#recorder.requestEnded()
  }

  get id(): ExchangeId {
    return this.#recorder.id
  }

  attach(origin: Http2Origin): void {
    if (this.#over) return
    this.#origin = origin
    const { session, link } = origin
    const { ended, raw } = this.#request
    const { id: upstreamId, server, tls, via } = link
    const leg = { upstreamId, server, ...(tls ? { serverTls: tls } : {}), ...(via ? { via } : {}) }
    const reused = origin.used++ > 0
    this.#recorder.connected(reused && link.tlsAgain ? { ...leg, serverTls: link.tlsAgain } : leg, reused)
    if (!reused) markTimes(this.#recorder, link.times)
    this.#recorder.mark('sendStart')
    let upstream: http2.ClientHttp2Stream
    try {
      // Node types headers as a record; a flat list keeps order and duplicates.
      const list = raw as unknown as http2.OutgoingHttpHeaders
      upstream = session.request(list, { endStream: ended, ...(ended ? {} : { waitForTrailers: true }) })
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error)
      this.fail(failure('request', codeOf(error), `The request cannot be sent to the server: ${words}`))
      return
    }
    this.#upstream = upstream
    if (!ended) this.#relayRequest(upstream)
    this.#relayResponse(upstream)
  }

  #relayRequest(upstream: http2.ClientHttp2Stream): void {
    const stream = this.#stream
    stream.on('data', (chunk: Buffer) => {
      this.#recorder.request.add(chunk)
      this.#readers?.client.read(chunk)
      if (!upstream.write(chunk)) stream.pause()
    })
    upstream.on('drain', () => stream.resume())
    stream.on('trailers', (_fields, _flags, raw: string[]) => {
      this.#requestTrailers = raw
    })
    stream.once('end', () => {
      this.#recorder.requestEnded(this.#requestTrailers)
      if (!upstream.destroyed) upstream.end()
    })
    upstream.once('wantTrailers', () => sendTrailers(upstream, this.#requestTrailers))
  }

  #relayResponse(upstream: http2.ClientHttp2Stream): void {
    const stream = this.#stream
    upstream.on('headers', (fields, _flags, raw: string[]) => {
      if (stream.destroyed || stream.headersSent) return
      this.#recorder.interim(Number(fields[':status']), '', plainFields(raw))
      stream.additionalHeaders(grouped(raw))
    })
    upstream.once('response', (fields, flags, raw: string[]) => this.#respond(upstream, fields, flags, raw))
    upstream.on('trailers', (_fields, _flags, raw: string[]) => {
      this.#responseTrailers = raw
    })
    upstream.on('error', () => {})
    upstream.once('close', () => this.#upstreamClosed(upstream.rstCode ?? NGHTTP2_NO_ERROR))
  }

  #respond(
    upstream: http2.ClientHttp2Stream,
    fields: http2.IncomingHttpHeaders & http2.IncomingHttpStatusHeader,
    flags: number,
    raw: string[],
  ): void {
    const stream = this.#stream
    if (this.#over || stream.destroyed) return
    const status = Number(fields[':status'])
    this.#responded = true
    this.#recorder.mark('firstByte')
    const isWebSocket = this.#request.headers[':protocol'] === 'websocket' && status === 200
    const head = { httpVersion: '2', status, statusText: '', raw: plainFields(raw) }
    this.#recorder.responded(head, isWebSocket ? { kind: 'websocket' } : {})
    if (isWebSocket) this.#readMessages(fields['sec-websocket-extensions'])
    const endStream = (flags & 1) !== 0
    try {
      const options = { endStream, sendDate: false, ...(endStream ? {} : { waitForTrailers: true }) }
      stream.respond(raw as unknown as http2.OutgoingHttpHeaders, options)
    } catch (error) {
      this.fail(failure('response', codeOf(error), 'The response cannot be passed on as HTTP/2.'))
      return
    }
    if (endStream) {
      this.#upstreamEnded = true
      this.#end()
      return
    }
    const session = upstream.session
    upstream.on('data', (chunk: Buffer) => {
      if (this.#readers) this.#readers.server.read(chunk)
      else this.#recorder.response.add(chunk)
      if (!stream.write(chunk)) upstream.pause()
    })
    stream.on('drain', () => upstream.resume())
    stream.once('wantTrailers', () => {
      sendTrailers(stream, this.#responseTrailers)
      this.#end()
    })
    upstream.once('end', () => {
      // A reset also ends the readable side: only a stream that ended in order ends in order here.
      const inOrder =
        (upstream.rstCode ?? NGHTTP2_NO_ERROR) === NGHTTP2_NO_ERROR && !upstream.aborted && session?.destroyed !== true
      if (!inOrder) return
      this.#upstreamEnded = true
      stream.end()
    })
  }

  #readMessages(extensions: unknown): void {
    const parameters = deflateParameters(typeof extensions === 'string' ? extensions : undefined)
    const report = (message: Parameters<Parameters<typeof messageReader>[2]>[0]): void =>
      this.#recorder.message({ ...message, at: this.#recorder.at() })
    this.#readers = {
      client: messageReader('client', parameters, report),
      server: messageReader('server', parameters, report),
    }
  }

  #end(): void {
    if (this.#over) return
    this.#over = true
    this.#recorder.ended(plainFields(this.#responseTrailers))
  }

  #upstreamClosed(code: number): void {
    if (this.#over || this.#upstreamEnded) return
    const { host } = this.#request.route
    // A stream that goes with its connection was not reset by anybody: the connection is what broke.
    if (this.#origin?.session.destroyed !== false || code === NGHTTP2_NO_ERROR) {
      const words = `${host} closed the connection before the response was complete.`
      this.fail(failure('response', this.#responded ? 'RESPONSE_CUT' : 'UPSTREAM_CLOSED', words))
      return
    }
    this.#over = true
    this.#recorder.failed(
      failure('response', `HTTP2_${codeName(code)}`, `${host} reset the stream: ${codeName(code)}.`),
    )
    if (!this.#stream.destroyed) this.#stream.close(code)
  }

  /** Answers with a problem page, or resets what has begun. */
  fail(failed: Failure): void {
    if (this.#over) return
    this.#over = true
    this.#recorder.failed(failed)
    const stream = this.#stream
    if (stream.destroyed) return
    if (stream.headersSent) {
      stream.close(NGHTTP2_INTERNAL_ERROR)
      return
    }
    const made = problemAnswer(statusFor(failed), failed, this.#request.headers.accept)
    const fields: Record<string, string | number> = { ':status': made.status }
    for (let i = 0; i + 1 < made.headers.length; i += 2)
      fields[(made.headers[i] ?? '').toLowerCase()] = made.headers[i + 1] ?? ''
    const bodiless = this.#request.headers[':method'] === 'HEAD'
    const options = { endStream: bodiless, sendDate: false }
    stream.respond(fields, options)
    if (!bodiless) stream.end(made.body)
    stream.resume()
  }

  #clientStreamClosed(): void {
    const code = this.#stream.rstCode
    if (code !== NGHTTP2_NO_ERROR) this.clientClosed()
    else if (!this.#over && this.#upstream?.destroyed !== false) this.#end()
  }

  /** The client reset its stream or left. */
  clientClosed(failed?: Failure): void {
    const upstream = this.#upstream
    if (upstream && !upstream.destroyed) upstream.close(this.#stream.rstCode || NGHTTP2_CANCEL)
    if (this.#over) return
    this.#over = true
    const words = `The client gave the stream up after ${Math.round(this.#recorder.at())} ms, before the response was complete.`
    this.#recorder.failed(failed ?? failure('client', 'CLIENT_CLOSED', words))
  }
}

function sendTrailers(stream: http2.Http2Stream, raw: string[]): void {
  // A stream that is being reset must not get its clean end by way of its trailers.
  if (stream.destroyed || stream.closed) return
  try {
    stream.sendTrailers(grouped(raw))
  } catch {
    stream.close(NGHTTP2_INTERNAL_ERROR)
  }
}
