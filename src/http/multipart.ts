// Reads the outline of a multipart body (RFC 2046 §5.1, RFC 7578): boundary, parts, and what is wrong with them.

export type MultipartPart = {
  readonly offset: number
  readonly name?: string
  readonly filename?: string
  readonly size: number
}

/** `found` is the boundary the body itself uses where that differs from the declared one. */
export type Multipart = {
  readonly parts: readonly MultipartPart[]
  readonly fault?:
    | 'no-boundary-parameter'
    | 'boundary-not-in-body'
    | 'no-closing-delimiter'
    | 'part-without-name'
    | 'bare-line-feeds'
  readonly found?: string
  readonly offset?: number
}

/** The boundary parameter of a media type, unquoted. */
export function boundaryOf(mimeType: string): string | undefined {
  const match = /;\s*boundary\s*=\s*(?:"((?:[^"\\]|\\.)+)"|([^\s;]+))/i.exec(mimeType)
  return match ? (match[1]?.replace(/\\(.)/g, '$1') ?? match[2]) : undefined
}

/** `body` is latin1 text: one character an octet. */
export function multipart(mimeType: string, body: string): Multipart {
  const boundary = boundaryOf(mimeType)
  // RFC 2046 §5.1.1: at most 70 characters, from a small set. A line of only dashes is no delimiter.
  const own = /^--(?=.*[^-\s])([0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-])[ \t]*\r?$/m.exec(body)?.[1]
  const found = own === undefined || own === boundary ? {} : { found: own }
  if (boundary === undefined) return { parts: [], fault: 'no-boundary-parameter', ...found }
  const delimiter = `--${boundary}`
  const starts: number[] = []
  for (let at = body.indexOf(delimiter); at >= 0; at = body.indexOf(delimiter, at + delimiter.length)) {
    if (at === 0 || body[at - 1] === '\n') starts.push(at)
  }
  if (starts.length === 0) return { parts: [], fault: 'boundary-not-in-body', ...found }
  const last = starts.at(-1) ?? 0
  const closed = body.startsWith('--', last + delimiter.length)
  const parts = starts
    .slice(0, closed ? -1 : undefined)
    .map((start, index) => partAt(body, start + delimiter.length, starts[index + 1] ?? body.length))
  if (!closed) return { parts, fault: 'no-closing-delimiter', offset: body.length }
  if (/^multipart\/form-data/i.test(mimeType)) {
    const nameless = parts.find((part) => part.name === undefined)
    if (nameless) return { parts, fault: 'part-without-name', offset: nameless.offset }
  }
  if (!body.includes(`${delimiter}\r\n`) && body.includes(`${delimiter}\n`)) return { parts, fault: 'bare-line-feeds' }
  return { parts }
}

function partAt(body: string, from: number, to: number): MultipartPart {
  const text = body.slice(from, to)
  const blank = /\r?\n\r?\n/.exec(text)
  const head = blank ? text.slice(0, blank.index) : text
  const disposition = /^content-disposition:(.*)$/im.exec(head)?.[1] ?? ''
  const name = parameter(disposition, 'name')
  const filename = parameter(disposition, 'filename')
  return {
    offset: from,
    ...(name === undefined ? {} : { name }),
    ...(filename === undefined ? {} : { filename }),
    size: blank ? Math.max(0, text.length - blank.index - blank[0].length - 2) : 0,
  }
}

function parameter(value: string, wanted: string): string | undefined {
  const match = new RegExp(`;\\s*${wanted}\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s;]+))`, 'i').exec(value)
  return match?.[1] ?? match?.[2]
}
