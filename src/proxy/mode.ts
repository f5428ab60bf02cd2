// The ways in that a listener offers, as written after --mode.

/** One way in; several may be given. A reverse listener without a port of its own shares the proxy port. */
export type Mode =
  | { readonly kind: 'regular' }
  | { readonly kind: 'socks5' }
  | { readonly kind: 'reverse'; readonly url: string; readonly port?: number }
  | { readonly kind: 'upstream'; readonly url: string }

function parseUrl(text: string, schemes: readonly string[], mode: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url?.hostname || !schemes.includes(url.protocol))
    throw new Error(`--mode ${mode} needs a URL that begins with ${schemes.map((s) => `${s}//`).join(' or ')}.`)
  return url.href
}

/** Reads `regular`, `socks5`, `reverse:URL`, `reverse:PORT=URL` or `upstream:URL`; throws one plain sentence. */
export function parseMode(text: string): Mode {
  if (text === 'regular' || text === 'socks5') return { kind: text }
  const [, kind, rest = ''] = /^(reverse|upstream):(.*)$/s.exec(text) ?? []
  if (kind === 'upstream') return { kind, url: parseUrl(rest, ['http:', 'https:'], 'upstream') }
  if (kind === 'reverse') {
    const [, port, url = rest] = /^(\d{1,5})=(.*)$/s.exec(rest) ?? []
    if (port !== undefined && Number(port) > 65535) throw new Error(`--mode reverse: ${port} is not a port.`)
    const parsed = parseUrl(url, ['http:', 'https:'], 'reverse')
    if (/^[^/]+\/\/[^/]+\/./.test(parsed))
      throw new Error('--mode reverse takes an origin: paths and queries are those that the program asks for.')
    return port === undefined ? { kind, url: parsed } : { kind, url: parsed, port: Number(port) }
  }
  throw new Error(`Unknown mode "${text}": use regular, socks5, reverse:URL, reverse:PORT=URL or upstream:URL.`)
}
