// Where a searched word stands in a text or among octets, without regard to case.

/** More hits than this help nobody and cost time on every row. */
export const mostHits = 5000

const escaped = (query: string) => query.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')

/** Offsets of every hit that begins from `from` and before `to`, in order. */
export function findHits(text: string, query: string, from = 0, to = text.length): number[] {
  if (query === '') return []
  const found: number[] = []
  const part = from === 0 && to >= text.length ? text : text.slice(from, to + query.length - 1)
  for (const match of part.matchAll(new RegExp(escaped(query), 'gi'))) {
    found.push(from + match.index)
    if (found.length >= mostHits) break
  }
  return found
}

/** Octets written as hex, with or without separators: `7b 22`, `0x7b22`, `7B:22`. */
function octetsOf(query: string): number[] | undefined {
  const pairs = query
    .trim()
    .replace(/^0x/i, '')
    .replace(/[\s:,-]+/g, '')
  if (!/^(?:[0-9a-f]{2})+$/i.test(pairs)) return undefined
  return [...(pairs.match(/../g) ?? [])].map((pair) => Number.parseInt(pair, 16))
}

const lower = (octet: number) => (octet > 64 && octet < 91 ? octet + 32 : octet)

export type OctetHit = { readonly from: number; readonly to: number }

/** Finds the query as text (UTF-8, ASCII letters of either case) and, where it reads as hex, as those octets too. */
export function octetFinder(bytes: Uint8Array, query: string): (from: number, to: number) => OctetHit[] {
  const text = [...new TextEncoder().encode(query)].map(lower)
  const plain = octetsOf(query)
  return (from, to) => {
    const found: OctetHit[] = []
    if (query === '') return found
    const fold = (octet: number | undefined) => (octet === undefined ? -1 : lower(octet))
    const stands = (wanted: readonly number[], at: number, read: (octet: number | undefined) => number) => {
      for (let i = 0; i < wanted.length; i++) if (read(bytes[at + i]) !== wanted[i]) return false
      return true
    }
    const firstText = text[0]
    const firstPlain = plain?.[0]
    for (let at = from; at < Math.min(to, bytes.length); at++) {
      const octet = bytes[at] ?? 0
      if (plain && octet === firstPlain && stands(plain, at, (one) => one ?? -1))
        found.push({ from: at, to: at + plain.length })
      else if (lower(octet) === firstText && stands(text, at, fold)) found.push({ from: at, to: at + text.length })
      else continue
      if (found.length >= mostHits) break
    }
    return found
  }
}
