// The options of curl that Telltale reads: which take a value, what each does, which are refused and why.

export type CurlAction =
  | 'method'
  | 'header'
  | 'data'
  | 'data-raw'
  | 'data-urlencode'
  | 'json'
  | 'form'
  | 'form-string'
  | 'user'
  | 'cookie'
  | 'agent'
  | 'referer'
  | 'get'
  | 'head'
  | 'follow'
  | 'compressed'
  | 'url'
  | 'http1.1'
  | 'http2'
  | 'bearer'
  | 'url-query'
  | 'range'

/** `value` says that the option takes one. */
export type CurlOption =
  | { readonly does: CurlAction; readonly value: boolean }
  | { readonly does: 'ignore'; readonly value: boolean; readonly why: string }
  | { readonly does: 'refuse'; readonly value: boolean; readonly why: string }

const act = (does: CurlAction, value = true): CurlOption => ({ does, value })
const ignore = (why: string, value = false): CurlOption => ({ does: 'ignore', value, why })
const refuse = (why: string): CurlOption => ({ does: 'refuse', value: true, why })

const silent = ignore('')
const verification = ignore('certificates are verified unless the host was allowed at the start')
const reads = 'it would read a file; paste the content instead'
const writes = 'it would write a file; leave it out'

const long: Readonly<Record<string, CurlOption>> = {
  request: act('method'),
  header: act('header'),
  data: act('data'),
  'data-ascii': act('data'),
  'data-binary': act('data'),
  'data-raw': act('data-raw'),
  'data-urlencode': act('data-urlencode'),
  json: act('json'),
  form: act('form'),
  'form-string': act('form-string'),
  user: act('user'),
  cookie: act('cookie'),
  'user-agent': act('agent'),
  referer: act('referer'),
  get: act('get', false),
  head: act('head', false),
  location: act('follow', false),
  'location-trusted': act('follow', false),
  compressed: act('compressed', false),
  url: act('url'),
  'url-query': act('url-query'),
  range: act('range'),
  'http1.0': act('http1.1', false),
  'http1.1': act('http1.1', false),
  http2: act('http2', false),
  'http2-prior-knowledge': act('http2', false),
  'oauth2-bearer': act('bearer'),
  insecure: verification,
  'proxy-insecure': verification,
  proxy: ignore('the request is sent by Telltale itself', true),
  'proxy-user': ignore('the request is sent by Telltale itself', true),
  noproxy: ignore('the request is sent by Telltale itself', true),
  resolve: ignore('names are resolved as usual', true),
  'connect-to': ignore('names are resolved as usual', true),
  cacert: ignore('trust is set when Telltale starts', true),
  capath: ignore('trust is set when Telltale starts', true),
  'max-time': ignore('Telltale has its own time limits', true),
  'connect-timeout': ignore('Telltale has its own time limits', true),
  retry: ignore('a request is sent once', true),
  'retry-delay': ignore('a request is sent once', true),
  'retry-max-time': ignore('a request is sent once', true),
  'retry-all-errors': ignore('a request is sent once'),
  'retry-connrefused': ignore('a request is sent once'),
  'max-redirs': ignore('Telltale has its own limit', true),
  'limit-rate': ignore('it changes nothing in the request', true),
  'write-out': ignore('it changes nothing in the request', true),
  'dump-header': ignore('it changes nothing in the request', true),
  'cookie-jar': refuse(writes),
  ciphers: ignore('TLS is negotiated as usual', true),
  'tls-max': ignore('TLS is negotiated as usual', true),
  interface: ignore('the system chooses the interface', true),
  cert: refuse('client certificates are given with --client-cert when Telltale starts'),
  key: refuse('client certificates are given with --client-cert when Telltale starts'),
  digest: ignore('Digest is not computed'),
  ntlm: ignore('NTLM is not spoken'),
  negotiate: ignore('Negotiate is not spoken'),
  anyauth: ignore('Basic is used'),
  basic: silent,
  next: refuse('paste one command at a time'),
  config: refuse(reads),
  netrc: ignore('no file is read'),
  'netrc-file': refuse(reads),
  'upload-file': refuse(reads),
  output: refuse(writes),
  'output-dir': refuse(writes),
  'remote-name': { does: 'refuse', value: false, why: writes },
  'unix-socket': refuse('only http and https URLs can be sent to'),
}

/** Flags that change nothing here and deserve no word. */
const quiet =
  'silent show-error verbose include fail fail-with-body globoff path-as-is no-buffer progress-bar tcp-nodelay no-keepalive ipv4 ipv6 tlsv1 tlsv1.0 tlsv1.1 tlsv1.2 tlsv1.3 ssl-reqd ssl raw tr-encoding disable no-progress-meter parallel create-dirs http0.9 http3 location-trusted styled-output no-alpn'.split(
    ' ',
  )

const short: Readonly<Record<string, string>> = {
  X: 'request',
  H: 'header',
  d: 'data',
  F: 'form',
  u: 'user',
  b: 'cookie',
  A: 'user-agent',
  e: 'referer',
  G: 'get',
  I: 'head',
  L: 'location',
  k: 'insecure',
  x: 'proxy',
  U: 'proxy-user',
  m: 'max-time',
  w: 'write-out',
  D: 'dump-header',
  c: 'cookie-jar',
  E: 'cert',
  K: 'config',
  n: 'netrc',
  T: 'upload-file',
  o: 'output',
  O: 'remote-name',
  r: 'range',
  s: 'silent',
  S: 'show-error',
  v: 'verbose',
  i: 'include',
  f: 'fail',
  g: 'globoff',
  N: 'no-buffer',
  '#': 'progress-bar',
  '0': 'http1.0',
  '1': 'tlsv1',
  '4': 'ipv4',
  '6': 'ipv6',
  q: 'disable',
  ':': 'next',
  Z: 'parallel',
}

/** By its whole name, with or without dashes, or by its letter. */
export function curlOption(name: string): { readonly name: string; readonly option: CurlOption } | undefined {
  const full = name.length === 1 ? short[name] : name
  if (full === undefined) return undefined
  const known = Object.hasOwn(long, full) ? long[full] : quiet.includes(full) ? silent : undefined
  if (known) return { name: full, option: known }
  const positive = full.startsWith('no-') && Object.hasOwn(long, full.slice(3))
  return positive ? { name: full, option: silent } : undefined
}
