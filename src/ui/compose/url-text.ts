// Cuts the text of an address into what is before the query, its parameters, and the fragment, and puts it together.

/** `raw` is the pair as it stood in the address; it is written back as long as name and value say the same. */
export type Pair = { readonly name: string; readonly value: string; readonly raw?: string }
export type AddressParts = { readonly base: string; readonly query: readonly Pair[]; readonly fragment: string }

function plain(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}

/** Percent-encodes for a query (RFC 3986 §3.4), leaving `{{variables}}` to be filled in later. */
export function encodeQuery(text: string): string {
  return text
    .split(/(\{\{[^{}]*\}\})/)
    .map((piece, i) =>
      i % 2 === 1 ? piece : encodeURIComponent(piece).replace(/%(?:2F|3A|40|2C|24|3B)/gi, decodeURIComponent),
    )
    .join('')
}

export function splitAddress(text: string): AddressParts {
  const hash = text.indexOf('#')
  const fragment = hash === -1 ? '' : text.slice(hash)
  const rest = hash === -1 ? text : text.slice(0, hash)
  const mark = rest.indexOf('?')
  if (mark === -1) return { base: rest, query: [], fragment }
  const query = rest
    .slice(mark + 1)
    .split('&')
    .filter((raw) => raw !== '')
    .map((raw) => {
      const equals = raw.indexOf('=')
      return equals === -1
        ? { name: plain(raw), value: '', raw }
        : { name: plain(raw.slice(0, equals)), value: plain(raw.slice(equals + 1)), raw }
    })
  return { base: rest.slice(0, mark), query, fragment }
}

function pairText({ name, value, raw }: Pair): string {
  if (raw !== undefined) {
    const equals = raw.indexOf('=')
    const was = equals === -1 ? [plain(raw), ''] : [plain(raw.slice(0, equals)), plain(raw.slice(equals + 1))]
    if (was[0] === name && was[1] === value) return raw
  }
  return `${encodeQuery(name)}=${encodeQuery(value)}`
}

export function joinAddress({ base, query, fragment }: AddressParts): string {
  return base + (query.length > 0 ? `?${query.map(pairText).join('&')}` : '') + fragment
}
