// The same content is loaded whole again and again although the server offers to say "unchanged".
import { responseHeader } from '../../evidence.ts'
import { size } from '../../phrases.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'

const least = 3

export const conditionalNotUsed: Rule = {
  id: 'perf/conditional-not-used',
  rank: 4,
  level: 'note',
  title: 'Unchanged content is loaded whole each time',
  summary:
    'Fires once per address when the same content came whole three times with an ETag or Last-Modified that the client never sent back.',
  references: [rfc9110('13.1.2', 'If-None-Match')],
  quiet: true,
  on: 'success',
  scope: 'group',
  check(subject, context) {
    const { response, request } = subject
    if (subject.method !== 'GET' || subject.status !== 200 || !response || response.content.kept === 'none')
      return undefined
    const validator = response.header('etag') === undefined ? 'Last-Modified' : 'ETag'
    if (response.header(validator) === undefined) return undefined
    if (request.header('if-none-match') !== undefined || request.header('if-modified-since') !== undefined)
      return undefined
    const { digest } = response.content
    const same = context.sameRequest.filter((past) => past.status === 200 && past.responseHash === digest)
    if (same.length + 1 < least || !context.once(`perf/conditional-not-used ${subject.exchange.request.url}`))
      return undefined
    const value = response.header(validator) ?? ''
    return {
      title: `${size(response.content.bodySize)} loaded ${same.length + 1} times, unchanged`,
      brief: 'No conditional request',
      explanation: `The server gave ${validator} each time, so the client could have asked whether anything changed and got an empty 304 instead of ${size(response.content.bodySize)}.`,
      evidence: [responseHeader(subject, validator, context)],
      related: same.map((past) => past.id),
      fix: {
        kind: 'complete',
        text: 'Send back the validator; a 304 answers when nothing changed.',
        edits: [{ op: 'set-header', name: validator === 'ETag' ? 'If-None-Match' : 'If-Modified-Since', value }],
      },
    }
  },
  examples: [
    {
      name: 'the same list three times, with an ETag',
      fires: true,
      fix: 'complete',
      exchanges: [
        {
          request: 'GET https://api.test/items',
          times: 3,
          status: 200,
          answer: [1, 2],
          answerHeaders: { ETag: '"a1"' },
        },
      ],
      level: 'note',
    },
    {
      name: 'with Last-Modified',
      fires: true,
      exchanges: [
        {
          request: 'GET https://api.test/doc',
          times: 3,
          status: 200,
          answer: { a: 1 },
          answerHeaders: { 'Last-Modified': 'Fri, 01 May 2026 00:00:00 GMT' },
        },
      ],
    },
    {
      name: 'no validator',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/items', times: 3, status: 200, answer: [1, 2] }],
    },
    {
      name: 'the client asks conditionally',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/items',
          headers: { 'If-None-Match': '"a1"' },
          times: 3,
          status: 200,
          answer: [1, 2],
          answerHeaders: { ETag: '"a1"' },
        },
      ],
    },
  ],
}
