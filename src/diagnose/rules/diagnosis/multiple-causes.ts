// Several exact causes were found, in different groups: each of them has to be mended.
import { listed } from '../../phrases.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'

export const multipleCauses: Rule = {
  id: 'diagnosis/multiple-causes',
  rank: 4,
  level: 'note',
  title: 'More than one cause was found',
  summary:
    'Notes that two or more exact causes of different groups were found for one failure. Mending the first may bring up the next.',
  references: [rfc9110('15.5', 'Client Error 4xx')],
  on: 'failure',
  scope: 'group',
  check(subject, context) {
    const exact = context.found.filter(
      ({ rank, level, id }) => rank === 1 && level === 'error' && !/^(?:response|retry|diagnosis)\//.test(id),
    )
    const groups = new Set(exact.map(({ id }) => id.slice(0, id.indexOf('/'))))
    if (groups.size < 2) return undefined
    return {
      confidence: 0.7,
      brief: `${exact.length} causes found`,
      explanation: `This failure has ${exact.length} possible causes that were found independently: ${listed(exact.map(({ id }) => id))}. Servers report only the first they meet, so mending that one may bring up the next.`,
      evidence: [
        {
          location: { at: subject.status > 0 ? 'response.status' : 'connection' },
          value: exact.map(({ id }) => id).join(', '),
        },
      ],
      fix: { kind: 'advice', text: 'Mend all of them before sending the request again.' },
    }
  },
  examples: [
    {
      name: 'a damaged credential and a damaged body',
      fires: true,
      level: 'note',
      exchanges: [
        {
          request: 'POST https://api.test/a',
          headers: { Authorization: 'Bearer undefined', 'Content-Type': 'application/json' },
          body: '{"a":1,}',
          status: 400,
          answer: { message: 'bad request' },
        },
      ],
    },
    {
      name: 'one cause',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/a', headers: { Authorization: 'Bearer undefined' }, status: 401 }],
    },
  ],
}
