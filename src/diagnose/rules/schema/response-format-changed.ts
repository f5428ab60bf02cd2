// A value is written in another notation than before.
import { bodyMember } from '../../evidence.ts'
import type { StringFormat } from '../../path-facts.ts'
import { brief } from '../../phrases.ts'
import { rfc } from '../../references.ts'
import { type Drift, formatOf } from '../../response-drift.ts'
import type { Rule } from '../../rule.ts'

const enough = 10
const names: Readonly<Record<StringFormat, string>> = {
  int: 'a whole number',
  decimal: 'a decimal number',
  bool: 'true or false',
  'iso-date': 'an ISO date',
  'iso-datetime': 'an ISO date and time',
  'epoch-s': 'seconds since 1970',
  'epoch-ms': 'milliseconds since 1970',
  uuid: 'a UUID',
  url: 'a URL',
  other: 'text',
}
/** Ordinary numbers wander between these. */
const numeric = new Set<StringFormat>(['int', 'decimal', 'epoch-s', 'epoch-ms'])

export const responseFormatChanged: Rule = {
  id: 'schema/response-format-changed',
  rank: 2,
  level: 'warning',
  title: 'A value of the answer has another notation than before',
  summary:
    'Fires when texts at a path had one notation in ten or more observations (ISO date, epoch, UUID, whole number, URL) and now have another known one.',
  references: [rfc(3339, '5.6', 'Internet Date/Time Format')],
  on: 'success',
  needs: ['drift'],
  scope: 'exchange',
  check(_subject, context) {
    const found = context.drift.flatMap((drift) => changeOf(drift) ?? [])[0]
    if (!found) return undefined
    const name = found.pointer.split('/').at(-1) ?? ''
    return {
      confidence: 0.85,
      title: `${found.pointer} was ${names[found.was]}, now it is ${found.is === found.was ? 'one with a comma' : names[found.is]}`,
      brief: brief(`${name}: new notation`),
      explanation: `In ${found.count} earlier observations ${found.pointer} was written as ${names[found.was]}; now it is ${found.is === found.was ? 'written with a comma' : names[found.is]}. A client that parses it the old way reads a wrong value or fails.`,
      evidence: [bodyMember('response.body', found.pointer, found.value, context)],
      fix: {
        kind: 'advice',
        text: 'Ask the provider whether the change is wanted; until then let the client read both.',
      },
    }
  },
  examples: [
    {
      name: 'an ISO time that becomes an epoch',
      fires: true,
      exchanges: [
        { request: 'GET https://api.test/items/{n}', status: 200, answer: { at: '2026-05-01T10:00:00Z' }, times: 11 },
        { request: 'GET https://api.test/items/99', status: 200, answer: { at: '1780000000' } },
      ],
    },
    {
      name: 'a number that grows',
      fires: false,
      exchanges: [
        { request: 'GET https://api.test/items/{n}', status: 200, answer: { size: 12 }, times: 11 },
        { request: 'GET https://api.test/items/99', status: 200, answer: { size: 1780000000 } },
      ],
    },
    {
      name: 'a text of no format',
      fires: false,
      exchanges: [
        { request: 'GET https://api.test/items/{n}', status: 200, answer: { at: '2026-06-01' }, times: 12 },
        { request: 'GET https://api.test/items/99', status: 200, answer: { at: 'tomorrow' } },
      ],
    },
  ],
}

type Change = {
  readonly pointer: string
  readonly value: unknown
  readonly was: StringFormat
  readonly is: StringFormat
  readonly count: number
}

function changeOf({ kind, facts, value, pointer }: Drift): Change | undefined {
  if (kind !== 'format' || !facts || facts.count < enough) return undefined
  const was = [...facts.formats.keys()][0]
  const is = formatOf(value)
  if (
    was === undefined ||
    is === undefined ||
    is === 'other' ||
    !facts.types.has(typeof value === 'string' ? 'string' : 'number')
  )
    return undefined
  const comma = typeof value === 'string' && /^-?\d+,\d+$/.test(value)
  if (is === was && !comma) return undefined
  // Seconds and milliseconds are told apart by size; other numbers may simply have grown.
  const bothTimes = was.startsWith('epoch') && is.startsWith('epoch')
  if (numeric.has(was) && numeric.has(is) && !bothTimes && !comma) return undefined
  if (comma && (was !== 'decimal' || [...(facts.values?.keys() ?? [])].some((one) => one.includes(','))))
    return undefined
  return { pointer, value, was, is, count: facts.count }
}
