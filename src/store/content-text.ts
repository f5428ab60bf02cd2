// The text of kept content, as a search sees it: decoded, and read in whatever charset fits.
import { decodeNow } from './content.ts'

/** Octets of decoded text that are searched; what is longer is cut. */
export const maxSearched = 16 * 1024 * 1024

const utf8 = new TextDecoder('utf-8')
const latin1 = new TextDecoder('latin1')

/** Media whose octets are no text; SVG is. */
const unreadable = /^(?:image\/(?!svg)|audio\/|video\/|font\/)/

function textOf(octets: Uint8Array): string {
  if ((octets[0] === 0xff && octets[1] === 0xfe) || (octets[0] === 0xfe && octets[1] === 0xff))
    return new TextDecoder(octets[0] === 0xff ? 'utf-16le' : 'utf-16be').decode(octets)
  const text = utf8.decode(octets)
  // Not UTF-8, or cut within a character: what one octet a character gives is searched as well.
  return text.includes('\ufffd') ? `${text}\n${latin1.decode(octets)}` : text
}

/** Undefined where there is no text in it. */
export function contentText(octets: Uint8Array, codings: readonly string[], mimeType: string): string | undefined {
  if (unreadable.test(mimeType)) return undefined
  const plain = decodeNow(octets, codings, maxSearched)
  if (plain.octets.length === 0) return undefined
  return textOf(plain.octets.subarray(0, maxSearched))
}
