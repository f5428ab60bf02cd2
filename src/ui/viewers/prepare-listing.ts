// From octets to a listing: decode the characters, hide the secrets, lay out the lines; runs in a worker or in place.
import { listCss } from './list-css.ts'
import { listGraphql } from './list-graphql.ts'
import { listJson } from './list-json.ts'
import { listLines } from './list-lines.ts'
import { listMarkup } from './list-markup.ts'
import { listScript } from './list-script.ts'
import type { Listing } from './listing.ts'
import { maskText } from './secret-ranges.ts'

export type Layout = 'json' | 'json-lines' | 'xml' | 'html' | 'graphql' | 'script' | 'css' | 'lines'

export type ListingRequest = {
  readonly bytes: Uint8Array
  readonly charset: string
  readonly layout: Layout
  readonly masked: boolean
  /** Values known to be secret. */
  readonly echoes?: readonly string[]
  /** Stops after so many lines. */
  readonly limit?: number
}

/** Characters of octets; an unknown charset is read as UTF-8, which is what most senders meant. */
export function decodeText(bytes: Uint8Array, charset: string): string {
  try {
    return new TextDecoder(charset || 'utf-8').decode(bytes)
  } catch {
    return new TextDecoder().decode(bytes)
  }
}

export function layOut(text: string, layout: Layout, limit = Number.POSITIVE_INFINITY): Listing {
  switch (layout) {
    case 'json':
      return listJson(text, limit)
    case 'json-lines':
      return listJson(text, limit, true)
    case 'xml':
      return listMarkup(text, limit)
    case 'html':
      return listMarkup(text, limit, true)
    case 'graphql':
      return listGraphql(text)
    case 'script':
      return listScript(text, limit)
    case 'css':
      return listCss(text, limit)
    case 'lines':
      return listLines(text, limit)
    default:
      return layout satisfies never
  }
}

export function prepareListing(request: ListingRequest): Listing {
  const text = decodeText(request.bytes, request.charset)
  return layOut(request.masked ? maskText(text, request.echoes) : text, request.layout, request.limit)
}
