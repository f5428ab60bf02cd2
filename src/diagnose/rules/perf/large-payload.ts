// A response of more than a mebibyte.
import { responseHeader } from '../../evidence.ts'
import { brief, size } from '../../phrases.ts'
import type { Rule } from '../../rule.ts'

const large = 1024 * 1024

export const largePayload: Rule = {
  id: 'perf/large-payload',
  rank: 4,
  level: 'note',
  title: 'The response is large',
  summary:
    'Fires once per endpoint when a JSON, XML or text response has more than 1 MiB after decoding. Paging or fewer members would save time on both sides.',
  references: [{ title: 'RFC 9110 §14: Range Requests', url: 'https://www.rfc-editor.org/rfc/rfc9110#section-14' }],
  quiet: true,
  on: 'success',
  needs: ['response-body'],
  scope: 'exchange',
  check(subject, context) {
    const { response } = subject
    if (!response || !/json|xml|^text\//.test(response.mediaType)) return undefined
    const octets = Math.max(response.octets.length, response.content.bodySize)
    if (octets <= large || !context.once(`perf/large-payload ${subject.endpoint.key}`)) return undefined
    return {
      title: `The response has ${size(octets)}`,
      brief: brief(`Large response, ${size(octets)}`),
      explanation: `Making, sending and parsing ${size(octets)} of ${response.mediaType} takes time and memory on both sides, each time.`,
      evidence: [responseHeader(subject, 'Content-Length', context)],
      fix: {
        kind: 'advice',
        text: 'Ask for pages, or for the members that are needed (fields, select), if the API offers that.',
      },
    }
  },
  examples: [
    {
      name: 'a list of two mebibytes',
      fires: true,
      exchanges: [{ request: 'GET https://api.test/items', status: 200, answer: { text: 'x'.repeat(2 * large) } }],
      level: 'note',
    },
    {
      name: 'a large text',
      fires: true,
      exchanges: [
        {
          request: 'GET https://api.test/log',
          status: 200,
          answerHeaders: { 'Content-Type': 'text/plain' },
          answer: 'x'.repeat(large + 1),
        },
      ],
    },
    {
      name: 'a picture is as large as it is',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/p',
          status: 200,
          answerHeaders: { 'Content-Type': 'image/png' },
          answer: 'x'.repeat(large + 1),
        },
      ],
    },
    {
      name: 'a usual list',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/items', status: 200, answer: [1, 2, 3] }],
    },
  ],
}
