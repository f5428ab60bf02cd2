// Reads an HTTP/1 request head strictly: what could be framed in two ways is refused, never forwarded.
import { isToken } from '../http/field-syntax.ts'
import { parseAuthority } from './target.ts'

/** How a message's body ends (RFC 9112 §6.3). */
export type Framing =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly length: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'close' }

export type RequestHead = {
  readonly method: string
  readonly target: string
  readonly httpVersion: '1.0' | '1.1'
  /** Flat pairs, as received. */
  readonly raw: string[]
  /** Field lines as received, without their line ends. */
  readonly lines: string[]
  readonly host: string | undefined
  readonly framing: Framing
  readonly keepAlive: boolean
  /** Lower-case connection options (RFC 9110 §7.6.1). */
  readonly options: readonly string[]
  readonly upgrade: string | undefined
  readonly accept: string | undefined
  readonly proxyAuthorization: string | undefined
  /** Some line must not be passed on as it stands. */
  readonly hopByHop: boolean
}

export type Refusal = { readonly status: number; readonly code: string; readonly message: string }

// A method is a token; the target holds no space and no control character, octets above 0x7f are let through.
const requestLine = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]{1,256}) ([^\0-\x20\x7f]+) HTTP\/1\.([01])$/
const forbidden = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)|(?<!\r)\n/
const bareLineFeed = /(?<!\r)\n/

const refuse = (message: string, code = 'REQUEST_MALFORMED', status = 400): Refusal => ({ status, code, message })
const framingFault = (message: string): Refusal => refuse(message, 'REQUEST_FRAMING')

const options = (value: string): string[] =>
  value
    .toLowerCase()
    .split(',')
    .map((option) => option.trim())
    .filter((option) => option !== '')

export type HeadRead = {
  /** Absent while more octets are needed. */
  readonly head?: RequestHead
  readonly refusal?: Refusal
  /** The head as received. */
  readonly bytes: Buffer
  readonly text: string
  /** What follows, or what there is so far. */
  readonly rest: Buffer | undefined
}

type HeadLimits = { readonly headOctets: number; readonly targetOctets: number; readonly fieldLines: number }

/** Takes the next request head off the front of what a connection has brought; `known` octets of it were looked at before. */
export function readRequestHead(received: Buffer, limits: HeadLimits, known = 0): HeadRead {
  let bytes = received
  // An empty line before a request is ignored (RFC 9112 §2.2).
  while (bytes[0] === 13 && bytes[1] === 10) bytes = bytes.subarray(2)
  if (bytes.length === 0) return { bytes, text: '', rest: undefined }
  // A head that comes in many pieces is searched once, not once for every piece.
  const from = Math.max(0, Math.min(known, bytes.length) - 3)
  const at = bytes.indexOf('\r\n\r\n', from)
  if (at === -1) {
    const text = bytes.toString('latin1', from)
    if (bytes.length > limits.headOctets)
      return {
        bytes,
        text: bytes.toString('latin1'),
        rest: undefined,
        refusal: refuse('The request head is too long.', 'REQUEST_MALFORMED', 431),
      }
    // Octets that can never become a good head are not waited for.
    if (bareLineFeed.test(from === 0 ? text : text.replace(/^\n/, '')) || text.includes('\0'))
      return {
        bytes,
        text: bytes.toString('latin1'),
        rest: undefined,
        refusal: refuse('The request head is not written as HTTP says.'),
      }
    return { bytes, text: '', rest: bytes }
  }
  const text = bytes.toString('latin1', 0, at)
  const rest = bytes.length === at + 4 ? undefined : bytes.subarray(at + 4)
  const own = rest ? bytes.subarray(0, at + 4) : bytes
  const head = parseRequestHead(text, limits.fieldLines)
  if ('code' in head) return { bytes: own, text, rest, refusal: head }
  if (head.target.length > limits.targetOctets)
    return { bytes: own, text, rest, refusal: refuse('The request target is too long.', 'REQUEST_MALFORMED', 414) }
  return { head, bytes: own, text, rest }
}

/** `text` is the head without its closing empty line, one char per octet. */
function parseRequestHead(text: string, maxLines: number): RequestHead | Refusal {
  if (forbidden.test(text)) {
    const what = bareLineFeed.test(text) ? 'a bare LF' : 'a control character'
    return refuse(`The request head contains ${what}.`)
  }
  const lines = text.split('\r\n')
  const first = lines.shift() ?? ''
  const [, method = '', target = '', minor] = requestLine.exec(first) ?? []
  if (method === '') return refuse('The request line is not "METHOD target HTTP/1.1".')
  if (lines.length > maxLines) return refuse('The request has too many field lines.', 'REQUEST_MALFORMED', 431)
  const raw: string[] = []
  let host: string | undefined
  let length: string | undefined
  let coding: string | undefined
  let connection: string[] = []
  let upgrade: string | undefined
  let accept: string | undefined
  let proxyAuthorization: string | undefined
  let hopByHop = false
  for (const line of lines) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon)
    if (colon < 1 || !isToken(name)) {
      const folded = line.startsWith(' ') || line.startsWith('\t')
      return refuse(folded ? 'A field line is folded (obsolete line folding).' : 'A field line has no valid name.')
    }
    const value = line.slice(colon + 1).trim()
    raw.push(name, value)
    switch (name.toLowerCase()) {
      case 'host':
        if (host !== undefined) return refuse('The request has two Host field lines.')
        host = value
        break
      case 'content-length':
        if (length !== undefined) return framingFault('The request has two Content-Length field lines.')
        length = value
        break
      case 'transfer-encoding':
        if (coding !== undefined) return framingFault('The request has two Transfer-Encoding field lines.')
        coding = value.toLowerCase()
        break
      case 'connection':
        connection = connection.concat(options(value))
        break
      case 'upgrade':
        upgrade = upgrade === undefined ? value : `${upgrade}, ${value}`
        break
      case 'accept':
        accept = value
        break
      case 'proxy-authorization':
        proxyAuthorization = value
        hopByHop = true
        break
      case 'proxy-connection':
      case 'http2-settings':
        hopByHop = true
        break
    }
  }
  const httpVersion = minor === '0' ? '1.0' : '1.1'
  if (host === undefined && httpVersion === '1.1') return refuse('The request has no Host field line.')
  if (host !== undefined && host !== '' && (host.includes('@') || !parseAuthority(host)))
    return refuse('The Host field is not a host.')
  if (coding !== undefined) {
    if (coding !== 'chunked') return framingFault('The only transfer coding a request may have is "chunked".')
    if (length !== undefined) return framingFault('The request has both Content-Length and Transfer-Encoding.')
    if (httpVersion === '1.0') return framingFault('An HTTP/1.0 request cannot have Transfer-Encoding.')
  }
  if (length !== undefined && (!/^\d{1,15}$/.test(length) || length === ''))
    return framingFault('Content-Length is not a number.')
  const framing: Framing =
    coding !== undefined
      ? { kind: 'chunked' }
      : length !== undefined && Number(length) > 0
        ? { kind: 'length', length: Number(length) }
        : { kind: 'none' }
  const keepAlive = httpVersion === '1.1' ? !connection.includes('close') : connection.includes('keep-alive')
  hopByHop ||= connection.some((option) => option !== 'keep-alive' && option !== 'close' && option !== 'upgrade')
  hopByHop ||= upgrade !== undefined && options(upgrade).some((name) => name === 'h2c')
  const facts = { method, target, httpVersion, raw, lines, host, framing, keepAlive } as const
  return { ...facts, options: connection, upgrade, accept, proxyAuthorization, hopByHop }
}
