// Who may use the proxy where it listens beyond this machine: Basic credentials in Proxy-Authorization (RFC 9110 §11.7).
import { createHash, timingSafeEqual } from 'node:crypto'

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

export function sameSecret(one: string, other: string): boolean {
  return timingSafeEqual(digest(one), digest(other))
}

/** `credentials` is `user:password`, or undefined where everybody may. */
export function mayUseProxy(credentials: string | undefined, authorization: string | undefined): boolean {
  if (credentials === undefined) return true
  const [, encoded] = /^basic +([\w+/=-]+)$/i.exec(authorization ?? '') ?? []
  return encoded !== undefined && sameSecret(Buffer.from(encoded, 'base64').toString('utf8'), credentials)
}

export const proxyAuthenticate: readonly string[] = ['Proxy-Authenticate', 'Basic realm="telltale"']
