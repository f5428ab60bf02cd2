// Reads Retry-After (RFC 9110 §10.2.3) and its millisecond variant, and says when the next attempt is allowed.
import type { FieldLine } from '../exchange/message.ts'
import { httpDate } from './http-date.ts'

/** `at` is ms since 1970. `kind: 'invalid'` means the field is there and says nothing usable. */
export type RetryAfter = { readonly name: string; readonly index: number; readonly value: string } & (
  | { readonly kind: 'seconds' | 'date'; readonly at: number }
  | { readonly kind: 'invalid' }
)

/** Beyond a century a wait means nothing, and calendars end. */
const farthestSeconds = 100 * 365 * 86_400

/** `received` is when the response came, ms since 1970: delta-seconds count from there. */
export function retryAfter(headers: readonly FieldLine[], received: number): RetryAfter | undefined {
  let index = -1
  let isMillis = false
  for (let at = 0; at < headers.length && !isMillis; at++) {
    const name = headers[at]?.name ?? ''
    // Lengths first: this runs on every response.
    if (name.length === 14 && name.toLowerCase() === 'retry-after-ms') [index, isMillis] = [at, true]
    else if (index < 0 && name.length === 11 && name.toLowerCase() === 'retry-after') index = at
  }
  const line = headers[index]
  if (!line) return undefined
  const value = line.value.trim()
  const place = { name: line.name, index, value }
  // Decimal seconds are outside the grammar but common, and their meaning is not in doubt.
  if (/^\d+(\.\d+)?$/.test(value) && Number(value) < farthestSeconds) {
    return { ...place, kind: 'seconds', at: received + Number(value) * (isMillis ? 1 : 1000) }
  }
  const date = httpDate(value, received)
  return date === undefined ? { ...place, kind: 'invalid' } : { ...place, kind: 'date', at: date }
}
