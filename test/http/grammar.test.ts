// The small grammars of HTTP that rules read by: dates, Retry-After, structured fields, rate limits, JSON faults, XML, multipart.

import t from 'tap'
import { closeText } from '../../src/http/close-code.ts'
import { formatHttpDate, httpDate } from '../../src/http/http-date.ts'
import { jsonPosition } from '../../src/http/json-position.ts'
import { multipart } from '../../src/http/multipart.ts'
import { toBase64, utf8Octets } from '../../src/http/octets.ts'
import { rateLimits } from '../../src/http/rate-limit-fields.ts'
import { retryAfter } from '../../src/http/retry-after.ts'
import { parseDictionary, parseList } from '../../src/http/structured-fields.ts'
import { xmlFault } from '../../src/http/xml-wellformed.ts'
import { fc } from '../support/property.ts'

const now = Date.UTC(2026, 5, 1, 12)
const fields = (headers: Readonly<Record<string, string>>) =>
  Object.entries(headers).map(([name, value]) => ({ name, value }))

t.test('HTTP dates: three forms in, one form out', async (t) => {
  const moment = Date.UTC(1994, 10, 6, 8, 49, 37)
  t.equal(httpDate('Sun, 06 Nov 1994 08:49:37 GMT'), moment, 'IMF-fixdate')
  t.equal(httpDate('Sunday, 06-Nov-94 08:49:37 GMT', now), moment, 'RFC 850, a year more than 50 ahead is a past one')
  t.equal(httpDate('Sun Nov  6 08:49:37 1994'), moment, 'asctime')
  t.equal(formatHttpDate(moment), 'Sun, 06 Nov 1994 08:49:37 GMT')
  for (const bad of [
    '',
    'tomorrow',
    '1994-11-06T08:49:37Z',
    'Sun, 31 Feb 2026 08:49:37 GMT',
    'Sun, 06 Nov 1994 25:00:00 GMT',
  ])
    t.equal(httpDate(bad), undefined, bad)
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 4_102_444_800 }),
      (seconds) => httpDate(formatHttpDate(seconds * 1000)) === seconds * 1000,
    ),
  )
})

t.test('Retry-After: seconds, date, milliseconds, nonsense', async (t) => {
  t.match(retryAfter(fields({ 'Retry-After': '30' }), now), { kind: 'seconds', at: now + 30_000, index: 0 })
  t.match(retryAfter(fields({ A: '1', 'retry-after': 'Mon, 01 Jun 2026 12:05:00 GMT' }), now), {
    kind: 'date',
    at: now + 300_000,
    index: 1,
  })
  t.match(retryAfter(fields({ 'retry-after-ms': '1500' }), now), { kind: 'seconds', at: now + 1500 })
  t.match(retryAfter(fields({ 'Retry-After': 'soon' }), now), { kind: 'invalid', value: 'soon' })
  t.equal(retryAfter([], now), undefined)
})

t.test('structured fields: items, parameters, inner lists, and what is refused', async (t) => {
  const [first, second] = parseList('"a b";x=1;y, (tok 1.5 ?0);q=@1767225600') ?? []
  t.strictSame(first?.bare, { type: 'string', value: 'a b' })
  t.strictSame(
    [...(first?.parameters ?? [])],
    [
      ['x', { type: 'integer', value: 1 }],
      ['y', { type: 'boolean', value: true }],
    ],
  )
  t.strictSame(
    second?.items?.map(({ bare }) => bare?.value),
    ['tok', 1.5, false],
  )
  t.strictSame(second?.parameters.get('q'), { type: 'date', value: 1767225600 })
  t.strictSame(parseDictionary('a=1, b, c=:aGk=:')?.get('c')?.bare, { type: 'bytes', value: 'aGk=' })
  t.equal(parseDictionary('a, b=2')?.get('a')?.bare?.value, true)
  for (const bad of ['"open', 'a,', 'a b', '(a', '1.2345', '"é"', 'a;;b', '1234567890123456'])
    t.equal(parseList(bad), undefined, bad)
  t.strictSame(parseList(''), [])
})

t.test('rate limit fields of every dialect', async (t) => {
  const cases: readonly (readonly [headers: Readonly<Record<string, string>>, tightest: object])[] = [
    [
      { RateLimit: '"default";r=50;t=30', 'RateLimit-Policy': '"default";q=100;w=60' },
      { bucket: 'default', remaining: 50, limit: 100, resetAt: now + 30_000, windowSeconds: 60 },
    ],
    [{ RateLimit: 'limit=100, remaining=0, reset=30' }, { limit: 100, remaining: 0, resetAt: now + 30_000 }],
    [
      { 'RateLimit-Limit': '10, 10;w=1', 'RateLimit-Remaining': '9', 'RateLimit-Reset': '1' },
      { limit: 10, remaining: 9, resetAt: now + 1000 },
    ],
    [
      {
        'X-RateLimit-Limit': '60',
        'X-RateLimit-Remaining': '0',
        'X-RateLimit-Reset': '1780315260',
        'X-RateLimit-Resource': 'core',
      },
      { bucket: 'core', remaining: 0, resetAt: 1780315260000 },
    ],
    [
      { 'X-Ratelimit-Remaining': '599.0', 'X-Ratelimit-Used': '1', 'X-Ratelimit-Reset': '177' },
      { remaining: 599, resetAt: now + 177_000 },
    ],
    [
      { 'x-rate-limit-remaining': '3', 'x-rate-limit-reset': '1780315260123' },
      { remaining: 3, resetAt: 1780315260123 },
    ],
    [
      {
        'x-ratelimit-remaining-requests': '59',
        'x-ratelimit-remaining-tokens': '0',
        'x-ratelimit-reset-tokens': '1m30s',
        'x-ratelimit-limit-tokens': '100',
      },
      { bucket: 'tokens', remaining: 0, resetAt: now + 90_000 },
    ],
    [
      {
        'anthropic-ratelimit-requests-limit': '50',
        'anthropic-ratelimit-requests-remaining': '49',
        'anthropic-ratelimit-requests-reset': '2026-06-01T12:01:00Z',
      },
      { bucket: 'requests', limit: 50, remaining: 49, resetAt: now + 60_000 },
    ],
    [{ 'X-Shopify-Shop-Api-Call-Limit': '39/40' }, { limit: 40, remaining: 1 }],
    [{ 'x-ms-ratelimit-remaining-subscription-reads': '11999' }, { bucket: 'subscription-reads', remaining: 11999 }],
    [
      { 'X-RateLimit-Limit-Minute': '20', 'X-RateLimit-Remaining-Minute': '3' },
      { bucket: 'minute', limit: 20, remaining: 3 },
    ],
    [
      { 'X-RateLimit-Reset-After': '1.5', 'X-RateLimit-Remaining': '0' },
      { remaining: 0, resetAt: now + 1500 },
    ],
  ]
  for (const [headers, tightest] of cases)
    t.match(rateLimits(fields(headers), now)[0], tightest, Object.keys(headers)[0] ?? '')
  t.strictSame(
    rateLimits(fields({ 'X-RateLimit-Remaining': '<removed>', 'Content-Limit': 'x' }), now),
    [],
    'damage is no limit',
  )
})

t.test('where JSON breaks, and its smallest repair', async (t) => {
  const cases: readonly (readonly [text: string, kind: string, line: number, column: number, repaired?: string])[] = [
    ['{"a":1,}', 'trailing-comma', 1, 7, '{"a":1}'],
    ['{"a":1\n "b":2}', 'missing-comma', 2, 2, '{"a":1,\n "b":2}'],
    ["{'a':'x\"y'}", 'single-quotes', 1, 2, '{"a":"x\\"y"}'],
    ['{a:1}', 'unquoted-key', 1, 2, '{"a":1}'],
    ['{"a":1 // c\n}', 'comment', 1, 8, '{"a":1 \n}'],
    ['{"a":NaN}', 'not-a-number', 1, 6, '{"a":{{number}}}'],
    ['{"a":-Infinity}', 'not-a-number', 1, 7, '{"a":{{number}}}'],
    ['{"a":True,"b":None}', 'python-literal', 1, 6, '{"a":true,"b":null}'],
    ['{"a":"x\ny"}', 'control-character', 1, 8, '{"a":"x\\ny"}'],
    ['\ufeff{"a":1}', 'byte-order-mark', 1, 1, '{"a":1}'],
    ['{"a":\u00a01}', 'odd-space', 1, 6, '{"a": 1}'],
    ['{"a":"c:\\x"}', 'bad-escape', 1, 9, '{"a":"c:\\\\x"}'],
    ['{"a":"it\\\'s"}', 'bad-escape', 1, 9, '{"a":"it\'s"}'],
    ['{"a":[1,2', 'truncated', 1, 10],
    ['{"a":"x', 'truncated', 1, 8],
    ['{"a":tr', 'truncated', 1, 8],
    ['{"a":1}{"b":2}', 'two-documents', 1, 8],
    ['[object Object]', 'javascript-object', 1, 1],
    ['{"a":undefined}', 'undefined-value', 1, 6],
    ['{"a":}', 'missing-value', 1, 6],
    ['{"a" 1}', 'missing-colon', 1, 6],
    ['{"a":1]', 'mismatched-bracket', 1, 7],
    ['{"a":01}', 'bad-number', 1, 6],
    ['  ', 'empty', 1, 1],
  ]
  for (const [text, kind, line, column, repaired] of cases) {
    const position = jsonPosition(text)
    t.match(position.faults[0], { kind, line, column }, text)
    t.equal(position.repaired, repaired, `repair of ${text}`)
  }
  t.equal(jsonPosition(`${'['.repeat(100_000)}x`).faults[0]?.kind, 'too-deep', 'hostile nesting ends')
})

t.test('JSON positions agree with JSON.parse, whatever comes', async (t) => {
  const parses = (text: string): boolean => {
    try {
      JSON.parse(text)
      return true
    } catch {
      return false
    }
  }
  const damaged = fc
    .tuple(
      fc.json({ maxDepth: 3 }),
      fc.nat(),
      fc.constantFrom('', ',', '"', "'", '{', ']', '\n', 'True', '//', '\\', '\u0000'),
    )
    .map(([text, at, junk]) => text.slice(0, at % (text.length + 1)) + junk + text.slice(at % (text.length + 1)))
  fc.assert(
    fc.property(fc.oneof(damaged, fc.string()), (text) => {
      const { faults, repaired, holes } = jsonPosition(text)
      const inside = faults.every(({ offset }) => offset >= 0 && offset <= text.length)
      const sound = repaired === undefined || parses(holes ? repaired.replaceAll('{{number}}', '0') : repaired)
      return (faults.length === 0) === parses(text) && inside && sound
    }),
    { numRuns: 3000 },
  )
  t.pass('3000 texts')
  fc.assert(
    fc.property(fc.json({ maxDepth: 3 }), (text) => {
      const broken = text.replace(/([}\]])$/, ',$1')
      return broken === text || /[[{],[}\]]$/.test(broken) || jsonPosition(broken).repaired === text
    }),
  )
  t.pass('a trailing comma is taken out and nothing else is touched')
})

t.test('where XML breaks', async (t) => {
  const cases: readonly (readonly [text: string, kind: string, line: number, column: number])[] = [
    ['<a>x & y</a>', 'bare-ampersand', 1, 6],
    ['<a>\n<b></a>', 'mismatched-tag', 2, 4],
    ['<a>', 'unclosed', 1, 1],
    ['<a b=1/>', 'bad-attribute', 1, 1],
    ['<a b="1" b="2"/>', 'duplicate-attribute', 1, 1],
    ['<a/><b/>', 'second-root', 1, 5],
    ['<a/>x', 'text-outside-root', 1, 5],
    ['x<a/>', 'no-root', 1, 1],
    [' <?xml version="1.0"?><a/>', 'declaration-not-first', 1, 2],
    ['<a>1 < 2</a>', 'bare-less-than', 1, 6],
    ['<a>&nbsp;</a>', 'unknown-entity', 1, 4],
    ['<a>\u0001</a>', 'bad-character', 1, 4],
    ['', 'empty', 1, 1],
  ]
  for (const [text, kind, line, column] of cases) t.match(xmlFault(text), { kind, line, column }, text)
  for (const good of [
    '<a/>',
    '<?xml version="1.0"?>\n<!DOCTYPE a [<!ENTITY e "x">]><a b=\'1\'>&e;<!-- c --><![CDATA[ <x & ]]></a>',
    '<s:E xmlns:s="x"><s:B/></s:E>',
  ])
    t.equal(xmlFault(good), undefined, good)
})

t.test('the outline of multipart bodies', async (t) => {
  const body = '--x1\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\n\r\nhello\r\n--x1--\r\n'
  t.match(multipart('multipart/form-data; boundary=x1', body), { parts: [{ name: 'f', filename: 'a.txt', size: 5 }] })
  t.match(multipart('multipart/form-data', body), { fault: 'no-boundary-parameter', found: 'x1' })
  t.match(multipart('multipart/form-data; boundary=zz', body), { fault: 'boundary-not-in-body', found: 'x1' })
  t.match(multipart('multipart/form-data; boundary="x1"', body.slice(0, -8)), { fault: 'no-closing-delimiter' })
  t.match(multipart('multipart/form-data; boundary=x1', body.replace(/; name="f"/, '')), { fault: 'part-without-name' })
  t.equal(
    multipart('multipart/mixed; boundary=x1', body.replace(/; name="f"/, '')).fault,
    undefined,
    'only forms need names',
  )
})

t.test('what a close frame says', async (t) => {
  const close = (reason: string, code?: number) =>
    closeText({ data: toBase64(utf8Octets(reason)), ...(code === undefined ? {} : { code }) })
  t.equal(close('token expired', 1008), 'close 1008 (policy violation): token expired')
  t.equal(close('zu groß', 1009), 'close 1009 (message too big): zu groß', 'a reason is UTF-8')
  t.equal(close('', 1000), 'close 1000 (normal closure)')
  t.equal(close('bye', 4401), 'close 4401 (a code of its own): bye')
  t.equal(close('', 1005), 'close', 'no code was in the frame')
  t.equal(close(''), 'close')
})

t.test('hostile texts cost no more than their length', async (t) => {
  const texts: readonly (readonly [name: string, run: () => unknown])[] = [
    ['a fault in every member', () => jsonPosition(`[${"{'a':'b'},\n".repeat(50_000)}]`)],
    ['escapes', () => jsonPosition(`"${'\\q'.repeat(300_000)}`)],
    ['comment beginnings', () => jsonPosition('/*'.repeat(300_000))],
    ['many elements', () => xmlFault(`<r>${'<a b="c">x</a>'.repeat(50_000)}</r>`)],
    ['tag beginnings', () => xmlFault('<'.repeat(300_000))],
    ['spaces in a tag', () => xmlFault(`<a${' '.repeat(300_000)}`)],
    ['boundaries', () => multipart('multipart/form-data; boundary=x', '--x\r\n'.repeat(50_000))],
    ['members', () => parseList('a,'.repeat(100_000))],
    ['units', () => rateLimits(fields({ 'X-RateLimit-Reset': '1'.repeat(100_000) }), now)],
  ]
  for (const [name, run] of texts) {
    const begun = performance.now()
    run()
    const took = performance.now() - begun
    // Seconds would be quadratic; this leaves room for a slow machine.
    t.ok(took < 10_000, `${name}: ${Math.round(took)} ms`)
  }
})
