// The resource is not in the state the request depends on, or a condition is missing.
import { responseOf } from '../../../exchange/exchange.ts'
import { fieldValue } from '../../../exchange/message.ts'
import { requestHeader, status } from '../../evidence.ts'
import type { Fix } from '../../finding.ts'
import { clock } from '../../phrases.ts'
import { rfc, rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'

const conditions = ['if-match', 'if-none-match', 'if-unmodified-since', 'if-modified-since', 'if-range']

export const preconditionFailed: Rule = {
  id: 'header/precondition-failed',
  rank: 1,
  level: 'error',
  title: 'A condition of the request does not hold',
  summary:
    'Fires on 412 and 428, and on a 409 that speaks of the entity tag of a conditional request. Compares with the last ETag seen for this URL and names what changed it.',
  references: [rfc9110('13', 'Conditional Requests'), rfc(6585, '3', '428 Precondition Required')],
  on: 'failure',
  scope: 'exchange',
  check(subject, context) {
    const sent = conditions.filter((name) => subject.request.header(name) !== undefined)
    const conflict =
      subject.status === 409 && sent.length > 0 && /\betag\b|precondition|version/.test(subject.errorText)
    if (subject.status !== 412 && subject.status !== 428 && !conflict) return undefined
    const url = subject.exchange.request.url
    const seen = context.ofOrigin.filter((past) => past.url === url && past.outcome === 'success')
    const last = seen.findLast((past) => fieldValue(responseOf(past.exchange)?.headers ?? [], 'etag') !== undefined)
    const etag = last && fieldValue(responseOf(last.exchange)?.headers ?? [], 'etag')
    const writer = seen.findLast((past) => ['PUT', 'PATCH', 'POST', 'DELETE'].includes(past.method))
    const match = subject.request.header('if-match')
    const mustBeNew = subject.request.header('if-none-match') === '*'
    const missing = subject.status === 428
    const fix: Fix =
      etag && (missing || (match !== undefined && etag !== match))
        ? {
            kind: 'complete',
            text: 'Send it with the newest entity tag seen, after checking what changed.',
            edits: [{ op: 'set-header', name: 'If-Match', value: etag }],
          }
        : {
            kind: 'template',
            text: 'Fetch the resource, check what changed, and send the new entity tag.',
            edits: [{ op: 'set-header', name: 'If-Match', value: '{{current entity tag}}' }],
          }
    return {
      // Some APIs use 412 for their own validation: without a condition in the request it proves little.
      ...(sent.length === 0 && !missing ? { rank: 3 as const } : {}),
      confidence: 0.93,
      title: missing
        ? 'The server insists on a conditional request'
        : mustBeNew
          ? 'The thing to be created exists already'
          : sent.length === 0
            ? 'The server says a precondition failed'
            : 'The resource changed since it was read',
      brief: missing
        ? 'If-Match is required'
        : mustBeNew
          ? 'Exists already'
          : sent.length === 0
            ? 'Precondition failed'
            : 'Resource has changed',
      explanation: missing
        ? 'To keep clients from overwriting each other, the server takes this change only with a condition such as If-Match.'
        : mustBeNew
          ? 'If-None-Match: * asks that the resource does not exist yet. It does.'
          : sent.length === 0
            ? 'The answer is 412, yet the request carries no condition: the server checks something of its own, which its message names.'
            : `The condition of the request no longer holds.${etag ? ` The newest entity tag seen is ${etag}${match ? `, the request has ${match}` : ''}.` : ''}${writer ? ` ${writer.method} changed it at ${clock(writer.time)}.` : ''}`,
      evidence: [
        status(subject),
        ...(sent.length > 0
          ? sent.map((name) => requestHeader(subject, name, context))
          : [requestHeader(subject, 'If-Match', context)]),
      ],
      ...(last ? { related: [last.id] } : {}),
      fix,
    }
  },
  examples: [
    {
      name: 'an old entity tag after a change',
      fires: true,
      primary: true,
      fix: 'complete',
      exchanges: [
        { request: 'PUT https://api.test/a', body: { a: 1 }, status: 200, answerHeaders: { ETag: '"2"' }, answer: {} },
        { request: 'PUT https://api.test/a', headers: { 'If-Match': '"1"' }, body: { a: 2 }, status: 412 },
      ],
    },
    {
      name: '428',
      fires: true,
      primary: true,
      fix: 'template',
      exchanges: [{ request: 'PUT https://api.test/a', body: { a: 2 }, status: 428 }],
    },
    {
      name: 'a conflict that is no condition',
      fires: false,
      exchanges: [
        { request: 'POST https://api.test/a', body: { a: 2 }, status: 409, answer: { message: 'already exists' } },
      ],
    },
    {
      name: 'a 400 that mentions a tag of the content',
      fires: false,
      exchanges: [
        { request: 'POST https://api.test/a', body: { tag: 'x' }, status: 400, answer: { error: 'tag is unknown' } },
      ],
    },
  ],
}
