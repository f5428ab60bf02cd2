// NDJSON: one exchange a line, body as base64; written so that reading it gives the same exchange, and read leniently.
import { responseOf } from '../exchange/exchange.ts'
import type { Message } from '../exchange/message.ts'
import { timings } from '../exchange/timings.ts'
import { isToken } from '../http/field-syntax.ts'
import { base64Pieces, fromBase64, toBase64, utf8Octets } from '../http/octets.ts'
import { contentNote } from './content-note.ts'
import {
  failureOf,
  readConnection,
  readFailure,
  readInterim,
  readMarks,
  readMessages,
  readPairs,
  toPairs,
  writeConnection,
  writeInterim,
  writeMarks,
  writeMessage,
} from './exchange-facts.ts'
import { fileProblem } from './file-problem.ts'
import type { ExportItem, Format, ImportContext, ReadResult } from './format.ts'
import { type Found, type FoundMessage, readTime, toImported, unusableUrl } from './imported-exchange.ts'
import { textPieces } from './json-elements.ts'
import { jsonWithList, longText } from './json-pieces.ts'
import { isShape, listOf, member, numberOf, type Shape, textOf, wordOf } from './json-shape.ts'

const maxFile = 512 * 1024 * 1024
/** Larger contents are written piece by piece. */
const longContent = 64 * 1024
const none = new Uint8Array(0)
/** Characters of one line. */
const maxLine = 128 * 1024 * 1024

function writeSide(message: Message, octets: Uint8Array | undefined): Shape {
  const note = contentNote(message.content, octets)
  return {
    headers: toPairs(message.headers),
    ...(message.trailers.length > 0 ? { trailers: toPairs(message.trailers) } : {}),
    body_b64: octets && octets.length > longContent ? longText(() => base64Pieces(octets)) : toBase64(octets ?? none),
    ...(note ? { content: note } : {}),
  }
}

function lineOf({ exchange, request: asked, response: answered }: ExportItem): Shape {
  const { request, client, server, kind, unread, marks } = exchange
  const response = responseOf(exchange)
  const failure = failureOf(exchange)
  return {
    recorded_at: exchange.startedDateTime,
    ...(kind === 'http' ? {} : { kind }),
    httpVersion: request.httpVersion,
    request: { method: request.method, url: request.url, target: request.target, ...writeSide(request, asked) },
    ...(response
      ? {
          response: {
            status: response.status,
            reason: response.statusText,
            ...(response.httpVersion === request.httpVersion ? {} : { httpVersion: response.httpVersion }),
            ...writeSide(response, answered),
            ...(response.interim.length > 0 ? { interim: writeInterim(response.interim) } : {}),
          },
        }
      : {}),
    ...(failure ? { error: failure } : {}),
    timings: timings(marks),
    marks: writeMarks(marks),
    client: { address: client.address, port: client.port },
    server: { host: server.host, port: server.port, ...(server.address ? { address: server.address } : {}) },
    connection: writeConnection(exchange.connection),
    ...(unread === undefined ? {} : { unread }),
  }
}

async function* write(items: AsyncIterable<ExportItem>): AsyncGenerator<string> {
  for await (const item of items) {
    yield* jsonWithList(lineOf(item), 'messages', item.messages ?? [], writeMessage)
    yield '\n'
  }
}

function readSide(side: unknown, line: unknown): FoundMessage {
  const base64 = textOf(side, 'body_b64')
  const text = textOf(side, 'body')
  const trailers =
    member(side, 'trailers') ?? (textOf(side, 'method') === undefined ? member(line, 'trailers') : undefined)
  return {
    httpVersion: textOf(side, 'httpVersion') ?? textOf(line, 'httpVersion') ?? '',
    headers: readPairs(member(side, 'headers')),
    trailers: readPairs(trailers),
    octets: base64 === undefined ? (text && utf8Octets(text)) || undefined : fromBase64(base64),
    note: member(side, 'content'),
  }
}

function readLine(line: unknown, { now }: ImportContext): Found | string {
  const request = member(line, 'request')
  const response = member(line, 'response')
  if (!isShape(request)) return 'It has no request.'
  const url = textOf(request, 'url') ?? ''
  const unusable = unusableUrl(url)
  if (unusable) return unusable
  const method = textOf(request, 'method') ?? 'GET'
  if (!isToken(method) || method.length > 40) return `${JSON.stringify(method.slice(0, 40))} is not a request method.`
  const recorded = member(line, 'recorded_at')
  const time = recorded === undefined || recorded === null ? now : readTime(recorded)
  if (time === undefined) return `${JSON.stringify(recorded)?.slice(0, 60)} is not a date.`
  const status = numberOf(response, 'status')
  if (isShape(response) && (status === undefined || !Number.isInteger(status) || status < 0 || status > 999))
    return 'Its status is no status code.'
  const server = member(line, 'server')
  const host = textOf(server, 'host')
  const address = textOf(server, 'address')
  const client = member(line, 'client')
  return {
    time,
    kind: wordOf(line, 'kind', ['websocket', 'tunnel'] as const) ?? 'http',
    request: { method, url, target: textOf(request, 'target'), ...readSide(request, line) },
    ...(isShape(response)
      ? {
          response: {
            status: status ?? 0,
            statusText: textOf(response, 'reason') ?? textOf(response, 'statusText') ?? '',
            ...readSide(response, line),
            interim: readInterim(listOf(response, 'interim')),
          },
        }
      : {}),
    failure: readFailure(member(line, 'error')),
    marks: readMarks(member(line, 'marks')) ?? readMarks(member(line, 'timings')) ?? {},
    ...(isShape(client)
      ? { client: { address: textOf(client, 'address') ?? '', port: numberOf(client, 'port') ?? 0 } }
      : {}),
    ...(host === undefined
      ? {}
      : { server: { host, port: numberOf(server, 'port') ?? 0, ...(address ? { address } : {}) } }),
    connection: readConnection(member(line, 'connection')),
    messages: (id) => readMessages(listOf(line, 'messages'), id),
    unread: textOf(line, 'unread'),
  }
}

/** Lines longer than the limit are handed out as undefined. */
async function* lines(pieces: AsyncIterable<string>): AsyncGenerator<string | undefined> {
  let parts: string[] = []
  let size = 0
  for await (const piece of pieces) {
    let from = 0
    for (let end = piece.indexOf('\n'); end >= 0; end = piece.indexOf('\n', from)) {
      parts.push(piece.slice(from, end))
      yield size + end - from > maxLine ? undefined : parts.join('')
      parts = []
      size = 0
      from = end + 1
    }
    size += piece.length - from
    if (size > maxLine) parts = []
    else parts.push(piece.slice(from))
  }
  yield size > maxLine ? undefined : parts.join('')
}

/** Where the string that opens at this quote ends; most of a line is strings, so they are crossed by search. */
function closingQuote(text: string, open: number): number {
  for (let end = text.indexOf('"', open + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let before = end - 1
    while (text.charCodeAt(before) === 0x5c) before--
    if ((end - before) % 2 === 1) return end
  }
  return text.length
}

/** Brackets open at once, at most: a cheap guard before parsing. */
function depthOf(text: string): number {
  let depth = 0
  let deepest = 0
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i)
    if (char === 0x22) i = closingQuote(text, i)
    else if (char === 0x7b || char === 0x5b) deepest = Math.max(deepest, ++depth)
    else if (char === 0x7d || char === 0x5d) depth--
  }
  return deepest
}

function parse(text: string): { readonly value: unknown } | { readonly reason: string } {
  if (depthOf(text) > 200) return { reason: 'It is nested more than 200 levels deep.' }
  try {
    return { value: JSON.parse(text) }
  } catch {
    return { reason: 'The line is not JSON.' }
  }
}

export async function* readNdjson(
  octets: AsyncIterable<Uint8Array>,
  context: ImportContext,
): AsyncGenerator<ReadResult> {
  let entry = 0
  let good = 0
  let now = context.now
  for await (const line of lines(textPieces(octets, maxFile))) {
    if (line !== undefined && line.trim() === '') continue
    const read = line === undefined ? { reason: 'The line is longer than 128 MB.' } : parse(line.replace(/^\ufeff/, ''))
    const found = 'reason' in read ? read.reason : readLine(read.value, { ...context, now })
    if (typeof found === 'string') yield { skipped: { entry, reason: found } }
    else {
      good++
      // A line without a time follows the one before it.
      now = found.time
      yield { imported: toImported(found, entry, context) }
    }
    entry++
  }
  if (entry === 0) throw fileProblem('The file is empty.')
  if (good === 0) throw fileProblem('No line of the file is an exchange.')
}

export const ndjson: Format = {
  id: 'ndjson',
  title: 'NDJSON',
  mimeType: 'application/x-ndjson',
  extension: 'ndjson',
  write,
  read: readNdjson,
  recognise: (start) =>
    /^\ufeff?\s*\{[^\n]*"request"[^\n]*(\n|$)/.test(start) && !/^\ufeff?\s*\{\s*"log"/.test(start) ? 0.8 : 0,
}
