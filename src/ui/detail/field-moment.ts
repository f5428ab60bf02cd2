// When a field's value is a moment or a wait, that moment: people read their own clock, fields are written in GMT or in seconds.
import { httpDate } from '../../http/http-date.ts'
import { resetMoment } from '../../http/rate-limit-fields.ts'

const dates = /^(?:date|expires|last-modified|if-modified-since|if-unmodified-since|sunset)$/
const waits = /^(?:retry-after|(?:x-)?(?:[a-z]+-)*rate-?limit-(?:[a-z]+-)*reset(?:-[a-z]+)?)$/

/** Whether the moment is what a reader wants of the field: until then they wait. */
export const isWait = (name: string): boolean => waits.test(name.toLowerCase())

/** ms since 1970; `at` is when the message came, for values that count from there. */
export function fieldMoment(name: string, value: string, at: number): number | undefined {
  const lower = name.toLowerCase()
  if (dates.test(lower)) return httpDate(value, at)
  return waits.test(lower) ? resetMoment(value, at) : undefined
}
