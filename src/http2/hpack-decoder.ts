// Reads field blocks (RFC 7541): one decoder a direction, for the table it keeps is the peer's.

import { staticNames, staticSize, staticValues } from './hpack-static.ts'
import { entryOverhead, HpackTable, usualTableOctets } from './hpack-table.ts'
import { decodedBound, decodeHuffman } from './huffman.ts'

/** Text of octets, one character each. */
export type ReadText = (octets: Uint8Array, from: number, to: number) => string

const portion = 4096
/** Works everywhere; a platform may know a faster way. */
export const plainText: ReadText = (octets, from, to) => {
  let text = ''
  for (let at = from; at < to; at += portion)
    text += String.fromCharCode.apply(null, octets.subarray(at, Math.min(to, at + portion)) as unknown as number[])
  return text
}

export type FieldBlock = {
  /** Flat pairs, in order. */
  readonly fields: string[]
  /** Names of fields that no hop may put into a table (RFC 7541 §7.1.3). */
  readonly never: string[] | undefined
  /** More than may be: what was read beyond the limit is not kept. */
  readonly tooLarge: boolean
}

/** No number in a block comes near it: lengths are bounded by the block, indexes by the table. */
const largestNumber = 2 ** 28

const cut = 'a field block ends in the middle'

const nothing = new Uint8Array(0)
/** Where texts are uncoded; all decoders share it, for none keeps anything in it. */
let scratch = new Uint8Array(4096)

function scratchOf(octets: number): Uint8Array {
  // A long one is not kept.
  if (octets > 64 * 1024) return new Uint8Array(octets)
  if (octets > scratch.length) scratch = new Uint8Array(octets)
  return scratch
}

/** Owns the table of what the peer has sent. */
export class HpackDecoder {
  readonly #table = new HpackTable()
  readonly #text: ReadText
  #octets: Uint8Array = nothing
  #at = 0
  #end = 0
  #fault = ''

  constructor(text: ReadText = plainText) {
    this.#text = text
  }

  /** A sentence where it cannot be read: the table is out of step then, and the connection lost. `limit`: RFC 9113 §6.5.2. */
  decode(octets: Uint8Array, from: number, to: number, limit: number): FieldBlock | string {
    const read = this.#decode(octets, from, to, limit)
    this.#octets = nothing
    return read
  }

  #decode(octets: Uint8Array, from: number, to: number, limit: number): FieldBlock | string {
    this.#octets = octets
    this.#at = from
    this.#end = to
    this.#fault = ''
    const table = this.#table
    const fields: string[] = []
    let never: string[] | undefined
    let size = 0
    while (this.#at < to) {
      const first = octets[this.#at] ?? 0
      let name: string
      let value: string
      if (first >= 0x80) {
        const index = this.#number(0x7f)
        name = this.#nameAt(index)
        value = index <= staticSize ? (staticValues[index] ?? '') : table.value(index - staticSize - 1)
        if (first === 0x80) this.#fault = 'a field has index 0'
      } else if (first >= 0x40 || first < 0x20) {
        const kept = first >= 0x40
        const index = this.#number(kept ? 0x3f : 0x0f)
        name = index === 0 ? this.#string() : this.#nameAt(index)
        value = this.#string()
        if (kept && this.#fault === '') table.add(name, value)
        else if (first >= 0x10 && !kept) {
          never ??= []
          never.push(name)
        }
      } else {
        const wanted = this.#number(0x1f)
        // Only before the first field (RFC 7541 §4.2), and never beyond what we allowed.
        if (size > 0) return 'a table size is changed within a field block'
        if (wanted > usualTableOctets) return 'a table is made larger than allowed'
        if (this.#fault !== '') return this.#fault
        table.resize(wanted)
        continue
      }
      if (this.#fault !== '') return this.#fault
      size += name.length + value.length + entryOverhead
      if (size <= limit) fields.push(name, value)
    }
    return { fields, never, tooLarge: size > limit }
  }

  #nameAt(index: number): string {
    if (index <= staticSize) return staticNames[index] ?? ''
    const back = index - staticSize - 1
    if (back < this.#table.count) return this.#table.name(back)
    this.#fault = 'a field points beyond the table'
    return ''
  }

  /** RFC 7541 §5.1. */
  #number(mask: number): number {
    let value = (this.#octets[this.#at++] ?? 0) & mask
    if (value < mask) return value
    for (let weight = 1; this.#at < this.#end; weight *= 128) {
      const octet = this.#octets[this.#at++] ?? 0
      value += (octet & 0x7f) * weight
      if (value >= largestNumber || weight > largestNumber) break
      if (octet < 0x80) return value
    }
    this.#fault = this.#at >= this.#end ? cut : 'a number is too large'
    return 0
  }

  /** RFC 7541 §5.2. */
  #string(): string {
    if (this.#at >= this.#end) {
      this.#fault = cut
      return ''
    }
    const coded = (this.#octets[this.#at] ?? 0) >= 0x80
    const length = this.#number(0x7f)
    const from = this.#at
    const to = from + length
    if (to > this.#end) {
      this.#fault = cut
      return ''
    }
    this.#at = to
    if (!coded) return this.#text(this.#octets, from, to)
    const out = scratchOf(decodedBound(length))
    const size = decodeHuffman(this.#octets, from, to, out)
    if (size >= 0) return this.#text(out, 0, size)
    this.#fault = 'a text is not Huffman code'
    return ''
  }
}
