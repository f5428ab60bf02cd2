// A second, dearer condition for tests that need details, contents or messages: what fails it cannot match.
import type { PropertyTest, Test } from '../filter/filter.ts'
import { requiredText } from '../filter/linear-regex.ts'
import type { Condition } from './condition.ts'
import { containing } from './like.ts'

const like = (expression: string) => `${expression} LIKE ? ESCAPE '\\'`

/** Text that must stand in whatever matches; ASCII, because SQLite and JavaScript agree on its cases. */
function needleOf(test: Test): string | undefined {
  const text = test.op === 'has' ? test.text : test.op === 'regex' ? requiredText(test.source) : ''
  return /^[ -~]+$/.test(text) && text.length > 1 ? text : undefined
}

/** LIKE reads octets as text up to the first NUL, and knows no codings: such content goes on to be looked at. */
function contentHas(side: 'request' | 'response'): string {
  return `EXISTS (SELECT 1 FROM contents c WHERE c.c = e.${side}_content
    AND (e.${side}_codings IS NOT NULL OR c.has_nul <> 0 OR ${like('c.octets')}))`
}

const linesHave = (side: 'request' | 'response') =>
  `EXISTS (SELECT 1 FROM details d WHERE d.n = e.n AND ${like(`d.${side}_lines`)})`

function fieldSieve({ property, name, test }: PropertyTest): Condition | undefined {
  // Names are tokens (RFC 9110 §5.6.2): what JSON would write differently cannot be one.
  const needles = name !== undefined && /^[\w!#$%&'+.^`|~-]+$/.test(name) ? [`"${name}"`] : []
  const needle = needleOf(test)
  if (needle !== undefined && /^[^"\\]+$/.test(needle)) needles.push(needle)
  if (needles.length === 0) return undefined
  const sides = (['request', 'response'] as const).filter((side) => property === 'header' || property.startsWith(side))
  return {
    sql: sides.map((side) => `(${needles.map(() => linesHave(side)).join(' AND ')})`).join(' OR '),
    values: sides.flatMap(() => needles.map(containing)),
    exact: false,
  }
}

export function sieveTest(test: PropertyTest): Condition | undefined {
  const { property } = test
  if (property === 'header' || property === 'request-header' || property === 'response-header') return fieldSieve(test)
  const needle = needleOf(test.test)
  if (needle === undefined) return undefined
  const conditions: string[] = []
  if (property === 'body' || property === 'request-body' || property === 'everywhere')
    conditions.push(contentHas('request'))
  if (property === 'body' || property === 'response-body' || property === 'everywhere')
    conditions.push(contentHas('response'))
  if (property === 'message' || property === 'everywhere')
    conditions.push(`EXISTS (SELECT 1 FROM messages m WHERE m.n = e.n AND ${like('m.data')})`)
  if (property === 'everywhere') {
    // A line is looked at as `name: value`: what spans both is not in the list as it is kept.
    if (/^ |[:"\\]/.test(needle)) return undefined
    conditions.push(like('e.url'), linesHave('request'), linesHave('response'))
  }
  if (conditions.length === 0) return undefined
  return { sql: conditions.join(' OR '), values: conditions.map(() => containing(needle)), exact: false }
}
