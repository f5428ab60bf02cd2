// The answer is declared JSON and is not.
import { bodyPosition, responseHeader } from '../../evidence.ts'
import { readJson } from '../../json-reading.ts'
import { rfc } from '../../references.ts'
import type { Rule } from '../../rule.ts'

/** Guards against script inclusion that clients are told to strip, and a byte order mark. */
const prefix = /^\ufeff?(?:\)\]\}'[,\n]?|while\s*\(1\);|for\s*\(;;\);|&&&START&&&)?\s*/
const jsonp = /^\s*(?:\/\*\*\/)?\s*[\w.$]+\s*\([\s\S]*\)\s*;?\s*$/

export const responseMalformedJson: Rule = {
  id: 'response/malformed-json',
  rank: 1,
  level: 'error',
  title: 'The answer is not well-formed JSON',
  summary:
    'Fires when a whole answer declared as JSON does not parse, after guards against script inclusion were removed. Lines of JSON, JSONP and HTML have other names.',
  references: [rfc(8259, '2', 'JSON Grammar')],
  needs: ['response-other'],
  scope: 'exchange',
  check(subject, context) {
    const { response } = subject
    if (!response?.declaredJson || response.truncated || response.json?.ok !== false || subject.method === 'HEAD')
      return undefined
    if (subject.exchange.outcome.state !== 'complete' || [204, 304].includes(subject.status) || response.decodeError)
      return undefined
    const { text } = response
    if (text.trim() === '' || /^\s*</.test(text) || jsonp.test(text.slice(0, 5000))) return undefined
    const bare = text.replace(prefix, '')
    if (bare !== text && readJson(bare).ok) return undefined
    const rows = bare.split('\n').filter((line) => line.trim() !== '')
    if (rows.length > 1 && rows.slice(0, 20).every((line) => readJson(line).ok)) return undefined
    const { line, column, offset } = response.json
    const end = offset >= text.trimEnd().length
    // A plain word under a JSON label is a label's fault, which response/content-type-mismatch tells.
    const isWord = !/^[\s\ufeff]*[[{"]/.test(text)
    return {
      // Scrubbing damages imports, so there it proves little; so does a bare word.
      // Where the status says failure already, that is the cause; this is how it was said.
      level: subject.imported || isWord ? 'note' : subject.outcome.by === 'status' ? 'warning' : 'error',
      confidence: 0.93,
      title: end
        ? 'The JSON of the answer is cut off'
        : `The JSON of the answer breaks at line ${line}, column ${column}`,
      brief: end ? 'JSON of answer cut off' : 'Answer is not valid JSON',
      explanation: `The answer is declared as ${response.mediaType}, yet ${end ? 'it ends before the value is complete' : `it is not valid JSON: it breaks at line ${line}, column ${column}`}. Every client that parses it fails there.`,
      evidence: [
        responseHeader(subject, 'Content-Type', context),
        bodyPosition('response.body', { line, column }, end ? '(end)' : text.slice(offset, offset + 20)),
      ],
      fix: {
        kind: 'advice',
        text: 'Report it to the provider with this position; look for a server error that was written into the answer.',
      },
    }
  },
  examples: [
    {
      name: 'a stray comma',
      fires: true,
      level: 'error',
      exchanges: [
        {
          request: 'GET https://api.test/a',
          status: 200,
          answerHeaders: { 'Content-Type': 'application/json' },
          answer: '{"a":1,}',
        },
      ],
    },
    {
      name: 'a guard in front',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/a',
          status: 200,
          answerHeaders: { 'Content-Type': 'application/json' },
          answer: ')]}\'\n{"a":1}',
        },
      ],
    },
    {
      name: 'one value a line',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/a',
          status: 200,
          answerHeaders: { 'Content-Type': 'application/json' },
          answer: '{"a":1}\n{"a":2}\n',
        },
      ],
    },
    {
      name: '204 with a type and nothing else',
      fires: false,
      exchanges: [
        { request: 'DELETE https://api.test/a', status: 204, answerHeaders: { 'Content-Type': 'application/json' } },
      ],
    },
    {
      name: 'a byte order mark in front',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/a',
          status: 200,
          answerHeaders: { 'Content-Type': 'application/json' },
          answer: '\ufeff{"a":1}',
        },
      ],
    },
  ],
}
