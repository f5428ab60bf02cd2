// The text of kept content, as a search sees it: decoded, and read in whatever charset fits.
import { isAscii } from 'node:buffer'
import { decodeNow } from './content.ts'

/** Octets of decoded text that are searched; what is longer is cut. */
export const maxSearched = 16 * 1024 * 1024

/** Media whose octets are no text; SVG is. */
export const unreadable = /^(?:image\/(?!svg)|audio\/|video\/|font\/)/

function textOf(given: Uint8Array): string {
  const octets = Buffer.from(given.buffer, given.byteOffset, given.byteLength)
  // Ten times faster than decoding UTF-8, and most content is ASCII.
  if (isAscii(octets)) return octets.toString('latin1')
  if ((octets[0] === 0xff && octets[1] === 0xfe) || (octets[0] === 0xfe && octets[1] === 0xff))
    return new TextDecoder(octets[0] === 0xff ? 'utf-16le' : 'utf-16be').decode(octets)
  // Binary: only words of ASCII can be found in it.
  if (octets.subarray(0, 1024).includes(0)) return octets.toString('latin1')
  const text = octets.toString('utf8')
  // Not UTF-8, or cut within a character: what one octet a character gives is searched as well.
  return text.includes('\ufffd') ? `${text}\n${octets.toString('latin1')}` : text
}

/** Undefined where there is no text in it. */
export function contentText(octets: Uint8Array, codings: readonly string[], mimeType: string): string | undefined {
  if (unreadable.test(mimeType)) return undefined
  const plain = decodeNow(octets, codings, maxSearched)
  // Imported files often hold decoded octets beside a field that names a coding: then these are the text.
  const text = plain.octets.length === 0 && plain.error !== undefined && !plain.cut ? octets : plain.octets
  return text.length === 0 ? undefined : textOf(text.subarray(0, maxSearched))
}
