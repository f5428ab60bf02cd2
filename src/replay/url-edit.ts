// Edits to a URL as text: order, duplicates and the encoding of everything untouched stay as they were sent.

type Parts = { readonly base: string; readonly path: string; readonly query: string | undefined }

/** Scheme and authority, path, query; a fragment is never sent and falls away. */
function split(url: string): Parts {
  const [whole = ''] = url.split('#', 1)
  const base = /^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i.exec(whole)?.[0] ?? ''
  const mark = whole.indexOf('?')
  return mark < 0
    ? { base, path: whole.slice(base.length), query: undefined }
    : { base, path: whole.slice(base.length, mark), query: whole.slice(mark + 1) }
}

const join = ({ base, path, query }: Parts): string => base + (path || '/') + (query === undefined ? '' : `?${query}`)

/** A parameter name as meant: `+` is a space, and broken percent-encoding stands for itself. */
function meant(raw: string): string {
  try {
    return decodeURIComponent(raw.replace(/\+/g, ' '))
  } catch {
    return raw
  }
}

const nameOf = (pair: string): string => meant(pair.split('=', 1)[0] ?? '')

/** Replaces the first parameter of that name and drops further ones, or adds one at the end. */
export function setQuery(url: string, name: string, value: string): string {
  const parts = split(url)
  const pairs = parts.query === undefined ? [] : parts.query.split('&')
  const first = pairs.findIndex((pair) => nameOf(pair) === name)
  const encoded = encodeURIComponent(value)
  if (first < 0) {
    const kept = parts.query === '' ? [] : pairs
    return join({ ...parts, query: [...kept, `${encodeURIComponent(name)}=${encoded}`].join('&') })
  }
  const query = pairs
    .map((pair, index) => (index === first ? `${pair.split('=', 1)[0]}=${encoded}` : pair))
    .filter((pair, index) => index === first || nameOf(pair) !== name)
  return join({ ...parts, query: query.join('&') })
}

export function removeQuery(url: string, name: string): string {
  const parts = split(url)
  if (parts.query === undefined) return join(parts)
  const kept = parts.query.split('&').filter((pair) => nameOf(pair) !== name)
  return join({ ...parts, query: kept.length === 0 ? undefined : kept.join('&') })
}

export function renameQuery(url: string, name: string, to: string): string {
  const parts = split(url)
  if (parts.query === undefined) return join(parts)
  const renamed = parts.query.split('&').map((pair) => {
    if (nameOf(pair) !== name) return pair
    const equals = pair.indexOf('=')
    return encodeURIComponent(to) + (equals < 0 ? '' : pair.slice(equals))
  })
  return join({ ...parts, query: renamed.join('&') })
}

/** A new path keeps the query; a path that brings its own query replaces that too. Only what no URL may hold is encoded. */
export function setPath(url: string, path: string): string {
  const parts = split(url)
  const rooted = path.startsWith('/') ? path : `/${path}`
  const legal = rooted.replace(/[^\x21-\x7e]|["<>\\^`{|}#]/gu, (char) =>
    char === '#' ? '%23' : encodeURIComponent(char.isWellFormed() ? char : '\ufffd'),
  )
  const mark = legal.indexOf('?')
  if (mark < 0) return join({ ...parts, path: legal })
  return join({ ...parts, path: legal.slice(0, mark), query: legal.slice(mark + 1) })
}

/** Why this URL cannot be sent to, in a sentence. */
export function urlProblem(url: string): string | undefined {
  if (!URL.canParse(url)) return `${JSON.stringify(url)} is not a URL.`
  const { protocol, hostname } = new URL(url)
  if (protocol !== 'http:' && protocol !== 'https:')
    return `Only http and https URLs can be sent to, not ${protocol.slice(0, -1)}.`
  if (hostname === '') return 'The URL names no host.'
  // The URL parser would remove these silently (WHATWG URL §4.4); in a request line they split it.
  if (/[\0-\x20\x7f]/.test(url))
    return 'The URL contains a space or a control character, which must be percent-encoded.'
  return undefined
}
