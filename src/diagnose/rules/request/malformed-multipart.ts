// Finds multipart request bodies whose boundary, closing line or part headers are wrong.
import { type Multipart, multipart } from '../../../http/multipart.ts'
import { requestHeader } from '../../evidence.ts'
import type { Fix } from '../../finding.ts'
import { rfc } from '../../references.ts'
import type { Rule } from '../../rule.ts'

const latin1 = new TextDecoder('latin1')

const words: Readonly<Record<NonNullable<Multipart['fault']>, readonly [brief: string, words: string]>> = {
  'bare-line-feeds': ['Line ends in multipart', 'its lines end in LF alone; multipart needs CR LF'],
  'boundary-not-in-body': [
    'Wrong multipart boundary',
    'the boundary that Content-Type names does not occur in the body',
  ],
  'no-boundary-parameter': [
    'Multipart boundary missing',
    'Content-Type does not name the boundary that separates the parts',
  ],
  'no-closing-delimiter': [
    'Multipart not closed',
    'the closing line (--boundary--) is missing: the body was cut off, or never finished',
  ],
  'part-without-name': [
    'Multipart part has no name',
    'a part has no name in its Content-Disposition, so no form field can hold it',
  ],
}

export const malformedMultipart: Rule = {
  id: 'request/malformed-multipart',
  rank: 1,
  level: 'error',
  title: 'The multipart body is malformed',
  summary:
    'Fires when a refused request carries multipart content whose boundary is missing or another, which is not closed, or which has a part without a name.',
  references: [rfc(2046, '5.1', 'Multipart Media Type'), rfc(7578, '4.2', 'Content-Disposition')],
  on: 'failure',
  needs: ['request-body'],
  scope: 'exchange',
  check(subject, context) {
    const { request } = subject
    if (!request.mediaType.startsWith('multipart/') || !request.hasBody || request.truncated) return undefined
    const outline = multipart(request.header('content-type') ?? '', latin1.decode(request.octets))
    if (!outline.fault) return undefined
    const [short, why] = words[outline.fault]
    return {
      brief: short,
      explanation: `The body is declared as ${request.mediaType}, but ${why}. The server cannot tell the parts from each other.`,
      evidence: [
        requestHeader(subject, 'Content-Type', context),
        ...(outline.found
          ? [{ location: { at: 'request.body' as const, line: 1, column: 1 }, value: `--${outline.found}` }]
          : []),
      ],
      fix: fixFor(outline, request.mediaType),
    }
  },
  examples: [
    {
      name: 'Content-Type set by hand, without a boundary',
      fires: true,
      primary: true,
      fix: 'complete',
      exchanges: [
        {
          request: 'POST https://api.test/files',
          headers: { 'Content-Type': 'multipart/form-data' },
          body: '--x1\r\nContent-Disposition: form-data; name="f"\r\n\r\nhello\r\n--x1--\r\n',
          status: 400,
        },
      ],
      brief: 'Multipart boundary missing',
    },
    {
      name: 'cut off before the closing line',
      fires: true,
      fix: 'advice',
      exchanges: [
        {
          request: 'POST https://api.test/files',
          headers: { 'Content-Type': 'multipart/form-data; boundary=x1' },
          body: '--x1\r\nContent-Disposition: form-data; name="f"\r\n\r\nhel',
          status: 400,
        },
      ],
    },
    {
      name: 'complete, and refused for its content',
      fires: false,
      exchanges: [
        {
          request: 'POST https://api.test/files',
          headers: { 'Content-Type': 'multipart/form-data; boundary="x1"' },
          body: '--x1\r\nContent-Disposition: form-data; name="f"\r\n\r\nhello\r\n--x1--\r\n',
          status: 422,
        },
      ],
    },
    {
      name: 'the server took it as it is',
      fires: false,
      exchanges: [
        {
          request: 'POST https://api.test/files',
          headers: { 'Content-Type': 'multipart/mixed' },
          body: '--x1\r\n\r\na\r\n--x1--',
          status: 200,
        },
      ],
    },
  ],
}

function fixFor(outline: Multipart, type: string): Fix {
  if (outline.found !== undefined) {
    const boundary = /^[\w'+.-]+$/.test(outline.found) ? outline.found : `"${outline.found}"`
    return {
      kind: 'complete',
      text: 'Name the boundary that the body itself uses. Most HTTP libraries do so when Content-Type is left to them.',
      edits: [{ op: 'set-header', name: 'Content-Type', value: `${type}; boundary=${boundary}` }],
    }
  }
  return { kind: 'advice', text: 'Let the HTTP library build the multipart body and its Content-Type together.' }
}
