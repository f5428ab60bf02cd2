// The content is larger than the server takes.
import { onTiming, requestHeader, status } from '../../evidence.ts'
import { brief, size } from '../../phrases.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'

const said =
  /(?:payload|body|request|entity|content|file|upload|image|attachment)\b[^.]{0,40}\b(?:too large|too big|exceeds)|max(?:imum)? (?:body|request|file|upload|payload|content) (?:size|length)/

export const payloadTooLarge: Rule = {
  id: 'request/payload-too-large',
  rank: 1,
  level: 'error',
  title: 'The content is too large',
  summary:
    'Fires on 413, and on 400 or 422 that says the content is too large. Shows what was sent, the limit the server states, and the largest request this endpoint has taken.',
  references: [rfc9110('15.5.14', '413 Content Too Large')],
  on: 'failure',
  scope: 'exchange',
  check(subject, context) {
    const { status: code, request } = subject
    if (code !== 413 && !((code === 400 || code === 422) && said.test(subject.errorText))) return undefined
    const sent = Math.max(request.content.bodySize, Number(request.header('content-length')) || 0)
    const largest = context.baseline?.largestRequest ?? 0
    const limit = /(\d+(?:[.,]\d+)?)\s*(bytes|octets|kb|kib|mb|mib|gb|gib|k|m)\b/i.exec(subject.errorText)?.[0]
    return {
      title: `The server refused content of ${size(sent)} as too large`,
      brief: brief(`Body too large, ${size(sent)}`),
      explanation: `${size(sent)} of content were sent.${limit ? ` The server names ${limit} as its limit.` : ' The server does not say where its limit is.'}${
        largest > 0 ? ` The largest request this endpoint has taken so far had ${size(largest)}.` : ''
      } Gateways have limits of their own, often 1 MiB, before the application sees anything.`,
      evidence: [status(subject), requestHeader(subject, 'Content-Length', context), onTiming(`${sent} bytes sent`)],
      fix: {
        kind: 'advice',
        text: 'Send less at once (pages, chunks, a smaller image), use the API’s upload by parts, or raise the limit of gateway and server.',
      },
    }
  },
  examples: [
    {
      name: '413 from a gateway',
      fires: true,
      primary: true,
      exchanges: [{ request: 'POST https://api.test/files', body: { data: 'abc' }, status: 413 }],
    },
    {
      name: '400 that names its limit',
      fires: true,
      exchanges: [
        {
          request: 'POST https://api.test/files',
          body: { data: 'abc' },
          status: 400,
          answer: { error: 'Request body exceeds 2 MB' },
        },
      ],
    },
    {
      name: 'a member that is too long is a matter of validation',
      fires: false,
      exchanges: [
        {
          request: 'POST https://api.test/items',
          body: { name: 'abc' },
          status: 422,
          answer: { error: 'name exceeds 20 characters' },
        },
      ],
    },
    {
      name: 'a large request that was taken',
      fires: false,
      exchanges: [{ request: 'POST https://api.test/files', body: { data: 'abc' }, status: 201, answer: { id: 1 } }],
    },
  ],
}
