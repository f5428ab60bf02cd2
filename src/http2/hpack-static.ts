// The static table of HPACK (RFC 7541 appendix A), and where in it a field stands.

const pairs = [
  [':authority', ''],
  [':method', 'GET'],
  [':method', 'POST'],
  [':path', '/'],
  [':path', '/index.html'],
  [':scheme', 'http'],
  [':scheme', 'https'],
  [':status', '200'],
  [':status', '204'],
  [':status', '206'],
  [':status', '304'],
  [':status', '400'],
  [':status', '404'],
  [':status', '500'],
  ['accept-charset', ''],
  ['accept-encoding', 'gzip, deflate'],
  ...[
    'accept-language accept-ranges accept access-control-allow-origin age allow authorization cache-control',
    'content-disposition content-encoding content-language content-length content-location content-range content-type',
    'cookie date etag expect expires from host if-match if-modified-since if-none-match if-range if-unmodified-since',
    'last-modified link location max-forwards proxy-authenticate proxy-authorization range referer refresh retry-after',
    'server set-cookie strict-transport-security transfer-encoding user-agent vary via www-authenticate',
  ]
    .join(' ')
    .split(' ')
    .map((name) => [name, '']),
] as const

/** By index; the first field has 1. */
export const staticNames: readonly string[] = ['', ...pairs.map(([name = '']) => name)]
export const staticValues: readonly string[] = ['', ...pairs.map(([, value = '']) => value)]
export const staticSize = pairs.length

type Place = { readonly first: number; readonly values: Map<string, number> }

/** Where a name stands first, and where with which value. */
export const staticPlaces = new Map<string, Place>()
for (const [index, name] of staticNames.entries()) {
  if (index === 0) continue
  const place = staticPlaces.get(name) ?? { first: index, values: new Map<string, number>() }
  staticPlaces.set(name, place)
  place.values.set(staticValues[index] ?? '', index)
}
