// A member, or the whole answer, is empty where it never was.

import { asksOtherwise } from '../../asks-otherwise.ts'
import { bodyMember } from '../../evidence.ts'
import { brief, listed } from '../../phrases.ts'
import type { Rule } from '../../rule.ts'

/** Lists of results are empty whenever a search finds nothing. */
const results = /^(?:|\/(?:data|items|results|records|value|entries|edges|hits|rows|list|objects))$/

export const responseUnexpectedEmpty: Rule = {
  id: 'schema/response-unexpected-empty',
  rank: 2,
  level: 'warning',
  title: 'A member of the answer is empty for the first time',
  summary:
    'Fires when a text, list or object that was never empty in ten or more observations is empty. Lists of results do not count where the query is a new one.',
  references: [{ title: 'RFC 8259 §3: Values', url: 'https://www.rfc-editor.org/rfc/rfc8259#section-3' }],
  on: 'success',
  needs: ['drift'],
  scope: 'exchange',
  check(subject, context) {
    const empty = context.drift.filter(({ kind, path }) => kind === 'empty' && !path.endsWith('/[]'))
    if (empty.length === 0) return undefined
    const { baseline } = context
    const url = subject.exchange.request.url
    const isNewQuery =
      subject.query.some(({ name, value }) => baseline?.query.get(name)?.value !== value) ||
      !context.ofOrigin.some((past) => past.url === url && past.outcome === 'success')
    const found = empty
      .filter(({ value, path }) => !(Array.isArray(value) && isNewQuery && results.test(path)))
      .slice(0, 5)
      .map(({ pointer, value, facts }) => ({ pointer, value, count: facts?.count ?? 0 }))
    const [first] = found
    if (!first || asksOtherwise(subject, context)) return undefined
    const name = first.pointer.split('/').at(-1) || 'answer'
    return {
      confidence: 0.8,
      title: `${first.pointer || 'The answer'} is empty for the first time`,
      brief: brief(`${name} is empty`),
      explanation: `${listed(
        found.map(({ pointer }) => pointer || 'the whole answer'),
        5,
      )} was never empty in ${first.count} earlier observations of this endpoint and is empty now.`,
      evidence: found.map(({ pointer, value }) => bodyMember('response.body', pointer, value, context)),
      fix: { kind: 'advice', text: 'Check what the request asks for, and whether the data behind it is complete.' },
    }
  },
  examples: [
    {
      name: 'a list of roles that is empty',
      fires: true,
      exchanges: [
        { request: 'GET https://api.test/users/{n}', status: 200, answer: { id: 1, roles: ['a'] }, times: 11 },
        { request: 'GET https://api.test/users/99', status: 200, answer: { id: 1, roles: [] } },
      ],
    },
    {
      name: 'a search that finds nothing',
      fires: false,
      exchanges: [
        { request: 'GET https://api.test/search?q={n}', status: 200, answer: { items: [{ id: 1 }] }, times: 11 },
        { request: 'GET https://api.test/search?q=none', status: 200, answer: { items: [] } },
      ],
    },
    {
      name: 'nine answers prove nothing',
      fires: false,
      exchanges: [
        { request: 'GET https://api.test/items/{n}', status: 200, answer: { tags: ['x'] }, times: 9 },
        { request: 'GET https://api.test/items/99', status: 200, answer: { tags: [] } },
      ],
    },
  ],
}
