// Sends a request of our own (a replay, an edited one) the way a client's would go, and records it as such.
import { type Duplex, duplexPair } from 'node:stream'
import type { ExchangeId } from '../exchange/exchange.ts'
import type { PlannedRequest } from '../exchange/planned-request.ts'
import { homeHost } from './home-page.ts'
import { Http1Client } from './http1-client.ts'
import { callHttp2 } from './http2-caller.ts'
import { serveHttp2 } from './http2-relay.ts'
import { http1Octets, http2Fields, type OwnRequest, ownRequest } from './own-request.ts'
import { redirected } from './redirect.ts'
import { parseResponseHead } from './response-head.ts'
import type { ClientLeg, Wiring } from './wiring.ts'

const redirectsFollowed = 10

type Heard = (status: number, location: string | undefined) => void

function locationIn(raw: readonly string[]): string | undefined {
  const at = raw.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === 'location')
  return at === -1 ? undefined : raw[at + 1]
}

function writeHttp1(near: Duplex, own: OwnRequest, heard: Heard): void {
  let received: Buffer = Buffer.alloc(0)
  near.on('data', function onData(chunk: Buffer) {
    received = Buffer.concat([received, chunk])
    const head = parseResponseHead(received, true, 1024 * 1024)
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
  near.write(http1Octets(own))
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
  const own = ownRequest(request)
  const { route, authority } = own
  if (route.host.toLowerCase() === homeHost)
    throw new Error(`${homeHost} is Telltale's own page; there is nothing to send.`)
  const [near, far] = duplexPair()
  near.on('error', () => {})
  far.on('error', () => {})
  const origin = { by: 'replay' as const, ...(request.of === undefined ? {} : { of: request.of }) }
  const client = { address: '127.0.0.1', port: 0 }
  const leg: ClientLeg = { id: wiring.nextConnectionId(), client, way: 'replay', origin }
  const where = { leg, socket: far, raw: far, onOpened, once: true }
  if (route.scheme === 'http' || request.httpVersion === '1.1') {
    const alpn = route.scheme === 'https' ? ['http/1.1'] : []
    new Http1Client(wiring, { ...where, fixed: { route, authority, alpn } })
    writeHttp1(near, own, heard)
    return
  }
  const alpn = request.httpVersion === '2' ? ['h2'] : ['h2', 'http/1.1']
  const outcome = await wiring.link({ route, alpn })
  const way = 'link' in outcome ? { link: outcome.link } : { failure: outcome.failure }
  const isHttp2 = 'link' in outcome ? outcome.link.tls?.alpn === 'h2' : request.httpVersion === '2'
  if (isHttp2) {
    serveHttp2(wiring, { ...where, route, ...way })
    callHttp2(near, http2Fields(own), own.body, (status, fields) => heard(status, locationIn(fields)))
  } else {
    new Http1Client(wiring, { ...where, fixed: { route, authority, ...way } })
    writeHttp1(near, own, heard)
  }
}
