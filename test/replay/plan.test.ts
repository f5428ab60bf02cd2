// Edits change exactly what they name: order, duplicates, encoding and number spelling of everything else stay as sent.
import { gunzipSync, gzipSync } from 'node:zlib'
import t from 'tap'
import type { Edit } from '../../src/exchange/edit.ts'
import type { Exchange } from '../../src/exchange/exchange.ts'
import type { PlannedRequest } from '../../src/exchange/planned-request.ts'
import { removeJson, setJson } from '../../src/replay/json-edit.ts'
import { planComposed, planReplay } from '../../src/replay/plan.ts'
import { sample } from '../formats/varied-exchange.ts'
import { fc } from '../support/property.ts'

const text = (value: string) => new TextEncoder().encode(value)

function exchange(over: Partial<Exchange['request']> = {}, body?: Uint8Array): Exchange {
  const base = sample(1).exchange
  const content = body
    ? ({ bodySize: body.length, codings: [], kept: 'whole', digest: 'sha256-x', keptSize: body.length } as const)
    : ({ bodySize: 0, codings: [], kept: 'none', why: 'empty' } as const)
  return {
    ...base,
    kind: 'http',
    request: {
      ...base.request,
      httpVersion: 'HTTP/1.1',
      method: 'POST',
      url: 'https://a.test/p',
      headers: [],
      content,
      ...over,
    },
  }
}

function planned(edits: Edit[], over: Partial<Exchange['request']> = {}, body?: Uint8Array): PlannedRequest {
  const plan = planReplay(exchange(over, body), body, { edits }, (octets) => gunzipSync(octets))
  if ('error' in plan) throw new Error(plan.error)
  return plan.request
}

t.test('headers keep their place and their case, framing ones too; what belonged to the connection goes', (t) => {
  const headers = [
    ['Host', 'a.test'],
    ['ACCEPT', '*/*'],
    ['x-a', '1'],
    ['Connection', 'keep-alive, X-Hop'],
    ['X-Hop', 'y'],
    ['X-A', '2'],
    ['Content-Length', '3'],
    ['Transfer-Encoding', 'chunked'],
    ['TE', 'trailers'],
    ['Proxy-Authorization', 'Basic eA=='],
    ['Expect', '100-continue'],
    ['Z', 'caf\u00e9'],
  ].map(([name = '', value = '']) => ({ name, value }))
  t.same(planned([], { headers }).headers, [
    'Host',
    'a.test',
    'ACCEPT',
    '*/*',
    'x-a',
    '1',
    'X-A',
    '2',
    'Content-Length',
    '0',
    'Z',
    'caf\u00e9',
  ])
  t.same(
    planned(
      [
        { op: 'set-header', name: 'X-A', value: '9' },
        { op: 'remove-header', name: 'accept' },
        { op: 'set-header', name: 'N', value: '\u{1f600}' },
      ],
      { headers },
    ).headers,
    ['Host', 'a.test', 'x-a', '9', 'Content-Length', '0', 'Z', 'caf\u00e9', 'N', '\u00f0\u009f\u0098\u0080'],
  )
  const framed = (...lines: [string, string][]) =>
    planned([], { headers: lines.map(([name, value]) => ({ name, value })) }, text('abc')).headers
  t.same(framed(['content-LENGTH', '99'], ['A', '1']), ['content-LENGTH', '3', 'A', '1'])
  t.same(framed(['A', '1'], ['Transfer-encoding', 'chunked']), ['A', '1', 'Transfer-encoding', 'chunked'])
  t.same(framed(['Transfer-Encoding', 'gzip, chunked'], ['Connection', 'close']), ['Connection', 'close'])
  t.same(planned([], { headers: [{ name: 'te', value: 'trailers' }], httpVersion: 'HTTP/2' }).headers, [
    'te',
    'trailers',
  ])
  t.end()
})

t.test('the query keeps order and encoding of what is not edited', (t) => {
  const url = 'https://a.test/p%2Fq?b=%41&a=1&&a=2&c=x+y&flag#frag'
  const after = (...edits: Edit[]) => planned(edits, { url }).url
  t.equal(after({ op: 'set-query', name: 'a', value: 'n e&w' }), 'https://a.test/p%2Fq?b=%41&a=n%20e%26w&&c=x+y&flag')
  t.equal(after({ op: 'remove-query', name: 'a' }), 'https://a.test/p%2Fq?b=%41&&c=x+y&flag')
  t.equal(
    after({ op: 'rename-query', name: 'a', value: 'z z' }),
    'https://a.test/p%2Fq?b=%41&z%20z=1&&z%20z=2&c=x+y&flag',
  )
  t.equal(after({ op: 'set-query', name: 'new', value: '' }), 'https://a.test/p%2Fq?b=%41&a=1&&a=2&c=x+y&flag&new=')
  t.equal(after({ op: 'set-path', value: '/v2/\u00e4 b' }), 'https://a.test/v2/%C3%A4%20b?b=%41&a=1&&a=2&c=x+y&flag')
  t.equal(after({ op: 'set-path', value: 'v3?only=1' }), 'https://a.test/v3?only=1')
  const moved = planned([{ op: 'set-url', value: 'http://other.test:81/x' }], {
    url,
    headers: [{ name: 'host', value: 'a.test' }],
  })
  t.same([moved.url, moved.headers, moved.httpVersion], ['http://other.test:81/x', ['host', 'other.test:81'], 'auto'])
  t.end()
})

t.test('JSON is edited in its text: numbers, layout and order of the rest stay', (t) => {
  const body = '{\n  "big": 12345678901234567890,\n  "f": 1.0,\n  "list": [1, {"a/b": 2}],\n  "x": "\\u00e9"\n}'
  const after = (...edits: Edit[]) => new TextDecoder().decode(planned(edits, {}, text(body)).body)
  t.equal(after({ op: 'set-json', pointer: '/list/1/a~1b', value: null }), body.replace('2}', 'null}'))
  t.equal(
    after({ op: 'set-json', pointer: '/new/deep', value: [true] }),
    body.replace('"\\u00e9"\n', '"\\u00e9",\n  "new": {"deep":[true]}\n'),
  )
  t.equal(after({ op: 'set-json', pointer: '/list/-', value: 'z' }), body.replace('2}]', '2},"z"]'))
  t.equal(after({ op: 'remove-json', pointer: '/f' }), body.replace('"f": 1.0,\n  ', ''))
  t.equal(after({ op: 'remove-json', pointer: '/x' }), body.replace(',\n  "x": "\\u00e9"', ''))
  t.equal(after({ op: 'remove-json', pointer: '/nowhere/at' }), body)
  t.match(
    planReplay(exchange({}, text(body)), text(body), { edits: [{ op: 'set-json', pointer: '/f/x', value: 1 }] }),
    { error: /neither object nor array/ },
  )
  t.match(planReplay(exchange({}, text('{')), text('{'), { edits: [{ op: 'set-json', pointer: '/f', value: 1 }] }), {
    error: /not JSON/,
  })
  t.end()
})

t.test('setting and removing agree with editing the parsed value, for any JSON and member', (t) => {
  const value = fc.jsonValue({ maxDepth: 4 })
  const key = fc.oneof(fc.string(), fc.constantFrom('', 'a', '~', '/', '~1', '__proto__', '"'))
  fc.assert(
    fc.property(fc.dictionary(key, value), key, value, fc.nat(3), (object, name, put, indent) => {
      const pointer = `/${name.replace(/~/g, '~0').replace(/\//g, '~1')}`
      const source = JSON.stringify(object, undefined, indent)
      const entries = new Map(Object.entries(JSON.parse(source)))
      const set = setJson(source, pointer, put)
      const removed = removeJson(source, pointer)
      if ('error' in set || 'error' in removed) return false
      const expected = new Map(entries).set(name, JSON.parse(JSON.stringify(put)))
      entries.delete(name)
      const same = (json: string, map: Map<string, unknown>) => {
        const read = new Map(Object.entries(JSON.parse(json)))
        return read.size === map.size && [...map].every(([k, v]) => JSON.stringify(read.get(k)) === JSON.stringify(v))
      }
      return same(set.text, expected) && same(removed.text, entries)
    }),
    { numRuns: 2000 },
  )
  t.same(removeJson('{"a":1,"b":2,"a":3}', '/a'), { text: '{"b":2}' })
  t.same(setJson('{"a":1,"a":3}', '/a', 4), { text: '{"a":1,"a":4}' })
  const deep = `${'['.repeat(5000)}1${']'.repeat(5000)}`
  t.same(setJson(`{"x":${deep},"y":1}`, '/y', 2), { text: `{"x":${deep},"y":2}` })
  t.end()
})

t.test('a coded body is decoded to be edited and then sent plain; untouched it stays coded', (t) => {
  const body = gzipSync('{"a":1}')
  const headers = [{ name: 'Content-Encoding', value: 'gzip' }]
  const edited = planned([{ op: 'set-json', pointer: '/a', value: 2 }], { headers }, body)
  t.same([edited.headers, new TextDecoder().decode(edited.body)], [[], '{"a":2}'])
  const untouched = planned([{ op: 'set-method', value: 'PUT' }], { headers }, body)
  t.same([untouched.headers, untouched.body, untouched.method], [['Content-Encoding', 'gzip'], body, 'PUT'])
  t.match(planReplay(exchange({ headers }, body), body, { edits: [{ op: 'set-json', pointer: '/a', value: 2 }] }), {
    error: /could not be decoded/,
  })
  t.end()
})

t.test('a request that is not whole is only sent with a new body', (t) => {
  const base = exchange()
  const cut = {
    ...base,
    request: { ...base.request, content: { bodySize: 900, codings: [], kept: 'truncated', digest: 'd', keptSize: 10 } },
  } as const
  t.match(planReplay(cut, text('x')), { error: /Only the first 10 of 900 octets/ })
  t.match(planReplay(cut, text('x'), { edits: [{ op: 'set-body', text: 'new' }] }), { request: { body: text('new') } })
  t.match(planReplay({ ...base, kind: 'websocket' }, undefined), { error: /WebSocket/ })
  t.match(planReplay({ ...base, kind: 'tunnel' }, undefined), { error: /tunnel/ })
  t.end()
})

t.test('nothing that would break a request line or a header gets through, in one sentence', (t) => {
  const bad: Edit[] = [
    { op: 'set-header', name: 'X', value: 'a\r\nY: b' },
    { op: 'set-header', name: 'X', value: 'a\0' },
    { op: 'set-header', name: 'X Y', value: 'a' },
    { op: 'set-header', name: '', value: 'a' },
    { op: 'set-method', value: 'GET /x HTTP/1.1\r\nA:' },
    { op: 'set-method', value: 'CONNECT' },
    { op: 'set-method', value: '' },
    { op: 'set-url', value: 'javascript:alert(1)' },
    { op: 'set-url', value: 'file:///etc/passwd' },
    { op: 'set-url', value: '/relative' },
    { op: 'set-url', value: 'http://a.test/\r\nX: y' },
    { op: 'set-body', base64: '***' },
    { op: 'set-json', pointer: 'x', value: 1 },
    { op: 'drop-table' } as unknown as Edit,
  ]
  for (const edit of bad) {
    const plan = planReplay(exchange(), undefined, { edits: [edit] })
    t.ok('error' in plan && /^[^\n\r]+\.$/.test(plan.error), JSON.stringify(edit))
  }
  t.match(planComposed({ method: 'GET', url: 'http://a.test/', headers: [{ name: 'A', value: 'b\nC: d' }] }), {
    error: /line break/,
  })
  t.match(
    planComposed({
      method: 'PUT',
      url: ' https://a.test/ ',
      headers: [{ name: ' A ', value: 'b' }],
      body: { text: 'Zo\u00eb' },
    }),
    {
      request: {
        method: 'PUT',
        url: 'https://a.test/',
        headers: ['A', 'b'],
        body: text('Zo\u00eb'),
        httpVersion: 'auto',
        followRedirects: false,
      },
    },
  )
  t.end()
})
