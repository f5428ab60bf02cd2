// Writes a Postman collection v2.1: one item an exchange, its answer as the saved example.
import { type Exchange, responseOf } from '../exchange/exchange.ts'
import type { FieldLine } from '../exchange/message.ts'
import { connectionFieldNames } from '../http/field-syntax.ts'
import { readableText, toBase64, utf8Text } from '../http/octets.ts'
import type { ExportItem } from './format.ts'
import type { Shape } from './json-shape.ts'
import { sentRequest } from './sent-request.ts'

const schema = 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json'

const meant = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** `raw` is what counts; the parts are what Postman's editor shows. */
function writeUrl(raw: string): Shape {
  if (!URL.canParse(raw)) return { raw }
  const { protocol, hostname, port, pathname, search } = new URL(raw)
  const query = search === '' ? [] : search.slice(1).split('&')
  return {
    raw,
    protocol: protocol.slice(0, -1),
    host: hostname.split('.'),
    ...(port === '' ? {} : { port }),
    path: pathname.slice(1).split('/'),
    ...(query.length === 0
      ? {}
      : {
          query: query.map((pair) => ({
            key: pair.split('=', 1)[0] ?? '',
            value: pair.includes('=') ? pair.slice(pair.indexOf('=') + 1) : null,
          })),
        }),
  }
}

const languages: readonly (readonly [RegExp, string])[] = [
  [/json/i, 'json'],
  [/html/i, 'html'],
  [/xml/i, 'xml'],
  [/javascript/i, 'javascript'],
]

/** Postman has no binary bodies outside files: such a body is kept as base64 under a name of ours. */
function writeBody(body: Uint8Array, mimeType: string | undefined): Shape {
  if (body.length === 0) return {}
  const text = utf8Text(body)
  if (text === undefined) return { body: { mode: 'file', file: {}, _base64: toBase64(body) } }
  if (/x-www-form-urlencoded/i.test(mimeType ?? '')) {
    const pairs = text.split('&').map((pair) => {
      const equals = pair.indexOf('=')
      return {
        key: meant((equals < 0 ? pair : pair.slice(0, equals)).replace(/\+/g, ' ')),
        value: equals < 0 ? '' : meant(pair.slice(equals + 1).replace(/\+/g, ' ')),
      }
    })
    return { body: { mode: 'urlencoded', urlencoded: pairs, _raw: text } }
  }
  const language = languages.find(([shape]) => shape.test(mimeType ?? ''))?.[1] ?? 'text'
  return { body: { mode: 'raw', raw: text, options: { raw: { language } } } }
}

const writeFields = (lines: readonly FieldLine[]): Shape[] => lines.map(({ name, value }) => ({ key: name, value }))

function nameOf({ request }: Exchange): string {
  const path = URL.canParse(request.url) ? new URL(request.url).pathname : request.target
  return `${request.method} ${path}`
}

function writeItem(item: ExportItem): Shape {
  const { exchange, body } = sentRequest(item)
  const { request } = exchange
  const response = responseOf(exchange)
  const dropped = connectionFieldNames(request.headers).add('content-length')
  const original = {
    method: request.method,
    header: writeFields(request.headers.filter(({ name }) => !dropped.has(name.toLowerCase()))),
    ...writeBody(body, request.content.mimeType),
    url: writeUrl(request.url),
  }
  const example = response && {
    name: `${response.status} ${response.statusText}`.trim(),
    originalRequest: original,
    status: response.statusText,
    code: response.status,
    header: writeFields(response.headers),
    body: item.response && response.content.codings.length === 0 ? readableText(item.response) : '',
    responseTime: Math.round(exchange.marks.end ?? 0),
  }
  return { name: nameOf(exchange), request: original, response: example ? [example] : [] }
}

export async function* writePostman(items: AsyncIterable<ExportItem>): AsyncGenerator<string> {
  yield `{"info":{"name":"Telltale capture","schema":${JSON.stringify(schema)}},"item":[`
  let first = true
  for await (const item of items) {
    yield `${first ? '' : ','}\n${JSON.stringify(writeItem(item))}`
    first = false
  }
  yield '\n]}\n'
}
