// Text was sent uncompressed although the client offered to take it compressed.
import { requestHeader, responseHeader } from '../../evidence.ts'
import { size } from '../../phrases.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'

const worthwhile = 10 * 1024

export const uncompressed: Rule = {
  id: 'perf/uncompressed',
  rank: 4,
  level: 'note',
  title: 'Text was sent uncompressed',
  summary:
    'Fires once per endpoint on captured text, JSON or XML of more than 10 KiB without Content-Encoding although Accept-Encoding offered one.',
  references: [rfc9110('12.5.3', 'Accept-Encoding')],
  quiet: true,
  on: 'success',
  needs: ['captured', 'response-body'],
  scope: 'exchange',
  check(subject, context) {
    const { response } = subject
    const offered = subject.request.header('accept-encoding') ?? ''
    if (
      !subject.live ||
      !response ||
      response.header('content-encoding') !== undefined ||
      !/gzip|br|zstd|deflate/.test(offered)
    ) {
      return undefined
    }
    const text = /json|xml|^text\/(?!event-stream)|javascript/.test(response.mediaType)
    if (!text || response.content.bodySize <= worthwhile || !context.once(`perf/uncompressed ${subject.endpoint.key}`))
      return undefined
    return {
      brief: 'Sent uncompressed',
      explanation: `${size(response.content.bodySize)} of ${response.mediaType} were sent as they are. The client offered ${offered.slice(0, 60)}; compressed, such content has a fifth to a tenth of its size.`,
      evidence: [
        requestHeader(subject, 'Accept-Encoding', context),
        responseHeader(subject, 'Content-Encoding', context),
      ],
      fix: { kind: 'advice', text: 'Switch compression on in the server or the gateway for this media type.' },
    }
  },
  examples: [
    {
      name: 'twenty kibibytes of JSON',
      fires: true,
      exchanges: [
        {
          request: 'GET https://api.test/items',
          headers: { 'Accept-Encoding': 'gzip, br' },
          status: 200,
          answer: { text: 'x'.repeat(20_000) },
        },
      ],
      level: 'note',
    },
    {
      name: 'a large page',
      fires: true,
      exchanges: [
        {
          request: 'GET https://api.test/page',
          headers: { 'Accept-Encoding': 'gzip' },
          status: 200,
          answerHeaders: { 'Content-Type': 'text/html' },
          answer: 'x'.repeat(20_000),
        },
      ],
    },
    {
      name: 'the client did not offer any coding',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/items', status: 200, answer: { text: 'x'.repeat(20_000) } }],
    },
    {
      name: 'small enough',
      fires: false,
      exchanges: [
        { request: 'GET https://api.test/items', headers: { 'Accept-Encoding': 'gzip' }, status: 200, answer: [1] },
      ],
    },
  ],
}
