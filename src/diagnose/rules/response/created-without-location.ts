// Something was created, and the answer does not say where.
import { responseHeader, status } from '../../evidence.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'

export const createdWithoutLocation: Rule = {
  id: 'response/created-without-location',
  rank: 4,
  level: 'note',
  title: '201 does not say where the new resource is',
  summary: 'Notes a 201 without Location. About half of all healthy APIs leave it out, so it is off unless asked for.',
  references: [rfc9110('15.3.2', '201 Created')],
  quiet: true,
  on: 'success',
  scope: 'exchange',
  check(subject, context) {
    if (subject.status !== 201 || subject.headersStripped || subject.response?.header('location') !== undefined)
      return undefined
    return {
      brief: '201 without Location',
      explanation: 'The resource was created; without Location the client has to find its address in the body.',
      evidence: [status(subject), responseHeader(subject, 'Location', context)],
      fix: { kind: 'advice', text: 'Read the id from the body.' },
    }
  },
  examples: [
    {
      name: '201 alone',
      fires: true,
      exchanges: [{ request: 'POST https://api.test/a', body: { a: 1 }, status: 201, answer: { id: 1 } }],
    },
    {
      name: '201 with Location',
      fires: false,
      exchanges: [
        {
          request: 'POST https://api.test/a',
          body: { a: 1 },
          status: 201,
          answerHeaders: { Location: '/a/1' },
          answer: { id: 1 },
        },
      ],
    },
  ],
}
