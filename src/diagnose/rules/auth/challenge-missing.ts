// A 401 that does not say how to authenticate.
import { responseHeader, status } from '../../evidence.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'

export const challengeMissing: Rule = {
  id: 'auth/challenge-missing',
  rank: 4,
  level: 'note',
  title: 'The 401 does not say how to authenticate',
  summary:
    'Fires on 401 without WWW-Authenticate. Clients that negotiate cannot know which scheme to use. Off unless asked for.',
  references: [rfc9110('15.5.2', '401 Unauthorized')],
  quiet: true,
  on: 'failure',
  scope: 'exchange',
  check(subject, context) {
    if (subject.status !== 401 || subject.headersStripped || subject.response?.header('www-authenticate') !== undefined)
      return undefined
    return {
      brief: '401 without a challenge',
      explanation:
        'A 401 must carry WWW-Authenticate with at least one challenge (RFC 9110 §15.5.2). Without it, clients that negotiate cannot know which scheme is wanted.',
      evidence: [status(subject), responseHeader(subject, 'WWW-Authenticate', context)],
      fix: { kind: 'advice', text: 'Tell the provider; for the request itself this changes nothing.' },
    }
  },
  examples: [
    { name: '401 without the field', fires: true, exchanges: [{ request: 'GET https://api.test/a', status: 401 }] },
    {
      name: '401 with the field',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/a', status: 401, answerHeaders: { 'WWW-Authenticate': 'Bearer' } }],
    },
    {
      name: 'an import whose fields were removed',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/me', status: 401, imported: true, answer: { error: 'no' } }],
    },
  ],
}
