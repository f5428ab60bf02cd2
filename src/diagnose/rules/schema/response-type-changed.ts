// A member of the answer has another JSON type than in all earlier answers.
import type { Context } from '../../context.ts'
import { bodyMember } from '../../evidence.ts'
import { jsonType } from '../../json-kinds.ts'
import type { ValueFacts } from '../../path-facts.ts'
import { brief, count, listed } from '../../phrases.ts'
import type { Drift } from '../../response-drift.ts'
import type { Rule } from '../../rule.ts'

const numeral = /^-?\d+(?:\.\d+)?$/

/** Observations of the old type. */
const enough = 3

type Change = Drift & { readonly was: string; readonly is: string; readonly facts: ValueFacts }

function changesOf(context: Context): Change[] {
  return context.drift.flatMap((drift): Change[] => {
    const { kind, facts, value } = drift
    if (kind !== 'type' || !facts) return []
    // Two types seen before are how this member is, not a change.
    const is = jsonType(value)
    const [was, second] = [...facts.types]
      .filter(([one, count]) => one !== 'null' && one !== is && count > 0)
      .map(([one]) => one)
    if (was === undefined || second !== undefined || (facts.types.get(was) ?? 0) < enough) return []
    // An empty list where an object was is how some languages write "nothing".
    if (was === 'object' && Array.isArray(value) && value.length === 0) return []
    return [{ ...drift, facts, was, is }]
  })
}

export const responseTypeChanged: Rule = {
  id: 'schema/response-type-changed',
  rank: 2,
  level: 'warning',
  title: 'A member of the answer has changed its type',
  summary:
    'Fires when a member that had one JSON type in three or more earlier answers of this endpoint now has another. Members that were seen with several types, and members of maps, do not count.',
  references: [{ title: 'RFC 8259 §3: Values', url: 'https://www.rfc-editor.org/rfc/rfc8259#section-3' }],
  on: 'success',
  needs: ['drift'],
  scope: 'exchange',
  check(_subject, context) {
    const changes = changesOf(context)
    const [first] = changes
    if (!first) return undefined
    const same =
      (first.was === 'string' && first.is === 'number') ||
      (first.was === 'number' && typeof first.value === 'string' && numeral.test(first.value))
    const name = first.pointer.split('/').findLast((part) => !/^\d*$/.test(part)) ?? 'the body'
    const others = changes.slice(1).map(({ path }) => path)
    return {
      confidence: 0.9,
      title: `${first.pointer || 'The body'} was ${article(first.was)}, now it is ${article(first.is)}`,
      brief: brief(`${name}: ${first.is}, was ${first.was}`),
      explanation: `In ${count(first.facts.count, 'earlier observation')} of this endpoint ${first.path || 'the whole body'} was ${article(first.was)}; in this answer it is ${article(first.is)}.${
        same ? ' The value is still a numeral, written in another format.' : ''
      }${others.length > 0 ? ` The same goes for ${listed(others, 5)}.` : ''} A client that relies on the type will fail or compute something wrong.`,
      evidence: changes.slice(0, 5).map(({ pointer, value }) => bodyMember('response.body', pointer, value, context)),
      fix: {
        kind: 'advice',
        text: 'Ask the provider whether the change is wanted; until then let the client accept both types.',
      },
    }
  },
  examples: [
    {
      name: 'an id that becomes a string',
      fires: true,
      level: 'warning',
      exchanges: [
        { request: 'GET https://api.test/items/{n}', status: 200, answer: { id: 7, name: 'a' }, times: 4 },
        { request: 'GET https://api.test/items/9', status: 200, answer: { id: '7', name: 'a' } },
      ],
    },
    {
      name: 'a list that becomes one object',
      fires: true,
      exchanges: [
        { request: 'GET https://api.test/items/{n}', status: 200, answer: { tags: [{ a: 1 }] }, times: 4 },
        { request: 'GET https://api.test/items/9', status: 200, answer: { tags: { a: 1 } } },
      ],
    },
    {
      name: 'a number that gains a fraction',
      fires: false,
      exchanges: [
        { request: 'GET https://api.test/items/{n}', status: 200, answer: { price: 7 }, times: 4 },
        { request: 'GET https://api.test/items/9', status: 200, answer: { price: 7.5 } },
      ],
    },
    {
      name: 'a member seen with two types before',
      fires: false,
      exchanges: [
        { request: 'GET https://api.test/items/{n}', status: 200, answer: { v: 7 }, times: 3 },
        { request: 'GET https://api.test/items/{n}', status: 200, answer: { v: 'x' }, times: 3 },
        { request: 'GET https://api.test/items/9', status: 200, answer: { v: true } },
      ],
    },
    {
      name: 'null is no type',
      fires: false,
      exchanges: [
        { request: 'GET https://api.test/items/{n}', status: 200, answer: { v: 'x' }, times: 4 },
        { request: 'GET https://api.test/items/9', status: 200, answer: { v: null } },
      ],
    },
  ],
}

const article = (type: string): string =>
  type === 'array' ? 'a list' : type === 'object' ? 'an object' : type === 'boolean' ? 'a boolean' : `a ${type}`
