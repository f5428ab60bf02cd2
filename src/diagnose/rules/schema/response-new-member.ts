// The answer has a member that was never there before.
import { bodyMember } from '../../evidence.ts'
import { brief, listed } from '../../phrases.ts'
import type { Rule } from '../../rule.ts'

export const responseNewMember: Rule = {
  id: 'schema/response-new-member',
  rank: 4,
  level: 'note',
  title: 'The answer has a new member',
  summary:
    'Notes members never seen in ten or more earlier answers. Harmless for clients that ignore what they do not know, so it is off unless asked for.',
  references: [{ title: 'RFC 8259 §4: Objects', url: 'https://www.rfc-editor.org/rfc/rfc8259#section-4' }],
  quiet: true,
  on: 'success',
  needs: ['drift'],
  scope: 'exchange',
  check(_subject, context) {
    const found = context.drift.filter(({ kind }) => kind === 'new').slice(0, 5)
    const samples = context.baseline?.responseSamples ?? 0
    const [first] = found
    if (!first) return undefined
    return {
      brief: brief(`${first.pointer.split('/').at(-1)} is new`),
      explanation: `${listed(
        found.map(({ pointer }) => pointer),
        5,
      )} never came in ${samples} earlier answers.`,
      evidence: found.map(({ pointer, value }) => bodyMember('response.body', pointer, value, context)),
      fix: { kind: 'advice', text: 'Look whether the provider announced it.' },
    }
  },
  examples: [
    {
      name: 'one more member',
      fires: true,
      exchanges: [
        { request: 'GET https://api.test/items/{n}', status: 200, answer: { a: 1 }, times: 11 },
        { request: 'GET https://api.test/items/99', status: 200, answer: { a: 1, b: 2 } },
      ],
    },
    {
      name: 'the same members',
      fires: false,
      exchanges: [
        { request: 'GET https://api.test/items/{n}', status: 200, answer: { a: 1 }, times: 11 },
        { request: 'GET https://api.test/items/99', status: 200, answer: { a: 2 } },
      ],
    },
  ],
}
