// Sends a request of our own (a replay, an edited one) the way a client's would go, and records it as such.
import { type Duplex, duplexPair } from 'node:stream'
import type { ExchangeId } from '../exchange/exchange.ts'
import type { PlannedRequest } from '../exchange/planned-request.ts'
import { Http1Client } from './http1-client.ts'
import type { ClientLeg, Wiring } from './wiring.ts'

const framing = new Set([
  'content-length',
  'transfer-encoding',
  'host',
  'connection',
  'proxy-connection',
  'expect',
  'keep-alive',
])

/** The request as a client of the proxy port would write it. */
function written(request: PlannedRequest): Buffer {
  const url = new URL(request.url)
  const { method, body, headers } = request
  if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(method)) throw new Error(`"${method}" is not a method.`)
  let text = `${method} ${url.protocol}//${url.host}${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\n`
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i] ?? ''
    const value = headers[i + 1] ?? ''
    if (framing.has(name.toLowerCase()) || name.startsWith(':')) continue
    if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name) || /[\0-\x08\x0a-\x1f\x7f]/.test(value))
      throw new Error(`The field "${name}" cannot be sent.`)
    text += `${name}: ${value}\r\n`
  }
  if (body.length > 0 || /^(POST|PUT|PATCH)$/.test(method)) text += `Content-Length: ${body.length}\r\n`
  return Buffer.concat([Buffer.from(`${text}Connection: close\r\n\r\n`, 'latin1'), body])
}

export function sendRequest(wiring: Wiring, request: PlannedRequest): Promise<ExchangeId> {
  const bytes = written(request)
  const [near, far]: [Duplex, Duplex] = duplexPair()
  const origin = { by: 'replay' as const, ...(request.of === undefined ? {} : { of: request.of }) }
  const leg: ClientLeg = {
    id: wiring.nextConnectionId(),
    client: { address: '127.0.0.1', port: 0 },
    way: 'replay',
    origin,
  }
  return new Promise((resolve) => {
    new Http1Client(wiring, { leg, socket: far, raw: far, onOpened: resolve })
    near.on('error', () => {})
    near.resume()
    near.once('end', () => near.destroy())
    near.write(bytes)
  })
}
