// Writes HAR 1.2 exactly: sizes on the wire and decoded, base64 for what is no text, and `_` fields for what HAR has no word for.
import { type Exchange, responseOf } from '../exchange/exchange.ts'
import { type Content, type FieldLine, fieldValue, type Message } from '../exchange/message.ts'
import type { SocketMessage } from '../exchange/socket-message.ts'
import { timings } from '../exchange/timings.ts'
import { base64Pieces, isUtf8, utf8Pieces } from '../http/octets.ts'
import { contentNote } from './content-note.ts'
import { failureOf, writeConnection, writeInterim, writeMarks } from './exchange-facts.ts'
import type { DecodeContent, ExportContext, ExportItem } from './format.ts'
import { harCookies } from './har-cookies.ts'
import { jsonWithList, type LongText, longText } from './json-pieces.ts'

export const opcodeNumbers = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

type Json = { readonly [name: string]: unknown }

const unlessEmpty = (name: string, list: readonly unknown[]): Json => (list.length === 0 ? {} : { [name]: list })

/** Octets without content coding where it could be undone, and what of the coding is left. */
function plain(content: Content, octets: Uint8Array | undefined, decode: DecodeContent) {
  if (!octets || content.codings.length === 0) return { octets, content }
  const decoded = decode(octets, content.codings)
  return decoded ? { octets: decoded, content: { ...content, codings: [] } } : { octets, content }
}

/** Each would be six characters of JSON, and nobody reads them: more than one in twenty at the beginning is no text. */
function isFullOfControls(octets: Uint8Array): boolean {
  const start = octets.subarray(0, 4096)
  let controls = 0
  for (const octet of start) if (octet < 0x20 && octet !== 0x09 && octet !== 0x0a && octet !== 0x0d) controls += 1
  return controls > start.length / 20
}

/** Larger contents are written piece by piece. */
const longContent = 64 * 1024

/** Text where the octets are UTF-8 of no forbidden characters; base64 otherwise. */
function encoded(octets: Uint8Array): { readonly text: string | LongText; readonly base64: boolean } {
  const marked = octets[0] === 0xef && octets[1] === 0xbb && octets[2] === 0xbf
  const base64 = marked || octets.includes(0) || isFullOfControls(octets) || !isUtf8(octets)
  const pieces = () => (base64 ? base64Pieces(octets) : utf8Pieces(octets))
  return { text: octets.length > longContent ? longText(pieces) : [...pieces()].join(''), base64 }
}

function postData(content: Content, octets: Uint8Array | undefined): Json {
  const note = contentNote(content, octets)
  if (!octets || octets.length === 0) return note ? { _content: note } : {}
  const { text, base64 } = encoded(octets)
  const data = { mimeType: content.mimeType ?? '', text, params: [], ...(base64 ? { _encoding: 'base64' } : {}) }
  return { postData: data, ...(note ? { _content: note } : {}) }
}

function responseContent(message: Message | undefined, octets: Uint8Array | undefined): Json {
  const content = message?.content
  const mimeType = content?.mimeType ?? 'x-unknown'
  const note = content && contentNote(content, octets)
  const extra = note ? { _content: note } : {}
  if (!octets || octets.length === 0) return { size: 0, mimeType, ...extra }
  const { text, base64 } = encoded(octets)
  const saved =
    content?.kept === 'whole' && octets.length > content.bodySize
      ? { compression: octets.length - content.bodySize }
      : {}
  const comment = content?.kept === 'truncated' ? { comment: `truncated: the first ${octets.length} octets` } : {}
  return {
    size: octets.length,
    ...saved,
    mimeType,
    text,
    ...(base64 ? { encoding: 'base64' } : {}),
    ...comment,
    ...extra,
  }
}

const fields = (lines: readonly FieldLine[]): Json[] => lines.map(({ name, value }) => ({ name, value }))

function queryString(url: string): Json[] {
  return URL.canParse(url) ? [...new URL(url).searchParams].map(([name, value]) => ({ name, value })) : []
}

const rounded = (ms: number): number => Math.round(ms * 1000) / 1000

/**
 * HAR counts TLS as part of connecting, and `time` is the sum of the phases: what lies between two of them (a handshake
 * done, the request not yet sent) counts as blocked. Unknown phases are -1, the three required ones 0.
 */
function harTimings(exchange: Exchange): { readonly time: number; readonly timings: Json } {
  const { blocked, dns, connect, ssl, send, wait, receive } = timings(exchange.marks)
  const least = (value: number) => Math.max(0, value)
  const connecting = connect < 0 ? ssl : connect + least(ssl)
  const known = least(dns) + least(connecting) + least(send) + least(wait) + least(receive)
  const total = exchange.marks.end ?? known + least(blocked)
  const idle = rounded(Math.max(0, total - known))
  const phases = {
    blocked: blocked < 0 && idle === 0 ? -1 : idle,
    dns,
    connect: rounded(connecting),
    ssl,
    send: least(send),
    wait: least(wait),
    receive: least(receive),
  }
  return { time: rounded(known + idle), timings: phases }
}

function socketMessage(message: SocketMessage, started: number): Json {
  const { from, at, opcode, data, size, truncated, compressed, code } = message
  return {
    type: from === 'client' ? 'send' : 'receive',
    time: (started + at) / 1000,
    opcode: opcodeNumbers[opcode],
    data,
    _at: at,
    _size: size,
    ...(truncated ? { _truncated: true } : {}),
    ...(compressed ? { _compressed: true } : {}),
    ...(code === undefined ? {} : { _code: code }),
  }
}

function harEntry(item: ExportItem, pageref: string, decode: DecodeContent): Json {
  const { exchange } = item
  const { request, connection, server, client } = exchange
  const response = responseOf(exchange)
  const asked = plain(request.content, item.request, decode)
  const answered = response && plain(response.content, item.response, decode)
  const failure = failureOf(exchange)
  const { time, timings: phases } = harTimings(exchange)
  const answeredMessage = response && answered ? { ...response, content: answered.content } : undefined
  return {
    pageref,
    startedDateTime: exchange.startedDateTime,
    time,
    request: {
      method: request.method,
      url: request.url,
      httpVersion: request.httpVersion,
      cookies: harCookies(request.headers, 'cookie'),
      headers: fields(request.headers),
      queryString: queryString(request.url),
      ...postData(asked.content, asked.octets),
      headersSize: -1,
      bodySize: request.content.bodySize,
      _target: request.target,
      ...unlessEmpty('_trailers', fields(request.trailers)),
    },
    response: {
      status: response?.status ?? 0,
      statusText: response?.statusText ?? '',
      httpVersion: response?.httpVersion ?? '',
      cookies: harCookies(response?.headers ?? [], 'set-cookie'),
      headers: fields(response?.headers ?? []),
      content: responseContent(answeredMessage, answered?.octets),
      redirectURL: fieldValue(response?.headers ?? [], 'location') ?? '',
      headersSize: -1,
      bodySize: response?.content.bodySize ?? -1,
      ...unlessEmpty('_trailers', fields(response?.trailers ?? [])),
      ...unlessEmpty('_interim', writeInterim(response?.interim ?? [])),
    },
    cache: {},
    timings: phases,
    ...(server.address === undefined ? {} : { serverIPAddress: server.address }),
    connection: String(connection.id),
    ...(exchange.kind === 'websocket' ? { _resourceType: 'websocket' } : {}),
    ...(exchange.kind === 'tunnel' ? { _kind: 'tunnel', _unread: exchange.unread ?? '' } : {}),
    _client: { address: client.address, port: client.port },
    _server: { host: server.host, port: server.port },
    _connection: writeConnection(connection),
    _marks: writeMarks(exchange.marks),
    ...(failure ? { _failure: failure, _error: failure.message } : {}),
  }
}

/** One page for each capture session. Pages follow the entries, so that nothing has to be read twice. */
export async function* writeHar(
  items: AsyncIterable<ExportItem>,
  { version, decode }: ExportContext,
): AsyncGenerator<string> {
  const pages = new Map<string, Json>()
  yield `{"log":{"version":"1.2","creator":{"name":"Telltale","version":${JSON.stringify(version)}},"entries":[`
  let first = true
  for await (const item of items) {
    const { sessionId, startedDateTime } = item.exchange
    const known = pages.get(sessionId) ?? {
      startedDateTime,
      id: `page_${pages.size + 1}`,
      title: 'Telltale capture',
      pageTimings: {},
    }
    pages.set(sessionId, known)
    yield first ? '\n' : ',\n'
    const started = Date.parse(startedDateTime)
    // The events of a stream are in its content; this field is known for WebSockets alone.
    const messages = item.exchange.kind === 'http' ? [] : (item.messages ?? [])
    const entry = harEntry(item, String(known.id), decode)
    yield* jsonWithList(entry, '_webSocketMessages', messages, (message) => socketMessage(message, started))
    first = false
  }
  yield `\n],"pages":${JSON.stringify([...pages.values()])}}}\n`
}
