// The octets of a request of our own: exactly what was planned, with what framing needs and nothing else.
import type { PlannedRequest } from '../exchange/planned-request.ts'
import { isToken } from '../http/field-syntax.ts'
import { type AbsoluteTarget, parseAbsolute, type Route } from './target.ts'

/** They name what we do with the connection, or would wait for something. */
const dropped = new Set(['proxy-connection', 'keep-alive', 'upgrade', 'expect'])
const framing = new Set(['content-length', 'transfer-encoding'])
/** HTTP/2 frames by itself and has its own word for the host (RFC 9113 §8.2.2). */
const http1Only = new Set([...framing, 'connection', 'host'])

export type OwnRequest = {
  readonly method: string
  readonly route: Route
  readonly authority: string
  readonly target: string
  /** Flat pairs, as they shall be sent. */
  readonly fields: readonly string[]
  readonly body: Uint8Array
}

/** A host written in another script is asked for as DNS knows it. */
function located(url: string): AbsoluteTarget | undefined {
  const at = parseAbsolute(url)
  if (at && /^[\x21-\x7e]+$/.test(at.authority)) return at
  if (!at || !URL.canParse(url)) return undefined
  const { protocol, host } = new URL(url)
  return parseAbsolute(`${protocol}//${host}${at.rest}`)
}

/** Checks everything: nothing in a stored or edited request may begin a line of its own. Throws one plain sentence. */
export function ownRequest(request: PlannedRequest): OwnRequest {
  const { method, url, headers, body } = request
  if (!isToken(method)) throw new Error(`"${method}" is not a method.`)
  const at = located(url)
  if (!at) throw new Error(`"${url}" is not an http or https URL.`)
  const path = at.rest.startsWith('/') ? at.rest : `/${at.rest}`
  const target = (request.target ?? path).replace(/[^\0-\xff]/gu, encodeURIComponent)
  if (/[\0-\x20\x7f]/.test(target)) throw new Error(`"${url}" contains a space or a control character.`)
  const fields: string[] = []
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i] ?? ''
    const value = headers[i + 1] ?? ''
    if (dropped.has(name.toLowerCase()) || name.startsWith(':')) continue
    if (!isToken(name) || /[\0-\x08\x0a-\x1f\x7f]|[^\0-\xff]/.test(value))
      throw new Error(`The field "${name}" cannot be sent.`)
    fields.push(name, value)
  }
  return { method, route: at.route, authority: at.authority, target, fields, body }
}

const fieldOf = (fields: readonly string[], wanted: string): string | undefined => {
  const at = fields.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === wanted)
  return at === -1 ? undefined : fields[at + 1]
}

/** Lines in their places, lengths made right; without Host or a length where one is due, they are added. */
function framedFields({ method, authority, fields, body }: OwnRequest, chunked: boolean): string[] {
  const out = fieldOf(fields, 'host') === undefined ? ['Host', authority] : []
  let framed = false
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const name = fields[i] ?? ''
    const lower = name.toLowerCase()
    if (!framing.has(lower)) out.push(name, fields[i + 1] ?? '')
    else if (!framed && (lower === 'transfer-encoding') === chunked) {
      out.push(name, chunked ? 'chunked' : String(body.length))
      framed = true
    }
  }
  if (!framed && (body.length > 0 || /^(POST|PUT|PATCH)$/.test(method))) out.push('Content-Length', String(body.length))
  return out
}

export function http1Octets(own: OwnRequest): Buffer {
  const { body, method } = own
  const chunked =
    fieldOf(own.fields, 'content-length') === undefined &&
    fieldOf(own.fields, 'transfer-encoding')?.toLowerCase() === 'chunked'
  const fields = framedFields(own, chunked)
  let head = `${method} ${own.target} HTTP/1.1\r\n`
  for (let i = 0; i + 1 < fields.length; i += 2) head += `${fields[i]}: ${fields[i + 1]}\r\n`
  const start = Buffer.from(`${head}\r\n`, 'latin1')
  if (!chunked) return Buffer.concat([start, body])
  const size = body.length === 0 ? '' : `${body.length.toString(16)}\r\n`
  return Buffer.concat([start, Buffer.from(size), body, Buffer.from(size === '' ? '0\r\n\r\n' : '\r\n0\r\n\r\n')])
}

/** Flat pairs, pseudo fields first. */
export function http2Fields({ method, route, authority, target, fields, body }: OwnRequest): string[] {
  const host = fieldOf(fields, 'host') ?? authority
  const out = [':method', method, ':scheme', route.scheme, ':authority', host, ':path', target]
  const length = fieldOf(fields, 'content-length')
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const name = (fields[i] ?? '').toLowerCase()
    if (name === 'content-length' && length !== undefined) out.push(name, String(body.length))
    else if (!http1Only.has(name)) out.push(name, fields[i + 1] ?? '')
  }
  if (length === undefined && body.length > 0) out.push('content-length', String(body.length))
  return out
}
