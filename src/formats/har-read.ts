// Reads HAR as Chrome, Firefox, mitmproxy, Fiddler, Charles, Proxyman, Insomnia and Telltale write it: leniently, entry by entry.
import type { Marks } from '../exchange/exchange.ts'
import type { Failure } from '../exchange/failure.ts'
import type { FieldLine } from '../exchange/message.ts'
import type { SocketMessage } from '../exchange/socket-message.ts'
import { isToken } from '../http/field-syntax.ts'
import { fromBase64, isUtf8, latin1Octets, utf8Octets } from '../http/octets.ts'
import { readConnection, readFailure, readInterim, readLine, readMarks, readMessages } from './exchange-facts.ts'
import type { ImportContext, ReadResult } from './format.ts'
import { opcodeNumbers } from './har-write.ts'
import { type Found, readTime, serverOf, toImported, unusableUrl } from './imported-exchange.ts'
import { jsonElements, textPieces } from './json-elements.ts'
import { booleanOf, isShape, listOf, member, numberOf, textOf } from './json-shape.ts'

/** `[{name, value}]`; HTTP/2 pseudo fields, which browsers list, are no field lines. */
function readFields(list: readonly unknown[]): FieldLine[] {
  return list.flatMap((one) => {
    const name = textOf(one, 'name')
    const value = textOf(one, 'value')
    return name === undefined || value === undefined || name === '' || name.startsWith(':')
      ? []
      : [readLine(name, value)]
  })
}

const versions: Readonly<Record<string, string>> = {
  'http/2.0': 'HTTP/2',
  h2: 'HTTP/2',
  'http/3.0': 'HTTP/3',
  h3: 'HTTP/3',
  unknown: '',
}

function readVersion(message: unknown): string {
  const version = textOf(message, 'httpVersion') ?? ''
  return versions[version.toLowerCase()] ?? version.replace(/^http/, 'HTTP').slice(0, 20)
}

/** One octet a character, or nearly: a text in such a charset is written so again, or its `Content-Type` would be wrong. */
const latin1 = /;\s*charset\s*=\s*"?(?:iso-?8859-1|latin-?1|windows-1252|cp1252|us-ascii)\b/i

/**
 * The octets of a text by what others say of them: its charset, or (mitmproxy reads what names no charset as Latin-1) a
 * size that only single octets have, where they are UTF-8 or no text at all.
 */
function foreignOctets(text: string, mimeType: string, ...sizes: readonly (number | undefined)[]): Uint8Array {
  const utf8 = utf8Octets(text)
  const single = utf8.length === text.length ? undefined : latin1Octets(text)
  if (!single) return utf8
  if (latin1.test(mimeType)) return single
  return sizes.includes(single.length) && (isUtf8(single) || /[\x80-\x9f]/.test(text)) ? single : utf8
}

/** Fiddler and others put the octets of a form into `params` only. */
function requestOctets(request: unknown, isOwn: boolean): Uint8Array | undefined {
  const data = member(request, 'postData')
  const text = textOf(data, 'text')
  const encoding = textOf(data, '_encoding') ?? textOf(data, 'encoding')
  if (text !== undefined && text !== '') {
    if (encoding === 'base64') return fromBase64(text)
    return isOwn ? utf8Octets(text) : foreignOctets(text, textOf(data, 'mimeType') ?? '', numberOf(request, 'bodySize'))
  }
  const params = listOf(data, 'params').filter(isShape)
  if (params.length === 0) return undefined
  const pair = (name: string, value: string) =>
    `${encodeURIComponent(name.toWellFormed())}=${encodeURIComponent(value.toWellFormed())}`
  return utf8Octets(params.map((one) => pair(textOf(one, 'name') ?? '', textOf(one, 'value') ?? '')).join('&'))
}

/** Bodies in a file are decoded as a rule; a base64 text that is none is taken as it stands. */
function responseOctets(response: unknown, isOwn: boolean): Uint8Array | undefined {
  const content = member(response, 'content')
  const text = textOf(content, 'text')
  if (text === undefined || text === '') return undefined
  if (textOf(content, 'encoding') === 'base64') return fromBase64(text) ?? utf8Octets(text)
  if (isOwn) return utf8Octets(text)
  // mitmproxy's size is that of the coded content, and its compression a negative number.
  const size = numberOf(content, 'size') ?? 0
  return foreignOctets(text, textOf(content, 'mimeType') ?? '', size, size + (numberOf(content, 'compression') ?? 0))
}

/** HAR's phases as marks: each begins where the one before it ended. */
function readTimings(entry: unknown): Marks {
  const timings = member(entry, 'timings')
  const phase = (name: string): number => Math.max(-1, numberOf(timings, name) ?? -1)
  let at = Math.max(0, phase('blocked'))
  const marks: Record<string, number> = {}
  const pass = (name: string, from: string, to: string): void => {
    const length = phase(name)
    if (length < 0) return
    marks[from] = at
    at += length
    marks[to] = at
  }
  pass('dns', 'dnsStart', 'dnsEnd')
  const ssl = phase('ssl')
  pass('connect', 'connectStart', 'connectEnd')
  // HAR counts TLS as part of connecting.
  if (ssl > 0 && marks.connectEnd !== undefined && marks.connectStart !== undefined) {
    marks.tlsEnd = marks.connectEnd
    marks.tlsStart = Math.max(marks.connectStart, marks.connectEnd - ssl)
    marks.connectEnd = marks.tlsStart
  }
  pass('send', 'sendStart', 'sendEnd')
  const wait = phase('wait')
  const receive = phase('receive')
  if (wait >= 0) marks.firstByte = at + wait
  const total = numberOf(entry, 'time')
  const end = at + Math.max(0, wait) + Math.max(0, receive)
  if (wait >= 0 || receive >= 0) marks.end = end
  else if (total !== undefined && total >= 0) marks.end = total
  // Sums of decimals: 93.592 and not 93.59200000000001.
  return Object.fromEntries(Object.entries(marks).map(([name, ms]) => [name, Math.round(ms * 1000) / 1000]))
}

/** Chrome says `net::ERR_…`; the phase follows from it. */
function readError(entry: unknown, status: number): Failure | undefined {
  const own = readFailure(member(entry, '_failure'))
  if (own) return own
  const response = member(entry, 'response')
  const message = textOf(entry, '_error') ?? textOf(response, '_error') ?? textOf(response, '_failureText')
  if (message === undefined || message === '') return undefined
  // After an answer began, only the browsers' own word for a failure is one.
  if (status > 0 && !message.startsWith('net::ERR_')) return undefined
  const code = /ERR_([A-Z_]+)/.exec(message)?.[1] ?? 'FAILED'
  const phase = /NAME_|DNS/.test(code)
    ? 'resolve'
    : /CERT|SSL|TLS/.test(code)
      ? 'tls'
      : /CONNECTION_(REFUSED|TIMED_OUT|FAILED)|ADDRESS|INTERNET|TUNNEL|PROXY/.test(code)
        ? 'connect'
        : /ABORTED|BLOCKED/.test(code)
          ? 'client'
          : 'response'
  return { phase, code, message: message.slice(0, 500) }
}

/** Chrome: `time` in seconds since 1970, binary data in base64. Playwright writes milliseconds. */
function readSocketMessages(entry: unknown, started: number, exchangeId: string): SocketMessage[] {
  const list = listOf(entry, '_webSocketMessages').filter(isShape)
  const names = Object.entries(opcodeNumbers)
  return readMessages(
    list.map((one) => {
      const opcode = names.find(([, number]) => number === numberOf(one, 'opcode'))?.[0] ?? 'text'
      const time = numberOf(one, 'time') ?? 0
      const at = numberOf(one, '_at') ?? (time > 1e11 ? time : time * 1000) - started
      return {
        from: textOf(one, 'type') === 'send' ? 'client' : 'server',
        opcode,
        at,
        data: textOf(one, 'data') ?? '',
        size: numberOf(one, '_size'),
        truncated: booleanOf(one, '_truncated'),
        compressed: booleanOf(one, '_compressed'),
        code: numberOf(one, '_code'),
      }
    }),
    exchangeId,
  )
}

/** The wire's size, where the file tells it apart from the decoded one. */
function noteOf(part: unknown, holder: unknown, octets: Uint8Array | undefined): unknown {
  const own = member(holder, '_content')
  if (isShape(own)) return own
  const bodySize = numberOf(part, 'bodySize')
  if (octets !== undefined && octets.length > 0)
    return bodySize !== undefined && bodySize > 0 ? { bodySize } : undefined
  const size = Math.max(bodySize ?? 0, numberOf(member(part, 'content'), 'size') ?? 0)
  // A body that was there and is not in the file: its size is all that is known.
  return size > 0 ? { bodySize: size, kept: 'none', why: 'evicted' } : undefined
}

function readEntry(entry: unknown, context: ImportContext): Found | string {
  const request = member(entry, 'request')
  const response = member(entry, 'response')
  if (!isShape(request)) return 'It has no request.'
  const method = textOf(request, 'method') ?? 'GET'
  const given = textOf(request, 'url') ?? ''
  // A tunnel that was not opened (Charles, Fiddler) is named by host and port (RFC 9110 §9.3.6).
  const isTunnel = method === 'CONNECT'
  const url = isTunnel && /^[^/\s?#]+:\d+$/.test(given) ? `https://${given.replace(/:443$/, '')}/` : given
  const unusable = unusableUrl(url)
  if (unusable) return unusable
  if (!isToken(method) || method.length > 40) return `${JSON.stringify(method.slice(0, 40))} is not a request method.`
  const started = member(entry, 'startedDateTime')
  const time = started === undefined || started === null ? context.now : readTime(started)
  if (time === undefined) return `${JSON.stringify(started)?.slice(0, 60)} is not a date.`
  // Playwright writes -1 where there was no answer.
  const status = Math.max(0, numberOf(response, 'status') ?? 0)
  if (!Number.isInteger(status) || status > 999) return `${status} is not a status code.`
  // Ours holds what the octets are in UTF-8, whatever was said of them.
  const isOwn = isShape(member(entry, '_connection'))
  const octets = { request: requestOctets(request, isOwn), response: responseOctets(response, isOwn) }
  const content = member(response, 'content')
  const unread = textOf(entry, '_unread') ?? (isTunnel ? 'pass-through' : undefined)
  const server = member(entry, '_server')
  const client = member(entry, '_client')
  const address = textOf(entry, 'serverIPAddress')?.replace(/^\[(.*)\]$/, '$1')
  const meant = serverOf(url)
  const mimeType = textOf(content, 'mimeType')
  const connection = member(entry, '_connection')
  return {
    time,
    kind:
      textOf(entry, '_resourceType') === 'websocket'
        ? 'websocket'
        : isTunnel || textOf(entry, '_kind') === 'tunnel'
          ? 'tunnel'
          : 'http',
    request: {
      method,
      url,
      target: textOf(request, '_target'),
      httpVersion: readVersion(request),
      headers: readFields(listOf(request, 'headers')),
      trailers: readFields(listOf(request, '_trailers')),
      octets: octets.request,
      note: noteOf(request, request, octets.request),
      mimeType: textOf(member(request, 'postData'), 'mimeType') || undefined,
    },
    ...(status > 0 && isShape(response)
      ? {
          response: {
            status,
            statusText: textOf(response, 'statusText') ?? '',
            httpVersion: readVersion(response),
            headers: readFields(listOf(response, 'headers')),
            trailers: readFields(listOf(response, '_trailers')),
            interim: readInterim(listOf(response, '_interim')),
            octets: octets.response,
            note: noteOf(response, content, octets.response),
            mimeType: mimeType === 'x-unknown' ? undefined : mimeType || undefined,
          },
        }
      : {}),
    failure: readError(entry, status),
    marks: readMarks(member(entry, '_marks')) ?? readTimings(entry),
    client: { address: textOf(client, 'address') ?? '', port: numberOf(client, 'port') ?? 0 },
    server: {
      host: textOf(server, 'host') ?? meant.host,
      port: numberOf(server, 'port') ?? meant.port,
      ...(address ? { address } : {}),
    },
    connection: isShape(connection)
      ? readConnection(connection)
      : { id: numberOf(entry, 'connection') ?? 0, reused: false, way: 'import' },
    messages: (id) => readSocketMessages(entry, time, id),
    unread: unread === '' ? undefined : unread,
  }
}

/** `maxOctets` limits the whole file. */
export async function* readHar(
  octets: AsyncIterable<Uint8Array>,
  context: ImportContext,
  maxOctets = 512 * 1024 * 1024,
): AsyncGenerator<ReadResult> {
  let entry = 0
  let now = context.now
  for await (const element of jsonElements(textPieces(octets, maxOctets), '/log/entries')) {
    const found = 'reason' in element ? element.reason : readEntry(element.value, { ...context, now })
    // An entry without a time follows the one before it.
    if (typeof found !== 'string') now = found.time
    yield typeof found === 'string'
      ? { skipped: { entry, reason: found } }
      : { imported: toImported(found, entry, context) }
    entry++
  }
}
