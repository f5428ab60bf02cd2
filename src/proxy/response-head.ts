// Reads an HTTP/1 response head leniently: what a client would have understood without us, it shall see with us.
import type { Framing } from './request-head.ts'

export type ResponseHead = {
  readonly status: number
  readonly statusText: string
  readonly httpVersion: string
  /** Flat pairs; folded lines are joined. */
  readonly raw: string[]
  readonly statusLine: string
  readonly lines: string[]
  /** Octets of the head in the buffer it was read from, closing empty line included. */
  readonly size: number
  /** Strictly written: may be passed on octet for octet, and is read the same by everybody. */
  readonly clean: boolean
  readonly framing: Framing
  readonly keepAlive: boolean
  /** The declared Content-Length, also where there is no body (HEAD, 304). */
  readonly length: number | undefined
}

export type Malformed = { readonly code: 'RESPONSE_MALFORMED' | 'RESPONSE_FRAMING'; readonly message: string }

const statusLineForm = /^(HTTP\/(\d+(?:\.\d+)?)|ICY)[ \t]+(\d{3})(?:[ \t](.*))?$/s
const strictLine = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+:/
const bareLineFeed = /(?<!\r)\n/
const prefixes = ['HTTP/', 'ICY ']

const malformed = (message: string, code: Malformed['code'] = 'RESPONSE_MALFORMED'): Malformed => ({ code, message })

/** Index and length of the empty line that ends the head, whichever line ends it uses. */
function headEnd(buffer: Buffer): { at: number; size: number } | undefined {
  const strict = buffer.indexOf('\r\n\r\n')
  // The rare case of bare LF: an earlier empty line made of them ends the head.
  for (let lf = buffer.indexOf(10); lf !== -1 && (strict === -1 || lf < strict); lf = buffer.indexOf(10, lf + 1)) {
    if (buffer[lf + 1] === 10)
      return { at: buffer[lf - 1] === 13 ? lf - 1 : lf, size: 2 + (buffer[lf - 1] === 13 ? 1 : 0) }
    if (buffer[lf + 1] === 13 && buffer[lf + 2] === 10 && lf !== strict + 1)
      return { at: buffer[lf - 1] === 13 ? lf - 1 : lf, size: buffer[lf - 1] === 13 ? 4 : 3 }
  }
  return strict === -1 ? undefined : { at: strict, size: 4 }
}

/** Undefined while more octets are needed. `toHead`: the answer is to a HEAD request. */
export function parseResponseHead(
  buffer: Buffer,
  toHead: boolean,
  limit: number,
): ResponseHead | Malformed | undefined {
  const begin = buffer.toString('latin1', 0, 5).toUpperCase()
  if (!prefixes.some((prefix) => prefix.startsWith(begin.slice(0, prefix.length)) || begin.startsWith(prefix)))
    return malformed('The server answered with something that is not HTTP.')
  const end = headEnd(buffer)
  if (!end) return buffer.length > limit ? malformed('The response head is too long.') : undefined
  const text = buffer.toString('latin1', 0, end.at)
  const lenient = end.size !== 4 || bareLineFeed.test(text)
  const lines = lenient ? text.split(/\r?\n/) : text.split('\r\n')
  const statusLine = lines.shift() ?? ''
  const [, , httpVersion = '1.0', digits, statusText = ''] = statusLineForm.exec(statusLine) ?? []
  if (digits === undefined) return malformed('The status line cannot be read.')
  return readFields(
    lines,
    { status: Number(digits), statusText, httpVersion, statusLine },
    end.at + end.size,
    lenient,
    toHead,
  )
}

type StatusLine = Pick<ResponseHead, 'status' | 'statusText' | 'httpVersion' | 'statusLine'>

function readFields(
  lines: string[],
  start: StatusLine,
  size: number,
  lenient: boolean,
  toHead: boolean,
): ResponseHead | Malformed {
  const raw: string[] = []
  const kept: string[] = []
  let clean = !lenient
  const lengths: string[] = []
  let codings: string[] = []
  let connection = ''
  for (const line of lines) {
    if ((line.startsWith(' ') || line.startsWith('\t')) && kept.length > 0) {
      // Obsolete line folding is replaced by spaces (RFC 9112 §5.2).
      kept[kept.length - 1] += ` ${line.trim()}`
      raw[raw.length - 1] += ` ${line.trim()}`
      clean = false
      continue
    }
    if (clean && !strictLine.test(line)) clean = false
    const colon = line.indexOf(':')
    const name = (colon === -1 ? line : line.slice(0, colon)).trim()
    const value = colon === -1 ? '' : line.slice(colon + 1).trim()
    kept.push(line)
    raw.push(name, value)
    switch (name.toLowerCase()) {
      case 'content-length':
        lengths.push(...value.split(',').map((part) => part.trim()))
        break
      case 'transfer-encoding':
        codings = codings
          .concat(
            value
              .toLowerCase()
              .split(',')
              .map((part) => part.trim()),
          )
          .filter((part) => part !== '')
        break
      case 'connection':
        connection += `,${value.toLowerCase()}`
        break
    }
  }
  const { status, httpVersion } = start
  const [length] = lengths
  const bodiless = toHead || status === 204 || status === 304 || (status >= 100 && status < 200)
  if (
    !bodiless &&
    codings.length === 0 &&
    length !== undefined &&
    (!/^\d+$/.test(length) || lengths.some((l) => l !== length))
  )
    return malformed(
      'The response has more than one meaning: its Content-Length is not one number.',
      'RESPONSE_FRAMING',
    )
  // Transfer-Encoding overrides Content-Length (RFC 9112 §6.3); the length that contradicts it is not passed on.
  if (codings.length > 0 && lengths.length > 0) {
    clean = false
    dropLength(kept)
  }
  const framing = framingOf(bodiless, codings, length)
  const close = /(^|[,\s])close([,\s]|$)/.test(connection)
  const persistent = httpVersion === '1.1' ? !close : /keep-alive/.test(connection) && !close
  return {
    ...start,
    raw,
    lines: kept,
    size,
    clean,
    framing,
    keepAlive: persistent && framing.kind !== 'close',
    length: length !== undefined && /^\d+$/.test(length) ? Number(length) : undefined,
  }
}

function framingOf(bodiless: boolean, codings: readonly string[], length: string | undefined): Framing {
  if (bodiless) return { kind: 'none' }
  const final = codings.filter((coding) => coding !== 'identity').at(-1)
  if (final === 'chunked') return { kind: 'chunked' }
  if (final !== undefined) return { kind: 'close' }
  if (length === undefined) return { kind: 'close' }
  return Number(length) === 0 ? { kind: 'none' } : { kind: 'length', length: Number(length) }
}

function dropLength(lines: string[]): void {
  for (let i = lines.length - 1; i >= 0; i--) if (/^content-length\s*:/i.test(lines[i] ?? '')) lines.splice(i, 1)
}

/** The head as it goes on to the client. */
export function writeResponseHead(head: ResponseHead): Buffer {
  const lines = head.lines.length === 0 ? '' : `${head.lines.join('\r\n')}\r\n`
  return Buffer.from(`${head.statusLine}\r\n${lines}\r\n`, 'latin1')
}
