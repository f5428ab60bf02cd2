// The server has nothing to offer that the client accepts.
import { requestHeader, status } from '../../evidence.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'

export const notAcceptable: Rule = {
  id: 'header/not-acceptable',
  rank: 1,
  level: 'error',
  title: 'The server cannot answer in an accepted format',
  summary: 'Fires on 406. Offers the Accept of earlier successes, or any format.',
  references: [rfc9110('15.5.7', '406 Not Acceptable'), rfc9110('12.5.1', 'Accept')],
  on: 'failure',
  scope: 'exchange',
  check(subject, context) {
    if (subject.status !== 406) return undefined
    const accept = subject.request.header('accept')
    const usual = context.baseline?.accepts.find((one) => one !== accept)
    const version = /version|vnd\./i.test(accept ?? '')
    const wanted = usual ?? (context.baseline?.usualMediaType || '*/*')
    const spokenOfAgent = /user[- ]agent/.test(subject.errorText)
    return {
      confidence: spokenOfAgent ? 0.5 : 0.94,
      brief: 'Accept cannot be satisfied',
      explanation: `The request asks for ${accept === undefined ? 'no particular format, yet another Accept field may have been refused' : accept}, and the server has nothing like that${usual ? `; calls that worked here asked for ${usual}` : ''}.${version ? ' The type names a version, which the server may not know.' : ''}`,
      evidence: [
        status(subject),
        requestHeader(subject, 'Accept', context),
        ...['accept-language', 'accept-encoding', 'accept-charset']
          .filter((name) => subject.request.header(name) !== undefined)
          .map((name) => requestHeader(subject, name, context)),
      ],
      fix: {
        kind: 'complete',
        text: `Ask for ${wanted}.`,
        edits: [{ op: 'set-header', name: 'Accept', value: wanted }],
      },
    }
  },
  examples: [
    {
      name: '406 to Accept: text/csv',
      fires: true,
      primary: true,
      fix: 'complete',
      exchanges: [{ request: 'GET https://api.test/a', headers: { Accept: 'text/csv' }, status: 406 }],
    },
    {
      name: 'another refusal',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/a', headers: { Accept: 'text/csv' }, status: 404 }],
    },
  ],
}
