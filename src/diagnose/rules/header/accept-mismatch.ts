// The answer has a format the client did not ask for.
import { requestHeader, responseHeader } from '../../evidence.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'
import { isJsonType, readMediaType } from '../../side.ts'

/** Types that clients read alike: JSON by any name, the three names of XML, scripts that carry JSON. */
function family(type: string): string {
  if (isJsonType(type) || /javascript/.test(type) || /^application\/vnd\./.test(type)) return 'json'
  return type === 'text/xml' || type === 'application/xml' || type.endsWith('+xml') ? 'xml' : type
}

export const acceptMismatch: Rule = {
  id: 'header/accept-mismatch',
  rank: 3,
  level: 'warning',
  title: 'The answer is not in a format that was asked for',
  summary:
    'Fires on a success whose media type is in no range of Accept, after JSON and XML under their many names are taken as one. Silent where the endpoint always does so. A warning once per endpoint.',
  references: [rfc9110('12.5.1', 'Accept')],
  on: 'success',
  needs: ['response-body'],
  scope: 'exchange',
  check(subject, context) {
    const { response, request } = subject
    if (!response?.hasBody || subject.method === 'HEAD' || subject.status === 204 || subject.status === 304)
      return undefined
    const accept = request.header('accept')
    const type = response.mediaType
    if (
      accept === undefined ||
      accept === '' ||
      accept === type ||
      type === '' ||
      type === 'application/octet-stream' ||
      type.startsWith('multipart/')
    )
      return undefined
    const ranges = accept.split(',').map((range) => readMediaType(range).type)
    const [main] = type.split('/')
    if (
      ranges.some(
        (range) =>
          range === '*/*' || range === '*' || range === '' || range === `${main}/*` || family(range) === family(type),
      )
    )
      return undefined
    // A body that is JSON after all can be read by whoever asked for JSON, whatever its label says.
    if (response.value !== undefined && ranges.some((range) => family(range) === 'json')) return undefined
    const { baseline } = context
    if (baseline && baseline.responseSamples > 0) return undefined
    if (!context.once(`accept-mismatch ${subject.endpoint.key}`)) return undefined
    return {
      level: baseline && baseline.samples >= 3 ? 'warning' : 'note',
      confidence: 0.7,
      brief: 'Answer in another format',
      explanation: `The client asked for ${accept} and got ${type}. A client that reads strictly fails on that.`,
      evidence: [requestHeader(subject, 'Accept', context), responseHeader(subject, 'Content-Type', context)],
      fix: { kind: 'advice', text: 'Ask for a format this resource has, or read the one it sends.' },
    }
  },
  examples: [
    {
      name: 'CSV where JSON was asked for',
      fires: true,
      exchanges: [
        {
          request: 'GET https://api.test/a',
          headers: { Accept: 'application/json' },
          status: 200,
          answerHeaders: { 'Content-Type': 'text/csv' },
          answer: 'a,b\n1,2\n',
        },
      ],
    },
    {
      name: 'a vendor type for JSON',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/a',
          headers: { Accept: 'application/vnd.api.v3+json' },
          status: 200,
          answer: {},
        },
      ],
    },
    {
      name: 'any type is welcome',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/a',
          headers: { Accept: 'text/html, */*;q=0.1' },
          status: 200,
          answer: { a: 1 },
        },
      ],
    },
    {
      name: 'JSON under the label of plain text',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/a',
          headers: { Accept: 'application/json' },
          status: 200,
          answerHeaders: { 'Content-Type': 'text/plain' },
          answer: '{"a":1}',
        },
      ],
    },
    {
      name: 'an answer without content',
      fires: false,
      exchanges: [
        {
          request: 'HEAD https://api.test/a',
          headers: { Accept: 'application/json' },
          status: 200,
          answerHeaders: { 'Content-Type': 'text/html' },
        },
      ],
    },
  ],
}
