// Finds every credential a request carries, wherever it carries it.

import { credentialMember, credentialQuery, sessionCookie } from '../http/secret-names.ts'
import type { Reading } from './reading.ts'

/** `scheme` is the word before the first space of Authorization, where there is one; `index` the field line. */
export type Credential = {
  readonly location: 'header' | 'cookie' | 'query' | 'body' | 'userinfo' | 'certificate'
  readonly name: string
  readonly scheme?: string
  /** Exactly as sent, after the scheme and one space; never shown. */
  readonly value: string
  readonly index?: number
}

type Asked = Pick<Reading, 'exchange' | 'request' | 'query' | 'form' | 'url'>

/** `Scheme value`, split at the first space (RFC 9110 §11.4); no scheme where there is no space. */
export function splitScheme(value: string): { scheme?: string; value: string } {
  const space = value.indexOf(' ')
  return space <= 0 ? { value } : { scheme: value.slice(0, space), value: value.slice(space + 1) }
}

export function credentialsOf(reading: Asked): Credential[] {
  const found: Credential[] = []
  const { headers, layout } = reading.request
  for (const index of layout.credentials) {
    const line = headers[index]
    if (!line) continue
    const name = layout.lower[index]
    if (name === 'authorization') {
      const known = splitScheme(line.value)
      // A bare known scheme is a credential that lost its value.
      found.push({ location: 'header', name: line.name, ...known, index })
    } else if (name === 'cookie') {
      for (const part of line.value.split(';')) {
        const equals = part.indexOf('=')
        const cookie = part.slice(0, equals).trim()
        if (equals > 0 && sessionCookie.test(cookie))
          found.push({ location: 'cookie', name: cookie, value: part.slice(equals + 1).trim(), index })
      }
    } else found.push({ location: 'header', name: line.name, value: line.value, index })
  }
  for (const pair of reading.query)
    if (credentialQuery(pair.name)) found.push({ location: 'query', name: pair.name, value: pair.value })
  // Only an @ can end user information, and few addresses have one.
  const url = reading.exchange.request.url.includes('@') ? reading.url : undefined
  if (url && (url.username || url.password))
    found.push({ location: 'userinfo', name: 'userinfo', value: `${url.username}:${url.password}` })
  if (reading.request.hasBody)
    for (const [name, value] of topLevelMembers(reading))
      if (credentialMember(name)) found.push({ location: 'body', name, value })
  return found
}

function topLevelMembers({ request, form }: Asked): (readonly [string, string])[] {
  if (form) return form.map((pair) => [pair.name, pair.value] as const)
  const json = request.json?.ok ? request.json.value : undefined
  if (json === null || typeof json !== 'object' || Array.isArray(json)) return []
  return Object.entries(json).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
}
