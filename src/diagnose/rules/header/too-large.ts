// The request's fields are larger than servers take.
import type { FieldLine } from '../../../exchange/message.ts'
import { status } from '../../evidence.ts'
import { size } from '../../phrases.ts'
import { rfc } from '../../references.ts'
import type { Rule } from '../../rule.ts'

/** Octets of one field, and of all, beyond which common servers refuse. */
const largeField = 8192
const largeSection = 16_384
const octets = ({ name, value }: FieldLine): number => name.length + value.length + 4

export const headerTooLarge: Rule = {
  id: 'header/too-large',
  rank: 1,
  level: 'error',
  title: 'The request fields are too large',
  summary:
    'Fires on 431 and 494, on a 400 that says so, and warns when one field exceeds 8 KiB or all together 16 KiB. Names the largest.',
  references: [rfc(6585, '5', '431 Request Header Fields Too Large')],
  needs: ['request-fields-large'],
  scope: 'exchange',
  check(subject, context) {
    const { headers } = subject.request
    const refused =
      subject.status === 431 ||
      subject.status === 494 ||
      (subject.status === 400 && /(?:header|cookie|field)s?\b.{0,30}too (?:large|long|big)/.test(subject.errorText))
    const all = headers.reduce((sum, line) => sum + octets(line), 0)
    const largest = headers
      .map((line, index) => ({ line, index }))
      .sort((a, b) => octets(b.line) - octets(a.line))
      .slice(0, 3)
      // Small ones beside a large one have no part in it.
      .filter(({ line }, at) => at === 0 || octets(line) >= 512)
    if (!refused && all <= largeSection && octets(largest[0]?.line ?? { name: '', value: '' }) <= largeField)
      return undefined
    if (!refused && !context.once(`header-too-large ${subject.origin}`)) return undefined
    const cookie = largest[0]?.line.name.toLowerCase() === 'cookie'
    return {
      level: refused ? 'error' : 'warning',
      confidence: 0.96,
      title: `The request fields take ${size(all)}`,
      brief: cookie ? 'Cookies too large' : 'Request fields too large',
      explanation: `The fields of this request take ${size(all)}; the largest are ${largest.map(({ line }) => `${line.name} (${size(octets(line))})`).join(', ')}. Servers commonly stop at 8 to 16 KiB.`,
      evidence: [
        ...(refused ? [status(subject)] : []),
        ...largest.map(({ line, index }) => ({
          location: { at: 'request.header' as const, name: line.name, index },
          value: size(octets(line)),
        })),
      ],
      fix: cookie
        ? { kind: 'complete', text: 'Send it without the cookies.', edits: [{ op: 'remove-header', name: 'Cookie' }] }
        : { kind: 'advice', text: 'Send less in the largest field.' },
    }
  },
  examples: [
    {
      name: '431 with large cookies',
      fires: true,
      primary: true,
      fix: 'complete',
      exchanges: [{ request: 'GET https://api.test/a', headers: { Cookie: `a=${'x'.repeat(9000)}` }, status: 431 }],
    },
    {
      name: 'ordinary fields',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/a', headers: { Accept: '*/*' }, status: 200, answer: {} }],
    },
  ],
}
