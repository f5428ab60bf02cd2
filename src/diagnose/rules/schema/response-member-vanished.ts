// A member that was always there is absent.
import { responseOf } from '../../../exchange/exchange.ts'
import { asksOtherwise } from '../../asks-otherwise.ts'
import { bodyMember } from '../../evidence.ts'
import { jsonType } from '../../json-kinds.ts'
import { brief, listed } from '../../phrases.ts'
import type { Rule } from '../../rule.ts'

/** Observations in which it was there, before its absence means anything. */
const enough = 10

export const responseMemberVanished: Rule = {
  id: 'schema/response-member-vanished',
  rank: 2,
  level: 'warning',
  title: 'A member of the answer has vanished',
  summary:
    'Fires when a member that was in every one of at least ten observations of its parent object is absent while the parent is there. Silent below maps, and where the request selects other members or asks for another format.',
  references: [{ title: 'RFC 8259 §4: Objects', url: 'https://www.rfc-editor.org/rfc/rfc8259#section-4' }],
  on: 'success',
  needs: ['drift'],
  scope: 'exchange',
  check(subject, context) {
    const gone = context.drift
      .filter(({ kind, facts }) => kind === 'vanished' && (facts?.count ?? 0) >= enough)
      .slice(0, 10)
    const [first] = gone
    if (!first || asksOtherwise(subject, context)) return undefined
    // Where most of an object is gone it is another kind of object.
    const size = Object.keys(first.within ?? {}).length
    if (gone.length > Math.max(3, size)) return undefined
    const names = gone.map(({ pointer }) => pointer)
    const earlier = context.ofOrigin.findLast(
      (past) =>
        past.endpoint === subject.endpoint.key && past.outcome === 'success' && responseOf(past.exchange) !== undefined,
    )
    return {
      confidence: 0.85,
      title: `${listed(names, 3)} ${names.length === 1 ? 'is' : 'are'} absent from the answer`,
      brief: brief(`${first.name} has vanished`),
      explanation: `${listed(names, 6)} ${names.length === 1 ? 'was' : 'were'} in each of the ${first.facts?.count} earlier observations of this endpoint and ${names.length === 1 ? 'is' : 'are'} absent now. A client that relies on ${names.length === 1 ? 'it' : 'them'} will fail.`,
      evidence: gone.slice(0, 5).map(({ pointer, name, within }) => ({
        ...bodyMember('response.body', pointer.slice(0, pointer.lastIndexOf('/')), within, context),
        value: `${jsonType(within)} without ${name}`,
      })),
      ...(earlier ? { related: [earlier.id] } : {}),
      fix: {
        kind: 'advice',
        text: 'Ask the provider whether the member was removed; until then treat it as optional.',
      },
    }
  },
  examples: [
    {
      name: 'a member that was there eleven times',
      fires: true,
      level: 'warning',
      exchanges: [
        { request: 'GET https://api.test/items/{n}', status: 200, answer: { id: 1, name: 'a', price: 2 }, times: 11 },
        { request: 'GET https://api.test/items/99', status: 200, answer: { id: 1, name: 'a' } },
      ],
    },
    {
      name: 'the request selects other members',
      fires: false,
      exchanges: [
        { request: 'GET https://api.test/items/{n}', status: 200, answer: { id: 1, name: 'a', price: 2 }, times: 11 },
        { request: 'GET https://api.test/items/99?fields=id,name', status: 200, answer: { id: 1, name: 'a' } },
      ],
    },
    {
      name: 'a member that comes and goes',
      fires: false,
      exchanges: [
        { request: 'GET https://api.test/items/{n}', status: 200, answer: { id: 1, name: 'a', price: 2 }, times: 6 },
        { request: 'GET https://api.test/items/{n}', status: 200, answer: { id: 1, name: 'a' }, times: 6 },
        { request: 'GET https://api.test/items/99', status: 200, answer: { id: 1, name: 'a' } },
      ],
    },
    {
      name: 'keys that are data',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/prices?day={n}',
          status: 200,
          answer: { prices: { 'sku-{n}': 1, 'item-{n}': 2 } },
          times: 14,
        },
      ],
    },
    {
      name: 'another format was asked for',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/items/{n}',
          headers: { Accept: 'application/vnd.a.full+json' },
          status: 200,
          answer: { a: 1, b: 2 },
          times: 12,
        },
        {
          request: 'GET https://api.test/items/99',
          headers: { Accept: 'application/vnd.a.short+json' },
          status: 200,
          answer: { a: 1 },
        },
      ],
    },
  ],
}
