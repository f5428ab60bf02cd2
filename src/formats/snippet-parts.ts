// What a code snippet is made of: the request without what every client adds by itself, its texts ready to be literals.
import { connectionFieldNames, isToken } from '../http/field-syntax.ts'
import { latin1Octets, latin1Text, toBase64, utf8Octets, utf8Text } from '../http/octets.ts'
import type { ExportItem } from './format.ts'
import { sentRequest } from './sent-request.ts'

/** `raw` has a character for each octet; `value` is the text they are in UTF-8, absent where they are none. */
export type SnippetField = { readonly name: string; readonly raw: string; readonly value?: string }

/** `body` is absent where there is none, `base64` set where it is no text. */
export type SnippetParts = {
  readonly method: string
  readonly url: string
  readonly headers: readonly SnippetField[]
  readonly body?: string
  readonly base64?: string
}

const oneLine = (text: string): string => text.replace(/[\r\n\0]/g, ' ')

/** Host and framing are made by the client; without Accept-Encoding the client decodes by itself. */
export function snippetParts(item: ExportItem): SnippetParts {
  const { exchange, body } = sentRequest(item)
  const { request } = exchange
  const dropped = connectionFieldNames(request.headers)
    .add('content-length')
    .add('host')
    .add('accept-encoding')
    .add('expect')
  const headers = request.headers
    .filter(({ name }) => isToken(name) && !dropped.has(name.toLowerCase()))
    .map(({ name, value }): SnippetField => {
      const octets = latin1Octets(value)
      // Beyond Latin-1 it is text already: somebody composed it.
      if (!octets) return { name, value: oneLine(value), raw: oneLine(latin1Text(utf8Octets(value))) }
      const text = utf8Text(octets)
      return { name, raw: oneLine(value), ...(text === undefined ? {} : { value: oneLine(text) }) }
    })
  // A fragment is the client's own (RFC 9110 §7.1); some libraries would send it.
  const parts = { method: request.method, url: request.url.replace(/#.*$/s, ''), headers }
  if (body.length === 0) return parts
  const text = utf8Text(body)
  return text === undefined || text.includes('\0') ? { ...parts, base64: toBase64(body) } : { ...parts, body: text }
}

/** Lines with one name are one line with commas where a language's map holds each name once (RFC 9110 §5.3). */
export function joinedFields(headers: readonly SnippetField[]): SnippetField[] {
  const merged = new Map<string, SnippetField>()
  for (const field of headers) {
    const key = field.name.toLowerCase()
    const before = merged.get(key)
    const glue = key === 'cookie' ? '; ' : ', '
    const isText = before?.value !== undefined && field.value !== undefined
    merged.set(
      key,
      before
        ? {
            name: before.name,
            raw: before.raw + glue + field.raw,
            ...(isText ? { value: before.value + glue + field.value } : {}),
          }
        : field,
    )
  }
  return [...merged.values()]
}

export const isAscii = ({ raw }: SnippetField): boolean => /^[\t\x20-\x7e]*$/.test(raw)
