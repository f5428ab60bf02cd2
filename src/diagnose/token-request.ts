// Tells a request for a token (RFC 6749 §4) from a call of an API.
import { asObject } from './json-value.ts'
import type { Subject } from './subject.ts'

const tokenPath = /\/(?:token|access_token)\/?$|\/oauth2?\/v\d+\/token/

/** A POST whose form or JSON body names a grant, or whose path is that of a token endpoint. */
export function isTokenRequest(subject: Subject): boolean {
  if (subject.method !== 'POST') return false
  const body = asObject(subject.request.value)
  return (
    (subject.form?.some(({ name }) => name === 'grant_type') ?? false) ||
    (body !== undefined && 'grant_type' in body) ||
    tokenPath.test(subject.path)
  )
}
