// Whatever traffic comes, no rule throws, every failure is told, places exist, and briefs fit the grid.
import { createHash } from 'node:crypto'
import t from 'tap'
import { createDiagnosis } from '../../src/diagnose/diagnose.ts'
import { type ExchangeSketch, exampleExchanges } from '../../src/diagnose/example-exchange.ts'
import { rules } from '../../src/diagnose/rules.ts'
import type { FailurePhase } from '../../src/exchange/failure.ts'
import { unresolvedEvidence } from '../support/evidence.ts'
import { fc } from '../support/property.ts'

const hash = (octets: Uint8Array | string) => createHash('sha256').update(octets).digest('hex')

const word = fc.constantFrom(
  'items',
  'users',
  '{id}',
  '7',
  'v1',
  '',
  '%zz',
  'a b',
  '550e8400-e29b-41d4-a716-446655440000',
)
const path = fc.array(word, { maxLength: 4 }).map((words) => `/${words.join('/')}`)
const query = fc.constantFrom(
  '',
  '?',
  '?q=%',
  '?api-version=2024-01',
  '?token=abcdefghij0123456789',
  '?a=1&a=2',
  '?x={{y}}',
  '?q=%25C3',
)
const url = fc
  .tuple(fc.constantFrom('http://a.test', 'https://b.test:8443', 'https://[::1]:9', 'http://1.2.3.4'), path, query)
  .map((parts) => parts.join(''))

const junk = fc.oneof(
  fc.constantFrom(
    '',
    '{',
    '{"a":1,}',
    '<a>',
    '<html><title>nginx</title>',
    'a=1&b',
    'null',
    '[]',
    '{"error":null}',
    '{"errors":[1,null,{}]}',
  ),
  fc.constantFrom(
    '{"message":"rate limit exceeded"}',
    '{"error":{"code":17,"message":["x"]}}',
    '[{"errorCode":3}]',
    '--x\r\n\r\n--x--',
  ),
  fc.json({ maxDepth: 3 }),
  fc.string({ maxLength: 60 }),
)
const field = fc.constantFrom(
  ...[
    'Content-Type',
    'Retry-After',
    'X-RateLimit-Remaining',
    'X-RateLimit-Reset',
    'RateLimit',
    'WWW-Authenticate',
    'Allow',
    'Location',
  ],
  ...[
    'Link',
    'Sunset',
    'Deprecation',
    'Set-Cookie',
    'Server',
    'Via',
    'Content-Encoding',
    'Proxy-Status',
    'Authorization',
    'Cookie',
    'Accept',
  ],
  ...['If-Match', 'Content-Length', 'Api-Version', 'Origin', 'Date', 'Warning', 'grpc-status', 'X-Request-Id'],
)
const value = fc.oneof(
  fc.constantFrom(
    '0',
    '-1',
    '60',
    '1e9',
    '99999999999999999999',
    'soon',
    'Mon, 01 Jun 2026 12:05:00 GMT',
    '@1767225600',
    'Bearer',
    'Bearer x.y.z',
  ),
  fc.constantFrom(
    '"a";r=0;t=1',
    'application/json',
    'multipart/form-data',
    'text/html; charset=',
    'a=b; SameSite=None',
    '<x>; rel=y',
    '299 - "deprecated"',
    'cloudflare',
  ),
  fc.string({ maxLength: 20 }).map((text) => text.replace(/[^\x20-\x7e]/g, '?')),
)
const fields = fc.array(fc.tuple(field, value), { maxLength: 5 })
const failure = fc.record({
  phase: fc.constantFrom<FailurePhase>('resolve', 'connect', 'tls', 'request', 'response', 'client'),
  code: fc.constantFrom(
    'ENOTFOUND',
    'ECONNRESET',
    'CERT_HAS_EXPIRED',
    'UPSTREAM_CLOSED',
    'CLIENT_CLOSED',
    'LOOP',
    'HPE_X',
    'X',
    'RESPONSE_CUT',
  ),
  received: fc.constantFrom('', 'SSH-2.0', 'HTTP/1.1 ', '\x15\x03\x01'),
})

const sketch: fc.Arbitrary<ExchangeSketch> = fc
  .record({
    request: fc
      .tuple(fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD', 'CONNECT', 'BREW'), url)
      .map((parts) => parts.join(' ')),
    headers: fields,
    body: fc.option(junk, { nil: undefined }),
    status: fc.option(
      fc.oneof(fc.integer({ min: 100, max: 599 }), fc.constantFrom(200, 200, 401, 404, 429, 503, 999)),
      { nil: undefined },
    ),
    answerHeaders: fields,
    answer: fc.option(junk, { nil: undefined }),
    trailers: fc.array(fc.tuple(fc.constant('grpc-status'), value), { maxLength: 1 }),
    failure: fc.option(failure, { nil: undefined, freq: 5 }),
    took: fc.integer({ min: 0, max: 100_000 }),
    imported: fc.boolean(),
    truncated: fc.boolean(),
    times: fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined }),
  })
  .map(
    (made) =>
      Object.fromEntries(Object.entries(made).filter(([, one]) => one !== undefined)) as unknown as ExchangeSketch,
  )

t.test('random traffic', async (t) => {
  const told: string[] = []
  const wanted = rules.filter(({ quiet }) => quiet).map(({ id }) => id)
  fc.assert(
    fc.property(fc.array(sketch, { minLength: 1, maxLength: 6 }), (sketches) => {
      const threw: string[] = []
      const diagnosis = createDiagnosis(
        {
          hash,
          now: () => 0,
          onRuleFailure: (id, _exchange, error) => threw.push(`${id}: ${error instanceof Error ? error.stack : error}`),
        },
        { wanted },
      )
      const observed = exampleExchanges(sketches)
      for (const one of observed) {
        for (const { findings } of diagnosis.observe(one)) {
          const wrong = unresolvedEvidence(findings, observed)
          if (wrong.length > 0) throw new Error(wrong.join('; '))
          for (const { brief, explanation, ruleId } of findings) {
            if (brief.length > 26 || brief === '') throw new Error(`${ruleId}: brief “${brief}”`)
            if (/undefined(?! is Java)|\[object|NaN(?! )/.test(explanation.replace(/“[^”]*”/g, '')))
              told.push(`${ruleId}: ${explanation}`)
          }
        }
      }
      if (threw.length > 0) throw new Error(threw.join('\n'))
    }),
    { numRuns: 150 },
  )
  t.strictSame([...new Set(told.map((one) => one.split(':')[0]))], [], told.slice(0, 5).join('\n'))
})
