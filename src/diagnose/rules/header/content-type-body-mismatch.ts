// The request declares one media type and carries another.

import type { Edit } from '../../../exchange/edit.ts'
import { mayBeContent } from '../../body-refused.ts'
import type { Context } from '../../context.ts'
import { requestHeader } from '../../evidence.ts'
import type { Fix } from '../../finding.ts'
import { readJson } from '../../json-reading.ts'
import { isObject } from '../../json-value.ts'
import { losslessCast } from '../../lossless-cast.ts'
import { readPairs } from '../../pairs.ts'
import { rfc, rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'
import { isXmlType } from '../../side.ts'
import type { Subject } from '../../subject.ts'

const formText = /^[^=&\s{<]+=[^&\s]*(?:&[^=&]+=[^&]*)*$/

type Found = { readonly is: string; readonly brief: string; readonly type?: string; readonly text: string }

function mismatch(subject: Subject): Found | undefined {
  const { request } = subject
  if (!request.hasBody || request.truncated || request.octets.length === 0) return undefined
  const text = request.text.trim()
  const declared = request.mediaType
  if (request.declaredJson && request.json?.ok === false) {
    if (formText.test(text))
      return { is: 'a form', brief: 'Form sent as JSON', type: 'application/x-www-form-urlencoded', text }
    if (/^<(?:\?xml|[A-Za-z])/.test(text))
      return { is: 'XML', brief: 'XML sent as JSON', type: 'application/xml', text }
  }
  if (declared === 'application/x-www-form-urlencoded' && /^[[{]/.test(text) && isObjectOrList(text))
    return { is: 'JSON', brief: 'JSON sent as form', type: 'application/json', text }
  if (isXmlType(declared) && /^[[{]/.test(text) && isObjectOrList(text))
    return { is: 'JSON', brief: 'JSON sent as XML', type: 'application/json', text }
  if (!declared.startsWith('multipart/')) return undefined
  const { boundary } = request.parameters
  const found = /^--([^\r\n]{1,70})\r?\n/.exec(request.text)?.[1]
  if (boundary === undefined) {
    if (found)
      return {
        is: `multipart with the boundary ${found}`,
        brief: 'Boundary not declared',
        type: `${declared}; boundary=${found}`,
        text,
      }
    return isObjectOrList(text)
      ? { is: 'JSON', brief: 'JSON sent as multipart', type: 'application/json', text }
      : { is: 'without any boundary', brief: 'Boundary not declared', text }
  }
  if (!request.text.includes(`--${boundary}`)) {
    if (isObjectOrList(text)) return { is: 'JSON', brief: 'JSON sent as multipart', type: 'application/json', text }
    return {
      is: found ? `multipart with the boundary ${found}` : 'without that boundary',
      brief: 'Boundary not in the body',
      ...(found ? { type: `${declared}; boundary=${found}` } : {}),
      text,
    }
  }
  return undefined
}

function isObjectOrList(text: string): boolean {
  if (!/^[[{]/.test(text)) return false
  const reading = readJson(text)
  return reading.ok && typeof reading.value === 'object' && reading.value !== null
}

export const contentTypeBodyMismatch: Rule = {
  id: 'header/content-type-body-mismatch',
  rank: 1,
  level: 'error',
  title: 'Content-Type does not describe the body',
  summary:
    'Fires when a body declared as JSON is a form or XML, one declared as a form or XML is JSON, or a multipart boundary is not declared or not in the body. Reads the body, never only the label.',
  references: [rfc9110('8.3', 'Content-Type'), rfc(2046, '5.1.1', 'Common Syntax')],
  needs: ['request-body'],
  scope: 'exchange',
  check(subject, context) {
    const found = mismatch(subject)
    if (!found) return undefined
    // What this endpoint accepted before under the same label is not what it refuses now.
    const before = context.baseline?.requestHeaders.get('content-type')
    const isUsual =
      subject.imported &&
      before !== undefined &&
      before.count > 1 &&
      before.value === subject.request.header('content-type')
    const isRefused = mayBeContent(subject) && !isUsual
    if (
      subject.outcome.is !== 'failure' &&
      !context.once(`content-type-body-mismatch ${subject.origin} ${found.brief}`)
    )
      return undefined
    return {
      level: isRefused ? 'error' : 'warning',
      // What is wrong inside a multipart body is told better by the rule that reads its parts.
      confidence: /oundary/.test(found.brief) ? 0.85 : 0.97,
      title: `The body is ${found.is}, Content-Type says ${subject.request.mediaType}`,
      brief: found.brief,
      explanation: `Content-Type declares ${subject.request.mediaType}; the body is ${found.is}. A server that believes the label cannot read the body.`,
      evidence: [
        requestHeader(subject, 'Content-Type', context),
        {
          location: { at: 'request.body', line: 1, column: 1 },
          value: `${subject.request.octets.length} bytes, ${found.is}`,
        },
      ],
      fix: fixFor(subject, context, found),
    }
  },
  examples: [
    {
      name: 'a form declared as JSON',
      fires: true,
      primary: true,
      fix: 'complete',
      exchanges: [
        {
          request: 'POST https://api.test/a',
          headers: { 'Content-Type': 'application/json' },
          body: 'name=Ada&age=36',
          status: 400,
          answer: { error: 'Unexpected token' },
        },
      ],
    },
    {
      name: 'JSON declared as a form',
      fires: true,
      primary: true,
      fix: 'complete',
      exchanges: [
        {
          request: 'POST https://api.test/a',
          headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
          body: '{"name":"Ada"}',
          status: 422,
          answer: { error: 'name is required' },
        },
      ],
    },
    {
      name: 'multipart without a boundary',
      fires: true,
      fix: 'complete',
      exchanges: [
        {
          request: 'POST https://api.test/a',
          headers: { 'Content-Type': 'multipart/form-data' },
          body: '--abc\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--abc--\r\n',
          status: 400,
        },
      ],
    },
    {
      name: 'JSON sent as text/plain is not contradicted',
      fires: false,
      exchanges: [
        {
          request: 'POST https://api.test/a',
          headers: { 'Content-Type': 'text/plain' },
          body: '{"name":"Ada"}',
          status: 400,
        },
      ],
    },
    {
      name: 'a form whose one value is JSON',
      fires: false,
      exchanges: [
        {
          request: 'POST https://api.test/a',
          headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
          body: 'payload={"a":1}',
          status: 400,
        },
      ],
    },
  ],
}

/** Where successes were of the declared type, the body is converted; else the label is corrected. */
function fixFor(subject: Subject, context: Context, found: Found): Fix {
  const declared = subject.request.mediaType
  const accepted = context.baseline?.requestHeaders.get('content-type')?.value ?? ''
  const prefersDeclared =
    accepted.toLowerCase().startsWith(declared) || (subject.status === 415 && subject.errorText.includes(declared))
  const converted = prefersDeclared ? convert(subject, context, found) : undefined
  if (converted) return { kind: 'complete', text: `Send the same members as ${declared}.`, edits: [converted] }
  if (!found.type)
    return {
      kind: 'template',
      text: 'Declare the boundary that separates the parts.',
      edits: [{ op: 'set-header', name: 'Content-Type', value: `${declared}; boundary={{boundary}}` }],
    }
  return {
    kind: 'complete',
    text: `Declare what the body is: ${found.type}.`,
    edits: [{ op: 'set-header', name: 'Content-Type', value: found.type }],
  }
}

function convert(subject: Subject, context: Context, found: Found): Edit | undefined {
  if (found.is === 'a form') {
    const members = Object.fromEntries(
      readPairs(found.text).map(({ name, value }) => {
        // Forms know only texts; the successes tell what each member is.
        const types = [...(context.baseline?.request.at(`/${name}`)?.types.keys() ?? [])]
        const [type] = types.length === 1 ? types : []
        return [name, (type && type !== 'string' ? losslessCast(value, type)?.value : undefined) ?? value]
      }),
    )
    return { op: 'set-body', text: JSON.stringify(members) }
  }
  if (found.is !== 'JSON' || subject.request.mediaType !== 'application/x-www-form-urlencoded') return undefined
  const reading = readJson(found.text)
  if (!reading.ok || !isObject(reading.value)) return undefined
  const flat = Object.entries(reading.value).filter(([, value]) =>
    ['string', 'number', 'boolean'].includes(typeof value),
  )
  if (flat.length !== Object.keys(reading.value).length) return undefined
  return { op: 'set-body', text: new URLSearchParams(flat.map(([name, value]) => [name, String(value)])).toString() }
}
