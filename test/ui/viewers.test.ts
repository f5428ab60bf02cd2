// The pure parts of viewers and composer: listings, pointers, wrapping, masking, decoders, drafts, comparisons.

import t from 'tap'
import type { Exchange } from '../../src/exchange/exchange.ts'
import { compareBodies, compareExchanges } from '../../src/replay/compare.ts'
import { blocksOf } from '../../src/ui/compare/compare-lines.ts'
import { cutLine, withoutMargins } from '../../src/ui/compare/cut-line.ts'
import { foldEqual } from '../../src/ui/compare/fold-equal.ts'
import { packEqual } from '../../src/ui/compare/pack-equal.ts'
import { rankDifferences } from '../../src/ui/compare/rank-differences.ts'
import { authOf, keyBeside, withAuth } from '../../src/ui/compose/auth.ts'
import { bodyOf, countEdits, draftOf, emptyDraft, row } from '../../src/ui/compose/draft.ts'
import { draftHistory } from '../../src/ui/compose/draft-history.ts'
import { missingValues, multipartOctets, requestOf } from '../../src/ui/compose/draft-request.ts'
import { type Outcome, sendMany, summary } from '../../src/ui/compose/send-many.ts'
import { joinAddress, splitAddress } from '../../src/ui/compose/url-text.ts'
import { certainty } from '../../src/ui/detail/certainty.ts'
import { fileName } from '../../src/ui/detail/download.ts'
import { holePieces, patchLines } from '../../src/ui/detail/edit-lines.ts'
import { fieldMoment, isWait } from '../../src/ui/detail/field-moment.ts'
import { maskField, maskUrls } from '../../src/ui/detail/masking.ts'
import { findHits } from '../../src/ui/viewers/find-hits.ts'
import { lineOfPointer, pointerAt, valueAt } from '../../src/ui/viewers/json-pointer.ts'
import { findJwts, spanInWords, standing } from '../../src/ui/viewers/jwt.ts'
import { listGraphql } from '../../src/ui/viewers/list-graphql.ts'
import { listJson } from '../../src/ui/viewers/list-json.ts'
import { listLines } from '../../src/ui/viewers/list-lines.ts'
import { listMarkup } from '../../src/ui/viewers/list-markup.ts'
import { foldsAround, lineAt, lineText } from '../../src/ui/viewers/listing.ts'
import { mediaTypeOf } from '../../src/ui/viewers/material.ts'
import { readMultipart } from '../../src/ui/viewers/multipart.ts'
import { paintLine } from '../../src/ui/viewers/paint-line.ts'
import { prepareListing } from '../../src/ui/viewers/prepare-listing.ts'
import { readGrpcFrames, readProtobuf } from '../../src/ui/viewers/protobuf.ts'
import { dots, maskText } from '../../src/ui/viewers/secret-ranges.ts'
import { tintLine } from '../../src/ui/viewers/tint-line.ts'
import { remark, rowOfLine, wrapLines } from '../../src/ui/viewers/wrap-lines.ts'
import { fc } from '../support/property.ts'

const octets = (text: string) => new TextEncoder().encode(text)
const noFolds: ReadonlySet<number> = new Set()
/** ms of processor time: a busy machine makes the clock on the wall say anything. */
const spent = () => process.cpuUsage().user / 1000

t.test('JSON is laid out as JSON.stringify would, for any value', async (t) => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      const listing = listJson(JSON.stringify(value))
      if (listing.problem || !listing.whole) return false
      return listing.text === JSON.stringify(value, undefined, 2).replaceAll(/(\[|\{)\n\s*(\]|\})/g, '$1$2')
    }),
    { numRuns: 300 },
  )
  t.pass('300 values')
})

t.test('JSON keeps what parsing would lose, and says where it is broken', async (t) => {
  const kept = listJson('{"n":12345678901234567890,"e":1E400,"a":1,"a":2,"s":"\\u0041"}')
  t.match(kept.text, '12345678901234567890')
  t.match(kept.text, '1E400')
  t.match(kept.text, '"a": 1,\n  "a": 2')
  t.match(kept.text, '\\u0041')
  t.match(listJson('{\n  "a": 1,\n}').problem, { line: 3, column: 1 })
  t.match(listJson('[1 2]').problem, { line: 1, column: 4, message: /comma/ })
  t.match(listJson('{"a":"x').problem, { line: 1, column: 6 })
  t.match(listJson('{} x').problem, { message: /after the end/ })
  t.equal(listJson('{"a":1}\n{"b":2}\n', undefined, true).problem, undefined, 'one value a line')
  t.equal(listJson('[1,2,3,4]', 3).whole, false, 'a limit stops early')
})

t.test('every line of a JSON listing has a pointer that leads back to it', async (t) => {
  const listing = listJson('{"a/b":[{"m~n":[1,{"x":null}]},"two"],"":{"y":true}}')
  for (let line = 0; line < listing.count; line++) {
    const pointer = pointerAt(listing, line)
    const end = listing.end[line] ?? 0
    const closes = (end > 0 && end < line) || line === listing.count - 1
    t.equal(lineOfPointer(listing, pointer), closes ? end : line, `line ${line}: ${pointer}`)
  }
  t.equal(valueAt(listing, lineOfPointer(listing, '/a~1b/0/m~0n')), '[\n  1,\n  {\n    "x": null\n  }\n]')
  t.equal(
    lineOfPointer(listing, '/a~1b/0/gone'),
    lineOfPointer(listing, '/a~1b/0'),
    'a missing part leads to what is there',
  )
})

t.test('lines, folds and offsets agree', async (t) => {
  const listing = listJson('{"a":{"b":[1,2]},"c":3}')
  for (let line = 0; line < listing.count; line++) t.equal(lineAt(listing, listing.starts[line] ?? 0), line)
  t.same(foldsAround(listing, 3), [2, 1, 0])
  t.equal(lineText(listing, 3), '      1,')
  const rows = wrapLines(listing, new Set([1]), 80)
  t.same([...rows.lines], [0, 1, 7, 8], 'a fold hides its lines and its end')
  t.equal(rowOfLine(rows, 4), 1, 'a hidden line leads to its fold')
  const plain = listLines('one\r\ntwo\nthree')
  t.same(
    [0, 1, 2].map((line) => lineText(plain, line)),
    ['one', 'two', 'three'],
  )
})

t.test('long lines are wrapped at spaces, lose nothing, and remarks get a row', async (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^[a-z ]{0,120}$/), { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 20, max: 60 }),
      (texts, columns) => {
        const listing = listLines(texts.join('\n'))
        const rows = wrapLines(listing, noFolds, columns)
        const back = texts.map(() => '')
        for (let i = 0; i < rows.count; i++) {
          const line = rows.lines[i] ?? 0
          const piece = lineText(listing, line).slice(rows.from[i], rows.to[i])
          if (piece.length > columns + 1) return false
          back[line] += piece
        }
        return back.every((text, i) => text === texts[i])
      },
    ),
  )
  const rows = wrapLines(listLines('a\nb'), noFolds, 80, new Set([0]))
  t.same([...rows.lines], [0, 0, 1])
  t.equal(rows.from[1], remark)
})

t.test('markup folds by element, keeps scripts as text and never fails', async (t) => {
  t.equal(
    listMarkup('<?xml version="1.0"?><a x="1>2"><b>hi</b><c><d/></c><!-- n -->text</a>').text,
    '<?xml version="1.0"?>\n<a x="1>2">\n  <b>hi</b>\n  <c>\n    <d/>\n  </c>\n  <!-- n -->\n  text\n</a>',
  )
  const html = listMarkup('<html><script>if(a<b){}</script><br><p>x</html>', undefined, true)
  t.match(html.text, '<script>if(a<b){}</script>')
  fc.assert(
    fc.property(fc.stringMatching(/^[<>a-z/"!=\s-]{0,80}$/), (text) => {
      const listing = listMarkup(text, undefined, true)
      return listing.count >= 0 && [...listing.end].every((end) => end <= listing.count)
    }),
  )
})

t.test('a GraphQL operation on one line is laid out', async (t) => {
  const { text } = listGraphql(
    'query Q($o:String!,$n:[Int!]){repo(owner:$o,first:10){...F a:b(x:{y:1})@include(if:$c){id}}}',
  )
  t.equal(
    text,
    'query Q($o: String!, $n: [Int!]) {\n  repo(owner: $o, first: 10) {\n    ...F\n    a: b(x: { y: 1 }) @include(if: $c) {\n      id\n    }\n  }\n}',
  )
})

t.test('tints and marks cut a line into pieces that make the line again', async (t) => {
  for (const [line, language] of [
    ['  "name": "va\\"lue", 12.5e3 true', 'json'],
    ['<a href="x">&amp;</a><!-- c -->', 'markup'],
    ['.a { color: #fff; margin: 4px /* x */ }', 'css'],
    ["const a = 'x' // why", 'script'],
  ] as const) {
    const spans = tintLine(line, language)
    t.ok(spans.length > 2, language)
    const pieces = paintLine(line, 2, line.length, spans, [{ from: 3, to: 9, mark: 'evidence' }])
    t.equal(pieces.map(({ text }) => text).join(''), line.slice(2))
    t.ok(pieces.some(({ mark }) => mark === 'evidence'))
  }
  t.same(findHits('Abc abC a.c', 'a.c'), [8], 'searched words are no patterns')
  t.same(findHits('Abc abC', 'ABC'), [0, 4])
})

t.test('secrets become dots in every kind of text, and only they', async (t) => {
  const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl'
  const cases: readonly (readonly [string, string])[] = [
    ['{"password":"hun\\"ter2","n":1}', `{"password":"${dots}","n":1}`],
    ['{"pin": 1234, "total": 12}', `{"pin": "${dots}", "total": 12}`],
    ['{"s":"{\\"access_token\\":\\"abc\\"}"}', `{"s":"{\\"access_token\\":\\"${dots}\\"}"}`],
    ['grant_type=password&password=x%20y&a=b', `grant_type=password&password=${dots}&a=b`],
    ['<password>x</password><b>y</b>', `<password>${dots}</password><b>y</b>`],
    [`at ${jwt} end`, `at ${dots} end`],
    ['Authorization: Bearer abcdefgh12345', `Authorization: Bearer ${dots}`],
    ['key sk_live_abcdefgh1234 used', `key ${dots} used`],
    ['https://u:secretpw@h/x', `https://u:${dots}@h/x`],
    ['{"tokens":12,"nextPageToken":"abc","name":"token"}', '{"tokens":12,"nextPageToken":"abc","name":"token"}'],
  ]
  for (const [text, shown] of cases) t.equal(maskText(text), shown)
  t.equal(maskField('Authorization', 'Basic dXNlcjpwYXNz'), `Basic ${dots}`)
  t.equal(maskField('Cookie', 'a=1; b=2'), `a=${dots}; b=${dots}`)
  t.equal(maskField('Set-Cookie', 'sid=abc; Path=/; HttpOnly'), `sid=${dots}; Path=/; HttpOnly`)
  t.equal(maskField('X-Api-Key', 'abc'), dots)
  t.equal(maskField('Accept', '*/*'), '*/*')
  t.equal(maskUrls('https://a.test/x?api_key=abc&q=1'), `https://a.test/x?api_key=${dots}&q=1`)
  const listing = prepareListing({
    bytes: octets('{"token":"abc123"}'),
    charset: 'utf-8',
    layout: 'json',
    masked: true,
  })
  t.equal(listing.problem, undefined, 'masked JSON is still JSON')
  t.notMatch(listing.text, 'abc123')
})

t.test('hostile text takes time in proportion to its size, whatever it is made of', async (t) => {
  const pieces = [
    '"token"',
    '"token":"',
    'name="api_key"\n',
    'token=',
    '//a:',
    'eyJaaaaaaaa.',
    'eyJ-',
    '<a',
    '</a',
    `<a '"`,
    '<script>',
    '<!--',
    '?',
    '{a',
    '"""',
    '(a:',
    '\\"token\\":\\"',
    'a',
    '-----BEGIN PRIVATE KEY-----',
  ]
  for (const piece of pieces) {
    const text = piece.repeat(Math.ceil(190_000 / piece.length))
    const begun = spent()
    maskText(text)
    maskUrls(text)
    findJwts(text)
    listJson(text)
    listMarkup(text)
    listMarkup(text, undefined, true)
    listGraphql(text)
    wrapLines(listLines(text), noFolds, 60)
    const took = spent() - begun
    t.ok(took < 3000, `${JSON.stringify(piece)} in ${Math.round(took)} ms`)
  }
})

t.test('a JSON Web Token says how it stood at the moment of the call', async (t) => {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const token = `${part({ alg: 'RS256' })}.${part({ sub: 'u', exp: 1_000_000 })}.c2ln`
  const [jwt] = findJwts(`Bearer ${token}, ${token}, eyJub3Q.a.b`)
  t.equal(findJwts(`${token} ${token}`).length, 1, 'each once')
  t.ok(jwt)
  if (!jwt) return
  t.same(standing(jwt, 1_000_060_000), { good: false, words: 'expired 1 min before this call' })
  t.same(standing(jwt, 999_910_000), { good: true, words: '1 min 30 s left' })
  t.equal(spanInWords(3 * 86_400_000), '3 days')
})

t.test('fields that hold a moment or a wait are read as one', async (t) => {
  const at = Date.UTC(2026, 10, 22, 14, 0, 0)
  t.equal(fieldMoment('Date', 'Sun, 22 Nov 2026 13:59:58 GMT', at), at - 2000)
  t.equal(fieldMoment('Retry-After', '120', at), at + 120_000)
  t.equal(fieldMoment('X-RateLimit-Reset', '1795356600', at), 1_795_356_600_000)
  t.equal(fieldMoment('x-ratelimit-reset-requests', '6m0s', at), at + 360_000)
  t.equal(fieldMoment('anthropic-ratelimit-tokens-reset', '2026-11-22T14:01:00Z', at), at + 60_000)
  for (const [name, value] of [
    ['Date', 'now'],
    ['Age', '5'],
    ['X-RateLimit-Limit', '60'],
  ] as const)
    t.equal(fieldMoment(name, value, at), undefined)
  t.same(['Retry-After', 'Date'].map(isWait), [true, false])
})

t.test('multipart content is cut at its boundary and made again from a draft, binary intact', async (t) => {
  const binary = Uint8Array.from({ length: 256 }, (_, i) => i)
  const file = {
    name: 'a "b".bin',
    mimeType: 'application/octet-stream',
    base64: Buffer.from(binary).toString('base64'),
    size: 256,
  }
  const made = multipartOctets([row('title', 'Hello\r\nthere'), { ...row('file'), file }], 'XX')
  const parts = readMultipart(made, 'XX')
  t.equal(parts.length, 2)
  t.match(parts[0], { name: 'title', contentType: '' })
  t.same(Buffer.from(parts[1]?.bytes ?? []), Buffer.from(binary))
  const body = bodyOf(made, 'multipart/form-data; boundary=XX')
  t.equal(body.kind, 'multipart')
  t.equal(body.parts[1]?.file?.base64, file.base64)
  t.same(readMultipart(octets('no boundary here'), 'XX'), [])
})

t.test('protocol buffers are read without a schema, framed or not', async (t) => {
  const message = Uint8Array.from([0x08, 0x96, 0x01, 0x12, 0x07, ...octets('testing'), 0x1a, 0x03, 0x08, 0x96, 0x01])
  t.match(readProtobuf(message), [
    { number: 1, type: 'varint', value: '150' },
    { number: 2, type: 'text', value: 'testing' },
    { number: 3, type: 'message', fields: [{ number: 1, value: '150' }] },
  ])
  t.equal(readProtobuf(octets('{"not":"protobuf"}')), undefined)
  const framed = Uint8Array.from([
    0,
    0,
    0,
    0,
    message.length,
    ...message,
    0x80,
    0,
    0,
    0,
    14,
    ...octets('grpc-status: 0'),
  ])
  t.match(readGrpcFrames(framed), [
    { trailers: false, size: message.length },
    { trailers: true, size: 14 },
  ])
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 200 }),
      (bytes) => Array.isArray(readProtobuf(bytes)) || readProtobuf(bytes) === undefined,
    ),
  )
})

t.test('addresses survive being cut into a table and put together', async (t) => {
  for (const text of [
    'https://a.test/x?q=a+b&c=%20d&e&f=#frag',
    'https://{{host}}/v1?token={{t}}',
    '/path',
    'https://a.test/?',
    'https://a.test/?x=1&x=2',
  ])
    t.equal(joinAddress(splitAddress(text)), text.replace(/\?$/, ''))
  const parts = splitAddress('https://a.test/x?q=a+b&c=1')
  const changed = parts.query.map((pair) => (pair.name === 'c' ? { ...pair, value: 'ä &{{v}}' } : pair))
  t.equal(
    joinAddress({ ...parts, query: changed }),
    'https://a.test/x?q=a+b&c=%C3%A4%20%26{{v}}',
    'only what changed is written anew',
  )
})

t.test('a draft becomes the request it shows: rows that are off stay, variables are filled in', async (t) => {
  const from = draftOf({
    method: 'POST',
    url: 'https://{{host}}/v1/orders?expand=customer',
    headers: [
      { name: 'Accept', value: 'application/json' },
      { name: 'accept', value: 'text/plain' },
      { name: 'Authorization', value: 'Bearer {{token}}' },
      { name: 'Content-Length', value: '7' },
    ],
    body: { text: '{"a":1}' },
  })
  t.equal(from.body.kind, 'json')
  t.notOk(
    from.headers.some(({ name }) => name === 'Content-Length'),
    'framing is made when sent',
  )
  t.same(missingValues(from, new Map([['host', 'a.test']])), ['token'])
  const off = { ...from, headers: from.headers.map((each) => (each.name === 'accept' ? { ...each, on: false } : each)) }
  t.equal(countEdits(off, from), 1)
  const sent = requestOf(
    off,
    new Map([
      ['host', 'a.test'],
      ['token', 'ünlock'],
    ]),
    'B',
  )
  t.equal(sent.url, 'https://a.test/v1/orders?expand=customer')
  t.same(sent.headers, [
    { name: 'Accept', value: 'application/json' },
    { name: 'Authorization', value: 'Bearer ünlock' },
    { name: 'Content-Type', value: 'application/json' },
  ])
  t.same(sent.body, { text: '{"a":1}' })
  t.same(
    missingValues({ ...emptyDraft, base: 'https://a.test/{{secret:0a1b2c3d}}' }, new Map()),
    [],
    'remembered values are not asked for',
  )
})

t.test('binary content is kept octet by octet, forms as they were written', async (t) => {
  const binary = Uint8Array.of(0, 255, 1, 254)
  const kept = bodyOf(binary, 'application/octet-stream')
  t.equal(kept.kind, 'file')
  t.same(requestOf({ ...emptyDraft, body: kept }, new Map(), 'B').body, {
    base64: Buffer.from(binary).toString('base64'),
  })
  const form = bodyOf(octets('a=1+2&b=%7e&c'), 'application/x-www-form-urlencoded')
  t.same(requestOf({ ...emptyDraft, body: form }, new Map(), 'B').body, { text: 'a=1+2&b=%7e&c' })
})

t.test('credentials are read from the rows and written back into them', async (t) => {
  const basic = withAuth(emptyDraft, { kind: 'basic', user: 'ada', password: 'pä:ss' })
  t.same(authOf(basic), { kind: 'basic', user: 'ada', password: 'pä:ss' })
  const bearer = withAuth(basic, { kind: 'bearer', token: 'tok' })
  t.same(
    bearer.headers.map(({ name, value }) => [name, value]),
    [['Authorization', 'Bearer tok']],
  )
  const key = withAuth(bearer, { kind: 'api-key', in: 'header', name: 'X-Api-Key', key: 'k' })
  t.same(
    key.headers.map(({ name }) => name),
    ['X-Api-Key'],
  )
  t.same(authOf(withAuth(key, { kind: 'none' })), { kind: 'none' })
  const moved = withAuth(key, { kind: 'api-key', in: 'query', name: 'sign', key: 'k' })
  t.same(moved.headers, [])
  t.same(requestOf(moved, new Map(), 'B').url, 'https://?sign=k')
  t.same(authOf(moved), { kind: 'api-key', in: 'query', name: 'sign', key: 'k' }, 'whatever it is called')
  t.same(withAuth(moved, { kind: 'none' }).query, [])
  const both = withAuth(moved, { kind: 'bearer', token: 'tok' })
  t.match(authOf(both), { kind: 'bearer' })
  t.match(keyBeside(both), { kind: 'api-key', in: 'query' }, 'and is found beside another credential')
})

t.test('one undo goes back through all fields', async (t) => {
  const history = draftHistory(emptyDraft)
  history.change({ ...emptyDraft, method: 'PUT' })
  history.change({ ...history.draft.value, base: 'https://a' }, 'url')
  history.change({ ...history.draft.value, base: 'https://ab' }, 'url')
  t.equal(history.undone.value, 2, 'typing on is one step')
  history.undo()
  t.match(history.draft.value, { method: 'PUT', base: 'https://' })
  history.undo()
  t.equal(history.draft.value, emptyDraft)
  history.redo()
  history.redo()
  t.equal(history.draft.value.base, 'https://ab')
})

t.test('sending many keeps to its number, its lanes and its pauses, and can be stopped', async (t) => {
  let now = 0
  let most = 0
  const starts: number[] = []
  const send = async (): Promise<Outcome> => {
    starts.push(performance.now())
    most = Math.max(most, ++now)
    await new Promise((done) => setTimeout(done, 10))
    now--
    return { status: 200, duration: 10 }
  }
  const all: Outcome[] = []
  await sendMany({ times: 6, atOnce: 3, pause: 5 }, send, (outcome) => all.push(outcome), new AbortController().signal)
  t.equal(all.length, 6)
  t.ok(most <= 3)
  t.ok((starts[5] ?? 0) - (starts[0] ?? 0) >= 22, 'five pauses of 5 ms')
  t.match(summary([...all, { status: 0, duration: 1, failed: 'ECONNREFUSED' }]), {
    done: 7,
    byStatus: [
      ['200', 6],
      ['ECONNREFUSED', 1],
    ],
  })
  const stop = new AbortController()
  const some: Outcome[] = []
  await sendMany(
    { times: 50, atOnce: 1, pause: 0 },
    send,
    (outcome) => some.push(outcome) === 2 && stop.abort(),
    stop.signal,
  )
  t.equal(some.length, 2)
})

t.test('files are saved under names that are safe everywhere', async (t) => {
  for (const path of [
    '/../../etc/passwd',
    '/%2e%2e%2fx',
    '/.bashrc',
    '/CON',
    '/nul.txt',
    '/a%00b',
    `/${'x'.repeat(300)}`,
    '/',
    '/..',
    '/a:b|c',
    '/%E0%A4%A',
  ])
    t.match(fileName(`https://a.test${path}`, 'application/json'), /^[A-Za-z0-9][\w.-]{0,99}$/, path)
  t.notMatch(fileName('https://a.test/con', 'text/plain'), /^con\./i)
  t.equal(fileName('https://a.test/v1/orders', 'application/json; charset=utf-8'.split(';')[0] ?? ''), 'orders.json')
  t.equal(mediaTypeOf('Text/HTML; charset="utf-8"').parameters.get('charset'), 'utf-8')
})

const exchange = (status: number, body: string, headers: Exchange['request']['headers'] = []): Exchange => ({
  id: '0000000000000001',
  sessionId: 's',
  kind: 'http',
  startedDateTime: '2026-11-20T14:14:07.000Z',
  client: { address: '127.0.0.1', port: 1 },
  server: { host: 'a.test', port: 443 },
  connection: { id: 1, reused: false, way: 'proxy' },
  request: {
    method: 'POST',
    target: '/x',
    url: `https://a.test/x?v=${status}`,
    httpVersion: 'HTTP/1.1',
    headers,
    trailers: [],
    content: { bodySize: body.length, codings: [], kept: 'whole', digest: 'd', keptSize: body.length },
  },
  outcome: {
    state: 'complete',
    response: {
      status,
      statusText: '',
      httpVersion: 'HTTP/1.1',
      headers: [],
      trailers: [],
      interim: [],
      content: { bodySize: 0, codings: [], kept: 'none', why: 'empty' },
    },
  },
  marks: { end: 10 },
  origin: { by: 'capture' },
  messageCount: 0,
})

t.test('a comparison ranks what the failing answer names first and ignores commas and framing', async (t) => {
  const a = exchange(201, '', [{ name: 'Connection', value: 'keep-alive' }])
  const b = exchange(422, '', [{ name: 'Connection', value: 'close' }])
  const bodies = {
    a: { request: octets('{"quantity":2,"zip":"1","extra":true}'), response: octets('{}') },
    b: { request: octets('{"quantity":"2","zip":"2"}'), response: octets('{}') },
  }
  const blocks = blocksOf(compareExchanges(a, b, bodies))
  const ranked = rankDifferences(blocks, 'quantity must be an integer')
  t.equal(ranked[0]?.line.name, 'quantity')
  t.equal(ranked[0]?.weight, 5)
  t.ok(ranked.every(({ line }) => line.name !== 'Connection'))
  t.equal(
    ranked.findIndex(({ consequence }) => consequence),
    ranked.length - 1,
    'consequences come last',
  )
  const content = blocks.find(({ id }) => id === 'request-content')
  t.same(
    content?.lines.map(({ kind }) => kind),
    ['same', 'changed', 'changed', 'removed', 'same'],
  )
  const many = Array.from(
    { length: 20 },
    (_, i) => ({ kind: i === 10 ? 'changed' : 'same', noise: false, name: '' }) as const,
  )
  t.same(
    foldEqual(many, new Set(), false).map((each) => (each.kind === 'skipped' ? each.count : 1)),
    [7, 1, 1, 1, 1, 1, 1, 1, 6],
  )
})

t.test('equal stretches of any length are packed into one line and come out as they were', async (t) => {
  const line = (i: number, kind: 'same' | 'changed' = 'same') =>
    ({ kind, noise: false, name: '', a: `line ${i}`, b: `line ${i}`, aLine: i + 1, bLine: i + 1 }) as const
  const lines = Array.from({ length: 5000 }, (_, i) => line(i, i === 2500 ? 'changed' : 'same'))
  const packed = packEqual(lines)
  t.equal(packed.length, 3 + 1 + 3 + 1 + 3 + 1 + 3)
  const folded = foldEqual(packed, new Set(), false)
  t.same(
    folded.map((row) => (row.kind === 'skipped' ? row.count : row.line.aLine)),
    [2497, 2498, 2499, 2500, 2501, 2502, 2503, 2504, 2496],
  )
  t.same(
    foldEqual(packed, new Set(), true).map((row) => (row.kind === 'skipped' ? row.count : row.line.aLine)),
    [2500, 2501, 2499],
  )
  const first = folded[0]
  const opened = foldEqual(packed, new Set([first?.kind === 'skipped' ? first.from : -1]), false)
  t.same(
    opened.slice(0, 2501).map((row) => row.kind === 'line' && row.line),
    lines.slice(0, 2501),
  )
  t.equal(new Set(opened.map((row) => (row.kind === 'line' ? row.at : -1))).size, opened.length, 'each has its place')
})

t.test('of a very long line only what is around its first difference is drawn, and no half of a secret', async (t) => {
  const secret = `"password":"${'s3cret'.repeat(300)}"`
  const long = (middle: string) => `${'x'.repeat(100_000)}${secret}${'y'.repeat(2500)}${middle}${'z'.repeat(100_000)}`
  const line = cutLine({ kind: 'changed', noise: false, name: '', a: long('one'), b: long('two') })
  t.same(line.cut, { from: 100_000 + secret.length + 2500 - 4000, a: long('one').length, b: long('two').length })
  t.equal(line.a?.length, 8000)
  const drawn = withoutMargins(maskText(line.a ?? ''), line.cut, 'a')
  t.match(drawn, /^….*one.*…$/)
  t.notMatch(drawn, /s3cret/)
  const whole = { kind: 'same', noise: false, name: '', a: 'short', b: 'short' } as const
  t.equal(cutLine(whole), whole)
  t.equal(withoutMargins('short', undefined, 'a'), 'short')
})

t.test('values nested too deep for a comparison by structure are compared as text', async (t) => {
  const deep = (inner: string) => octets(`${'['.repeat(20_000)}${inner}${']'.repeat(20_000)}`)
  t.match(compareBodies(deep('1'), deep('2')), { kind: 'text' })
})

t.test('a fix is shown as a patch with its holes, certainty in words', async (t) => {
  const { request } = exchange(401, '', [{ name: 'Authorization', value: 'Bearer old' }])
  t.same(
    patchLines(request, [
      { op: 'set-header', name: 'authorization', value: 'Bearer {{new token}}' },
      { op: 'set-query', name: 'v', value: '2' },
    ]),
    [
      { op: '-', name: 'authorization', value: 'Bearer old' },
      { op: '+', name: 'authorization', value: 'Bearer {{new token}}' },
      { op: '-', name: '?v', value: '401' },
      { op: '+', name: '?v', value: '2' },
    ],
  )
  t.match(holePieces('Bearer {{new token}}'), [
    { text: 'Bearer ', hole: false },
    { text: 'new token', hole: true, remembered: false },
  ])
  t.match(holePieces('{{secret:0a1b2c3d}}'), [{ hole: true, remembered: true }])
  const evidence = (['request.line', 'response.status', 'timing'] as const).map((at) => ({
    location: { at },
    value: '',
  }))
  t.equal(certainty({ confidence: 0.97, evidence }), 'certain: three sources agree')
  t.equal(certainty({ confidence: 0.7, evidence: evidence.slice(0, 1) }), 'likely')
})
