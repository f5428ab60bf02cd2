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

/** What a side reads of itself is made when first asked for. A class, because nothing else makes objects so fast. */
class ReadSide implements Side {
  declare readonly headers: readonly FieldLine[]
  declare readonly layout: HeaderLayout
  declare readonly trailers: readonly FieldLine[]
  declare readonly httpVersion: string
  declare readonly content: Content
  declare readonly octets: Uint8Array
  declare readonly wire: Uint8Array | undefined
  declare readonly decodeError: string | undefined
  declare readonly hasBody: boolean
  declare readonly truncated: boolean
  declare private media: MediaType | undefined
  declare private decoded: string | undefined
  declare private parsed: JsonReading | undefined
  /** Tells a body that is no JSON from one that was not looked at yet. */
  declare private isParsed: boolean

  constructor(message: Message, octets: Uint8Array, wire: Uint8Array | undefined, decodeError: string | undefined) {
    const { content } = message
    this.headers = message.headers
    this.layout = layoutOf(message.headers)
    this.trailers = message.trailers
    this.httpVersion = message.httpVersion
    this.content = content
    this.octets = octets
    this.wire = wire
    this.decodeError = decodeError
    this.hasBody = content.bodySize > 0 || octets.length > 0
    this.truncated = content.kept === 'truncated' || (this.hasBody && octets.length === 0)
    this.media = undefined
    this.decoded = undefined
    this.parsed = undefined
    this.isParsed = false
  }

  header(name: string): string | undefined {
    const index = this.layout.first.get(name.toLowerCase())
    return index === undefined ? undefined : this.headers[index]?.value
  }

  headerAll(name: string): readonly string[] {
    const lower = name.toLowerCase()
    const index = this.layout.first.get(lower)
    if (index === undefined) return []
    if (!this.layout.repeats) return [this.headers[index]?.value ?? '']
    return this.headers.filter((_line, at) => this.layout.lower[at] === lower).map(({ value }) => value)
  }

  headerIndex(name: string): number {
    return this.layout.first.get(name.toLowerCase()) ?? -1
  }

  get mediaType(): string {
    return this.#media().type
  }

  get parameters(): Readonly<Record<string, string>> {
    return this.#media().parameters
  }

  get declaredJson(): boolean {
    return isJsonType(this.mediaType)
  }

  get text(): string {
    this.decoded ??= decodeText(this.octets, this.parameters.charset)
    return this.decoded
  }

  get json(): JsonReading | undefined {
    if (!this.isParsed) {
      this.parsed = this.#parse()
      this.isParsed = true
    }
    return this.parsed
  }

  get value(): unknown {
    const { json } = this
    return json?.ok ? json.value : undefined
  }

  #media(): MediaType {
    this.media ??= knownMediaType(this.header('content-type') ?? this.content.mimeType)
    return this.media
  }

  #parse(): JsonReading | undefined {
    const { octets } = this
    if (this.truncated || octets.length === 0 || octets.length > maxParsed) return undefined
    return this.declaredJson || beginsLikeJson(octets) ? readJson(this.text) : undefined
  }
}

const nothing = new Uint8Array()

/** `octets` are content-decoded, `wire` those before that where they differ. */
export const readSide = (
  message: Message,
  octets: Uint8Array | undefined,
  wire: Uint8Array | undefined,
  decodeError: string | undefined,
): Side => new ReadSide(message, octets ?? nothing, wire, decodeError)

/** First octet after white space is `{` or `[`. */
function beginsLikeJson(octets: Uint8Array): boolean {
  for (const octet of octets) {
    if (octet === 0x20 || octet === 0x09 || octet === 0x0a || octet === 0x0d) continue
    return octet === 0x7b || octet === 0x5b
  }
  return false
}
