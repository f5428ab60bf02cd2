// An integer too large for the numbers most JSON parsers use.
import { bodyPosition } from '../../evidence.ts'
import { positionAt } from '../../json-reading.ts'
import { rfc } from '../../references.ts'
import type { Rule } from '../../rule.ts'

/** Integers outside a string of 16 digits and more; what is beyond 2^53-1 is decided exactly. */
const long = /[:[,]\s*(-?\d{16,40})(?=\s*[,}\]])/g
const largest = BigInt(Number.MAX_SAFE_INTEGER)

export const numberPrecision: Rule = {
  id: 'schema/number-precision',
  rank: 1,
  level: 'note',
  title: 'A number of the answer is too large to be read exactly',
  summary:
    'Notes, once per endpoint, an integer beyond 2^53-1 in a JSON answer. JavaScript and others round it, so that ids change silently.',
  references: [rfc(8259, '6', 'Numbers'), rfc(7493, '2.2', 'Numbers')],
  on: 'success',
  needs: ['response-json'],
  scope: 'exchange',
  check(subject, context) {
    const { response } = subject
    if (response?.json?.ok !== true || response.truncated || response.octets.length > 1_000_000) return undefined
    if (!/\d{16}/.test(response.text)) return undefined
    const text = response.text.replace(/"(?:[^"\\]|\\.)*"/g, (string) => ' '.repeat(string.length))
    for (const match of text.matchAll(long)) {
      const number = match[1] ?? ''
      const size = BigInt(number)
      if (size <= largest && size >= -largest) continue
      if (!context.once(`number-precision ${subject.endpoint.key}`)) return undefined
      const name = /"([^"]+)"\s*$/.exec(response.text.slice(0, match.index))?.[1]
      const twin = name !== undefined && response.text.includes(`"${name}_str"`)
      const at = match.index + match[0].lastIndexOf(number)
      return {
        confidence: 0.95,
        brief: `${name ?? 'A number'} loses digits`.slice(0, 26),
        explanation: `${name ? `The member ${name}` : 'A number'} is ${number}, beyond 9007199254740991. Parsers that use double-precision numbers, as JavaScript does, read ${Number(number)}.${twin ? ` The same value stands in ${name}_str as text.` : ''}`,
        evidence: [bodyPosition('response.body', positionAt(response.text, at), number)],
        fix: {
          kind: 'advice',
          text: twin ? `Read ${name}_str.` : 'Read it with a parser that keeps large integers, or ask for it as text.',
        },
      }
    }
    return undefined
  },
  examples: [
    {
      name: 'a snowflake id',
      fires: true,
      level: 'note',
      exchanges: [
        {
          request: 'GET https://api.test/a',
          status: 200,
          answerHeaders: { 'Content-Type': 'application/json' },
          answer: '{"id": 1050118621198921728}',
        },
      ],
    },
    {
      name: 'the same inside a text',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/a',
          status: 200,
          answerHeaders: { 'Content-Type': 'application/json' },
          answer: '{"id": "x: 1050118621198921728,"}',
        },
      ],
    },
    {
      name: 'the largest whole number that is safe',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/a',
          status: 200,
          answer: '{"id":9007199254740991}',
          answerHeaders: { 'Content-Type': 'application/json' },
        },
      ],
    },
  ],
}
