// 410: the server says that this was here and will not come back.
import { responseHeader, status } from '../../evidence.ts'
import { linkTarget } from '../../link-target.ts'
import { rfc, rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'

export const gone: Rule = {
  id: 'request/gone',
  rank: 1,
  level: 'error',
  title: 'The resource is gone for good',
  summary: 'Fires on 410. Shows the successor where the response links one, and the Sunset date where it has one.',
  references: [rfc9110('15.5.11', '410 Gone'), rfc(8594, '3', 'The Sunset HTTP Response Header Field')],
  on: 'failure',
  scope: 'exchange',
  check(subject, context) {
    if (subject.status !== 410) return undefined
    const successor = linkTarget(subject, ['successor-version', 'latest-version', 'alternate'])
    const sunset = subject.response?.header('sunset')
    return {
      title: `${subject.path} is gone for good`,
      brief: 'Gone for good',
      explanation: `The server answered 410: something was at this address and was removed on purpose; asking again will not help.${
        sunset ? ` Its Sunset date was ${sunset}.` : ''
      }${successor ? ' The response links the address that replaces it.' : ''}`,
      evidence: [
        status(subject),
        ...(sunset ? [responseHeader(subject, 'Sunset', context)] : []),
        ...(successor ? [responseHeader(subject, 'Link', context)] : []),
      ],
      fix: successor
        ? { kind: 'complete', text: 'Send it to the successor.', edits: [{ op: 'set-url', value: successor }] }
        : {
            kind: 'advice',
            text: 'Look in the API’s change notes for what replaces it, and remove the stored address.',
          },
    }
  },
  examples: [
    {
      name: 'an endpoint removed with a successor',
      fires: true,
      primary: true,
      fix: 'complete',
      exchanges: [
        {
          request: 'GET https://api.test/v1/items',
          status: 410,
          answerHeaders: { Link: '</v2/items>; rel="successor-version"', Sunset: 'Fri, 01 May 2026 00:00:00 GMT' },
        },
      ],
      brief: 'Gone for good',
    },
    {
      name: 'a bare 410',
      fires: true,
      fix: 'advice',
      exchanges: [{ request: 'GET https://api.test/items/7', status: 410 }],
    },
    {
      name: '404 promises nothing',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/items/7', status: 404 }],
    },
    {
      name: 'a message that says gone',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/items/7', status: 400, answer: { error: 'gone' } }],
    },
  ],
}
