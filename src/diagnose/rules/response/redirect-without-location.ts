// A redirect that does not say where to.
import { responseHeader, status } from '../../evidence.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'

export const redirectWithoutLocation: Rule = {
  id: 'response/redirect-without-location',
  rank: 1,
  level: 'error',
  title: 'The redirect does not say where to',
  summary: 'Fires on 301, 302, 303, 307 and 308 without Location. A client cannot follow.',
  references: [rfc9110('15.4', 'Redirection 3xx'), rfc9110('10.2.2', 'Location')],
  needs: ['redirect'],
  scope: 'exchange',
  check(subject, context) {
    if (
      ![301, 302, 303, 307, 308].includes(subject.status) ||
      subject.response?.header('location') !== undefined ||
      subject.headersStripped ||
      // Resumable uploads answer 308 until the last part has come: "so much has arrived", no redirect.
      (subject.status === 308 &&
        (subject.request.header('content-range') !== undefined || subject.response?.header('range') !== undefined))
    )
      return undefined
    return {
      confidence: 0.97,
      brief: 'Redirect without Location',
      explanation: `The answer is ${subject.status}, which sends the client elsewhere, and has no Location field. Clients stop here or report an error.`,
      evidence: [status(subject), responseHeader(subject, 'Location', context)],
      fix: { kind: 'advice', text: 'Report it to the provider; look into the body for the address.' },
    }
  },
  examples: [
    { name: '302 alone', fires: true, level: 'error', exchanges: [{ request: 'GET https://api.test/a', status: 302 }] },
    {
      name: 'an upload in parts, to be continued',
      fires: false,
      exchanges: [
        {
          request: 'PUT https://api.test/upload?id=1',
          headers: { 'Content-Range': 'bytes 0-9/20' },
          body: '0123456789',
          status: 308,
          answerHeaders: { Range: 'bytes=0-9' },
        },
      ],
    },
    { name: '304', fires: false, exchanges: [{ request: 'GET https://api.test/a', status: 304 }] },
    {
      name: '302 with Location',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/a', status: 302, answerHeaders: { Location: '/b' } }],
    },
  ],
}
