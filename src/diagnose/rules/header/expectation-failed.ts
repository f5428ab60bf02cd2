// 417 on a request that carries Expect: the server will not play along, and does not need to.
import { requestHeader, status } from '../../evidence.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'

export const expectationFailed: Rule = {
  id: 'header/expectation-failed',
  rank: 1,
  level: 'error',
  title: 'The server cannot meet the Expect field of this request',
  summary: 'Fires on 417 when the request carries Expect. Without that field nothing is left for the server to refuse.',
  references: [rfc9110('15.5.18', '417 Expectation Failed')],
  on: 'failure',
  scope: 'exchange',
  check(subject, context) {
    if (subject.status !== 417 || subject.request.header('expect') === undefined) return undefined
    return {
      brief: 'Expect field refused',
      explanation:
        'The request carries Expect, and the server answered 417: it does not support that expectation. ' +
        'The field only asks for an early go-ahead before the content is sent; the request is complete without it.',
      evidence: [status(subject), requestHeader(subject, 'expect', context)],
      fix: {
        kind: 'complete',
        text: 'Send the same request without the Expect field.',
        edits: [{ op: 'remove-header', name: 'Expect' }],
      },
    }
  },
  examples: [
    {
      name: '417 to a request with Expect',
      fires: true,
      primary: true,
      fix: 'complete',
      exchanges: [
        { request: 'PUT https://api.test/files/1', headers: { Expect: '100-continue' }, body: { a: 1 }, status: 417 },
      ],
    },
    {
      name: '417 used for a business error, without Expect',
      fires: false,
      exchanges: [
        {
          request: 'POST https://api.test/records',
          body: { name: 'a' },
          status: 417,
          answer: { message: 'no such zone' },
        },
      ],
    },
  ],
}
