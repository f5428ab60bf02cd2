// A date is written in another notation than the endpoint takes.
import { mayBeContent } from '../../body-refused.ts'
import type { Context } from '../../context.ts'
import { bodyMember } from '../../evidence.ts'
import type { Fix } from '../../finding.ts'
import { stringFormat } from '../../json-kinds.ts'
import type { StringFormat } from '../../path-facts.ts'
import { brief } from '../../phrases.ts'
import { rfc } from '../../references.ts'
import type { Rule } from '../../rule.ts'
import type { Subject } from '../../subject.ts'

const enough = 3
type Notation = { readonly name: string; readonly iso?: string | undefined }

const two = (number: string | undefined): string => (number ?? '').padStart(2, '0')

/** The notation of a text that is a date, and its RFC 3339 form where only one is possible. */
function notationOf(text: string): Notation | undefined {
  const slashes = /^(\d{1,2})[/.](\d{1,2})[/.](\d{4})$/.exec(text)
  if (slashes) {
    const [, a = '', b = '', year = ''] = slashes
    // Only a part above twelve tells the day from the month; dots are written day first.
    const dayFirst = Number(a) > 12 || text.includes('.')
    const monthFirst = Number(b) > 12
    return {
      name: dayFirst ? 'DD/MM/YYYY' : monthFirst ? 'MM/DD/YYYY' : 'a date with slashes',
      iso: dayFirst ? `${year}-${two(b)}-${two(a)}` : monthFirst ? `${year}-${two(a)}-${two(b)}` : undefined,
    }
  }
  const year = /^(\d{4})[/.](\d{1,2})[/.](\d{1,2})$/.exec(text)
  if (year) return { name: 'YYYY/MM/DD', iso: `${year[1]}-${two(year[2])}-${two(year[3])}` }
  const spaced = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(?: ?(Z|UTC|[+-]\d{2}:?\d{2}))?$/.exec(text)
  if (spaced)
    return {
      name: 'a date and time with a space',
      iso: `${spaced[1]}T${(spaced[2] ?? '').length === 5 ? `${spaced[2]}:00` : spaced[2]}${spaced[3] === undefined || /Z|UTC/.test(spaced[3]) ? 'Z' : spaced[3].replace(/(\d{2})(\d{2})$/, '$1:$2')}`,
    }
  const bare = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?$/.exec(text)
  if (bare) return { name: 'a date and time without a zone', iso: `${text.length === 16 ? `${text}:00` : text}Z` }
  if (/^[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} /.test(text))
    return { name: 'an e-mail date (RFC 5322)', iso: safeIso(Date.parse(text)) }
  if (/^\d{1,2}[/.-]\d{1,2}[/.-]\d{2}$/.test(text)) return { name: 'a date with a two-digit year' }
  if (/^1\d{9}$/.test(text)) return { name: 'seconds since 1970', iso: safeIso(Number(text) * 1000) }
  return /^1\d{12}$/.test(text) ? { name: 'milliseconds since 1970', iso: safeIso(Number(text)) } : undefined
}

const safeIso = (time: number): string | undefined =>
  Number.isFinite(time) ? new Date(time).toISOString().replace('.000Z', 'Z') : undefined

type Found = {
  readonly pointer: string
  readonly value: string | number
  readonly notation: Notation
  readonly was: StringFormat
}

function wrongDate(subject: Subject, context: Context): Found | undefined {
  const { baseline } = context
  if (!baseline || baseline.withRequestBody < enough || subject.request.value === undefined) return undefined
  let found: Found | undefined
  baseline.request.walk(subject.request.value, (value, node, place) => {
    if (found || (typeof value !== 'string' && typeof value !== 'number')) return
    const facts = node?.facts
    const was = facts && facts.formats.size === 1 ? [...facts.formats.keys()][0] : undefined
    if (!facts || (was !== 'iso-date' && was !== 'iso-datetime') || facts.count < enough) return
    const notation = notationOf(String(value))
    const plain = typeof value === 'string' ? stringFormat(value) : undefined
    // A zone or a T that the successes had and this one lacks counts, too.
    const [example = ''] = facts.values ? [...facts.values.keys()] : []
    if (!notation || (plain === was && notationOf(example) !== undefined)) return
    found = { pointer: place.pointer, value, notation, was }
  })
  return found
}

export const requestDateFormat: Rule = {
  id: 'schema/request-date-format',
  rank: 1,
  level: 'error',
  title: 'A date is written in another notation than the endpoint takes',
  summary:
    'Fires when a member that was an ISO date or time in at least three successes is sent as an epoch, with slashes, without a zone, or in another notation. Rewrites it where only one reading is possible.',
  references: [rfc(3339, '5.6', 'Internet Date/Time Format')],
  needs: ['request-body'],
  scope: 'exchange',
  check(subject, context) {
    const { request } = subject
    if (request.truncated || !request.hasBody || subject.failure) return undefined
    const failed = subject.outcome.is === 'failure'
    if (failed && !mayBeContent(subject)) return undefined
    const found = wrongDate(subject, context)
    if (!found) return undefined
    const wanted =
      found.was === 'iso-date'
        ? found.notation.iso?.slice(0, 10)
        : found.notation.iso && found.notation.iso.length === 10
          ? `${found.notation.iso}T00:00:00Z`
          : found.notation.iso
    const assumed =
      /without a zone|with a space|slashes|DD|MM/.test(found.notation.name) && found.was === 'iso-datetime'
    const fix: Fix = wanted
      ? {
          kind: 'complete',
          text: `Write it as ${wanted}${assumed ? ', if UTC is meant' : ''}.`,
          edits: [{ op: 'set-json', pointer: found.pointer, value: wanted }],
        }
      : {
          kind: 'template',
          text: 'Write it as an ISO 8601 date.',
          edits: [{ op: 'set-json', pointer: found.pointer, value: '{{YYYY-MM-DD}}' }],
        }
    const name = found.pointer.split('/').at(-1) ?? ''
    return {
      level: failed ? 'error' : 'warning',
      confidence: 0.95,
      title: `${found.pointer} is written as ${found.notation.name}`,
      brief: brief(`${name}: wrong date format`),
      explanation: `Every success of this endpoint wrote ${found.pointer} as ${found.was === 'iso-date' ? 'a date like 2026-06-01' : 'a date and time like 2026-06-01T12:00:00Z'}; here it is ${found.notation.name}.${assumed ? ' The zone is not said, so UTC is an assumption.' : ''}`,
      evidence: [bodyMember('request.body', found.pointer, found.value, context)],
      fix,
    }
  },
  examples: [
    {
      name: 'DD/MM/YYYY where ISO dates worked',
      fires: true,
      primary: true,
      fix: 'complete',
      exchanges: [
        {
          request: 'POST https://api.test/bookings',
          body: { day: '2026-06-1{n}' },
          status: 201,
          answer: { id: 1 },
          times: 3,
        },
        {
          request: 'POST https://api.test/bookings',
          body: { day: '25/06/2026' },
          status: 400,
          answer: { message: 'Invalid request' },
        },
      ],
    },
    {
      name: 'the same notation as the successes',
      fires: false,
      exchanges: [
        {
          request: 'POST https://api.test/bookings',
          body: { day: '2026-06-1{n}' },
          status: 201,
          answer: { id: 1 },
          times: 3,
        },
        {
          request: 'POST https://api.test/bookings',
          body: { day: '2026-06-31' },
          status: 400,
          answer: { message: 'Invalid request' },
        },
      ],
    },
    {
      name: 'no success to compare with',
      fires: false,
      exchanges: [
        {
          request: 'POST https://api.test/bookings',
          body: { day: '25/06/2026' },
          status: 400,
          answer: { message: 'Invalid request' },
        },
      ],
    },
  ],
}
