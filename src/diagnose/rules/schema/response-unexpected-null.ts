// A member that was never null is null.

import { asksOtherwise } from '../../asks-otherwise.ts'
import { bodyMember } from '../../evidence.ts'
import { brief, listed } from '../../phrases.ts'
import type { Rule } from '../../rule.ts'

export const responseUnexpectedNull: Rule = {
  id: 'schema/response-unexpected-null',
  rank: 2,
  level: 'warning',
  title: 'A member of the answer is null for the first time',
  summary:
    'Fires when a member with ten or more observations and not one null among them is null. Null by itself is normal: it only counts against that history.',
  references: [{ title: 'RFC 8259 §3: Values', url: 'https://www.rfc-editor.org/rfc/rfc8259#section-3' }],
  on: 'success',
  needs: ['drift'],
  scope: 'exchange',
  check(subject, context) {
    const found = context.drift
      .filter(({ kind }) => kind === 'null')
      .slice(0, 5)
      .map(({ pointer, facts }) => ({ pointer, count: facts?.count ?? 0 }))
    const [first] = found
    if (!first || asksOtherwise(subject, context)) return undefined
    const name = first.pointer.split('/').at(-1) || 'body'
    return {
      confidence: 0.85,
      title: `${first.pointer || 'The body'} is null for the first time`,
      brief: brief(`${name} is null`),
      explanation: `${listed(
        found.map(({ pointer }) => pointer),
        5,
      )} had a value in all ${first.count} earlier observations and ${found.length === 1 ? 'is' : 'are'} null now. Clients that never saw null here fail on it.`,
      evidence: found.map(({ pointer }) => bodyMember('response.body', pointer, null, context)),
      fix: { kind: 'advice', text: 'Let the client accept null here, and ask the provider whether it is wanted.' },
    }
  },
  examples: [
    {
      name: 'null after eleven values',
      fires: true,
      exchanges: [
        { request: 'GET https://api.test/items/{n}', status: 200, answer: { id: 1, owner: 'a' }, times: 11 },
        { request: 'GET https://api.test/items/99', status: 200, answer: { id: 1, owner: null } },
      ],
    },
    {
      name: 'null was seen before',
      fires: false,
      exchanges: [
        { request: 'GET https://api.test/items/{n}', status: 200, answer: { id: 1, owner: 'a' }, times: 11 },
        { request: 'GET https://api.test/items/{n}', status: 200, answer: { id: 1, owner: null }, times: 1 },
        { request: 'GET https://api.test/items/99', status: 200, answer: { id: 1, owner: null } },
      ],
    },
    {
      name: 'nine answers prove nothing',
      fires: false,
      exchanges: [
        { request: 'GET https://api.test/items/{n}', status: 200, answer: { v: 'x' }, times: 9 },
        { request: 'GET https://api.test/items/99', status: 200, answer: { v: null } },
      ],
    },
  ],
}
