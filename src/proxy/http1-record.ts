// Opens the record of an HTTP/1 exchange, and of a request that was refused before it became one.
import { isToken } from '../http/field-syntax.ts'
import type { Http1Origin } from './http1-origin.ts'
import { Recorder } from './recorder.ts'
import type { RequestHead } from './request-head.ts'
import { parseAbsolute, type Route, targetUrl } from './target.ts'
import type { DialTimes } from './tcp-dial.ts'
import type { ClientLeg, Wiring } from './wiring.ts'

/** Octets before the first space that may be taken for a method. */
const longestMethod = 32
/** A connection made for a request that came at once belongs to its time; one that waited does not. */
const belongsMs = 1000

function startOf(times: DialTimes): number | undefined {
  const ready = times.tlsEnd ?? times.connectEnd
  return ready !== undefined && performance.now() - ready < belongsMs
    ? (times.dnsStart ?? times.connectStart)
    : undefined
}

export function markTimes(recorder: Recorder, times: DialTimes): void {
  for (const name of ['dnsStart', 'dnsEnd', 'connectStart', 'connectEnd', 'tlsStart', 'tlsEnd'] as const) {
    const at = times[name]
    if (at !== undefined && at >= recorder.began) recorder.mark(name, at)
  }
}

export function recordRequest(
  wiring: Wiring,
  leg: ClientLeg,
  head: RequestHead,
  route: Route,
  origin: Http1Origin | undefined,
  hostField: string | undefined,
): Recorder {
  const link = origin?.link
  const first = origin?.used === 0
  // The chain of certificates is told once, with the first exchange that used the connection.
  const tls = first ? link?.tls : link?.tlsAgain
  const recorder = new Recorder(
    wiring.outbox,
    {
      kind: 'http',
      client: leg.client,
      server: link?.server ?? { host: route.host, port: route.port },
      connection: {
        id: leg.id,
        reused: link !== undefined && !first,
        way: leg.way,
        ...(leg.clientTls ? { clientTls: leg.clientTls } : {}),
        ...(link ? { upstreamId: link.id } : {}),
        ...(tls ? { serverTls: tls } : {}),
        ...(link?.via ? { via: link.via } : {}),
      },
      origin: leg.origin,
      httpVersion: head.httpVersion,
      method: head.method,
      target: head.target,
      url: targetUrl(route, hostField, head.target),
      headers: head.raw,
    },
    wiring.settings.maxContent,
    first && link ? startOf(link.times) : undefined,
  )
  if (first && link) markTimes(recorder, link.times)
  return recorder
}

/** As much of a refused request as could be read; undefined where not even a request line was there. */
export function recordRefused(
  wiring: Wiring,
  leg: ClientLeg,
  text: string,
  head: RequestHead | undefined,
  fixed: Route | undefined,
): Recorder | undefined {
  const [line = ''] = text.split(/\r?\n/, 1)
  const [method = '', target = ''] = head ? [head.method, head.target] : line.split(' ')
  if (method.length > longestMethod || !isToken(method)) return undefined
  const named = fixed ?? parseAbsolute(target)?.route
  const route: Route = named ?? { scheme: 'http', host: head?.host ?? 'unknown', port: 0 }
  return new Recorder(
    wiring.outbox,
    {
      kind: 'http',
      client: leg.client,
      server: { host: route.host, port: route.port },
      connection: { id: leg.id, reused: false, way: leg.way, ...(leg.clientTls ? { clientTls: leg.clientTls } : {}) },
      origin: leg.origin,
      httpVersion: head?.httpVersion ?? '1.1',
      method,
      target,
      url: named ? targetUrl(route, head?.host, target) : `http://${head?.host ?? 'unknown'}/`,
      headers: head?.raw ?? [],
    },
    0,
  )
}
