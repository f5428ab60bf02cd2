// A success without the body that this endpoint otherwise has.
import { responseHeader, status } from '../../evidence.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'

const enough = 3

export const emptyAnswer: Rule = {
  id: 'response/empty-body',
  rank: 3,
  level: 'warning',
  title: 'The answer is empty where it never was',
  summary:
    'Fires on a 200 or 201 with no bytes when every one of at least three earlier successes of the endpoint had a body. Without that comparison an empty answer means nothing.',
  references: [rfc9110('15.3.1', '200 OK')],
  on: 'success',
  scope: 'exchange',
  check(subject, context) {
    const { response } = subject
    if (
      !response ||
      response.hasBody ||
      ![200, 201].includes(subject.status) ||
      subject.method === 'HEAD' ||
      subject.method === 'OPTIONS'
    )
      return undefined
    const { baseline } = context
    if (!baseline || baseline.samples < enough || baseline.withResponseBody < baseline.samples) return undefined
    return {
      confidence: 0.85,
      brief: 'Answer is empty',
      explanation: `All ${baseline.samples} earlier successes of this endpoint had a body; this one has none. A client that parses it fails although the status is ${subject.status}.`,
      evidence: [status(subject), responseHeader(subject, 'Content-Length', context)],
      fix: { kind: 'advice', text: 'Check for an empty body before parsing; ask the provider why it is empty.' },
    }
  },
  examples: [
    {
      name: 'suddenly nothing',
      fires: true,
      exchanges: [
        { request: 'GET https://api.test/items/{n}', status: 200, answer: { a: 1 }, times: 3 },
        { request: 'GET https://api.test/items/9', status: 200, answerHeaders: { 'Content-Type': 'application/json' } },
      ],
    },
    {
      name: 'the first empty answer',
      fires: false,
      exchanges: [
        { request: 'POST https://api.test/items', status: 200, answerHeaders: { 'Content-Type': 'application/json' } },
      ],
    },
    {
      name: 'an answer to a deletion',
      fires: false,
      exchanges: [{ request: 'DELETE https://api.test/items/{n}', status: 204, times: 4 }],
    },
  ],
}
