// The small readings rules share: edit distance, Link, who answered, versions, reach of a host, words for numbers.

import t from 'tap'
import { answeredBy } from '../../src/diagnose/answered-by.ts'
import { editDistance } from '../../src/diagnose/edit-distance.ts'
import { exampleExchanges } from '../../src/diagnose/example-exchange.ts'
import { isLoopbackHost, isPrivateHost } from '../../src/diagnose/host-reach.ts'
import { linkTarget } from '../../src/diagnose/link-target.ts'
import { maxSame, originMemory } from '../../src/diagnose/origin-memory.ts'
import { pastOf, requestKeyOf } from '../../src/diagnose/past.ts'
import { brief, count, listed, moment, size, span } from '../../src/diagnose/phrases.ts'
import { subjectOf } from '../../src/diagnose/read-subject.ts'
import { clip, printable } from '../../src/diagnose/redact.ts'
import { versionMarkers } from '../../src/diagnose/version-markers.ts'
import {
  credentialHeader,
  credentialMember,
  credentialQuery,
  isSecretField,
  isSecretMember,
  isSecretParameter,
  isSensitiveName,
} from '../../src/http/secret-names.ts'
import { fc } from '../support/property.ts'

function subject(answerHeaders: Readonly<Record<string, string>>, answer = '') {
  const [observed] = exampleExchanges([
    { request: 'GET https://api.test/v1/items', status: 502, answerHeaders, answer },
  ])
  if (!observed) throw new Error('no exchange')
  return subjectOf(observed)
}

t.test('edit distance', async (t) => {
  t.equal(editDistance('orders', 'odrers', 2), 1, 'neighbours swapped')
  t.equal(editDistance('users', 'user', 2), 1)
  t.equal(editDistance('users', 'items', 2), 3, 'stops beyond its limit')
  fc.assert(
    fc.property(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), (a, b) => {
      const forth = editDistance(a, b, 8)
      return forth === editDistance(b, a, 8) && (forth === 0) === (a === b)
    }),
  )
})

t.test('Link targets', async (t) => {
  const link =
    '<https://docs.test/a,b>; rel="deprecation"; type="text/html", </v2/items>;rel=successor-version;title="a, b"'
  t.equal(linkTarget(subject({ Link: link }), ['successor-version']), 'https://api.test/v2/items')
  t.equal(linkTarget(subject({ Link: link }), ['deprecation']), 'https://docs.test/a,b')
  t.equal(
    linkTarget(subject({ Link: '<javascript:alert(1)>; rel="successor-version"' }), ['successor-version']),
    undefined,
  )
  t.equal(linkTarget(subject({}), ['next']), undefined)
})

t.test('who answered', async (t) => {
  const cases: readonly (readonly [Readonly<Record<string, string>>, string, string, string])[] = [
    [{ Server: 'nginx/1.26' }, '<center>nginx/1.26</center>', 'nginx', 'intermediary'],
    [{ Server: 'cloudflare' }, 'error code: 1020', 'Cloudflare', 'intermediary'],
    [{}, 'upstream connect error or disconnect/reset before headers', 'Envoy', 'intermediary'],
    [{ Server: 'awselb/2.0' }, '', 'AWS load balancer', 'intermediary'],
    [{ Via: '1.1 telltale' }, '{}', 'Telltale', 'own'],
    [{ Server: 'my-api/2' }, '{}', 'my-api/2', 'unknown'],
    [{}, '{}', '', 'unknown'],
  ]
  for (const [headers, body, product, kind] of cases)
    t.match(answeredBy(subject(headers, body)), { product, kind }, product || 'nothing')
})

t.test('version markers', async (t) => {
  const found = versionMarkers({
    url: 'https://api.test/v2/items?api-version=2024-01-01&v=abc',
    path: '/v2/items',
    headers: [
      { name: 'X-GitHub-Api-Version', value: '2022-11-28' },
      { name: 'Accept', value: 'application/vnd.shop.v3+json' },
      { name: 'Sec-WebSocket-Version', value: '13' },
      { name: 'MIME-Version', value: '1.0' },
    ],
  })
  t.strictSame(
    found.map(({ place, value }) => [place, value]),
    [
      ['path', 'v2'],
      ['header', '2022-11-28'],
      ['accept', 'v3'],
      ['query', '2024-01-01'],
    ],
  )
  t.strictSame(
    found.map(({ edit }) => edit('X')),
    [
      { op: 'set-path', value: '/X/items' },
      { op: 'set-header', name: 'X-GitHub-Api-Version', value: 'X' },
      { op: 'set-header', name: 'Accept', value: 'application/vnd.shop.X+json' },
      { op: 'set-query', name: 'api-version', value: 'X' },
    ],
  )
})

t.test('how far away a host is', async (t) => {
  for (const host of ['localhost', 'a.localhost', '127.0.0.5', '[::1]', '::ffff:127.0.0.1'])
    t.ok(isLoopbackHost(host), host)
  for (const host of [
    '10.1.2.3',
    '172.16.0.1',
    '172.31.9.9',
    '192.168.1.1',
    '100.64.0.1',
    'fd00::1',
    'fe80::1',
    'db',
    'x.internal',
    'x.test',
  ])
    t.ok(isPrivateHost(host), host)
  for (const host of ['172.32.0.1', '8.8.8.8', 'api.shop.com', '2606:4700::1', '127.evil.com', '10.evil.com'])
    t.notOk(isLoopbackHost(host) || isPrivateHost(host), host)
})

t.test('words for numbers', async (t) => {
  t.strictSame([840, 1500, 12_000, 180_000, 7_200_000, 432_000_000].map(span), [
    '840 ms',
    '1.5 s',
    '12 s',
    '3 min',
    '2 h',
    '5 days',
  ])
  t.strictSame([1, 512, 14_336, 3_355_443].map(size), ['1 byte', '512 bytes', '14 KiB', '3.2 MiB'])
  t.equal(moment(Date.UTC(2026, 5, 1, 12)), '2026-06-01 12:00:00 UTC')
  t.equal(moment(Number.NaN), 'an unknown time')
  t.equal(count(2, 'request'), '2 requests')
  t.equal(listed(['a', 'b', 'c', 'd'], 3), 'a, b and 2 more')
  t.equal(listed(['a', 'b'], 5, 'or'), 'a or b')
  t.equal(brief('a cause that is much too long for the grid'), 'a cause that is much too…')
})

t.test('what identifies a caller is a secret everywhere: in findings, on the screen and in exports', async (t) => {
  const fields = [
    'X-Api-Key',
    'DD-APPLICATION-KEY',
    'Ocp-Apim-Subscription-Key',
    'X-Shopify-Access-Token',
    'x-auth-email',
  ]
  for (const name of [...fields, 'X-Amz-Security-Token', 'Private-Token', 'X-Session-Id', 'client_secret']) {
    t.ok(credentialHeader(name), `${name} is a credential`)
    t.ok(isSecretField(name), `${name} is masked`)
  }
  for (const name of [
    'sig',
    'signature',
    'access_token',
    'apikey',
    'AWSAccessKeyId',
    'X-Amz-Signature',
    'hapikey',
    'appid',
  ]) {
    t.ok(credentialQuery(name), `${name} is a credential`)
    t.ok(isSecretParameter(name, 'abcdefgh12345678', [name]), `${name} is masked`)
  }
  for (const name of ['password', 'login_token', 'client_secret', 'api_key']) {
    t.ok(credentialMember(name), `${name} is a credential`)
    t.ok(isSecretMember(name) && isSensitiveName(name), `${name} is masked`)
  }
  for (const name of ['id', 'name', 'page_token', 'next_token', 'keyboard', 'monkey'])
    t.notOk(isSecretMember(name), name)
})

t.test('characters nobody sees are shown', async (t) => {
  t.equal(printable('a\r\nb\nc\td\re\u0000\u200bf\u00a0'), 'a↵b↵c\\td\\re\\u0000\\u200bf\\u00a0')
  t.equal(clip('line one\nline two', 10), 'line one↵…')
})

t.test('an origin whose addresses are polled for days is remembered in bounds', async (t) => {
  const memory = originMemory('https://api.test')
  const exchanges = exampleExchanges([
    { request: 'GET https://api.test/a/{n}', times: 20, status: 200, answer: { n: '{n}' } },
  ]).map((one) => subjectOf(one))
  const pasts = exchanges.map((one) => pastOf(one, [], requestKeyOf(one)))
  for (let round = 0; round < 500; round++)
    exchanges.forEach((one, index) => {
      const past = pasts[index]
      if (past) memory.learn(one, { ...past, id: `${round}-${index}` })
    })
  for (const [index, past] of pasts.entries()) {
    const same = memory.sameRequest(past.requestKey)
    t.ok(same.length >= maxSame && same.length <= maxSame * 1.25, `${same.length} repetitions`)
    t.equal(same.at(-1)?.id, `499-${index}`, 'the newest among them')
  }
  t.ok(memory.past.entries().length <= 250)
})
