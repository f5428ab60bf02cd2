// One side's content as rules read it: octets, text and JSON, each made when first asked for.
import { type Content, type FieldLine, fieldValue } from '../exchange/message.ts'
import { type JsonReading, readJson } from './json-reading.ts'
import { lazy } from './lazy.ts'

export type Side = {
  readonly headers: readonly FieldLine[]
  readonly trailers: readonly FieldLine[]
  readonly httpVersion: string
  /** First value of a field, as sent. */
  readonly header: (name: string) => string | undefined
  readonly headerAll: (name: string) => readonly string[]
  /** Index of the field's first line, -1 without one. */
  readonly headerIndex: (name: string) => number
  /** Type and subtype in lower case, parameters removed; empty string when not declared. */
  readonly mediaType: string
  readonly parameters: Readonly<Record<string, string>>
  readonly content: Content
  /** Decoded octets; empty where none were sent or kept. */
  readonly octets: Uint8Array
  /** Content-coded octets where they differ from `octets`. */
  readonly wire: Uint8Array | undefined
  readonly decodeError: string | undefined
  /** Octets were sent. */
  readonly hasBody: boolean
  /** Not all octets were kept: no rule may parse or compare. */
  readonly truncated: boolean
  readonly text: string
  /** Declared as JSON (`application/json`, `+json`, `text/json`). */
  readonly declaredJson: boolean
  /** Reading of a body that is declared JSON or begins like it; undefined for all others and when truncated. */
  readonly json: JsonReading | undefined
  /** The parsed value, or undefined when there is none. */
  readonly value: unknown
}

export type SideInput = {
  readonly headers: readonly FieldLine[]
  readonly trailers: readonly FieldLine[]
  readonly httpVersion: string
  readonly content: Content
  readonly octets: Uint8Array | undefined
  readonly wire: Uint8Array | undefined
  readonly decodeError: string | undefined
}

const nothing = new Uint8Array()
const utf8 = new TextDecoder()
const latin1 = new TextDecoder('latin1')
/** Beyond this, in octets, no rule parses a body. */
const maxParsed = 4 * 1024 * 1024

export const isJsonType = (type: string): boolean =>
  type === 'application/json' || type === 'text/json' || (type.endsWith('+json') && !type.includes('json-seq'))

export const isXmlType = (type: string): boolean =>
  type === 'application/xml' || type === 'text/xml' || type.endsWith('+xml')

/** `type/subtype; name=value; name="quoted"` (RFC 9110 §8.3.1). */
export function readMediaType(value: string | undefined): { type: string; parameters: Record<string, string> } {
  if (value === undefined) return { type: '', parameters: {} }
  const end = value.indexOf(';')
  const type = (end < 0 ? value : value.slice(0, end)).trim().toLowerCase()
  const parameters: Record<string, string> = {}
  if (end >= 0)
    for (const match of value.slice(end).matchAll(/;\s*([^\s=;]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]*))/g))
      parameters[(match[1] ?? '').toLowerCase()] = match[2]?.replace(/\\(.)/g, '$1') ?? match[3] ?? ''
  return { type, parameters }
}

function decodeText(octets: Uint8Array, charset: string | undefined): string {
  if (octets.length === 0) return ''
  if (charset && /^(?:iso-8859-1|latin-?1|windows-1252|us-ascii)$/i.test(charset)) return latin1.decode(octets)
  return utf8.decode(octets)
}

export function readSide(input: SideInput): Side {
  const { headers, content } = input
  const octets = input.octets ?? nothing
  const media = lazy(() => readMediaType(fieldValue(headers, 'content-type') ?? content.mimeType))
  const first = lazy(() => firstIndexes(headers))
  const hasBody = content.bodySize > 0 || octets.length > 0
  const truncated = content.kept === 'truncated' || (hasBody && octets.length === 0)
  const text = lazy(() => decodeText(octets, media().parameters.charset))
  const json = lazy((): JsonReading | undefined => {
    if (truncated || octets.length === 0 || octets.length > maxParsed) return undefined
    const declared = isJsonType(media().type)
    if (!declared && !beginsLikeJson(octets)) return undefined
    return readJson(text())
  })
  return {
    headers,
    trailers: input.trailers,
    httpVersion: input.httpVersion,
    content,
    octets,
    wire: input.wire,
    decodeError: input.decodeError,
    hasBody,
    truncated,
    header: (name) => headers[first().get(name.toLowerCase()) ?? -1]?.value,
    headerAll: (name) => {
      const lower = name.toLowerCase()
      return first().has(lower)
        ? headers.filter((line) => line.name.toLowerCase() === lower).map(({ value }) => value)
        : []
    },
    headerIndex: (name) => first().get(name.toLowerCase()) ?? -1,
    get mediaType() {
      return media().type
    },
    get parameters() {
      return media().parameters
    },
    get declaredJson() {
      return isJsonType(media().type)
    },
    get text() {
      return text()
    },
    get json() {
      return json()
    },
    get value() {
      const reading = json()
      return reading?.ok ? reading.value : undefined
    },
  }
}

/** Lower-case field names with the index of their first line: a hundred rules ask for fields by name. */
function firstIndexes(headers: readonly FieldLine[]): ReadonlyMap<string, number> {
  const indexes = new Map<string, number>()
  for (let index = headers.length - 1; index >= 0; index--)
    indexes.set((headers[index]?.name ?? '').toLowerCase(), index)
  return indexes
}

/** First octet after white space is `{` or `[`. */
function beginsLikeJson(octets: Uint8Array): boolean {
  for (const octet of octets) {
    if (octet === 0x20 || octet === 0x09 || octet === 0x0a || octet === 0x0d) continue
    return octet === 0x7b || octet === 0x5b
  }
  return false
}
