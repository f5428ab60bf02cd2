// Finds XML request bodies that are not well-formed, and says where.
import { type XmlFault, xmlFault } from '../../../http/xml-wellformed.ts'
import { bodyPosition, requestHeader } from '../../evidence.ts'
import type { Rule } from '../../rule.ts'
import { isXmlType } from '../../side.ts'

const kinds: Readonly<Record<XmlFault['kind'], readonly [brief: string, words: string]>> = {
  'bad-attribute': ['Bad attribute in XML', 'an attribute is not written name="value"'],
  'bad-character': ['Forbidden char in XML', 'a control character stands there that XML does not allow'],
  'bad-tag': ['Malformed tag in XML', 'a tag cannot be read'],
  'bare-ampersand': ['Unescaped & in XML', 'an ampersand stands alone; in XML it is written &amp;'],
  'bare-less-than': ['Bare < in XML', 'a less-than sign stands alone; in XML it is written &lt;'],
  'declaration-not-first': ['XML declaration not first', 'the XML declaration must be the very first thing'],
  'duplicate-attribute': ['Attribute twice in XML', 'an element has the same attribute twice'],
  empty: ['XML body is blank', 'the body holds white space only'],
  'mismatched-tag': ['XML tags do not match', 'an end tag closes another element than the open one'],
  'no-root': ['Body is not XML', 'no element begins the document'],
  'second-root': ['Two roots in XML', 'a second root element follows the first'],
  'text-outside-root': ['Text outside XML root', 'text stands outside the root element'],
  unclosed: ['XML element not closed', 'an element is never closed; the body may be cut off'],
  'unknown-entity': ['Unknown entity in XML', 'XML itself knows only amp, lt, gt, quot and apos'],
}

export const malformedXml: Rule = {
  id: 'request/malformed-xml',
  rank: 1,
  level: 'error',
  title: 'The XML body is malformed',
  summary: 'Fires when a refused request carries XML that is not well-formed. Names line, column and the mistake.',
  references: [{ title: 'XML 1.0 §2.1: Well-Formed XML Documents', url: 'https://www.w3.org/TR/xml/#sec-well-formed' }],
  on: 'failure',
  needs: ['request-body'],
  scope: 'exchange',
  check(subject, context) {
    const { request } = subject
    if (!request.hasBody || request.truncated) return undefined
    const declared = isXmlType(request.mediaType) && request.mediaType !== 'application/xhtml+xml'
    if (!declared && !(request.mediaType === '' && /^\s*<\?xml/.test(request.text.slice(0, 200)))) return undefined
    // Another format under an XML type is header/content-type-body-mismatch.
    if (/^\s*[{[]/.test(request.text)) return undefined
    const fault = xmlFault(request.text)
    if (!fault) return undefined
    const [short, words] = kinds[fault.kind]
    const repaired =
      fault.kind === 'bare-ampersand'
        ? request.text.replace(/&(?!#\d+;|#x[0-9a-fA-F]+;|[\p{L}_:][\p{L}\p{N}_:.-]*;)/gu, '&amp;')
        : undefined
    return {
      title: `The XML body breaks at line ${fault.line}, column ${fault.column}`,
      brief: short,
      explanation: `At line ${fault.line}, column ${fault.column} of the request body: ${words}. An XML parser must stop there and refuse the whole body.`,
      evidence: [bodyPosition('request.body', fault, fault.found), requestHeader(subject, 'Content-Type', context)],
      fix:
        repaired !== undefined && !xmlFault(repaired)
          ? {
              kind: 'complete',
              text: 'Send it with the ampersand escaped.',
              edits: [{ op: 'set-body', text: repaired }],
            }
          : { kind: 'advice', text: 'Let an XML library write the body instead of joining text.' },
    }
  },
  examples: [
    {
      name: 'a bare ampersand',
      fires: true,
      primary: true,
      fix: 'complete',
      exchanges: [
        {
          request: 'POST https://api.test/orders',
          headers: { 'Content-Type': 'application/xml' },
          body: '<order>\n  <name>Bed & Breakfast</name>\n</order>',
          status: 400,
        },
      ],
      brief: 'Unescaped & in XML',
    },
    {
      name: 'an end tag of another element',
      fires: true,
      fix: 'advice',
      exchanges: [
        {
          request: 'POST https://api.test/orders',
          headers: { 'Content-Type': 'text/xml' },
          body: '<a><b></a>',
          status: 500,
        },
      ],
    },
    {
      name: 'well-formed and refused for another reason',
      fires: false,
      exchanges: [
        {
          request: 'POST https://api.test/orders',
          headers: { 'Content-Type': 'application/xml' },
          body: '<a>&#38;</a>',
          status: 400,
        },
      ],
    },
    {
      name: 'HTML need not be XML',
      fires: false,
      exchanges: [
        {
          request: 'POST https://api.test/pages',
          headers: { 'Content-Type': 'text/html' },
          body: '<p>a<br>b',
          status: 400,
        },
      ],
    },
  ],
}
