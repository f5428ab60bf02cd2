// Messages that must come out of the wire as they went in: fields, their order and octets, and where a message ends.
import type { FieldKind } from '../support/hpack.ts'

/** `name: value`; with `never ` before it never indexed (RFC 7541 §6.2.3). */
export type Lines = readonly string[]
export type Message = {
  readonly name: string
  /** Request: behind method, scheme, authority and path. Answer: behind the status. */
  readonly fields?: Lines
  readonly method?: string
  readonly path?: string
  readonly status?: string
  readonly interim?: readonly Lines[]
  /** Each a frame, the last with END_STREAM; none: END_STREAM stands with the head. */
  readonly content?: readonly string[]
  readonly trailers?: Lines
}
export const kindOfLine = (line: string): Exclude<FieldKind, 'indexed'> =>
  line.startsWith('never ') ? 'never' : 'plain'
export const textOfLine = (line: string): string => line.replace(/^never /, '')

const high = Array.from({ length: 128 }, (_, i) => String.fromCharCode(128 + i)).join('')

/** Fields as either message may have them. */
const lists: readonly (readonly [string, Lines])[] = [
  ['order, and duplicates that do not stand together', ['x-b: 1', 'x-a: 2', 'x-b: 3', 'x-c: 4', 'x-a: 5', 'x-b: 3']],
  ['empty values', ['x-empty: ', 'accept: ', 'x-empty: ', 'via: ']],
  ['every octet above ASCII', [`x-high: ${high}`, 'x-utf8: gr\xc3\xbc\xc3\x9fe', 'x-bad-utf8: \xff\xfe\xc3']],
  [
    'commas, quotes, semicolons, tabs within',
    ['x-list: a, b,,c', 'x-quoted: "a, \\"b\\""', 'x-tab: a\tb', 'x-eq: a=b; c="d;e"'],
  ],
  ['names of every character a token may have', ["!#$%&'*+-.^_`|~09az: odd", '0: digit', '-: dash']],
  [
    'fields that other implementations know and touch',
    [
      'date: not a date',
      'content-type: a/b;;',
      'age: x',
      'expires: 0',
      'etag: "a", "b"',
      'server: a',
      'user-agent: b',
      'user-agent: c',
      'authorization: one',
      'authorization: two',
      'if-match: a',
      'if-match: b',
      'max-forwards: x',
      'content-length: 0',
    ],
  ],
  ['a value of 9,000 octets among short ones', ['x-1: a', `x-long: ${'0123456789'.repeat(900)}`, 'x-2: b']],
  ['three hundred lines', Array.from({ length: 300 }, (_, i) => `x-${i % 7}: ${i}`)],
  [
    'fields that must never be indexed',
    ['never authorization: Basic c2VjcmV0', 'x: 1', 'never x-key: 2', 'never x: 3'],
  ],
  ['the same line, never indexed and not', ['x-a: 1', 'never x-a: 1', 'x-a: 1']],
]
const both: readonly Message[] = lists.map(([name, fields]) => ({ name, fields }))

export const requests: readonly Message[] = [
  ...both,
  { name: 'cookie crumbs', fields: ['cookie: a=1', 'x: y', 'cookie: b=2', 'cookie: c=3; d=4'] },
  { name: 'Host beside :authority', fields: ['host: other.test', 'x: y'] },
  { name: 'a method nobody knows', method: 'BREW-IT' },
  { name: 'a method in lower case', method: 'get' },
  { name: 'a path of odd characters', path: '/%zz/%2F//../;a=b?x=[]{}|\\^`"<>&&=#f' },
  { name: 'a path beyond ASCII', path: '/gr\xc3\xbc\xc3\x9fe/\xff' },
  { name: 'OPTIONS of everything', method: 'OPTIONS', path: '*' },
  { name: 'TE: trailers', fields: ['te: trailers'] },
  { name: 'Expect, which is the origin’s matter', method: 'POST', fields: ['expect: 100-continue'], content: ['x'] },
  { name: 'Proxy-Authorization inside a tunnel', fields: ['proxy-authorization: Basic eDp5'] },
  { name: 'no content, in a frame of its own', method: 'POST', content: [''] },
  { name: 'content of GET', content: ['a', 'bc', 'd'] },
  {
    name: 'content, and an empty frame to end with',
    method: 'PUT',
    content: ['abc', ''],
    fields: ['content-length: 3'],
  },
  { name: 'trailers', method: 'POST', content: ['x', 'y'], trailers: ['x-t: 1', 'x-u: ', 'x-v: \xe9'] },
  { name: 'trailers behind no content at all', method: 'POST', content: [], trailers: ['x-t: 1'] },
  {
    name: 'duplicates in trailers that do not stand together',
    method: 'POST',
    content: ['x'],
    trailers: ['x-t: 1', 'x-u: 2', 'x-t: 3', 'x-t: 1'],
  },
  {
    name: 'trailers that must never be indexed',
    method: 'POST',
    content: ['x'],
    trailers: ['x-a: 1', 'never x-b: 2'],
  },
]

export const answers: readonly Message[] = [
  ...both,
  { name: 'Set-Cookie between others', fields: ['set-cookie: a=1', 'x: y', 'set-cookie: b=2', 'set-cookie: a=1'] },
  { name: 'a status nobody knows', status: '299' },
  { name: 'a status above 599', status: '999' },
  { name: '204', status: '204' },
  { name: '304 with the length it would have', status: '304', fields: ['content-length: 1234', 'etag: "x"'] },
  { name: 'no content, in a frame of its own', content: [''] },
  { name: 'content, and an empty frame to end with', content: ['abc', ''], fields: ['content-length: 3'] },
  { name: 'content in many frames', content: Array.from({ length: 40 }, (_, i) => `part ${i} `) },
  {
    name: '103, twice',
    interim: [
      [':status: 103', 'link: </a>', 'link: </b>'],
      [':status: 103', 'link: </c>'],
    ],
  },
  {
    name: 'every interim answer',
    interim: [[':status: 100'], [':status: 102', 'x: 1'], [':status: 103', 'link: </a>'], [':status: 199', 'x-y: z']],
  },
  {
    name: 'duplicates in an interim answer that do not stand together',
    interim: [[':status: 103', 'link: </a>', 'x: 1', 'link: </b>', 'x: ']],
  },
  { name: 'octets beyond ASCII in an interim answer', interim: [[':status: 103', 'x: gr\xfc\xdfe']] },
  { name: 'trailers', content: ['x', 'y'], trailers: ['grpc-status: 0', 'x-u: ', 'x-v: \xe9'] },
  { name: 'trailers behind no content at all', content: [], trailers: ['grpc-status: 5'] },
  {
    name: 'duplicates in trailers that do not stand together',
    content: ['x'],
    trailers: ['x-t: 1', 'x-u: 2', 'x-t: 3', 'x-t: 1'],
  },
  { name: 'trailers that must never be indexed', content: ['x'], trailers: ['x-a: 1', 'never x-b: 2'] },
  { name: 'an answer before the request is complete', content: ['early'] },
]
