// Sends a request of our own (a replay, an edited one) the way a client's would go, and records it as such.
import { connect as connectHttp2, type OutgoingHttpHeaders } from 'node:http2'
import { type Duplex, duplexPair } from 'node:stream'
import type { ExchangeId } from '../exchange/exchange.ts'
import type { PlannedRequest } from '../exchange/planned-request.ts'
import { Http1Client } from './http1-client.ts'
import { serveHttp2 } from './http2-relay.ts'
import { redirected } from './redirect.ts'
import { parseResponseHead } from './response-head.ts'
import { parseAbsolute } from './target.ts'
import type { ClientLeg, Wiring } from './wiring.ts'

const redirectsFollowed = 10
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
/** Made here, or meant for one connection only. */
const ours = new Set([
  'content-length',
  'transfer-encoding',
  'connection',
  'proxy-connection',
  'keep-alive',
  'upgrade',
  'host',
  'expect',
])

/** The fields to send, checked: nothing in a stored or edited request may begin a field of its own. */
function fieldsOf(request: PlannedRequest): string[] {
  if (!token.test(request.method)) throw new Error(`"${request.method}" is not a method.`)
  if (!parseAbsolute(request.url)) throw new Error(`"${request.url}" is not an http or https URL.`)
  const out: string[] = []
  for (let i = 0; i + 1 < request.headers.length; i += 2) {
    const name = request.headers[i] ?? ''
    const value = request.headers[i + 1] ?? ''
    if (ours.has(name.toLowerCase()) || name.startsWith(':')) continue
    if (!token.test(name) || /[\0-\x08\x0a-\x1f\x7f]/.test(value))
      throw new Error(`The field "${name}" cannot be sent.`)
    out.push(name, value)
  }
  if (request.body.length > 0 || /^(POST|PUT|PATCH)$/.test(request.method))
    out.push('Content-Length', String(request.body.length))
  return out
}

/** What Host or :authority says: the request's own where it has one, else the URL's. */
function authorityOf(request: PlannedRequest, url: URL): string {
  for (let i = 0; i + 1 < request.headers.length; i += 2)
    if (request.headers[i]?.toLowerCase() === 'host') return request.headers[i + 1] ?? url.host
  return url.host
}

type Heard = (status: number, location: string | undefined) => void

function locationIn(raw: readonly string[]): string | undefined {
  const at = raw.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === 'location')
  return at === -1 ? undefined : raw[at + 1]
}

function writeHttp1(
  near: Duplex,
  request: PlannedRequest,
  fields: readonly string[],
  absolute: boolean,
  heard: Heard,
): void {
  const url = new URL(request.url)
  const path = `${url.pathname}${url.search}`
  let text = `${request.method} ${absolute ? `${url.protocol}//${url.host}` : ''}${path} HTTP/1.1\r\n`
  text += `Host: ${absolute ? url.host : authorityOf(request, url)}\r\n`
  for (let i = 0; i + 1 < fields.length; i += 2) text += `${fields[i]}: ${fields[i + 1]}\r\n`
  let received: Buffer = Buffer.alloc(0)
  near.on('data', function onData(chunk: Buffer) {
    received = Buffer.concat([received, chunk])
    const head = parseResponseHead(received, false, 1024 * 1024)
    if (!head) return
    if ('status' in head && head.status < 200) {
      received = received.subarray(head.size)
      return
    }
    near.off('data', onData)
    near.resume()
    if ('status' in head) heard(head.status, locationIn(head.raw))
  })
  near.once('end', () => near.destroy())
  near.write(Buffer.concat([Buffer.from(`${text}Connection: close\r\n\r\n`, 'latin1'), request.body]))
}

function writeHttp2(near: Duplex, request: PlannedRequest, fields: readonly string[], heard: Heard): void {
  const url = new URL(request.url)
  const session = connectHttp2(url.origin, { createConnection: () => near, settings: { enablePush: false } })
  session.on('error', () => {})
  const pseudo = [':method', request.method, ':path', `${url.pathname}${url.search}`, ':scheme', 'https']
  const plain = fields.map((part, i) => (i % 2 === 0 ? part.toLowerCase() : part))
  const head = [...pseudo, ':authority', authorityOf(request, url), ...plain]
  const stream = session.request(head as unknown as OutgoingHttpHeaders, { endStream: request.body.length === 0 })
  stream.on('error', () => {})
  stream.once('response', (_fields, _flags, raw) => {
    const list = raw as unknown as string[]
    heard(Number(list[list.indexOf(':status') + 1]), locationIn(list))
  })
  stream.resume()
  stream.once('close', () => session.close())
  if (request.body.length > 0) stream.end(Buffer.from(request.body))
}

export function sendRequest(wiring: Wiring, request: PlannedRequest, hops = 0): Promise<ExchangeId> {
  return new Promise((resolve, reject) => {
    open(wiring, request, resolve, (status, location) => {
      const next =
        request.followRedirects && hops < redirectsFollowed ? redirected(request, status, location) : undefined
      if (next) sendRequest(wiring, next, hops + 1).catch(() => {})
    }).catch(reject)
  })
}

async function open(
  wiring: Wiring,
  request: PlannedRequest,
  onOpened: (id: ExchangeId) => void,
  heard: Heard,
): Promise<void> {
  const fields = fieldsOf(request)
  const route = parseAbsolute(new URL(request.url).href)?.route
  if (!route) throw new Error(`"${request.url}" is not an http or https URL.`)
  const [near, far] = duplexPair()
  near.on('error', () => {})
  far.on('error', () => {})
  const origin = { by: 'replay' as const, ...(request.of === undefined ? {} : { of: request.of }) }
  const client = { address: '127.0.0.1', port: 0 }
  const leg: ClientLeg = { id: wiring.nextConnectionId(), client, way: 'replay', origin }
  const where = { leg, socket: far, raw: far, onOpened }
  if (route.scheme === 'http' || request.httpVersion === '1.1') {
    new Http1Client(wiring, { ...where, ...(route.scheme === 'https' ? { fixed: { route, alpn: ['http/1.1'] } } : {}) })
    writeHttp1(near, request, fields, route.scheme === 'http', heard)
    return
  }
  const alpn = request.httpVersion === '2' ? ['h2'] : ['h2', 'http/1.1']
  const outcome = await wiring.link({ route, alpn })
  const way = 'link' in outcome ? { link: outcome.link } : { failure: outcome.failure }
  if ('link' in outcome && outcome.link.tls?.alpn === 'h2') {
    serveHttp2(wiring, { ...where, route, ...way })
    writeHttp2(near, request, fields, heard)
  } else {
    new Http1Client(wiring, { ...where, fixed: { route, ...way } })
    writeHttp1(near, request, fields, false, heard)
  }
}
