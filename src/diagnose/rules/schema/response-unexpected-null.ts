// A member that was never null is null.
import { bodyMember } from '../../evidence.ts'
import { walkJson } from '../../json-paths.ts'
import { brief, listed } from '../../phrases.ts'
import type { Rule } from '../../rule.ts'

const enough = 10

export const responseUnexpectedNull: Rule = {
  id: 'schema/response-unexpected-null',
  rank: 2,
  level: 'warning',
  title: 'A member of the answer is null for the first time',
  summary:
    'Fires when a member with ten or more observations and not one null among them is null. Null by itself is normal: it only counts against that history.',
  references: [{ title: 'RFC 8259 §3: Values', url: 'https://www.rfc-editor.org/rfc/rfc8259#section-3' }],
  on: 'success',
  scope: 'exchange',
  check(subject, context) {
    const { baseline } = context
    const { response } = subject
    if (
      !baseline ||
      !response ||
      response.truncated ||
      response.value === undefined ||
      baseline.responseSamples < enough
    )
      return undefined
    const found: { pointer: string; count: number }[] = []
    walkJson(response.value, baseline.isResponseMap, (path, value, pointer) => {
      if (value !== null || found.length >= 5 || path.includes('/*')) return
      const facts = baseline.response.get(path)
      if (facts && facts.count >= enough && facts.nulls === 0) found.push({ pointer, count: facts.count })
    })
    const [first] = found
    if (!first) return undefined
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
  ],
}
