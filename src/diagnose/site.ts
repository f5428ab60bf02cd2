// Where an URL leads – its origin and host – told from its beginning, which a session's many URLs share.

export type Site = {
  /** `https://host:port`, as the URL standard writes it. */
  readonly origin: string
  /** With the port, where it is not the usual one; and without. */
  readonly host: string
  readonly hostname: string
}

/** Beginnings remembered. */
const maxKnown = 500
const known = new Map<string, Site>()
/** No user information, which is secret and belongs to one URL, and nothing the URL standard would repair. */
const plain = /^(?:https?|wss?):\/\/[A-Za-z0-9.:[\]_-]+$/

/** Offset at which the path of an absolute URL begins; -1 for any other text. */
export function authorityEnd(url: string): number {
  const colon = url.indexOf('://')
  if (colon <= 0) return -1
  for (let at = colon + 3; at < url.length; at++) {
    const char = url.charCodeAt(at)
    if (char === 0x2f || char === 0x3f || char === 0x23) return at
  }
  return url.length
}

const read = (url: URL | null): Site | undefined =>
  url ? { origin: `${url.protocol}//${url.host}`, host: url.host, hostname: url.hostname } : undefined

/** Undefined for what is no URL. */
export function siteOf(url: string, end = authorityEnd(url)): Site | undefined {
  const beginning = end < 0 ? '' : url.slice(0, end)
  const found = known.get(beginning)
  if (found) return found
  if (!plain.test(beginning)) return read(URL.parse(url))
  const made = read(URL.parse(beginning))
  if (!made) return undefined
  if (known.size >= maxKnown) known.clear()
  known.set(beginning, made)
  return made
}
