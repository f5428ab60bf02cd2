// A GET or HEAD with content: HTTP gives it no meaning, and many servers and gateways refuse or drop it.

import type { Edit } from '../../../exchange/edit.ts'
import { isSensitiveName } from '../../../http/secret-names.ts'
import { requestHeader, requestLine, status } from '../../evidence.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'
import type { Subject } from '../../subject.ts'

export const bodyOnGet: Rule = {
  id: 'request/body-on-get',
  rank: 3,
  level: 'error',
  title: 'A GET carries content',
  summary:
    'Fires when a GET or HEAD with content is refused with 400, 411, 413 or 415. HTTP gives such content no meaning. Healthy GETs carry some often, so successes are left alone, as are DELETEs.',
  references: [rfc9110('9.3.1', 'GET')],
  on: 'failure',
  scope: 'exchange',
  check(subject, context) {
    if (subject.method !== 'GET' && subject.method !== 'HEAD') return undefined
    if (!subject.request.hasBody || ![400, 411, 413, 415].includes(subject.status)) return undefined
    const said = /\b(?:body|content|payload)\b/.test(subject.errorText)
    const edits = moveToQuery(subject)
    return {
      rank: said || subject.status === 415 ? 1 : 3,
      confidence: said ? 0.85 : 0.6,
      title: `${subject.method} was sent with content`,
      brief: `${subject.method} with a body`,
      explanation: `This ${subject.method} carries ${subject.request.content.bodySize} bytes of content. HTTP gives content in a ${subject.method} no meaning: gateways drop it and servers may refuse the request for it. What selects the answer belongs in the query.`,
      evidence: [requestLine(subject, context), requestHeader(subject, 'Content-Length', context), status(subject)],
      fix: edits
        ? { kind: 'complete', text: 'Send the members as query parameters, without content.', edits }
        : {
            kind: 'advice',
            text: 'Put what selects the answer into the query, or use POST if the API has a search by POST.',
          },
    }
  },
  examples: [
    {
      name: 'a filter sent as JSON with GET',
      fires: true,
      fix: 'complete',
      exchanges: [{ request: 'GET https://api.test/items', body: { size: 2, name: 'a' }, status: 400 }],
      brief: 'GET with a body',
    },
    {
      name: 'nested content cannot move to the query',
      fires: true,
      fix: 'advice',
      exchanges: [{ request: 'GET https://api.test/items', body: { where: { a: 1 } }, status: 400 }],
    },
    {
      name: 'a server that takes it',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/_search', body: { query: {} }, status: 200, answer: {} }],
    },
    {
      name: 'a DELETE with content is legal',
      fires: false,
      exchanges: [{ request: 'DELETE https://api.test/items', body: { ids: [1] }, status: 400 }],
    },
  ],
}

function moveToQuery(subject: Subject): Edit[] | undefined {
  const { value } = subject.request
  const entries: [string, unknown][] = subject.form
    ? subject.form.map((pair) => [pair.name, pair.value])
    : value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.entries(value)
      : []
  const flat = entries.every(
    ([name, one]) => !isSensitiveName(name) && ['string', 'number', 'boolean'].includes(typeof one),
  )
  if (entries.length === 0 || !flat) return undefined
  return [
    ...entries.map(([name, one]): Edit => ({ op: 'set-query', name, value: String(one) })),
    { op: 'set-body', text: '' },
    { op: 'remove-header', name: 'Content-Type' },
  ]
}
