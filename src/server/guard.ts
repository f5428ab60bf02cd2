// Who may speak to the page's port: Host, Origin, fetch metadata and token, checked before anything else happens.
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** What a refused request gets: a status and nothing that helps an attacker. */
export type Refused = { readonly status: 400 | 401 | 403 | 405 | 421 | 429 }

export type Guard = {
  /** Target form, Host and Origin: for every path, the upgrade included. Undefined when all is well. */
  origin(request: IncomingMessage): Refused | undefined
  /** The Authorization header, if there is one: `absent`, `wrong` or `right`. */
  token(request: IncomingMessage): 'absent' | 'wrong' | 'right'
  matches(token: string): boolean
  /** True when there were too many wrong tokens in the last second. */
  throttled(): boolean
  /** A code that can be traded once for the token. */
  issueCode(): string
  redeem(code: string): string | undefined
  /** Proves to a command line that this server knows the token, without the token being sent. */
  prove(nonce: string): string
}

const badTokensPerSecond = 10
const codeLifetimeMs = 15 * 60_000

const digest = (text: string) => createHash('sha256').update(text).digest()
const same = (a: string, b: string) => timingSafeEqual(digest(a), digest(b))

/**
 * `authorities` gives the `host:port` spellings under which the page is reached. `now` is a clock that nobody can set back:
 * wrong tokens must not count for longer because of it, nor codes.
 */
export function createGuard(
  token: string,
  authorities: () => readonly string[],
  now: () => number = () => performance.now(),
): Guard {
  const codes = new Map<string, number>()
  let wrong: number[] = []

  return {
    origin(request) {
      // Only origin-form (RFC 9112 §3.2.1): anything else is somebody using this port as a proxy.
      if (!request.url?.startsWith('/')) return { status: 400 }
      if (request.method === 'TRACE' || request.method === 'CONNECT') return { status: 405 }
      const hosts: string[] = []
      const origins: string[] = []
      for (let i = 0; i < request.rawHeaders.length; i += 2) {
        const name = request.rawHeaders[i]?.toLowerCase()
        if (name === 'host') hosts.push(request.rawHeaders[i + 1] ?? '')
        if (name === 'origin') origins.push(request.rawHeaders[i + 1] ?? '')
      }
      const [host] = hosts
      if (hosts.length !== 1 || !host) return { status: 400 }
      // DNS rebinding: an exact match after lower-casing; forwarding headers are never looked at.
      const allowed = authorities()
      if (!allowed.includes(host.toLowerCase())) return { status: 421 }
      if (origins.length > 1) return { status: 400 }
      const [origin] = origins
      if (origin !== undefined && !allowed.some((authority) => origin === `http://${authority}`)) return { status: 403 }
      const site = request.headers['sec-fetch-site']
      if (site !== undefined && site !== 'same-origin' && site !== 'none') return { status: 403 }
      return undefined
    },
    token(request) {
      const header = request.headers.authorization
      if (header === undefined) return 'absent'
      const right = /^bearer /i.test(header) && same(header.slice(7), token)
      if (!right) wrong.push(now())
      return right ? 'right' : 'wrong'
    },
    matches(given) {
      const right = same(given, token)
      if (!right) wrong.push(now())
      return right
    },
    throttled() {
      const since = now() - 1000
      wrong = wrong.filter((at) => at > since)
      return wrong.length > badTokensPerSecond
    },
    issueCode() {
      for (const [code, until] of codes) if (until < now()) codes.delete(code)
      const code = randomBytes(16).toString('base64url')
      codes.set(code, now() + codeLifetimeMs)
      return code
    },
    redeem(code) {
      const until = codes.get(code)
      codes.delete(code)
      if (until === undefined || until < now()) {
        wrong.push(now())
        return undefined
      }
      return token
    },
    prove: (nonce) => createHmac('sha256', token).update(nonce).digest('hex'),
  }
}
