// 501, 505, 506, 507, 510: the server cannot do what is asked, now or ever.
import { status } from '../../evidence.ts'
import type { Reference } from '../../finding.ts'
import { rfc, rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'

type Meaning = readonly [brief: string, words: string, advice: string, reference: Reference]

const meanings: Readonly<Record<number, Meaning>> = {
  501: [
    'Not implemented',
    'The server does not implement what this request needs. It is no passing fault: repeating cannot help.',
    'Look up whether this API, in this version, has the function at all.',
    rfc9110('15.6.2', '501 Not Implemented'),
  ],
  505: [
    'HTTP version unsupported',
    'The server does not speak this version of HTTP, or could not read the request line (a raw space in the address does that).',
    'Use HTTP/1.1, and check the address for raw spaces.',
    rfc9110('15.6.6', '505 HTTP Version Not Supported'),
  ],
  506: [
    'Negotiation misconfigured',
    'The server’s own content negotiation leads in a circle.',
    'Tell whoever runs the server.',
    rfc(2295, '8.1', '506 Variant Also Negotiates'),
  ],
  507: [
    'Server storage is full',
    'The server has no room left to store this.',
    'Free space or quota on the server, then repeat.',
    rfc(4918, '11.5', '507 Insufficient Storage'),
  ],
  510: [
    'Extension needed',
    'The server asks for an extension of HTTP that the request does not declare.',
    'Look up which extension the API means.',
    rfc(2774, '7', '510 Not Extended'),
  ],
}

export const notImplemented: Rule = {
  id: 'server/not-implemented',
  rank: 1,
  level: 'error',
  title: 'The server cannot do what is asked',
  summary:
    'Fires on 501, 505, 506, 507 and 510 and says what each means. A 501 that speaks of the method belongs to request/method-not-allowed.',
  references: [rfc9110('15.6.2', '501 Not Implemented')],
  on: 'failure',
  scope: 'exchange',
  check(subject) {
    const meaning = meanings[subject.status]
    if (!meaning || (subject.status === 501 && /\bmethod\b/.test(subject.errorText))) return undefined
    const [brief, words, advice, reference] = meaning
    return {
      title: `The server answered ${subject.status}: ${/^[A-Z]{2}/.test(brief) ? brief : brief[0]?.toLowerCase() + brief.slice(1)}`,
      brief,
      explanation: words,
      evidence: [status(subject)],
      fix: { kind: 'advice', text: advice },
      ...(subject.status === 501 ? {} : { references: [reference] }),
    }
  },
  examples: [
    {
      name: 'a function that does not exist yet',
      fires: true,
      primary: true,
      exchanges: [
        { request: 'GET https://api.test/export', status: 501, answer: { error: 'PDF export is not built yet' } },
      ],
      brief: 'Not implemented',
    },
    {
      name: 'a version of HTTP it does not speak',
      fires: true,
      exchanges: [{ request: 'GET https://api.test/', status: 505 }],
    },
    {
      name: '501 about the method',
      fires: false,
      exchanges: [
        {
          request: 'PATCH https://api.test/items/1',
          body: {},
          status: 501,
          answer: { error: 'Unsupported method PATCH' },
        },
      ],
    },
    {
      name: 'a 500 with that text',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/export', status: 500, answer: { error: 'not implemented' } }],
    },
  ],
}
