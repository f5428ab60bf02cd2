// A member was sent with another type than in every call that worked.

import type { Edit } from '../../../exchange/edit.ts'
import { wrongTypes } from '../../baseline-request.ts'
import { mayBeContent } from '../../body-refused.ts'
import { bodyMember } from '../../evidence.ts'
import { losslessCast } from '../../lossless-cast.ts'
import { brief, listed } from '../../phrases.ts'
import type { Rule } from '../../rule.ts'

export const requestTypeDiffersFromBaseline: Rule = {
  id: 'schema/request-type-differs-from-baseline',
  rank: 2,
  level: 'error',
  title: 'A member has another type than in the calls that worked',
  summary:
    'Fires on 400, 422, 500 and hidden failures when a body member has a JSON type that none of at least three successes of the endpoint had: a number as text, a single value for a list. Casts it back where nothing is lost.',
  references: [
    { title: 'JSON Schema: type', url: 'https://json-schema.org/draft/2020-12/json-schema-validation#section-6.1.1' },
  ],
  on: 'failure',
  scope: 'exchange',
  check(subject, context) {
    if (!mayBeContent(subject)) return undefined
    const wrong = wrongTypes(subject, context)
    const [first] = wrong
    if (!first) return undefined
    const casts = wrong.map(({ pointer, value, was }) => ({ pointer, cast: losslessCast(value, was) }))
    const edits = casts.flatMap(({ pointer, cast }): Edit[] =>
      cast ? [{ op: 'set-json', pointer, value: cast.value }] : [],
    )
    const name = first.pointer.split('/').findLast((part) => !/^\d*$/.test(part)) ?? 'body'
    const named =
      subject.error?.fields.some(({ path }) => path.includes(name)) ||
      (name.length > 2 && subject.errorText.includes(name.toLowerCase()))
    return {
      ...(named ? { rank: 1 as const } : {}),
      confidence: named ? 0.97 : subject.status === 500 ? 0.8 : 0.93,
      title: `${first.pointer} is ${article(first.is)}; it was ${article(first.was)} in every call that worked`,
      brief: brief(`${name}: not ${article(first.was)}`),
      explanation: `In all ${first.facts.count} successes of this endpoint ${first.pointer} was ${article(first.was)}; here it is ${article(first.is)}.${
        first.is === 'string' && first.was === 'number'
          ? ' The number is in quotes, which makes it text.'
          : first.is === 'string' && first.was === 'boolean'
            ? ' In JSON, true and false stand without quotes.'
            : ''
      }${
        wrong.length > 1
          ? ` The same goes for ${listed(
              wrong.slice(1).map(({ pointer }) => pointer),
              5,
            )}.`
          : ''
      }`,
      evidence: wrong.slice(0, 5).map(({ pointer, value }) => bodyMember('request.body', pointer, value, context)),
      fix:
        edits.length === wrong.length
          ? { kind: 'complete', text: `Send ${first.pointer} as ${article(first.was)}.`, edits }
          : {
              kind: 'template',
              text: `Send ${first.pointer} as ${article(first.was)}.`,
              edits: [{ op: 'set-json', pointer: first.pointer, value: `{{${first.was}}}` }],
            },
    }
  },
  examples: [
    {
      name: 'a number in quotes',
      fires: true,
      primary: true,
      fix: 'complete',
      exchanges: [
        {
          request: 'POST https://api.test/orders',
          body: { item: 'a', quantity: 2 },
          status: 201,
          answer: { id: 1 },
          times: 3,
        },
        {
          request: 'POST https://api.test/orders',
          body: { item: 'a', quantity: '2' },
          status: 400,
          answer: { message: 'Invalid request' },
        },
      ],
    },
    {
      name: 'the types of the successes',
      fires: false,
      exchanges: [
        {
          request: 'POST https://api.test/orders',
          body: { item: 'a', quantity: 2 },
          status: 201,
          answer: { id: 1 },
          times: 3,
        },
        {
          request: 'POST https://api.test/orders',
          body: { item: 'b', quantity: 0 },
          status: 400,
          answer: { message: 'Invalid request' },
        },
      ],
    },
    {
      name: 'a fraction where whole numbers worked',
      fires: false,
      exchanges: [
        { request: 'POST https://api.test/items', body: { price: 2 }, status: 201, answer: { id: 1 }, times: 4 },
        { request: 'POST https://api.test/items', body: { price: 2.5 }, status: 400, answer: { error: 'no' } },
      ],
    },
  ],
}

const article = (type: string): string =>
  type === 'array'
    ? 'a list'
    : type === 'object'
      ? 'an object'
      : type === 'null'
        ? 'null'
        : `a ${type === 'string' ? 'text' : type}`
