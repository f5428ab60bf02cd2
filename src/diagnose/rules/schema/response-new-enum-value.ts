// A member with few known values takes a new one.
import { bodyMember } from '../../evidence.ts'
import { brief, listed } from '../../phrases.ts'
import type { Rule } from '../../rule.ts'

/** Each known value must have come this often on average, or the values are just texts. */
const repeats = 8

export const responseNewEnumValue: Rule = {
  id: 'schema/response-new-enum-value',
  rank: 2,
  level: 'note',
  title: 'A member takes a value never seen before',
  summary:
    'Notes a new text where at most twelve different ones came in fifty or more observations. A client that handles all known values may not handle this one.',
  references: [
    { title: 'JSON Schema: enum', url: 'https://json-schema.org/draft/2020-12/json-schema-validation#section-6.1.2' },
  ],
  on: 'success',
  needs: ['drift'],
  scope: 'exchange',
  check(_subject, context) {
    const word = /^[A-Za-z][\w -]{0,39}$/
    const found = context.drift.flatMap(({ kind, facts, value, pointer }) => {
      if (kind !== 'value' || typeof value !== 'string' || !facts?.values || !word.test(value)) return []
      const known = [...facts.values.keys()]
      return known.length * repeats <= facts.count && known.every((one) => word.test(one))
        ? [{ pointer, value, known }]
        : []
    })[0]
    if (!found || found.known.length < 2) return undefined
    return {
      confidence: 0.7,
      brief: brief(`New value: ${found.value}`),
      explanation: `${found.pointer} was ${listed(found.known, 12, 'or')} in all observations so far; now it is “${found.value}”.`,
      evidence: [bodyMember('response.body', found.pointer, found.value, context)],
      fix: { kind: 'advice', text: 'Let the client treat unknown values gracefully.' },
    }
  },
  examples: [
    {
      name: 'a third state',
      fires: true,
      level: 'note',
      exchanges: [
        { request: 'GET https://api.test/items/{n}', status: 200, answer: { state: 'open' }, times: 24 },
        { request: 'GET https://api.test/items/{n}', status: 200, answer: { state: 'closed' }, times: 26 },
        { request: 'GET https://api.test/items/99', status: 200, answer: { state: 'archived' } },
      ],
    },
    {
      name: 'names differ all the time',
      fires: false,
      exchanges: [
        { request: 'GET https://api.test/items/{n}', status: 200, answer: { name: 'n{n}' }, times: 50 },
        { request: 'GET https://api.test/items/99', status: 200, answer: { name: 'other' } },
      ],
    },
  ],
}
