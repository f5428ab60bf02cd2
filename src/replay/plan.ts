// Turns a recorded exchange with edits, or a request written by hand, into the request the wire shall send.
import type { ComposedRequest, ReplayOptions } from '../exchange/composed-request.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { type FieldLine, fieldValue } from '../exchange/message.ts'
import type { PlannedRequest } from '../exchange/planned-request.ts'
import { connectionFieldNames, fieldOctets, fieldProblem, isToken } from '../http/field-syntax.ts'
import { fromBase64, utf8Octets } from '../http/octets.ts'
import { type Decode, type Draft, editRequest } from './edit-request.ts'
import { urlProblem } from './url-edit.ts'

export type Planned = { readonly request: PlannedRequest } | { readonly error: string }

const empty = new Uint8Array(0)

const optionsOf = (value: string): string[] => value.split(',').map((option) => option.trim().toLowerCase())

/**
 * All lines in their places but what belonged to the recorded connection only (RFC 9110 §7.6.1) and Expect, whose 100 nobody
 * would wait for. Framing is of the kind that was written, with the length that is right. `TE: trailers` stays: HTTP/2 allows
 * it and gRPC servers ask for it (RFC 9113 §8.2.2).
 */
function sendable(
  headers: readonly FieldLine[],
  httpVersion: PlannedRequest['httpVersion'],
  body: Uint8Array,
): FieldLine[] {
  const dropped = connectionFieldNames(headers).add('expect')
  const measured = headers.findIndex(({ name }) => name.toLowerCase() === 'content-length')
  return headers.flatMap((line, index) => {
    const { name, value } = line
    const lower = name.toLowerCase()
    if (name.startsWith(':')) return []
    if (lower === 'content-length') return index === measured ? [{ name, value: String(body.length) }] : []
    if (lower === 'transfer-encoding') return measured === -1 && value.trim().toLowerCase() === 'chunked' ? [line] : []
    if (lower === 'connection')
      return optionsOf(value).every((option) => option === 'close' || option === 'keep-alive') ? [line] : []
    if (lower === 'te' && httpVersion !== '1.1') return value.trim().toLowerCase() === 'trailers' ? [line] : []
    return dropped.has(lower) ? [] : [line]
  })
}

/** What is typed may hold any character: octets of UTF-8 stand for those outside ASCII, and a fragment is never sent. */
function typedUrl(text: string): string {
  const [whole = ''] = text.trim().split('#', 1)
  const [, before = '', authority = '', rest = whole] = /^([a-z]+:\/\/)([^/?]*)(.*)$/is.exec(whole) ?? []
  const coded = rest.replace(/[^\0-\x7f]/gu, (char) => encodeURIComponent(char.isWellFormed() ? char : '\ufffd'))
  return before + authority + coded
}

function problem(draft: Draft, headers: readonly FieldLine[]): string | undefined {
  if (!isToken(draft.method)) return `${JSON.stringify(draft.method)} is not a request method.`
  if (draft.method === 'CONNECT') return 'A CONNECT request opens a tunnel and cannot be sent on its own.'
  for (const { name, value } of headers) {
    const wrong = fieldProblem(name, value)
    if (wrong) return wrong
  }
  return urlProblem(draft.url)
}

/** Why the body of the original cannot be sent again; undefined where `body` is all of it. */
function bodyProblem(exchange: Exchange, body: Uint8Array | undefined): string | undefined {
  const { content, headers } = exchange.request
  const { bodySize } = content
  if (content.kept !== 'none') {
    if (content.kept === 'truncated')
      return `Only the first ${content.keptSize} of ${bodySize} octets of the request body were kept; set a body to send it again.`
    return body ? undefined : 'The body of the request is no longer kept; set a body to send it again.'
  }
  if (content.why === 'empty') return undefined
  if (content.why === 'pending') {
    const announced = fieldValue(headers, 'transfer-encoding') ?? fieldValue(headers, 'content-length') ?? '0'
    return announced.trim() === '0'
      ? undefined
      : 'The request had not been received to its end, so it cannot be sent again unchanged.'
  }
  return `The request body (${bodySize} octets) was not kept; set a body to send it again.`
}

const protocolOf = (exchange: Exchange): '1.1' | '2' => (/\b2(\.0)?$/.test(exchange.request.httpVersion) ? '2' : '1.1')

const originOf = (url: string): string | undefined => (URL.canParse(url) ? new URL(url).origin : undefined)

/** `body`: the kept octets of the request, content coding and all. `decode` is needed to edit inside a coded body. */
export function planReplay(
  exchange: Exchange,
  body: Uint8Array | undefined,
  options: ReplayOptions = {},
  decode?: Decode,
): Planned {
  if (exchange.kind === 'tunnel') return { error: 'This tunnel was not read, so there is no request to send again.' }
  if (exchange.kind === 'websocket') return { error: 'A WebSocket cannot be sent again as one request.' }
  const missing = bodyProblem(exchange, body)
  const { method, url, headers } = exchange.request
  let draft: Draft = { method, url, headers, body: missing === undefined ? (body ?? empty) : undefined }
  for (const given of options.edits ?? []) {
    const edit = given.op === 'set-url' ? { ...given, value: typedUrl(given.value) } : given
    const edited = editRequest(draft, edit, decode)
    if ('error' in edited) return edited
    draft = edited.draft
  }
  if (draft.body === undefined) return { error: missing ?? 'The request has no body to send.' }
  // HTTP/2 needs TLS here, and another origin may not speak what this one spoke.
  const moved = originOf(draft.url) !== originOf(url)
  const recorded = draft.url.startsWith('http:') ? '1.1' : protocolOf(exchange)
  const httpVersion = options.httpVersion ?? (moved ? 'auto' : recorded)
  const fields = sendable(draft.headers, httpVersion, draft.body)
  const error = problem(draft, fields)
  if (error) return { error }
  return {
    request: {
      method: draft.method,
      url: draft.url,
      headers: fields.flatMap(({ name, value }) => [name, value]),
      body: draft.body,
      httpVersion,
      followRedirects: options.followRedirects ?? false,
      of: exchange.id,
      // The one target that is no part of a URL (RFC 9112 §3.2.4).
      ...(exchange.request.target === '*' && draft.url === url ? { target: '*' } : {}),
    },
  }
}

function composedBody(body: ComposedRequest['body']): Uint8Array | undefined {
  if (body === undefined) return empty
  return 'text' in body ? utf8Octets(body.text) : fromBase64(body.base64)
}

export function planComposed(composed: ComposedRequest): Planned {
  const body = composedBody(composed.body)
  if (!body) return { error: 'The body is not valid base64.' }
  const httpVersion = composed.httpVersion ?? 'auto'
  const typed = composed.headers.map(({ name, value }) => ({ name: name.trim(), value: fieldOctets(value) }))
  const headers = sendable(typed, httpVersion, body)
  const draft: Draft = { method: composed.method, url: typedUrl(composed.url), headers, body }
  const error = problem(draft, headers)
  if (error) return { error }
  return {
    request: {
      method: draft.method,
      url: draft.url,
      headers: headers.flatMap(({ name, value }) => [name, value]),
      body,
      httpVersion,
      followRedirects: composed.followRedirects ?? false,
      ...(composed.of === undefined ? {} : { of: composed.of }),
    },
  }
}
