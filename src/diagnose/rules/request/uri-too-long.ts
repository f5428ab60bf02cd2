// The address is longer than servers take.
import { onConnection, status } from '../../evidence.ts'
import { brief } from '../../phrases.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'

/** RFC 9110 §4.1 asks everyone to support at least this many octets; more is luck. */
const advised = 8000

export const uriTooLong: Rule = {
  id: 'request/uri-too-long',
  rank: 1,
  level: 'error',
  title: 'The address is too long',
  summary: 'Fires on 414, and warns when an address has more than the 8,000 bytes that every server should support.',
  references: [rfc9110('15.5.15', '414 URI Too Long'), rfc9110('4.1', 'URI References')],
  scope: 'exchange',
  check(subject) {
    const length = subject.exchange.request.url.length
    const refused = subject.status === 414
    if (!refused && (length <= advised || subject.outcome.is === 'failure')) return undefined
    const longest = subject.query.toSorted((a, b) => b.raw.length - a.raw.length)[0]
    return {
      level: refused ? 'error' : 'warning',
      title: refused ? 'The server refused the address as too long' : `The address has ${length} bytes`,
      brief: brief(`Address too long, ${length}`),
      explanation: `The address has ${length} bytes.${
        longest && longest.raw.length > 200 ? ` The parameter ${longest.name} alone has ${longest.raw.length}.` : ''
      } ${refused ? 'The server has refused it.' : 'It worked here, but servers and gateways need to support no more than 8,000.'}`,
      evidence: [
        {
          location: { at: 'request.line' },
          value: `${subject.method} ${subject.path.slice(0, 60)}… (${length} bytes)`,
        },
        ...(refused ? [status(subject)] : [onConnection(`${length} bytes, 8000 are advised`)]),
      ],
      fix: {
        kind: 'advice',
        text: 'Split the call, or use the API’s search by POST, where the selection stands in the content.',
      },
    }
  },
  examples: [
    {
      name: '414',
      fires: true,
      primary: true,
      exchanges: [{ request: `GET https://api.test/items?ids=${'1234567,'.repeat(40)}`, status: 414 }],
      level: 'error',
    },
    {
      name: 'a very long address that still worked',
      fires: true,
      exchanges: [{ request: `GET https://api.test/items?ids=${'1234567,'.repeat(1100)}`, status: 200, answer: [] }],
      level: 'warning',
    },
    {
      name: 'an address of usual length',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/items?ids=1,2,3', status: 200, answer: [] }],
    },
    {
      name: 'a long address refused for another reason',
      fires: false,
      exchanges: [
        {
          request: `GET https://api.test/items?ids=${'1234567,'.repeat(1100)}`,
          status: 403,
          answer: { message: 'Forbidden' },
        },
      ],
    },
  ],
}
