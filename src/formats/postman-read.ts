// Reads a Postman collection v2: folders, inherited authorisation, saved examples as answers.
import type { ComposedRequest } from '../exchange/composed-request.ts'
import type { FieldLine } from '../exchange/message.ts'
import { isToken } from '../http/field-syntax.ts'
import { toBase64, utf8Octets } from '../http/octets.ts'
import { readLine } from './exchange-facts.ts'
import { fileProblem } from './file-problem.ts'
import type { ImportContext, ReadResult } from './format.ts'
import { composedImport } from './imported-request.ts'
import { textPieces } from './json-elements.ts'
import { booleanOf, isShape, listOf, member, numberOf, textOf } from './json-shape.ts'

const maxFile = 64 * 1024 * 1024
const maxFolders = 50

/** The URL of parts, where the text of it is missing. */
function composedUrl(url: unknown): string {
  const joined = (name: string, glue: string): string =>
    textOf(url, name) ??
    listOf(url, name)
      .flatMap((part) => textOf({ part }, 'part') ?? textOf(part, 'value') ?? [])
      .join(glue)
  const protocol = textOf(url, 'protocol') ?? 'http'
  const port = textOf(url, 'port')
  const query = listOf(url, 'query')
    .filter((one) => isShape(one) && booleanOf(one, 'disabled') !== true)
    .map((one) => `${textOf(one, 'key') ?? ''}=${textOf(one, 'value') ?? ''}`.replace(/[\s#]/g, encodeURIComponent))
  const host = joined('host', '.')
  if (host === '') return ''
  const path = joined('path', '/').replace(/^\/?/, '/')
  return `${protocol.replace(/:?(\/\/)?$/, '')}://${host}${port ? `:${port}` : ''}${path}${query.length > 0 ? `?${query.join('&')}` : ''}`
}

/** `url` is a text or an object whose `raw` is the text; disabled parameters are left out by Postman itself. */
function readUrl(url: unknown): string {
  const raw = typeof url === 'string' ? url : (textOf(url, 'raw') ?? composedUrl(url))
  // `/users/:id` with a value for `id`.
  const filled = listOf(url, 'variable').reduce((text: string, one) => {
    const [key, value] = [textOf(one, 'key') ?? textOf(one, 'id'), textOf(one, 'value')]
    if (!key || !value) return text
    return text
      .split('/')
      .map((part) => (part === `:${key}` ? encodeURIComponent(value.toWellFormed()) : part))
      .join('/')
  }, raw)
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(filled) || filled.startsWith('{{') || filled === ''
    ? filled
    : `http://${filled}`
}

/** A list; v2.0 knows them as lines of text as well. */
function readFields(holder: unknown): FieldLine[] {
  const lines = textOf(holder, 'header')?.split(/\r?\n/) ?? []
  const list = lines.map((line) => ({ key: line.split(':', 1)[0]?.trim(), value: line.replace(/^[^:]*:\s*/, '') }))
  return [...list, ...listOf(holder, 'header')]
    .filter((one) => booleanOf(one, 'disabled') !== true)
    .flatMap((one) => {
      const key = textOf(one, 'key') ?? ''
      return isToken(key) ? [readLine(key, textOf(one, 'value') ?? '')] : []
    })
}

const languages: Readonly<Record<string, string>> = {
  json: 'application/json',
  xml: 'application/xml',
  html: 'text/html',
  javascript: 'application/javascript',
}

function readBody(body: unknown): { readonly body?: ComposedRequest['body']; readonly mimeType?: string } {
  const enabled = (name: string) =>
    listOf(body, name).filter((one) => isShape(one) && booleanOf(one, 'disabled') !== true)
  const base64 = textOf(body, '_base64')
  if (base64 !== undefined) return { body: { base64 } }
  switch (textOf(body, 'mode')) {
    case 'raw': {
      // Postman sends the type of the chosen language where no field says another.
      const language = textOf(member(member(body, 'options'), 'raw'), 'language')
      const mimeType = language && Object.hasOwn(languages, language) ? languages[language] : undefined
      return { body: { text: textOf(body, 'raw') ?? '' }, ...(mimeType === undefined ? {} : { mimeType }) }
    }
    case 'urlencoded': {
      const pairs = enabled('urlencoded').map(
        (one) =>
          `${encodeURIComponent((textOf(one, 'key') ?? '').toWellFormed())}=${encodeURIComponent((textOf(one, 'value') ?? '').toWellFormed())}`,
      )
      return { body: { text: textOf(body, '_raw') ?? pairs.join('&') }, mimeType: 'application/x-www-form-urlencoded' }
    }
    case 'graphql': {
      const graphql = member(body, 'graphql')
      let variables: unknown = {}
      try {
        variables = JSON.parse(textOf(graphql, 'variables') || '{}')
      } catch {
        // Variables that are no JSON are left out; the query is still worth having.
      }
      return {
        body: { text: JSON.stringify({ query: textOf(graphql, 'query') ?? '', variables }) },
        mimeType: 'application/json',
      }
    }
    case 'formdata': {
      const boundary = 'telltale-form-boundary'
      const quoted = (text: string) => text.replace(/[\r\n"]/g, (char) => encodeURIComponent(char))
      // Files are on the disk of whoever made the collection.
      const parts = enabled('formdata').filter((one) => textOf(one, 'type') !== 'file')
      const text = parts.map(
        (one) =>
          `--${boundary}\r\nContent-Disposition: form-data; name="${quoted(textOf(one, 'key') ?? '')}"\r\n\r\n${textOf(one, 'value') ?? ''}\r\n`,
      )
      return {
        body: { text: `${text.join('')}--${boundary}--\r\n` },
        mimeType: `multipart/form-data; boundary=${boundary}`,
      }
    }
    default:
      return {}
  }
}

/** Bearer, Basic and API key; other kinds are computed by Postman when it sends. */
function readAuth(auth: unknown): FieldLine[] {
  const value = (kind: string, key: string): string =>
    textOf(
      listOf(auth, kind).find((one) => textOf(one, 'key') === key),
      'value',
    ) ??
    textOf(member(auth, kind), key) ??
    ''
  switch (textOf(auth, 'type')) {
    case 'bearer':
      return [{ name: 'Authorization', value: `Bearer ${value('bearer', 'token')}` }]
    case 'basic':
      return [
        {
          name: 'Authorization',
          value: `Basic ${toBase64(utf8Octets(`${value('basic', 'username')}:${value('basic', 'password')}`))}`,
        },
      ]
    case 'apikey':
      return value('apikey', 'in') === 'query'
        ? []
        : [readLine(value('apikey', 'key') || 'X-Api-Key', value('apikey', 'value'))]
    default:
      return []
  }
}

function readRequest(request: unknown, inherited: unknown): ComposedRequest {
  const shape = typeof request === 'string' ? { url: request } : request
  const { body, mimeType } = readBody(member(shape, 'body'))
  const headers = readFields(shape)
  const has = (name: string) => headers.some((line) => line.name.toLowerCase() === name)
  const auth = has('authorization') ? [] : readAuth(member(shape, 'auth') ?? inherited)
  return {
    method: textOf(shape, 'method') ?? 'GET',
    url: readUrl(member(shape, 'url')),
    headers: [
      ...headers,
      ...auth,
      ...(mimeType && !has('content-type') ? [{ name: 'Content-Type', value: mimeType }] : []),
    ],
    ...(body === undefined ? {} : { body }),
  }
}

function readItem(item: unknown, auth: unknown, entry: number, context: ImportContext): ReadResult {
  if (member(item, 'request') === undefined) return { skipped: { entry, reason: 'It has no request.' } }
  const request = readRequest(member(item, 'request'), auth)
  const example = listOf(item, 'response').find((one) => (numberOf(one, 'code') ?? 0) > 0)
  if (!example) return composedImport(request, entry, context)
  const text = textOf(example, 'body') ?? ''
  const end = numberOf(example, 'responseTime')
  return composedImport(request, entry, context, {
    marks: end === undefined ? {} : { end },
    response: {
      httpVersion: 'HTTP/1.1',
      status: numberOf(example, 'code') ?? 0,
      statusText: textOf(example, 'status') ?? '',
      headers: readFields(example),
      octets: text === '' ? undefined : utf8Octets(text),
    },
  })
}

/** Folders hold items; authorisation is inherited downwards. */
function* walk(
  holder: unknown,
  auth: unknown,
  depth: number,
): Generator<{ readonly item: unknown; readonly auth: unknown }> {
  for (const item of listOf(holder, 'item')) {
    const own = member(item, 'auth') ?? auth
    if (Array.isArray(member(item, 'item'))) {
      if (depth < maxFolders) yield* walk(item, own, depth + 1)
    } else yield { item, auth: own }
  }
}

export async function* readPostman(
  octets: AsyncIterable<Uint8Array>,
  context: ImportContext,
): AsyncGenerator<ReadResult> {
  let text = ''
  for await (const piece of textPieces(octets, maxFile)) text += piece
  let collection: unknown
  try {
    collection = JSON.parse(text.replace(/^\ufeff/, ''))
  } catch {
    throw fileProblem('The file is not JSON.')
  }
  // The API wraps a collection once more.
  const root = isShape(member(collection, 'collection')) ? member(collection, 'collection') : collection
  if (!Array.isArray(member(root, 'item')))
    throw fileProblem('The file is not a Postman collection: it has no list of items.')
  let entry = 0
  for (const { item, auth } of walk(root, member(root, 'auth'), 0)) yield readItem(item, auth, entry++, context)
}
