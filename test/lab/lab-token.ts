// Makes tokens of the right shape for the lab; nobody verifies their signature.

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** `exp`, `nbf` and `iat` count in seconds from now. */
export function labToken(claims: { exp?: number; nbf?: number; iat?: number; aud?: string; scope?: string }): string {
  const now = Math.floor(Date.now() / 1000)
  const absolute = Object.fromEntries(
    Object.entries({ iat: -3600, ...claims }).map(([name, value]) => [
      name,
      typeof value === 'number' ? now + value : value,
    ]),
  )
  const head = part({ alg: 'RS256', typ: 'JWT' })
  return `${head}.${part({ iss: 'https://issuer.test', sub: 'u1', ...absolute })}.${'c2lnbmF0dXJl'.repeat(8)}`
}
