// What a viewer is given: the octets of some content, what they claim to be, and where they came from.
import type { FieldLine } from '../../exchange/message.ts'
import { decodeText } from './prepare-listing.ts'

export type Material = {
  readonly bytes: Uint8Array
  /** Media type without parameters, lower case; empty when none was given. */
  readonly mimeType: string
  readonly parameters: ReadonlyMap<string, string>
  readonly side: 'request' | 'response'
  readonly headers: readonly FieldLine[]
  readonly url: string
  /** Secrets of the exchange, hidden in its content too while secrets are masked. */
  readonly echoes: readonly string[]
  /** False where only the first part was kept. */
  readonly whole: boolean
}

/** Where evidence stands in content; `line` and `column` count from 1 in the text as received. */
export type ContentMark = {
  readonly pointer?: string
  readonly line?: number
  readonly column?: number
  readonly value: string
  readonly note: string
}

const parameter = /;\s*([\w.+-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))/g

/** Media type and parameters of a Content-Type value (RFC 9110 §8.3.1). */
export function mediaTypeOf(value: string): Pick<Material, 'mimeType' | 'parameters'> {
  const parameters = new Map<string, string>()
  for (const [, name = '', quoted, plain = ''] of value.matchAll(parameter))
    parameters.set(name.toLowerCase(), quoted === undefined ? plain : quoted.replace(/\\(.)/g, '$1'))
  return { mimeType: (value.split(';')[0] ?? '').trim().toLowerCase(), parameters }
}

export function charsetOf(material: Material): string {
  return material.parameters.get('charset') ?? 'utf-8'
}

/** The first characters, for looking at what content is; never the whole of a large one. */
export function beginning(material: Material, octets = 2048): string {
  return decodeText(material.bytes.subarray(0, octets), charsetOf(material))
}

export function wholeText(material: Material): string {
  return decodeText(material.bytes, charsetOf(material))
}

/** Text by its look: no NUL and hardly any control characters in the first octets. */
export function looksLikeText(bytes: Uint8Array): boolean {
  const sample = bytes.subarray(0, 1024)
  let odd = 0
  for (const octet of sample) {
    if (octet === 0) return false
    if (octet < 9 || (octet > 13 && octet < 32 && octet !== 27)) odd++
  }
  return odd * 20 <= sample.length
}
