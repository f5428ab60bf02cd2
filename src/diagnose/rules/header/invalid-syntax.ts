// A request field whose value breaks its own grammar.
import type { Edit } from '../../../exchange/edit.ts'
import { httpDate } from '../../../http/http-date.ts'
import { requestHeader } from '../../evidence.ts'
import { brief } from '../../phrases.ts'
import { rfc, rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'

type Fault = { readonly expected: string; readonly repaired?: string }
type Grammar = (value: string) => Fault | undefined

const mediaRange = /^\s*(?:\*|[!#$%&'*+.^_`|~0-9A-Za-z-]+)\/[!#$%&'*+.^_`|~0-9A-Za-z-]+\s*(?:;[^,]*)?$/
/** What most requests say: one media range. */
const plainRange = /^[\w.+*-]+\/[\w.+*-]+$/
const entityTag = /^(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"$/

const date: Grammar = (value) => {
  if (httpDate(value) !== undefined) return undefined
  const time = Date.parse(value)
  return {
    expected: 'a date like “Mon, 01 Jun 2026 12:00:00 GMT”',
    ...(Number.isNaN(time) ? {} : { repaired: new Date(time).toUTCString() }),
  }
}

const tags: Grammar = (value) => {
  const parts = value.split(',').map((part) => part.trim())
  if (value.trim() === '*' || parts.every((part) => entityTag.test(part))) return undefined
  const repaired = parts.every((part) => entityTag.test(part) || /^[\w.:+/=-]+$/.test(part))
    ? parts.map((part) => (entityTag.test(part) ? part : `"${part}"`)).join(', ')
    : undefined
  return { expected: 'an entity tag in double quotes', ...(repaired ? { repaired } : {}) }
}

const accept: Grammar = (value) => {
  if (value === '' || plainRange.test(value)) return undefined
  const parts = value.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/)
  if (parts.some((part) => part.trim() !== '' && part.trim() !== '*' && !mediaRange.test(part)))
    return { expected: 'media types like application/json, separated by commas' }
  const weight = parts
    .map((part) => /;\s*q=([^;,\s]*)/i.exec(part)?.[1])
    .find((q) => q !== undefined && !(/^[01](?:\.\d*)?$/.test(q) && Number(q) <= 1))
  return weight === undefined ? undefined : { expected: `a weight between 0 and 1, not ${weight}` }
}

/** Fields with a grammar worth holding clients to (RFC 9110); free text such as User-Agent never. */
const grammars: ReadonlyMap<string, Grammar> = new Map(
  Object.entries<Grammar>({
    date,
    'if-modified-since': date,
    'if-unmodified-since': date,
    'if-range': (value) => (entityTag.test(value.trim()) ? undefined : date(value)),
    'content-length': (value) => (/^\d+$/.test(value.trim()) ? undefined : { expected: 'a number of bytes' }),
    'content-type': (value) =>
      value === '' || mediaRange.test(value) ? undefined : { expected: 'a media type like application/json' },
    accept,
    'if-none-match': tags,
    'if-match': tags,
    range: (value) =>
      /^[\w-]+=\s*(?:\d+-\d*|-\d+)(?:\s*,\s*(?:\d+-\d*|-\d+))*$/.test(value.trim())
        ? undefined
        : { expected: 'a range like bytes=0-499' },
    host: (value) =>
      /[\s/?#]/.test(value.trim())
        ? {
            expected: 'a host and perhaps a port',
            repaired: value
              .trim()
              .replace(/^[a-z]+:\/\//i, '')
              .replace(/[\s/?#].*$/, ''),
          }
        : undefined,
    origin: (value) =>
      value === 'null' || /^[a-z][a-z0-9+.-]*:\/\/[^/\s]*$/i.test(value)
        ? undefined
        : /^[a-z][a-z0-9+.-]*:\/\/[^/\s]+\//i.test(value)
          ? {
              expected: 'an origin without a path',
              repaired: /^[a-z][a-z0-9+.-]*:\/\/[^/]+/i.exec(value)?.[0] ?? value,
            }
          : { expected: 'an origin like https://app.example' },
  }),
)

export const invalidSyntax: Rule = {
  id: 'header/invalid-syntax',
  rank: 1,
  level: 'error',
  title: 'A request field is not well-formed',
  summary:
    'Fires when a date, entity tag, media type, range, weight, Host, Origin or Content-Length of the request breaks its grammar. An error on 400, else a warning.',
  references: [
    rfc9110('5.6.7', 'Date/Time Formats'),
    rfc9110('8.8.3', 'ETag'),
    rfc9110('12.4.2', 'Quality Values'),
    rfc9110('14.2', 'Range'),
    rfc(9112, '3.2', 'Request Target'),
  ],
  scope: 'exchange',
  check(subject, context) {
    if (subject.imported && subject.scrubbed) return undefined
    const { headers, layout } = subject.request
    for (let index = 0; index < headers.length; index++) {
      const line = headers[index]
      const grammar = grammars.get(layout.lower[index] ?? '')
      const fault = line && line.value.trim() !== '' ? grammar?.(line.value) : undefined
      if (!line || !fault) continue
      const edit: Edit | undefined =
        fault.repaired === undefined ? undefined : { op: 'set-header', name: line.name, value: fault.repaired }
      const isRefused = subject.outcome.is === 'failure' && [400, 406, 412, 415, 416].includes(subject.status)
      if (!isRefused && !context.once(`invalid-syntax ${subject.origin} ${line.name.toLowerCase()}`)) continue
      return {
        level: isRefused ? 'error' : 'warning',
        confidence: 0.93,
        title: `${line.name} is not well-formed`,
        brief: line.name.length <= 16 ? `${line.name} malformed` : brief(`Bad ${line.name}`),
        explanation: `${line.name} should be ${fault.expected}. Servers ignore such a field or refuse the request.`,
        evidence: [requestHeader(subject, line.name, context)],
        fix: edit
          ? { kind: 'complete', text: `Write it as ${fault.repaired}.`, edits: [edit] }
          : {
              kind: 'template',
              text: `Write it as ${fault.expected}.`,
              edits: [{ op: 'set-header', name: line.name, value: `{{${fault.expected}}}` }],
            },
      }
    }
    return undefined
  },
  examples: [
    {
      name: 'an entity tag without quotes',
      fires: true,
      primary: true,
      level: 'error',
      fix: 'complete',
      exchanges: [
        { request: 'PUT https://api.test/a', headers: { 'If-Match': 'abc123' }, body: { a: 1 }, status: 400 },
      ],
    },
    {
      name: 'an ISO date where an HTTP date belongs',
      fires: true,
      level: 'warning',
      fix: 'complete',
      exchanges: [
        {
          request: 'GET https://api.test/a',
          headers: { 'If-Modified-Since': '2026-05-31T00:00:00Z' },
          status: 200,
          answer: {},
        },
      ],
    },
    {
      name: 'a weak entity tag',
      fires: false,
      exchanges: [
        { request: 'PUT https://api.test/a', headers: { 'If-Match': 'W/"abc123"' }, body: { a: 1 }, status: 400 },
      ],
    },
    {
      name: 'a free-text field',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/a', headers: { 'User-Agent': '(((' }, status: 400 }],
    },
  ],
}
