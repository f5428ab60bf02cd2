// Writes field blocks (RFC 7541): known fields as a number, what will come again into the table, secrets never.

import { staticPlaces, staticSize } from './hpack-static.ts'
import { entrySize, HpackTable, usualTableOctets } from './hpack-table.ts'
import { encodeHuffman, huffmanLength } from './huffman.ts'

/** They change with every message: an entry would only push out others. */
const passing = new Set([
  ':path',
  'age',
  'content-length',
  'content-range',
  'date',
  'etag',
  'if-modified-since',
  'if-none-match',
  'last-modified',
  'location',
  'set-cookie',
])
/** What could be guessed from the size of what else is sent with it stays out of tables (RFC 7541 §7.1.3). */
const guessableOctets = 20
const isSecret = (name: string, value: string): boolean =>
  name === 'authorization' || name === 'proxy-authorization' || (name === 'cookie' && value.length < guessableOctets)

/** Most octets a list of fields can take in a block. */
export function encodedBound(fields: readonly string[]): number {
  let octets = 16
  for (let i = 0; i < fields.length; i++) octets += (fields[i]?.length ?? 0) + 6
  return octets
}

const nothing = new Uint8Array(0)

type Known = { newest: number; readonly values: Map<string, number> }

/** Owns the table of what we have sent. */
export class HpackEncoder {
  readonly #known = new Map<string, Known>()
  readonly #table = new HpackTable((name, value, number) => this.#forget(name, value, number))
  /** Sizes the peer must hear of before the next field: the smallest since the last block, and the last one. */
  #smallest = usualTableOctets
  #resized = false
  #out: Uint8Array = nothing
  #at = 0

  /** The peer's SETTINGS_HEADER_TABLE_SIZE; more than the usual size is not made use of. */
  resize(wanted: number): void {
    const limit = Math.min(wanted, usualTableOctets)
    if (limit === this.#table.limit && !this.#resized) return
    this.#smallest = this.#resized ? Math.min(this.#smallest, limit) : limit
    this.#resized = true
    this.#table.resize(limit)
  }

  /** Writes the block from `at` on, where `encodedBound` octets are free, and returns its end. */
  encode(fields: readonly string[], never: readonly string[] | undefined, out: Uint8Array, at: number): number {
    this.#out = out
    this.#at = at
    if (this.#resized) {
      // RFC 7541 §4.2: the smallest of several, then the last.
      if (this.#smallest < this.#table.limit) this.#number(0x20, 0x1f, this.#smallest)
      this.#number(0x20, 0x1f, this.#table.limit)
      this.#resized = false
    }
    for (let i = 0; i + 1 < fields.length; i += 2) {
      const name = fields[i] ?? ''
      this.#field(name, fields[i + 1] ?? '', never?.includes(name) === true)
    }
    this.#out = nothing
    return this.#at
  }

  #field(name: string, value: string, never: boolean): void {
    const place = staticPlaces.get(name)
    const known = this.#known.get(name)
    const secret = never || isSecret(name, value)
    if (!secret) {
      const index = place?.values.get(value)
      if (index !== undefined) return this.#number(0x80, 0x7f, index)
      const number = known?.values.get(value)
      if (number !== undefined) return this.#number(0x80, 0x7f, this.#indexOf(number))
    }
    const nameIndex = place ? place.first : known ? this.#indexOf(known.newest) : 0
    const kept = !secret && !passing.has(name) && entrySize(name, value) <= this.#table.limit >> 1
    if (kept) this.#number(0x40, 0x3f, nameIndex)
    else this.#number(secret ? 0x10 : 0, 0x0f, nameIndex)
    if (nameIndex === 0) this.#string(name)
    this.#string(value)
    if (kept) this.#remember(name, value)
  }

  #indexOf(number: number): number {
    return staticSize + this.#table.added - number
  }

  #remember(name: string, value: string): void {
    if (!this.#table.add(name, value)) return
    const number = this.#table.added - 1
    const known = this.#known.get(name)
    if (known) {
      known.newest = number
      known.values.set(value, number)
    } else this.#known.set(name, { newest: number, values: new Map([[value, number]]) })
  }

  #forget(name: string, value: string, number: number): void {
    const known = this.#known.get(name)
    if (!known) return
    if (known.newest === number) this.#known.delete(name)
    else if (known.values.get(value) === number) known.values.delete(value)
  }

  /** RFC 7541 §5.1. */
  #number(pattern: number, mask: number, value: number): void {
    const out = this.#out
    if (value < mask) {
      out[this.#at++] = pattern | value
      return
    }
    out[this.#at++] = pattern | mask
    let left = value - mask
    for (; left >= 128; left = Math.floor(left / 128)) out[this.#at++] = (left % 128) | 0x80
    out[this.#at++] = left
  }

  /** RFC 7541 §5.2: coded where that is shorter. */
  #string(text: string): void {
    const coded = huffmanLength(text)
    if (coded < text.length) {
      this.#number(0x80, 0x7f, coded)
      this.#at = encodeHuffman(text, this.#out, this.#at)
      return
    }
    this.#number(0, 0x7f, text.length)
    for (let i = 0; i < text.length; i++) this.#out[this.#at++] = text.charCodeAt(i)
  }
}
