// Makes unsigned-by-anyone tokens for examples and tests; the signature part is constant text.
import { exampleStart } from './example-exchange.ts'

const part = (value: unknown): string =>
  btoa(JSON.stringify(value)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')

/** Claims given in seconds relative to the start of the examples (`exp: -60` expired a minute before). */
export function exampleJwt(claims: Readonly<Record<string, unknown>>): string {
  const start = exampleStart / 1000
  const absolute = Object.entries(claims).map(([name, value]) =>
    ['exp', 'nbf', 'iat'].includes(name) && typeof value === 'number' ? [name, start + value] : [name, value],
  )
  return `${part({ alg: 'HS256', typ: 'JWT' })}.${part(Object.fromEntries(absolute))}.c2lnbmF0dXJlLW9mLWFuLWV4YW1wbGU`
}
