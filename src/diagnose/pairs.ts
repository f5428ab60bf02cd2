// Query and form members as sent, in order, repeated names kept.

/** Decoded once; `rawName` and `raw` are as sent. */
export type Pair = { readonly name: string; readonly value: string; readonly rawName: string; readonly raw: string }

function decode(text: string): string {
  if (!/[%+]/.test(text)) return text
  const spaced = text.replaceAll('+', ' ')
  try {
    return decodeURIComponent(spaced)
  } catch {
    // A stray % is kept as it is: the rest must still be readable.
    return spaced.replace(/%[0-9a-fA-F]{2}/g, (triplet) => String.fromCharCode(Number.parseInt(triplet.slice(1), 16)))
  }
}

/** `a=1&b=2` (WHATWG URL §5.1), without a leading `?`. */
export function readPairs(text: string): Pair[] {
  if (text === '') return []
  return text
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const equals = part.indexOf('=')
      const rawName = equals < 0 ? part : part.slice(0, equals)
      const raw = equals < 0 ? '' : part.slice(equals + 1)
      return { name: decode(rawName), value: decode(raw), rawName, raw }
    })
}

/** The query of an URL as it was written; parsers would already have repaired it. */
export function queryOf(url: string): Pair[] {
  const start = url.indexOf('?')
  if (start < 0) return []
  const hash = url.indexOf('#', start)
  return readPairs(url.slice(start + 1, hash < 0 ? undefined : hash))
}
