// A status that has no content came with some.
import { status } from '../../evidence.ts'
import { size } from '../../phrases.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'

export const noContentWithBody: Rule = {
  id: 'response/no-content-with-body',
  rank: 4,
  level: 'note',
  title: 'A status without content came with content',
  summary:
    'Notes a 204, 205 or 304 with bytes in its body. Clients ignore them, or read them as the beginning of the next answer.',
  references: [rfc9110('15.3.5', '204 No Content')],
  needs: ['response-body'],
  scope: 'exchange',
  check(subject) {
    if (![204, 205, 304].includes(subject.status) || subject.response?.hasBody !== true) return undefined
    return {
      brief: `${subject.status} with a body`,
      explanation: `${subject.status} means that there is no content, yet ${size(subject.response.octets.length)} came. Clients do not look at them.`,
      evidence: [status(subject)],
      fix: { kind: 'advice', text: 'The server should answer 200, or send no body.' },
    }
  },
  examples: [
    {
      name: '204 with JSON',
      fires: true,
      exchanges: [{ request: 'DELETE https://api.test/a', status: 204, answer: { deleted: true } }],
    },
    { name: '204 alone', fires: false, exchanges: [{ request: 'DELETE https://api.test/a', status: 204 }] },
  ],
}
