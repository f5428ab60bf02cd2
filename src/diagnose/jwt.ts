// Reads a JSON Web Token without verifying it (RFC 7519); claims are facts the token states about itself.
import type { Credential } from './credentials.ts'

export type Claims = Readonly<Record<string, unknown>>

/** Times in ms since 1970, where the claims are numbers of seconds. */
export type Jwt = {
  readonly credential: Credential
  readonly token: string
  readonly header: Claims
  readonly claims: Claims
  readonly expires: number | undefined
  readonly notBefore: number | undefined
  readonly issued: number | undefined
}

/** The claims that may be shown (catalogue 1.9). */
export const shownClaims = ['exp', 'nbf', 'iat', 'iss', 'aud', 'scope', 'scp', 'azp'] as const

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** A base64url part as a JSON object; undefined when it is not one. */
export function decodePart(part: string): Claims | undefined {
  if (part === '' || !/^[A-Za-z0-9_-]+$/.test(part)) return undefined
  try {
    const bytes = Uint8Array.from(atob(part.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0))
    const value: unknown = JSON.parse(utf8.decode(bytes))
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Claims) : undefined
  } catch {
    return undefined
  }
}

/** The whole value as a token of three parts whose first names an `alg`. */
export function readJwt(credential: Credential): Jwt | undefined {
  const token = credential.value.trim()
  // eyJ is base64url of `{"`; nothing else is worth decoding.
  if (!token.startsWith('eyJ')) return undefined
  const parts = token.split('.')
  if (parts.length !== 3) return undefined
  const header = decodePart(parts[0] ?? '')
  const claims = decodePart(parts[1] ?? '')
  if (!header || !claims || !('alg' in header)) return undefined
  const seconds = (name: string) => {
    const value = claims[name]
    return typeof value === 'number' && Number.isFinite(value) ? value * 1000 : undefined
  }
  return {
    credential,
    token,
    header,
    claims,
    expires: seconds('exp'),
    notBefore: seconds('nbf'),
    issued: seconds('iat'),
  }
}
