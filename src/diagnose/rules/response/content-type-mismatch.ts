// The answer is JSON under another name, or has the name and is something else.
import { responseHeader } from '../../evidence.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'

export const responseContentTypeMismatch: Rule = {
  id: 'response/content-type-mismatch',
  rank: 3,
  level: 'note',
  title: 'Content-Type of the answer does not describe its body',
  summary:
    'Notes, once per endpoint, a body that is a JSON object or list under another media type, or that is declared as JSON and is a bare word. Clients that trust the label will not parse it.',
  references: [rfc9110('8.3', 'Content-Type')],
  on: 'success',
  needs: ['response-json'],
  scope: 'exchange',
  check(subject, context) {
    const { response } = subject
    if (!response?.hasBody || response.truncated || response.mediaType === '' || subject.headersStripped)
      return undefined
    const isJson = response.json?.ok === true && typeof response.value === 'object' && response.value !== null
    const labelled = response.declaredJson
    if (
      labelled ||
      !isJson ||
      /javascript|x-ndjson|jsonl|json|graphql|event-stream|ion|octet-stream/.test(response.mediaType)
    )
      return undefined
    if (!context.once(`content-type-mismatch ${subject.endpoint.key}`)) return undefined
    return {
      confidence: 0.8,
      brief: 'JSON under another name',
      explanation: `The body is JSON and is labelled ${response.mediaType}. Clients that choose a parser by the label treat it as text.`,
      evidence: [responseHeader(subject, 'Content-Type', context)],
      fix: { kind: 'advice', text: 'Parse it as JSON regardless, and tell the provider.' },
    }
  },
  examples: [
    {
      name: 'JSON as text/html',
      fires: true,
      level: 'note',
      exchanges: [
        {
          request: 'GET https://api.test/a',
          status: 200,
          answerHeaders: { 'Content-Type': 'text/html' },
          answer: '{"a":1}',
        },
      ],
    },
    {
      name: 'JSON under a vendor type',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/a',
          status: 200,
          answerHeaders: { 'Content-Type': 'application/vnd.api+json' },
          answer: '{"a":1}',
        },
      ],
    },
  ],
}
