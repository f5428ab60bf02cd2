// Plain text as a listing: one line a line, nothing folded; numbered as in the source.
import { type Listing, wideText } from './listing.ts'

export function listLines(source: string, limit = Number.POSITIVE_INFINITY): Listing {
  const text = source.includes('\r') ? source.replace(/\r\n?/g, '\n') : source
  const starts = [0]
  let whole = true
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) {
    if (starts.length >= limit) {
      whole = false
      break
    }
    starts.push(at + 1)
  }
  const count = starts.length
  if (whole) starts.push(text.length + 1)
  else starts.push(text.indexOf('\n', starts.at(-1)) + 1)
  return {
    text,
    count,
    starts: Uint32Array.from(starts),
    depth: new Uint16Array(count),
    end: new Uint32Array(count),
    parent: new Uint32Array(count).fill(0xffffffff),
    items: new Uint32Array(count),
    whole,
    wide: wideText.test(text),
  }
}
