// One side's content as rules read it: octets, text and JSON, each made when first asked for.
import { type Content, type FieldLine, fieldValue } from '../exchange/message.ts'
import { type JsonReading, readJson } from './json-reading.ts'

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

/** What a side remembers of its own readings; `json` may be undefined once made, so `isRead` tells. */
type Made = {
  media: { type: string; parameters: Record<string, string> } | undefined
  indexes: ReadonlyMap<string, number> | undefined
  decoded: string | undefined
  parsed: JsonReading | undefined
  isRead: boolean
}
type State = Side & { readonly made: Made }

function mediaOf({ made, headers, content }: State): NonNullable<Made['media']> {
  made.media ??= readMediaType(fieldValue(headers, 'content-type') ?? content.mimeType)
  return made.media
}

function indexesOf({ made, headers }: State): ReadonlyMap<string, number> {
  made.indexes ??= firstIndexes(headers)
  return made.indexes
}

function parse(side: State): JsonReading | undefined {
  if (side.truncated || side.octets.length === 0 || side.octets.length > maxParsed) return undefined
  if (!isJsonType(mediaOf(side).type) && !beginsLikeJson(side.octets)) return undefined
  return readJson(side.text)
}

/**
 * One prototype for all sides: getters made anew for each object would give every object a shape of its own, and make
 * each of the many reads by a hundred rules several times dearer.
 */
const readings = {
  header(this: State, name: string) {
    return this.headers[indexesOf(this).get(name.toLowerCase()) ?? -1]?.value
  },
  headerAll(this: State, name: string) {
    const lower = name.toLowerCase()
    if (!indexesOf(this).has(lower)) return []
    return this.headers.filter((line) => line.name.toLowerCase() === lower).map(({ value }) => value)
  },
  headerIndex(this: State, name: string) {
    return indexesOf(this).get(name.toLowerCase()) ?? -1
  },
  get mediaType() {
    return mediaOf(this as unknown as State).type
  },
  get parameters() {
    return mediaOf(this as unknown as State).parameters
  },
  get declaredJson() {
    return isJsonType(mediaOf(this as unknown as State).type)
  },
  get text() {
    const { made, octets, parameters } = this as unknown as State
    made.decoded ??= decodeText(octets, parameters.charset)
    return made.decoded
  },
  get json() {
    const side = this as unknown as State
    if (!side.made.isRead) {
      side.made.parsed = parse(side)
      side.made.isRead = true
    }
    return side.made.parsed
  },
  get value() {
    const { json } = this as unknown as State
    return json?.ok ? json.value : undefined
  },
}

export function readSide(input: SideInput): Side {
  const { content } = input
  const octets = input.octets ?? nothing
  const hasBody = content.bodySize > 0 || octets.length > 0
  const made: Made = { media: undefined, indexes: undefined, decoded: undefined, parsed: undefined, isRead: false }
  const side = {
    __proto__: readings,
    headers: input.headers,
    trailers: input.trailers,
    httpVersion: input.httpVersion,
    content,
    octets,
    wire: input.wire,
    decodeError: input.decodeError,
    hasBody,
    truncated: content.kept === 'truncated' || (hasBody && octets.length === 0),
    made,
  }
  return side as unknown as Side
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
