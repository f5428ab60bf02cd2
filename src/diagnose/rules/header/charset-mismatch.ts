// The request body is not in the charset it declares, or JSON that is not UTF-8.
import { mayBeContent } from '../../body-refused.ts'
import { requestHeader } from '../../evidence.ts'
import { rfc } from '../../references.ts'
import type { Rule } from '../../rule.ts'
import { isXmlType } from '../../side.ts'

const strict = new TextDecoder('utf-8', { fatal: true })

function firstBad(octets: Uint8Array): number | undefined {
  try {
    strict.decode(octets)
    return undefined
  } catch {
    // Halving finds the first prefix that cannot be decoded; a cut character at the end is not a fault of its own.
    let low = 0
    let high = octets.length
    while (low < high) {
      const middle = (low + high) >> 1
      try {
        new TextDecoder('utf-8', { fatal: true }).decode(octets.subarray(0, middle + 1), { stream: true })
        low = middle + 1
      } catch {
        high = middle
      }
    }
    return low
  }
}

export const charsetMismatch: Rule = {
  id: 'header/charset-mismatch',
  rank: 1,
  level: 'error',
  title: 'The body is not in the charset it should be',
  summary:
    'Fires when a JSON body is not UTF-8, or a text body declared as UTF-8 holds bytes that are not. Says where.',
  references: [rfc(8259, '8.1', 'Character Encoding')],
  needs: ['request-body'],
  scope: 'exchange',
  check(subject, context) {
    const { request } = subject
    if (request.octets.length === 0 || request.truncated || request.decodeError !== undefined) return undefined
    const declared = request.parameters.charset?.toLowerCase()
    const isText =
      request.declaredJson ||
      isXmlType(request.mediaType) ||
      request.mediaType.startsWith('text/') ||
      request.mediaType === 'application/x-www-form-urlencoded'
    if (!isText || (declared !== undefined && declared !== 'utf-8' && declared !== 'utf8' && !request.declaredJson))
      return undefined
    if (!request.declaredJson && declared === undefined) return undefined
    const [first, second] = request.octets
    const utf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)
    // Compressed octets without a declaration are told of by header/encoding-mismatch.
    if (first === 0x1f && second === 0x8b) return undefined
    const at = utf16 ? 0 : firstBad(request.octets)
    if (at === undefined) return undefined
    const text = new TextDecoder(utf16 ? (first === 0xff ? 'utf-16le' : 'utf-16be') : 'windows-1252').decode(
      request.octets,
    )
    return {
      level: mayBeContent(subject) ? 'error' : 'warning',
      confidence: 0.92,
      title: `The body is ${utf16 ? 'UTF-16' : 'not UTF-8'} from byte ${at} on`,
      brief: utf16 ? 'Body is UTF-16' : 'Body is not UTF-8',
      explanation: `${request.declaredJson ? 'JSON between systems is UTF-8' : 'The body is declared as UTF-8'}, yet byte ${at} begins no UTF-8 character.${utf16 ? ' It begins with the mark of UTF-16.' : ' It looks like Latin-1 or Windows-1252.'}`,
      evidence: [
        requestHeader(subject, 'Content-Type', context),
        {
          location: { at: 'request.body' },
          value: `byte ${at}: ${[...request.octets.subarray(at, at + 4)].map((octet) => octet.toString(16).padStart(2, '0')).join(' ')}`,
        },
      ],
      fix: {
        kind: 'complete',
        text: 'Send the same text as UTF-8.',
        edits: [{ op: 'set-body', text: text.replace(/^\ufeff/, '') }],
      },
    }
  },
  examples: [
    {
      name: 'Latin-1 in JSON',
      fires: true,
      level: 'error',
      fix: 'complete',
      exchanges: [
        {
          request: 'POST https://api.test/a',
          headers: { 'Content-Type': 'application/json' },
          body: Uint8Array.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xfc, 0x22, 0x7d]),
          status: 400,
        },
      ],
    },
    {
      name: 'UTF-8 in JSON',
      fires: false,
      exchanges: [{ request: 'POST https://api.test/a', body: { a: 'ü' }, status: 400 }],
    },
    {
      name: 'declared Latin-1 text',
      fires: false,
      exchanges: [
        {
          request: 'POST https://api.test/a',
          headers: { 'Content-Type': 'text/plain; charset=iso-8859-1' },
          body: Uint8Array.from([0xfc]),
          status: 400,
        },
      ],
    },
    {
      name: 'a picture is no text',
      fires: false,
      exchanges: [
        {
          request: 'PUT https://api.test/logo',
          headers: { 'Content-Type': 'image/png' },
          body: new Uint8Array([0x89, 0x50, 0xff, 0xfe]),
          status: 204,
        },
      ],
    },
  ],
}
