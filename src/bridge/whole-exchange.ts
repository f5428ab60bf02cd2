// An exchange that began and ended within one batch, as one list: a third of the cost of copying its four events.
import { contentOf, fieldLines, type Kept } from '../exchange/apply.ts'
import type { ContentEnd, ExchangeEvent, RawFields } from '../exchange/event.ts'
import type {
  Client,
  Connection,
  Exchange,
  ExchangeId,
  Kind,
  Marks,
  Origin,
  Server,
  Tls,
} from '../exchange/exchange.ts'
import { isMessageItem, type MessageItem, messageItem } from './message-item.ts'

/**
 * Structured clone writes every name of every object, so there are none; but an object it has met before it writes only
 * once, so what is the same for many exchanges (who asked, where it went, TLS) stays one.
 */
export type WholeExchange = readonly [
  id: ExchangeId,
  sessionId: string,
  kind: Kind,
  time: number,
  client: Client,
  server: Server,
  origin: Origin,
  unread: string | undefined,
  connection: number,
  reused: boolean,
  way: Connection['way'],
  upstreamId: number | undefined,
  via: string | undefined,
  clientTls: Tls | undefined,
  serverTls: Tls | undefined,
  requestVersion: string,
  method: string,
  target: string,
  url: string,
  requestHeaders: RawFields,
  requestEnd: ContentEnd,
  requestTrailers: RawFields,
  responseVersion: string,
  status: number,
  statusText: string,
  responseHeaders: RawFields,
  responseEnd: ContentEnd,
  responseTrailers: RawFields,
  marks: Marks,
]

type Event<T extends ExchangeEvent['type']> = Extract<ExchangeEvent, { type: T }>
type Gathered = {
  readonly opened: Event<'opened'>
  /** Events in all. */
  count: number
  asked: Event<'request-ended'> | undefined
  responded: Event<'responded'> | undefined
  ended: Event<'ended'> | undefined
}
type Full = { readonly [K in keyof Gathered]: Exclude<Gathered[K], undefined> }

const isFull = (one: Gathered): one is Full =>
  one.count === 4 && one.asked !== undefined && one.responded !== undefined && one.ended !== undefined

function wholeOf({ opened, asked, responded, ended }: Full): WholeExchange {
  const { connection } = opened
  return [
    opened.id,
    opened.sessionId,
    opened.kind,
    opened.time,
    opened.client,
    opened.server,
    opened.origin,
    opened.unread,
    connection.id,
    connection.reused,
    connection.way,
    connection.upstreamId,
    connection.via,
    connection.clientTls,
    connection.serverTls,
    opened.httpVersion,
    opened.method,
    opened.target,
    opened.url,
    opened.headers,
    asked.content,
    asked.trailers,
    responded.httpVersion,
    responded.status,
    responded.statusText,
    responded.headers,
    ended.content,
    ended.trailers,
    { ...asked.marks, ...responded.marks, ...ended.marks },
  ]
}

/** A response whose content is read event by event while it comes (RFC 9110 §8.3: the media type is case-insensitive). */
export const announcesEvents = (headers: RawFields): boolean =>
  headers.some(
    (value, i) =>
      i % 2 === 1 && /^\s*text\/event-stream\b/i.test(value) && headers[i - 1]?.toLowerCase() === 'content-type',
  )

export type BatchItem = ExchangeEvent | WholeExchange | MessageItem

export const isWhole = (item: BatchItem): item is WholeExchange => Array.isArray(item) && !isMessageItem(item)

/** Whether an exchange begins with it. */
export const opens = (item: BatchItem): boolean => isWhole(item) || (!isMessageItem(item) && item.type === 'opened')

/** A batch in which messages are lists, and in which each exchange that begins and ends in it, with nothing but a request and a response, stands where it ended. */
export function condense(events: readonly ExchangeEvent[]): readonly BatchItem[] {
  const found = new Map<ExchangeId, Gathered>()
  for (const event of events) {
    if (event.type === 'opened') {
      found.set(event.id, { opened: event, count: 1, asked: undefined, responded: undefined, ended: undefined })
      continue
    }
    const one = found.get(event.id)
    if (!one) continue
    one.count += 1
    if (event.type === 'request-ended') one.asked = event
    else if (event.type === 'ended') one.ended = event
    // One that turned into something else is not over with its response, and events are read one by one.
    else if (event.type === 'responded' && event.kind === undefined && !announcesEvents(event.headers))
      one.responded = event
  }
  const items: BatchItem[] = []
  for (const event of events) {
    const one = found.get(event.id)
    if (event.type === 'message') items.push(messageItem(event))
    else if (!one || !isFull(one)) items.push(event)
    else if (event.type === 'ended') items.push(wholeOf(one))
  }
  return items
}

/** What `apply` makes of the four events; `keep` is asked where the octets of each content were kept. */
export function exchangeOf(
  whole: WholeExchange,
  keep: (side: 'request' | 'response', end: ContentEnd) => Kept | undefined,
): Exchange {
  const [id, sessionId, kind, time, client, server, origin, unread, ...later] = whole
  const [connection, reused, way, upstreamId, via, clientTls, serverTls, ...messages] = later
  const [requestVersion, method, target, url, requestLines, requestEnd, requestTrailers, ...response] = messages
  const [responseVersion, status, statusText, responseLines, responseEnd, responseTrailers, marks] = response
  const [requestHeaders, headers] = [fieldLines(requestLines), fieldLines(responseLines)]
  return {
    id,
    sessionId,
    kind,
    startedDateTime: new Date(time).toISOString(),
    client,
    server,
    connection: {
      id: connection,
      reused,
      way,
      ...(clientTls ? { clientTls } : {}),
      ...(upstreamId === undefined ? {} : { upstreamId }),
      ...(serverTls ? { serverTls } : {}),
      ...(via === undefined ? {} : { via }),
    },
    request: {
      httpVersion: requestVersion,
      method,
      target,
      url,
      headers: requestHeaders,
      trailers: fieldLines(requestTrailers),
      content: contentOf(requestHeaders, requestEnd, keep('request', requestEnd)),
    },
    outcome: {
      state: 'complete',
      response: {
        httpVersion: responseVersion,
        status,
        statusText,
        headers,
        trailers: fieldLines(responseTrailers),
        content: contentOf(headers, responseEnd, keep('response', responseEnd)),
        interim: [],
      },
    },
    marks,
    origin,
    messageCount: 0,
    ...(unread === undefined ? {} : { unread }),
  }
}
