// Whatever is pasted, imported or redacted: no exception but the one sentence, and redacting again changes nothing.

import t from 'tap'
import { isFileProblem } from '../../src/formats/file-problem.ts'
import { formats } from '../../src/formats/formats.ts'
import { fromCurl } from '../../src/formats/from-curl.ts'
import { createRedactor } from '../../src/http/secrets.ts'
import { sha256Text } from '../../src/http/sha256.ts'
import { fc } from '../support/property.ts'
import { digestOf } from './varied-exchange.ts'

const piece = fc.constantFrom(
  ...[
    'curl',
    '-H',
    '--data',
    '-F',
    '"',
    "'",
    '$(',
    '`',
    '\\',
    '^',
    '\n',
    ' ',
    'http://a',
    '{',
    '}',
    '[',
    ']',
    ':',
    '=',
    '&',
    '%',
    '%4',
    'eyJ',
  ],
  ...[
    'eyJhbGciOiJIUzI1NiJ9.e30.x',
    'password',
    'token',
    'Bearer ',
    '--b\r\n',
    '\r\n\r\n',
    '<a>',
    '</a>',
    'data: ',
    '\u0000',
    '\ud800',
    'é',
    '\u{1f600}',
  ],
  ...[
    '--',
    '-X',
    '@',
    '"a":',
    '{"a":{"password":',
    '1e5',
    'AKIA1234567890ABCDEF',
    '{"log":{"entries":[',
    '"request":{"url":"http://a"}',
  ],
)
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(piece, { maxLength: 25 }).map((pieces) => pieces.join('')),
)
const types = fc.constantFrom(
  'application/json',
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=b',
  'text/xml',
  'text/event-stream',
  'image/png',
  '',
)
const utf8 = (value: string) => new TextEncoder().encode(value)

t.test('pasted commands', (t) => {
  fc.assert(
    fc.property(text, (value) => {
      for (const command of [value, `curl ${value}`]) {
        const read = fromCurl(command)
        if ('error' in read && !/^\S[\s\S]*\.$/.test(read.error)) return false
      }
      return true
    }),
    { numRuns: 3000 },
  )
  t.pass()
  t.end()
})

t.test('redaction of any text as any type, twice', (t) => {
  fc.assert(
    fc.property(text, types, (value, type) => {
      const once = createRedactor(sha256Text).content(utf8(value), type)
      const twice = createRedactor(sha256Text).content(once, type)
      const { url, fields } = createRedactor(sha256Text)
      url(value)
      fields([
        { name: 'authorization', value },
        { name: 'cookie', value },
        { name: 'x-other', value },
      ])
      return Buffer.compare(once, twice) === 0
    }),
    { numRuns: 3000, seed: 4711 },
  )
  t.pass()
  t.end()
})

t.test('files of every format that is read', async (t) => {
  for (const format of formats) {
    const { read } = format
    if (!read) continue
    await fc.assert(
      fc.asyncProperty(text, fc.uint8Array(), async (value, noise) => {
        for (const octets of [utf8(value), noise]) {
          async function* pieces() {
            yield octets
          }
          const context = { sessionId: 's', file: 'f', nextId: () => '1', digest: digestOf, now: 0, maxContent: 1000 }
          try {
            for await (const result of read(pieces(), context))
              if ('skipped' in result && !result.skipped.reason.endsWith('.')) return false
          } catch (error) {
            if (!isFileProblem(error)) throw error
          }
        }
        return true
      }),
      { numRuns: 1000 },
    )
    t.pass(format.title)
  }
})
