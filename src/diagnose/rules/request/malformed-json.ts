// Finds JSON request bodies that break RFC 8259 and says where, what, and how they should read.
import { type JsonFaultKind, type JsonPosition, jsonPosition } from '../../../http/json-position.ts'
import type { Context } from '../../context.ts'
import { bodyPosition, requestHeader } from '../../evidence.ts'
import { brief, count } from '../../phrases.ts'
import { printable } from '../../redact.ts'
import { rfc } from '../../references.ts'
import type { Rule, Verdict } from '../../rule.ts'
import type { Subject } from '../../subject.ts'

/** For each kind: the cause for the grid, and what the sender must know. */
const kinds: Readonly<Record<JsonFaultKind, readonly [brief: string, words: string]>> = {
  'bad-escape': [
    'Bad escape in JSON',
    'a backslash starts an escape that JSON does not have; write \\\\ for a backslash',
  ],
  'bad-number': ['Malformed number in JSON', 'JSON numbers have no leading zero, plus sign or bare decimal point'],
  'byte-order-mark': ['Byte order mark in JSON', 'a byte order mark (U+FEFF) stands before the first character'],
  comment: ['Comment in JSON', 'JSON has no comments'],
  'control-character': ['Raw line break in JSON', 'a line break or control character stands unescaped inside a string'],
  empty: ['JSON body is blank', 'the body holds white space only'],
  'javascript-object': ['[object Object] as body', 'an object was turned into a string instead of being serialised'],
  'mismatched-bracket': ['JSON bracket mismatch', 'a bracket is closed by one of the other kind'],
  'missing-colon': ['Colon missing in JSON', 'a colon must stand between a name and its value'],
  'missing-comma': ['Comma missing in JSON', 'a comma is missing between two members'],
  'missing-value': ['Value missing in JSON', 'a value is missing here'],
  'not-a-number': ['NaN or Infinity in JSON', 'JSON has no NaN and no Infinity'],
  'odd-space': [
    'Odd space in JSON',
    'a space that JSON does not know (such as a no-break space) stands between tokens',
  ],
  'python-literal': ['Python literal in JSON', 'True, False and None are Python; JSON writes true, false and null'],
  'single-quotes': ['Wrong quotes in JSON', 'JSON strings and names stand in straight double quotes'],
  'too-deep': ['JSON nested too deep', 'the value is nested too deep to be read'],
  'trailing-comma': ['Trailing comma in JSON', 'JSON allows no comma before a closing bracket'],
  truncated: ['JSON body cut off', 'the body ends before the JSON value is complete'],
  'two-documents': ['Two JSON values in a body', 'a second value follows the first'],
  'undefined-value': ['undefined in JSON', 'undefined is JavaScript; JSON writes null or leaves the member out'],
  unexpected: ['Body is not JSON', 'no JSON value can go on like this'],
  'unquoted-key': ['Unquoted name in JSON', 'member names stand in double quotes'],
  'unquoted-string': ['Unquoted text in JSON', 'text stands in double quotes'],
}

export const malformedJson: Rule = {
  id: 'request/malformed-json',
  rank: 1,
  level: 'error',
  title: 'The JSON body is malformed',
  summary:
    'Fires when a body that is declared as JSON, or begins like JSON, does not follow RFC 8259. Names the line, the column and the mistake; repairs it where only one repair is possible.',
  references: [rfc(8259, '2', 'JSON Grammar')],
  needs: ['request-body'],
  scope: 'exchange',
  check(subject, context) {
    const { request } = subject
    if (!request.hasBody || request.truncated) return undefined
    if (isLines(request.mediaType)) return inLines(subject, context)
    if (request.json?.ok !== false) return undefined
    if (!request.declaredJson && request.mediaType !== '' && !/^text\/plain$/.test(request.mediaType)) return undefined
    // What merely looks like JSON is judged only once it was refused.
    if (!request.declaredJson && subject.outcome.is !== 'failure') return undefined
    if (isOtherFormat(request.text)) return undefined
    const position = jsonPosition(request.text)
    const [fault] = position.faults
    if (!fault) return undefined
    // Lines that are each a value are NDJSON under the wrong name; servers that take it say so by succeeding.
    if (fault.kind === 'two-documents' && subject.outcome.is === 'success') return undefined
    const [short, words] = kinds[fault.kind]
    const more = position.faults.length - 1
    const failed = subject.outcome.is === 'failure'
    return {
      level: failed ? 'error' : 'warning',
      ...(failed && subject.outcome.by === 'status' && subject.status >= 500 ? { confidence: 0.85 } : {}),
      title: `The JSON body breaks at line ${fault.line}, column ${fault.column}`,
      brief: brief(short),
      explanation: `At line ${fault.line}, column ${fault.column} of the request body: ${words}${
        more > 0 ? `; ${count(more, 'more fault')} like this ${more === 1 ? 'follows' : 'follow'}` : ''
      }. ${failed ? 'A parser stops there and refuses the whole body.' : 'This server was lenient; others will refuse it.'}`,
      evidence: [
        bodyPosition('request.body', fault, around(subject, fault.offset)),
        requestHeader(subject, 'Content-Type', context),
      ],
      fix: fixFor(position),
    }
  },
  examples: [
    {
      name: 'a trailing comma, refused',
      fires: true,
      exchanges: [
        {
          request: 'POST https://api.test/items',
          headers: { 'Content-Type': 'application/json' },
          body: '{\n  "name": "a",\n}',
          status: 400,
          answer: { error: 'invalid JSON' },
        },
      ],
      level: 'error',
      brief: 'Trailing comma in JSON',
      fix: 'complete',
      primary: true,
    },
    {
      name: 'cut off in the middle of a string: nothing certain can complete it',
      fires: true,
      exchanges: [
        {
          request: 'PUT https://api.test/items/7',
          body: '{"name":"Ada Lovel',
          status: 400,
          headers: { 'Content-Type': 'application/json' },
        },
      ],
      brief: 'JSON body cut off',
      fix: 'advice',
    },
    {
      name: 'single quotes that a lenient server accepted',
      fires: true,
      exchanges: [
        {
          request: 'POST https://api.test/items',
          body: "{'a': 1}",
          status: 200,
          headers: { 'Content-Type': 'application/json' },
        },
      ],
      level: 'warning',
    },
    {
      name: 'valid JSON refused for another reason',
      fires: false,
      exchanges: [
        { request: 'POST https://api.test/items', body: { name: '' }, status: 400, answer: { error: 'name is empty' } },
      ],
    },
    {
      name: 'the second line of a bulk request is broken',
      fires: true,
      fix: 'advice',
      exchanges: [
        {
          request: 'POST https://api.test/_bulk',
          headers: { 'Content-Type': 'application/x-ndjson' },
          body: '{"a":1}\n{"b":2,}\n',
          status: 400,
        },
      ],
      brief: 'Trailing comma in JSON',
    },
    {
      name: 'one JSON value a line, declared as such',
      fires: false,
      exchanges: [
        {
          request: 'POST https://api.test/_bulk',
          headers: { 'Content-Type': 'application/x-ndjson' },
          body: '{"a":1}\n{"b":2}\n',
          status: 200,
        },
      ],
    },
    {
      name: 'a form under the JSON type is another mistake',
      fires: false,
      exchanges: [
        {
          request: 'POST https://api.test/items',
          headers: { 'Content-Type': 'application/json' },
          body: 'name=a&size=2',
          status: 400,
        },
      ],
    },
    {
      name: 'a JSON text inside a part of a form',
      fires: false,
      exchanges: [
        {
          request: 'POST https://api.test/a',
          headers: { 'Content-Type': 'multipart/form-data; boundary=b' },
          body: '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n{"a":1,}\r\n--b--\r\n',
          status: 400,
          answer: { error: 'no' },
        },
      ],
    },
  ],
}

function fixFor(position: JsonPosition) {
  const { repaired } = position
  if (repaired === undefined) {
    return {
      kind: 'advice' as const,
      text: 'Serialise the value with a JSON library instead of building the text by hand.',
    }
  }
  const edits = [{ op: 'set-body' as const, text: repaired }]
  return position.holes
    ? { kind: 'template' as const, text: 'Put a number where NaN or Infinity stood.', edits }
    : { kind: 'complete' as const, text: 'Send the same body with the syntax repaired; nothing else changes.', edits }
}

/** Up to 20 characters around the fault, strings blotted out: a body may hold secrets. */
function around(subject: Subject, offset: number): string {
  const { text } = subject.request
  const near = text.slice(Math.max(0, offset - 10), offset + 10)
  return printable(near.replace(/[\p{L}\p{N}]{5,}/gu, (word) => `${word.slice(0, 2)}…`))
}

/** XML, a form or HTML: header/content-type-body-mismatch speaks of those. */
function isOtherFormat(text: string): boolean {
  const body = text.trimStart()
  return body.startsWith('<') || /^[^=&\s{["']+=[^&]*(?:&[^=&]+=[^&]*)*$/.test(body)
}

const isLines = (type: string): boolean => /ndjson|jsonl|json-lines/.test(type)
/** Lines looked at of a body that holds one value a line. */
const maxLines = 5000

/** One JSON value a line: the first line that is none is the fault. */
function inLines(subject: Subject, context: Context): Verdict | undefined {
  if (subject.outcome.is !== 'failure') return undefined
  const lines = subject.request.text.split('\n', maxLines)
  for (const [index, text] of lines.entries()) {
    if (text.trim() === '') continue
    const [fault] = jsonPosition(text).faults
    if (!fault) continue
    const [short, words] = kinds[fault.kind]
    const place = { line: index + 1, column: fault.column }
    return {
      title: `Line ${place.line} of the body is not JSON`,
      brief: brief(short),
      explanation: `The body holds one JSON value a line. In line ${place.line}, column ${place.column}, ${words}. The server refuses this line, or the whole body.`,
      evidence: [
        bodyPosition('request.body', place, printable(fault.found)),
        requestHeader(subject, 'Content-Type', context),
      ],
      fix: {
        kind: 'advice',
        text: 'Write each value with a JSON library, on one line of its own, and end the last line, too.',
      },
    }
  }
  return undefined
}
