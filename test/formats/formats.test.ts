// What each format writes is what its readers expect.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import t from 'tap'
import { isFileProblem } from '../../src/formats/file-problem.ts'
import type { ExportContext, ExportItem, Format, ImportContext, ReadResult } from '../../src/formats/format.ts'
import { findFormat, formats, recogniseFormat } from '../../src/formats/formats.ts'
import { httpRequest } from '../../src/formats/http-file.ts'
import { markdownReport } from '../../src/formats/markdown.ts'
import {
  csharpLiteral,
  goLiteral,
  javaLiteral,
  phpLiteral,
  pythonLiteral,
  rubyLiteral,
} from '../../src/formats/source-literal.ts'
import { writeFile } from '../../src/formats/write-file.ts'
import { nastyItem, nastyText } from './nasty-request.ts'
import { digestOf } from './varied-exchange.ts'

const run = promisify(execFile)
const utf8 = (text: string) => new TextEncoder().encode(text)
const context: ExportContext = { version: '0', secrets: true, hash: (text) => text, decode: () => undefined }
const importContext = (): ImportContext => {
  let last = 0
  return {
    sessionId: 's',
    file: 'f',
    nextId: () => String(++last).padStart(16, '0'),
    digest: digestOf,
    now: 1e12,
    maxContent: 1e7,
  }
}

async function text(format: Format, items: ExportItem[]): Promise<string> {
  let all = ''
  for await (const piece of writeFile(format, items, context))
    all += typeof piece === 'string' ? piece : Buffer.from(piece).toString()
  return all
}

async function read(format: Format | undefined, file: string | Uint8Array): Promise<ReadResult[]> {
  async function* octets() {
    yield typeof file === 'string' ? utf8(file) : file
  }
  const results: ReadResult[] = []
  if (format?.read) for await (const result of format.read(octets(), importContext())) results.push(result)
  return results
}

t.test('literals of languages that are not here follow their grammar', async (t) => {
  // PHP's and Ruby's single quotes have Perl's grammar: \\ and \' and nothing else.
  const plain = nastyText.replace(/[\0-\x1f\x7f]/g, '')
  for (const literal of [phpLiteral, rubyLiteral]) {
    const { stdout } = await run('perl', ['-e', `binmode(STDOUT); print ${literal(plain)}`])
    t.equal(stdout, plain)
    const controls = literal(nastyText)
    t.notMatch(
      controls,
      literal === phpLiteral ? /[^\\](\\\\)*\$/ : /[^\\](\\\\)*#/,
      'nothing is interpolated in double quotes',
    )
  }
  // Go and Python read what JSON writes, C# too.
  for (const literal of [goLiteral, pythonLiteral]) t.equal(JSON.parse(literal(nastyText)), nastyText)
  t.equal(JSON.parse(csharpLiteral(nastyText)), nastyText)
  const octal = javaLiteral(nastyText).replace(
    /\\([0-7]{3})/g,
    (_, digits: string) => `\\u${Number.parseInt(digits, 8).toString(16).padStart(4, '0')}`,
  )
  t.equal(JSON.parse(octal), nastyText)
  const { stdout } = await run('python3', [
    '-c',
    `import sys; sys.stdout.buffer.write(${pythonLiteral(nastyText)}.encode())`,
  ])
  t.equal(stdout, nastyText)
})

t.test('a Postman collection written is read again: method, URL, headers, body, saved answer', async (t) => {
  const one = nastyItem('https://api.test/v1/a?x=1&y=%20z', utf8('{"a":1.0}'), [
    ['Content-Type', 'application/json'],
    ['X-Dup', '1'],
    ['X-Dup', '2'],
  ])
  const two = nastyItem('https://api.test/form', utf8('a=1&b=x%20y&a=2'), [
    ['Content-Type', 'application/x-www-form-urlencoded'],
  ])
  const three = nastyItem('https://api.test/bin', Uint8Array.from([0, 255]), [
    ['Content-Type', 'application/octet-stream'],
  ])
  const file = await text(findFormat('postman') as Format, [one, two, three])
  t.match(JSON.parse(file).info.schema, /v2\.1\.0/)
  t.equal(recogniseFormat(file.slice(0, 200))?.id, 'postman')
  const results = await read(findFormat('postman'), file)
  const back = results.map((result) => ('imported' in result ? result.imported : undefined))
  t.same(
    back.map((one) => one?.exchange.request.url),
    [one, two, three].map(({ exchange }) => exchange.request.url),
  )
  t.same(
    back.map((one) => Buffer.from(one?.contents[0]?.octets ?? []).toString('hex')),
    [one, two, three].map(({ request }) => Buffer.from(request ?? []).toString('hex')),
  )
  t.same(back[0]?.exchange.request.headers, one.exchange.request.headers)
  const answered = one.exchange.outcome.state === 'complete' ? one.exchange.outcome.response.status : undefined
  t.match(
    back[0]?.exchange.outcome,
    answered === undefined ? { state: 'failed', failure: { code: 'NOT_SENT' } } : { response: { status: answered } },
  )
})

t.test(
  'a collection made by Postman: folders, inherited authorisation, variables, GraphQL, disabled lines',
  async (t) => {
    const file = JSON.stringify({
      info: {
        _postman_id: 'x',
        name: 'C',
        schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json',
      },
      auth: { type: 'bearer', bearer: [{ key: 'token', value: '{{token}}', type: 'string' }] },
      item: [
        {
          name: 'Folder',
          item: [
            {
              name: 'A',
              request: {
                method: 'GET',
                header: [{ key: 'X', value: '1', disabled: true }],
                url: { raw: '{{base}}/a' },
              },
            },
          ],
        },
        {
          name: 'B',
          request: {
            auth: {
              type: 'basic',
              basic: [
                { key: 'username', value: 'u' },
                { key: 'password', value: 'p' },
              ],
            },
            method: 'POST',
            body: { mode: 'graphql', graphql: { query: '{a}', variables: '{"n":1}' } },
            url: 'api.test/graphql',
          },
        },
        { name: 'C', request: 'https://api.test/short' },
        { name: 'D', request: { method: 'GET', url: { raw: 'file:///etc/passwd' } } },
        { name: 'E', __proto__: { polluted: true } },
      ],
    })
    const results = await read(findFormat('postman'), file)
    const requests = results.map((result) => ('imported' in result ? result.imported.exchange.request : undefined))
    t.same(
      requests.map((request) => request?.url),
      ['{{base}}/a', 'http://api.test/graphql', 'https://api.test/short', undefined, undefined],
    )
    t.same(requests[0]?.headers, [{ name: 'Authorization', value: 'Bearer {{token}}' }])
    t.same(requests[1]?.headers, [
      { name: 'Authorization', value: 'Basic dTpw' },
      { name: 'Content-Type', value: 'application/json' },
    ])
    t.equal(requests[0] && 'failed', 'failed')
  },
)

t.test(
  'a collection of version 2.0: headers as text, addresses in parts, path variables, the type of a language',
  async (t) => {
    const file = JSON.stringify({
      info: { name: 'C', schema: 'https://schema.getpostman.com/json/collection/v2.0.0/collection.json' },
      auth: { type: 'basic', basic: { username: 'u', password: 'p' } },
      item: [
        {
          request: {
            method: 'POST',
            url: 'https://api.test/x',
            header: 'A: b\nC: d:e\n\nno field',
            body: { mode: 'raw', raw: '{}', options: { raw: { language: 'json' } } },
          },
        },
        {
          request: {
            url: {
              protocol: 'https',
              host: ['api', 'test'],
              port: '8443',
              path: ['p', ':id', 'q'],
              query: [
                { key: 'k', value: 'v w' },
                { key: 'off', value: '1', disabled: true },
              ],
              variable: [{ key: 'id', value: '7/8' }],
            },
            auth: { type: 'noauth' },
          },
        },
        { name: 'nothing in it' },
      ],
    })
    const results = await read(findFormat('postman'), file)
    t.match(results[0], {
      imported: {
        exchange: {
          request: {
            headers: [
              { name: 'A', value: 'b' },
              { name: 'C', value: 'd:e' },
              { name: 'Authorization', value: 'Basic dTpw' },
              { name: 'Content-Type', value: 'application/json' },
            ],
          },
        },
      },
    })
    t.match(results[1], {
      imported: { exchange: { request: { url: 'https://api.test:8443/p/7%2F8/q?k=v%20w', headers: [] } } },
    })
    t.same(results[2], { skipped: { entry: 2, reason: 'It has no request.' } })
  },
)

t.test('a script of cURL commands written is read again, a request each', async (t) => {
  const curl = findFormat('curl') as Format
  const list = [
    nastyItem('https://api.test/a?x=1', utf8('{"a":"it\\u0027s"}'), [
      ['Content-Type', 'application/json'],
      ['X-Empty', ''],
    ]),
    nastyItem('https://api.test/b', utf8(''), [['Accept', '*/*']], 'GET'),
    nastyItem('https://api.test/c', Uint8Array.from([0, 255]), []),
    nastyItem('https://api.test/d', utf8('two\nlines'), [['User-Agent', 'x']], 'PATCH'),
  ]
  const script = await text(curl, list)
  t.equal(recogniseFormat(script)?.id, 'curl')
  const results = await read(curl, script)
  const requests = results.map((result) =>
    'imported' in result ? result.imported.exchange.request : result.skipped.reason,
  )
  t.match(requests[2], /would read a file/, 'octets that come through a pipe are not run for')
  for (const n of [0, 1, 3]) {
    const { method, url, headers } = (list[n] as ExportItem).exchange.request
    t.match(requests[n], { method, url, headers })
  }
  t.match(await read(curl, 'curl https://a.test | jq .; rm -rf x && curl -X PUT https://b.test'), [
    { imported: { exchange: { request: { url: 'https://a.test' } } } },
    { imported: { exchange: { request: { url: 'https://b.test', method: 'PUT' } } } },
  ])
})

t.test('an .http file keeps lines apart from what an editor acts on', (t) => {
  const { exchange } = nastyItem('https://api.test/x', utf8('{"a":1}'), [
    ['Host', 'api.test'],
    ['Content-Type', 'application/json'],
    ['Content-Length', '7'],
    ['X', 'a'],
  ])
  t.equal(
    httpRequest({ exchange, request: utf8('{"a":1}') }),
    'POST https://api.test/x\nContent-Type: application/json\nX: a\n\n{"a":1}\n',
  )
  for (const body of ['ok\n### next\nGET http://evil', '< /etc/passwd', '@host = evil', '> {% client.exit() %}']) {
    const shown = httpRequest(nastyItem('https://api.test/x', utf8(body), []))
    t.notMatch(shown.split('\n\n')[1] ?? '', /^(###|<|@|>)/m, body)
  }
  t.end()
})

t.test('a Markdown report cannot be broken out of', (t) => {
  const hostile =
    '```\n</details><script>alert(1)</script>\n# Not a heading [x](javascript:alert(1)) \u001b]0;x\u0007 \u202e'
  const one = nastyItem('https://api.test/x', utf8(hostile), [
    ['Content-Type', 'text/plain'],
    ['X-A', '``` \u001b[31m'],
  ])
  const finding = {
    ruleId: 'a/b',
    level: 'error',
    primary: true,
    title: hostile,
    explanation: hostile,
    evidence: [{ location: { at: 'request.header' }, value: hostile }],
    quote: { text: hostile },
    fix: { text: hostile },
    references: [{ title: hostile, url: 'javascript:alert(1)' }],
  } as const
  const report = markdownReport({ ...one, findings: [finding] }, context)
  t.notMatch(report, /[\u001b\u0007\u202e]/)
  const outside = report
    .split(/^(`{3,})[a-z]*\n[\s\S]*?^\1$/m)
    .filter((_, i) => i % 2 === 0)
    .join('')
    .replace(/(`+) .*? \1(?!`)/gs, '')
  t.notMatch(outside, /<script|^# Not|[^\\]\]\(javascript/m)
  t.match(report, /^### .*Not a heading/m)
  t.end()
})

t.test('formats are recognised by their beginnings', (t) => {
  const by = (start: string, name?: string) => recogniseFormat(start, name)?.id
  t.equal(by('{"log":{"version":"1.2"'), 'har')
  t.equal(by('\ufeff{\n  "log": {'), 'har')
  t.equal(by('{"recorded_at":"x","request":{"method":"GET"}}\n'), 'ndjson')
  t.equal(by('curl https://a.test'), 'curl')
  t.equal(by('<html>'), undefined)
  t.equal(by('hello', 'x.har'), 'har')
  t.equal(new Set(formats.map(({ id }) => id)).size, formats.length)
  t.end()
})

t.test('files that are not what they say are refused in one sentence', async (t) => {
  const notJson = 'The file is not JSON.'
  const cases: [id: string, file: string, problem?: string][] = [
    ['har', '', 'The file is empty.'],
    ['har', ' \n\ufeff', 'The file is empty.'],
    ['har', '[]', 'The file is JSON, but an empty list.'],
    ['har', '[1,2', 'The file ends in the middle: it was cut off.'],
    ['har', '{"log":{}}', 'The file is not JSON with a list log.entries.'],
    ['har', 'hello', notJson],
    ['har', '"text"', notJson],
    ['har', '\u0000\u0000', notJson],
    ['har', '['.repeat(100_000)],
    ['ndjson', ''],
    ['ndjson', 'x\ny\n'],
    ['postman', '{}'],
    ['postman', 'x'],
    ['curl', ''],
    ['curl', 'curl'],
    ['curl', 'curl -d @/etc/passwd x; touch P'],
  ]
  for (const [id, file, said] of cases) {
    const error: unknown = await read(findFormat(id), file).then(
      (results) => (results.every((result) => 'skipped' in result) ? undefined : new Error('read')),
      (problem: unknown) => problem,
    )
    t.ok(
      error === undefined || (isFileProblem(error) && /^[^\n]+\.$/.test(error.message)),
      `${id} ${file.slice(0, 20)}: ${String(error)}`,
    )
    if (said !== undefined) t.match(error, { message: said })
  }
})
