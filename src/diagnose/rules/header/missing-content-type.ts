// The request has a body and does not say what it is.
import { mayBeContent } from '../../body-refused.ts'
import type { Context } from '../../context.ts'
import { requestHeader } from '../../evidence.ts'
import { readJson } from '../../json-reading.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'
import type { Subject } from '../../subject.ts'

/** What the body looks like; undefined when it could be anything. */
export function sniff(text: string): string | undefined {
  const trimmed = text.trim()
  if (/^[[{]/.test(trimmed) && readJson(trimmed).ok) return 'application/json'
  if (/^<\?xml|^<[A-Za-z][\w:-]*(?:\s[^>]*)?>[\s\S]*>$/.test(trimmed)) return 'application/xml'
  if (/^--[^\r\n]+\r?\nContent-Disposition/i.test(trimmed))
    return `multipart/form-data; boundary=${/^--([^\r\n]+)/.exec(trimmed)?.[1]}`
  return /^[^=&\s{<]+=[^&\s]*(?:&[^=&\s]+=[^&\s]*)*$/.test(trimmed) ? 'application/x-www-form-urlencoded' : undefined
}

export const missingContentType: Rule = {
  id: 'header/missing-content-type',
  rank: 1,
  level: 'error',
  title: 'The body has no Content-Type',
  summary:
    'Fires when a request with a non-empty body has no Content-Type and fails with 400, 415, 422, 500 or inside a 2xx. Many servers then read no members at all. Silent on successes.',
  references: [rfc9110('8.3', 'Content-Type')],
  on: 'failure',
  scope: 'exchange',
  check(subject, context) {
    const { request } = subject
    if (request.header('content-type') !== undefined || request.octets.length === 0) return undefined
    if (!mayBeContent(subject) || ['""', 'null'].includes(request.text.trim())) return undefined
    const type = sniff(request.text)
    const usual = usualType(subject, context)
    // Recorders that drop fields drop this one too: without a baseline an import proves little.
    const confidence = subject.imported
      ? 0.5
      : /content.?type|media type|required|missing|empty/.test(subject.errorText) || subject.status === 415
        ? 0.96
        : 0.88
    const wanted = usual ?? type
    return {
      confidence,
      ...(subject.imported ? { rank: 3 as const } : type === undefined ? { rank: 2 as const } : {}),
      brief: 'Content-Type is missing',
      explanation: `The request carries ${request.octets.length} bytes without saying what they are, so the server has to guess, or reads nothing.${type ? ` The body looks like ${type}.` : ''}${usual ? ` Calls that worked here declared ${usual}.` : ''}`,
      evidence: [
        requestHeader(subject, 'Content-Type', context),
        {
          location: { at: 'request.body', line: 1, column: 1 },
          value: `${request.octets.length} bytes${type ? `, reads as ${type}` : ''}`,
        },
      ],
      fix: wanted
        ? {
            kind: 'complete',
            text: `Declare the body as ${wanted}.`,
            edits: [{ op: 'set-header', name: 'Content-Type', value: wanted }],
          }
        : {
            kind: 'template',
            text: 'Declare what the body is.',
            edits: [{ op: 'set-header', name: 'Content-Type', value: '{{media type}}' }],
          },
    }
  },
  examples: [
    {
      name: 'JSON without a type',
      fires: true,
      primary: true,
      fix: 'complete',
      exchanges: [
        {
          request: 'POST https://api.test/a',
          body: '{"name":"Ada"}',
          status: 400,
          answer: { message: 'name is required' },
        },
      ],
    },
    {
      name: 'the same on a success',
      fires: false,
      exchanges: [{ request: 'POST https://api.test/a', body: '{"name":"Ada"}', status: 201, answer: { id: 1 } }],
    },
    {
      name: 'no body at all',
      fires: false,
      exchanges: [{ request: 'POST https://api.test/a', status: 400, answer: { message: 'bad' } }],
    },
    {
      name: 'a body of null says nothing that needs a type',
      fires: false,
      exchanges: [{ request: 'POST https://api.test/a', body: 'null', status: 400, answer: { error: 'no' } }],
    },
  ],
}

function usualType(subject: Subject, context: Context): string | undefined {
  const usual = context.baseline?.requestHeaders.get('content-type')
  return usual && !/^multipart/i.test(usual.value) && subject.request.octets.length > 0 ? usual.value : undefined
}
