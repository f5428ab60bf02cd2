// One side's content as rules read it: octets, text and JSON, each made when first asked for.
import type { Content, FieldLine, Message } from '../exchange/message.ts'
import { type HeaderLayout, layoutOf } from './header-layout.ts'
import { type JsonReading, readJson } from './json-reading.ts'

export type Side = {
  readonly headers: readonly FieldLine[]
  /** The names of `headers`, read. */
  readonly layout: HeaderLayout
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

/** What was kept of a message's content. */
export type SideOctets = {
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

type MediaType = { readonly type: string; readonly parameters: Readonly<Record<string, string>> }

/** What a side remembers of its own readings; `parsed` may be undefined once made, so `isParsed` tells. */
type State = { -readonly [Name in keyof Side]: Side[Name] } & {
  media: MediaType | undefined
  decoded: string | undefined
  parsed: JsonReading | undefined
  isParsed: boolean
}

function mediaOf(side: State): MediaType {
  side.media ??= knownMediaType(side.header('content-type') ?? side.content.mimeType)
  return side.media
}

/** Media types as they were declared, remembered: an origin has a handful. */
const mediaTypes = new Map<string, MediaType>()
const maxMediaTypes = 200

function knownMediaType(value: string | undefined): MediaType {
  if (value === undefined || value.length > 100) return readMediaType(value)
  let media = mediaTypes.get(value)
  if (!media) {
    media = readMediaType(value)
    if (mediaTypes.size >= maxMediaTypes) mediaTypes.clear()
    mediaTypes.set(value, media)
  }
  return media
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
    const index = this.layout.first.get(name.toLowerCase())
    return index === undefined ? undefined : this.headers[index]?.value
  },
  headerAll(this: State, name: string) {
    const lower = name.toLowerCase()
    const index = this.layout.first.get(lower)
    if (index === undefined) return []
    if (!this.layout.repeats) return [this.headers[index]?.value ?? '']
    return this.headers.filter((_line, at) => this.layout.lower[at] === lower).map(({ value }) => value)
  },
  headerIndex(this: State, name: string) {
    return this.layout.first.get(name.toLowerCase()) ?? -1
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
    const side = this as unknown as State
    side.decoded ??= decodeText(side.octets, side.parameters.charset)
    return side.decoded
  },
  get json() {
    const side = this as unknown as State
    if (!side.isParsed) {
      side.parsed = parse(side)
      side.isParsed = true
    }
    return side.parsed
  },
  get value() {
    const { json } = this as unknown as State
    return json?.ok ? json.value : undefined
  },
}

export function readSide(message: Message, observed: SideOctets): Side {
  const { content } = message
  const octets = observed.octets ?? nothing
  // Made by assignment: an object literal that names its prototype takes ten times as long.
  const side = Object.create(readings) as State
  side.headers = message.headers
  side.layout = layoutOf(message.headers)
  side.trailers = message.trailers
  side.httpVersion = message.httpVersion
  side.content = content
  side.octets = octets
  side.wire = observed.wire
  side.decodeError = observed.decodeError
  side.hasBody = content.bodySize > 0 || octets.length > 0
  side.truncated = content.kept === 'truncated' || (side.hasBody && octets.length === 0)
  side.media = undefined
  side.decoded = undefined
  side.parsed = undefined
  side.isParsed = false
  return side
}

/** First octet after white space is `{` or `[`. */
function beginsLikeJson(octets: Uint8Array): boolean {
  for (const octet of octets) {
    if (octet === 0x20 || octet === 0x09 || octet === 0x0a || octet === 0x0d) continue
    return octet === 0x7b || octet === 0x5b
  }
  return false
}
