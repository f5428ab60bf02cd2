// A POST, PUT or PATCH without content, where the server needs some.
import { requestHeader, requestLine, status } from '../../evidence.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'

export const emptyBody: Rule = {
  id: 'request/empty-body',
  rank: 1,
  level: 'error',
  title: 'The request has no content',
  summary:
    'Fires on 400, 411 or 422 to a POST, PUT or PATCH without content, when calls that worked always had some, when the server says so, or on 411.',
  references: [rfc9110('15.5.12', '411 Length Required')],
  on: 'failure',
  scope: 'exchange',
  check(subject, context) {
    const { status: code, request } = subject
    if (![400, 411, 422].includes(code) || !['POST', 'PUT', 'PATCH'].includes(subject.method)) return undefined
    // Octets that were sent and not kept are not absent.
    if (request.hasBody || request.content.kept !== 'none') return undefined
    const { baseline } = context
    const always = baseline !== undefined && baseline.samples > 0 && baseline.withRequestBody === baseline.samples
    const said =
      /\b(?:body|payload|content|json)\b.{0,40}\b(?:required|empty|missing|expected)|\b(?:empty|missing|no)\b.{0,20}\b(?:body|payload|content|json)\b/.test(
        subject.errorText,
      )
    if (!always && !said && code !== 411) return undefined
    return {
      confidence: always || code === 411 ? 0.9 : 0.85,
      title: `${subject.method} was sent without content`,
      brief: 'Body is missing',
      explanation: `The request ended after its headers: no content was sent. ${
        always
          ? baseline.samples === 1
            ? 'The call of this endpoint that worked carried some.'
            : `All ${baseline.samples} calls of this endpoint that worked carried some.`
          : said
            ? 'The server says that it expects some.'
            : 'The server wants to know the length of the content before it reads it (411).'
      } Usually the client’s variable was empty, or the content was given under the wrong option.`,
      evidence: [requestLine(subject, context), requestHeader(subject, 'Content-Length', context), status(subject)],
      fix: {
        kind: 'template',
        text: 'Send the content that was meant.',
        edits: [{ op: 'set-body', text: '{{content}}' }],
      },
    }
  },
  examples: [
    {
      name: 'calls that worked carried a body',
      fires: true,
      primary: true,
      fix: 'template',
      exchanges: [
        { request: 'POST https://api.test/items', body: { name: 'a' }, status: 201, answer: { id: 1 } },
        { request: 'POST https://api.test/items', status: 400, answer: { error: 'bad request' } },
      ],
      brief: 'Body is missing',
    },
    {
      name: '411 asks for a length',
      fires: true,
      exchanges: [{ request: 'POST https://api.test/items', status: 411 }],
    },
    {
      name: 'the server says that the body is empty',
      fires: true,
      exchanges: [
        { request: 'PUT https://api.test/items/1', status: 400, answer: { message: 'Request body is required' } },
      ],
    },
    {
      name: 'an action that never takes content',
      fires: false,
      exchanges: [
        { request: 'POST https://api.test/items/1/archive', status: 204 },
        { request: 'POST https://api.test/items/2/archive', status: 400, answer: { error: 'already archived' } },
      ],
    },
    {
      name: 'content was sent and refused',
      fires: false,
      exchanges: [
        { request: 'POST https://api.test/items', body: {}, status: 400, answer: { error: 'name required' } },
      ],
    },
  ],
}
