// A request field has a name or value that HTTP does not allow.
import { isToken } from '../../../http/field-syntax.ts'
import { clip } from '../../redact.ts'
import { rfc, rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'

const controls = /[\u0000-\u0008\u000a-\u001f\u007f]/
const beyondAscii = /[\u0080-\uffff]/

export const illegalCharacters: Rule = {
  id: 'header/illegal-characters',
  rank: 1,
  level: 'error',
  title: 'A request field holds characters HTTP does not allow',
  summary:
    'Fires on a field name that is no token, and on values with control characters or bytes beyond ASCII. File names in Content-Disposition are only warned of. Captured traffic only.',
  references: [
    rfc(9112, '5.1', 'Field Line Parsing'),
    rfc9110('5.5', 'Field Values'),
    rfc(8187, '3.2', 'Parameter Value Character Encoding'),
  ],
  needs: ['captured', 'request-fields-odd'],
  scope: 'exchange',
  check(subject) {
    if (!subject.live) return undefined
    const { headers } = subject.request
    for (let index = 0; index < headers.length; index++) {
      const line = headers[index]
      if (!line) continue
      const isName = !isToken(line.name)
      const isControl = controls.test(line.value)
      const isForeign = beyondAscii.test(line.value)
      if (!isName && !isControl && !isForeign) continue
      // Credentials with foreign octets are told of by their own rule.
      if (isForeign && !isControl && /^(?:authorization|cookie)$|key|token/i.test(line.name)) continue
      const isRefused = subject.outcome.is === 'failure' && subject.status >= 400 && subject.status < 500
      const lenient = /^(?:content-disposition|user-agent|referer)$/i.test(line.name) && !isControl
      const what = isName ? 'a name that is no token' : isControl ? 'a control character' : 'bytes beyond ASCII'
      const clean = line.value
        .replace(/[\u0000-\u0008\u000a-\u001f\u007f]/g, '')
        .replace(/[\u0080-\uffff]+/g, (text) => encodeURIComponent(text))
      return {
        level: isRefused && !lenient ? 'error' : 'warning',
        confidence: isRefused ? 0.9 : 0.8,
        title: `A request field has ${what}`,
        brief: isName ? 'Field name not a token' : isControl ? 'Control char in a field' : 'Non-ASCII in a field',
        explanation: `${isName ? 'A field name' : `The value of ${line.name}`} has ${what}. Servers and proxies read such a field differently, or refuse the request.`,
        evidence: [
          {
            location: { at: 'request.header', name: line.name, index },
            value: `${what}, ${line.value.length} characters`,
          },
        ],
        fix: isName
          ? { kind: 'complete', text: 'Leave the field out.', edits: [{ op: 'remove-header', name: line.name }] }
          : {
              kind: 'complete',
              text: 'Send the value without these characters, or encoded.',
              edits: [{ op: 'set-header', name: line.name, value: clip(clean, 4000) }],
            },
      }
    }
    return undefined
  },
  examples: [
    {
      name: 'an umlaut in a field',
      fires: true,
      fix: 'complete',
      exchanges: [{ request: 'GET https://api.test/a', headers: { 'X-Customer': 'J\u00c3\u00bcrgen' }, status: 400 }],
    },
    {
      name: 'a UTF-8 file name that works',
      fires: true,
      level: 'warning',
      exchanges: [
        {
          request: 'POST https://api.test/a',
          headers: { 'Content-Disposition': 'attachment; filename="\u00c3\u00bc.txt"' },
          body: 'x',
          status: 201,
        },
      ],
    },
    {
      name: 'an import',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/a',
          headers: { 'X-Customer': 'J\u00c3\u00bcrgen' },
          status: 400,
          imported: true,
        },
      ],
    },
  ],
}
