// The engine: keys, baselines, differentials, the primary finding, secrets, silence, and that nothing makes it throw.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import t from 'tap'
import { createDiagnosis, type DiagnosisOptions } from '../../src/diagnose/diagnose.ts'
import { type ExchangeSketch, exampleExchanges } from '../../src/diagnose/example-exchange.ts'
import { exampleJwt } from '../../src/diagnose/example-jwt.ts'
import type { Finding } from '../../src/diagnose/finding.ts'
import { pathTree } from '../../src/diagnose/path-tree.ts'
import { subjectOf } from '../../src/diagnose/read-subject.ts'
import type { Rule } from '../../src/diagnose/rule.ts'
import { ruleCatalogue } from '../../src/diagnose/rule-catalogue.ts'
import { rules } from '../../src/diagnose/rules.ts'
import { fc } from '../support/property.ts'

const hash = (octets: Uint8Array | string) => createHash('sha256').update(octets).digest('hex')

function start(options: DiagnosisOptions = {}) {
  const failures: string[] = []
  const diagnosis = createDiagnosis({ hash, now: () => 0, onRuleFailure: (id) => failures.push(id) }, options)
  const findings = new Map<string, readonly Finding[]>()
  const play = (...sketches: ExchangeSketch[]) => {
    const observed = exampleExchanges(sketches)
    for (const one of observed)
      for (const { exchangeId, findings: found } of diagnosis.observe(one)) findings.set(exchangeId, found)
    return observed.map(({ exchange }) => findings.get(exchange.id) ?? [])
  }
  return { diagnosis, play, findings, failures }
}

const keyOf = (sketch: ExchangeSketch) => {
  const [observed] = exampleExchanges([sketch])
  return observed ? subjectOf(observed).endpoint.key : ''
}

t.test('endpoint keys fold ids and tell tunnelled operations apart', (t) => {
  const get = (path: string) => keyOf({ request: `GET https://api.test${path}`, status: 200 })
  t.equal(get('/users/17'), 'GET https://api.test/users/{}')
  t.equal(get('/users/6f1c2d3e-0000-4000-8000-1234567890ab/posts?x=1'), 'GET https://api.test/users/{}/posts')
  t.equal(get('/commits/9fceb02d0ae598e'), 'GET https://api.test/commits/{}')
  t.equal(get('/files/report_2026.pdf'), 'GET https://api.test/files/{}')
  t.equal(get('/mail/me@example.test/days/2026-06-01'), 'GET https://api.test/mail/{}/days/{}')
  t.equal(get('/v1/orders'), 'GET https://api.test/v1/orders')
  const post = (sketch: Partial<ExchangeSketch>) =>
    keyOf({ request: 'POST https://api.test/x', status: 200, ...sketch })
  t.match(post({ body: { query: 'query Orders { orders { id } }' } }), /#Orders$/)
  t.equal(
    post({ body: { query: '{ order(id: 1) { id } }' } }),
    post({ body: { query: '{ order(id: 2) { id } }' } }),
    'literals do not make another operation',
  )
  t.match(post({ body: { jsonrpc: '2.0', id: 1, method: 'stock.get' } }), /#stock\.get$/)
  t.match(post({ headers: { SOAPAction: '"urn:do"' }, body: '<a/>' }), /#urn:do$/)
  t.match(
    post({ headers: { 'Content-Type': 'text/xml' }, body: '<methodCall><methodName>ping</methodName></methodCall>' }),
    /#ping$/,
  )
  t.match(post({ headers: { 'X-Amz-Target': 'Table.Get' }, body: '{}' }), /#Table\.Get$/)
  t.match(
    post({ headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: 'Action=ListZones&Version=1' }),
    /#ListZones$/,
  )
  t.end()
})

t.test('path trees keep counts, formats and maps', (t) => {
  const tree = pathTree()
  for (let n = 0; n < 12; n++)
    tree.fold({
      id: n,
      state: n % 2 ? 'open' : 'done',
      at: '2026-06-01T00:00:00Z',
      items: [{ a: 1 }, { a: null }],
      byName: { [`k${n}`]: 1, [`m${n * 3}`]: 2 },
    })
  t.equal(tree.at('/id')?.count, 12)
  t.equal(tree.at('/items/[]/a')?.nulls, 12)
  t.strictSame([...(tree.at('/state')?.values?.keys() ?? [])].sort(), ['done', 'open'])
  t.strictSame([...(tree.at('/at')?.formats.keys() ?? [])], ['iso-datetime'])
  t.ok((tree.at('/byName/*')?.count ?? 0) > 12, 'names that differ each time are data')
  const visited: string[] = []
  tree.walk({ id: 1, byName: { z: 1 }, other: 2 }, (_value, node, place) =>
    visited.push(`${node ? 'known' : 'new'} ${place.pointer}`),
  )
  t.strictSame(visited, ['known ', 'known /id', 'known /byName', 'new /other'], 'a walk does not go below a map')
  t.end()
})

t.test('the differential is ordered, without volatile noise, and says when there is only one', (t) => {
  const { play } = start()
  const call = (version: string, trace: string): ExchangeSketch => ({
    request: 'GET https://api.test/items/1',
    headers: { 'X-Api-Version': version, traceparent: trace, Authorization: 'Bearer abcdefghijklmnopqrst' },
    status: 200,
    answer: { id: 1 },
  })
  const all = play(call('2024-01', 'a'), call('2024-01', 'b'), {
    ...call('2023-01', 'c'),
    status: 400,
    answer: { message: 'bad' },
  })
  const found = all[2]?.find(({ ruleId }) => ruleId === 'diagnosis/differs-from-success')
  t.match(found?.title, /^The only difference from the call that worked at 12:00:01 UTC is the header X-Api-Version$/)
  t.strictSame(
    found?.differential?.differences.map(({ what, worked, failed }) => [what, worked, failed]),
    [['header X-Api-Version', '2024-01', '2023-01']],
  )
  t.equal(
    all[2]?.find(({ primary }) => primary)?.differential?.against,
    found?.differential?.against,
    'the primary finding carries it, too',
  )
  t.end()
})

t.test('differences come in the order of their weight', (t) => {
  const { play } = start()
  const [, failed] = play(
    {
      request: 'POST https://api.test/items?page=1',
      headers: { 'X-Api-Key': 'abcdefghijklmnopqrst', 'X-Api-Version': '2', 'X-Team': 'a' },
      body: { n: 1, s: 'x' },
      status: 201,
      answer: { id: 1 },
    },
    {
      request: 'PUT https://api.test/items?page=2',
      headers: { 'X-Api-Key': 'zbcdefghijklmnopqrst', 'X-Api-Version': '1', 'X-Team': 'b' },
      body: { n: '1' },
      status: 400,
      answer: { message: 'no' },
    },
  )
  const differences = failed?.find(({ primary }) => primary)?.differential?.differences ?? []
  t.strictSame(
    differences.map(({ what }) => what),
    [
      'method',
      'header X-Api-Version',
      'credential header X-Api-Key',
      'header X-Team',
      'query page',
      'body /n type',
      'body /s',
    ],
  )
  t.notMatch(JSON.stringify(differences), /bcdefghijklm/, 'credentials are shown by their fingerprint')
  t.end()
})

t.test('a failure gets exactly one primary; a rank 3 error gives way to a rank 1 error of its group', (t) => {
  const { play } = start()
  const [findings = []] = play({
    request: 'GET https://api.test/a',
    headers: { Authorization: `Bearer ${exampleJwt({ exp: -60 })}` },
    status: 401,
  })
  t.equal(findings.filter(({ primary }) => primary).length, 1)
  t.equal(findings[0]?.ruleId, 'auth/token-expired')
  t.notOk(findings.some(({ ruleId }) => ruleId === 'auth/invalid-credentials'))
  t.end()
})

t.test('whatever the status of a failure, it has an error and exactly one primary', (t) => {
  const answers = [
    undefined,
    { message: 'no' },
    { error: 'unauthorized' },
    { error: 'rate limit' },
    '<html></html>',
    { message: 'csrf' },
  ]
  const bare: string[] = []
  for (const imported of [false, true])
    for (let status = 400; status < 600; status++)
      for (const [n, answer] of answers.entries()) {
        const headers: Record<string, string> = n % 2 === 0 ? {} : { Authorization: 'Bearer abcdefghijklmnop' }
        const [findings = []] = start().play({ request: 'POST https://api.test/a', headers, status, answer, imported })
        if (findings.filter(({ primary, level }) => primary && level === 'error').length !== 1)
          bare.push(`${status} ${n}`)
      }
  t.strictSame(bare, [])
  t.end()
})

t.test('a rule that throws is contained and reported', (t) => {
  const broken: Rule = {
    id: 'request/broken',
    rank: 1,
    level: 'error',
    title: 'Broken',
    summary: '',
    references: [],
    scope: 'exchange',
    examples: [],
    check: () => {
      throw new Error('on purpose')
    },
  }
  const { play, failures } = start({ rules: [broken, ...rules] })
  const [findings] = play({ request: 'GET https://api.test/a', status: 500 })
  t.strictSame(failures, ['request/broken'])
  t.equal(findings?.[0]?.ruleId, 'server/internal-error', 'the rest goes on')
  t.end()
})

t.test('later exchanges change earlier verdicts', (t) => {
  const { play } = start()
  const failing: ExchangeSketch = {
    request: 'GET https://api.test/items/1',
    headers: { 'X-V': '2' },
    status: 400,
    answer: { message: 'bad' },
  }
  const [failed] = play(failing, { ...failing, headers: { 'X-V': '1' }, status: 200, answer: { id: 1 } })
  t.ok(
    failed?.some(({ differential }) => differential !== undefined),
    'a later success gives the failure something to compare with',
  )
  const second = start()
  const codes = second.play(
    { request: 'GET https://api.test/b/0', status: 200, answer: { code: 13, message: 'no such domain' } },
    { request: 'GET https://api.test/b/{n}', status: 200, answer: { code: 1, message: 'fine' }, times: 6 },
  )
  t.equal(
    codes[0]?.find(({ primary }) => primary)?.ruleId,
    'response/error-in-success',
    'the usual result code is known by then',
  )
  t.end()
})

t.test('mutes take findings away by id, group, host and endpoint, and give them back', (t) => {
  const { diagnosis, play } = start({ mutes: [{ rule: 'server/*', host: '*.test' }] })
  const [muted] = play({ request: 'GET https://api.test/a', status: 500 })
  t.strictSame(muted, [])
  const back = diagnosis.setMutes([])
  t.equal(back[0]?.findings[0]?.ruleId, 'server/internal-error')
  t.strictSame(
    diagnosis.setMutes([{ rule: 'server/internal-error', endpoint: 'GET https://api.test/b' }]),
    [],
    'another endpoint',
  )
  t.equal(diagnosis.setMutes([{ rule: 'server/internal-error', endpoint: 'GET https://api.test/a' }]).length, 1)
  t.end()
})

t.test('no text of a finding repeats a secret, and edits name it by its fingerprint', (t) => {
  const { diagnosis, play } = start()
  const key = 'live_0123456789abcdefghij'
  const [findings = []] = play({
    request: `POST https://api.test/a?api_key=${key}%20`,
    headers: { Cookie: 'session=cookie-secret-value' },
    body: { password: 'body-secret-value', note: '' },
    status: 401,
    answer: { error: `Invalid key ${key}` },
  })
  const said = JSON.stringify(findings)
  for (const secret of [key, 'cookie-secret-value', 'body-secret-value']) t.notMatch(said, secret)
  const fix = findings.find(({ primary }) => primary)?.fix
  const [edit] = fix?.edits ?? []
  t.match(edit && 'value' in edit ? edit.value : '', /^\{\{secret:[0-9a-f]{8}\}\}$/)
  t.strictSame(diagnosis.restore(fix?.edits ?? []), [{ op: 'set-query', name: 'api_key', value: key }])
  t.end()
})

t.test('an exchange observed again without a change says the same and teaches nothing', (t) => {
  const { diagnosis } = start()
  const observed = exampleExchanges([
    { request: 'GET https://api.test/items/{n}', status: 200, answer: { id: 1 }, times: 4 },
    { request: 'GET https://api.test/items/9', status: 200, answer: { id: 'x' } },
  ])
  const first = observed.map((one) => diagnosis.observe(one)[0]?.findings)
  t.equal(first.at(-1)?.[0]?.ruleId, 'schema/response-type-changed')
  t.strictSame(
    observed.map((one) => diagnosis.observe(one)[0]?.findings),
    first,
  )
  t.end()
})

t.test('the catalogue is what the rules say', (t) => {
  t.equal(
    readFileSync(new URL('../../docs/rules.md', import.meta.url), 'utf8'),
    ruleCatalogue(rules),
    'write it anew with: node test/support/write-rule-catalogue.ts',
  )
  t.end()
})

t.test('whatever is observed, nothing throws, in the engine or in a rule', (t) => {
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom(
      '',
      '{',
      '<a>',
      '[]',
      'null',
      '{"errors":[null]}',
      '{"error":{"message":{}}}',
      '\u0000',
      '%',
      '<a b="',
      'a=b&c',
      'Bearer',
      'Bearer ',
      'Basic %%%',
      'eyJ.eyJ.',
      'eyJhIjoxfQ.eyJleHAiOiJ4In0.x',
      '-1',
      '1e999',
      'Infinity',
      '9'.repeat(400),
    ),
  )
  const name = fc.constantFrom(
    'Authorization',
    'Content-Type',
    'WWW-Authenticate',
    'Retry-After',
    'Date',
    'Cookie',
    'Set-Cookie',
    'Location',
    'Origin',
    'Sunset',
    'Deprecation',
    'Link',
    'X-RateLimit-Remaining',
    'X-RateLimit-Limit',
    'RateLimit',
    'Content-Length',
    'Content-Encoding',
    'Accept',
    'X-Api-Key',
    'Host',
    'grpc-status',
    'ETag',
    'If-Match',
    'Via',
    'Cache-Control',
    'Age',
    'Allow',
  )
  const fields = fc.array(
    fc.tuple(
      name,
      fc.oneof(
        text,
        fc.constantFrom(
          'application/json',
          'text/html',
          'application/grpc',
          'multipart/form-data; boundary=x',
          'application/xml',
          'application/x-www-form-urlencoded',
        ),
      ),
    ),
    { maxLength: 6 },
  )
  const content = fc.oneof(text, fc.jsonValue(), fc.uint8Array({ maxLength: 40 }), fc.constant(undefined))
  const sketch = fc.record({
    request: fc
      .tuple(
        fc.constantFrom('GET', 'POST', 'PUT', 'OPTIONS', 'HEAD', 'get', ''),
        fc.oneof(
          fc.webUrl(),
          text,
          fc.constantFrom('https://api.test/a/1', 'https://api.test/a/undefined?x=%&&=', 'http://[::1]:1/'),
        ),
      )
      .map(([method, url]) => `${method} ${url}`),
    headers: fields,
    body: content,
    status: fc.option(
      fc.constantFrom(
        0,
        100,
        101,
        200,
        201,
        204,
        206,
        207,
        301,
        304,
        400,
        401,
        403,
        404,
        405,
        409,
        412,
        415,
        422,
        429,
        431,
        500,
        502,
        503,
        504,
        520,
        599,
      ),
      { nil: undefined },
    ),
    answerHeaders: fields,
    answer: content,
    trailers: fields,
    failure: fc.option(
      fc.record({
        phase: fc.constantFrom('resolve', 'connect', 'tls', 'request', 'response', 'client'),
        code: fc.constantFrom('ENOTFOUND', 'ECONNRESET', 'X', ''),
      }),
      { nil: undefined },
    ),
    imported: fc.boolean(),
    truncated: fc.boolean(),
    at: fc.integer({ min: 0, max: 4000 }),
  })
  fc.assert(
    fc.property(fc.array(sketch, { minLength: 1, maxLength: 8 }), (sketches) => {
      const { play, failures } = start({ wanted: rules.filter(({ quiet }) => quiet).map(({ id }) => id) })
      const all = play(
        ...(sketches
          .map((one) => JSON.parse(JSON.stringify({ ...one, body: undefined, answer: undefined })))
          .map((one, index) => ({
            ...one,
            body: sketches[index]?.body,
            answer: sketches[index]?.answer,
          })) as ExchangeSketch[]),
      )
      if (failures.length > 0) throw new Error(`threw: ${failures.join(', ')}`)
      for (const findings of all) {
        const errors = findings.filter(({ level }) => level === 'error')
        if (findings.filter(({ primary }) => primary).length !== (errors.length > 0 ? 1 : 0))
          throw new Error('not exactly one primary')
        if (findings.some(({ brief }) => brief.length === 0 || brief.length > 26)) throw new Error('brief too long')
      }
    }),
    { numRuns: 150 },
  )
  t.pass('150 runs')
  t.end()
})
