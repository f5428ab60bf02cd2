// What the store finds by SQL and by scanning is exactly what the filter itself says of each exchange.

import t from 'tap'
import type { Filter } from '../../src/filter/filter.ts'
import { formatFilter } from '../../src/filter/format-filter.ts'
import { type Candidate, matches } from '../../src/filter/matches.ts'
import { parseFilter } from '../../src/filter/parse-filter.ts'
import { openStore } from '../../src/store/open-store.ts'
import { fc } from '../support/property.ts'
import { batchOf, digestOf, idOf } from './entries.ts'

const limits = { maxStore: 1 << 30, maxExchanges: 100_000, durable: false, version: '0.0.0', now: () => Date.now() }
const now = Date.UTC(2026, 0, 2)

function parsed(text: string): Filter {
  const result = parseFilter(text, now)
  if ('error' in result) throw new Error(`${text}: ${result.error.message}`)
  return result.filter
}

const bodies = [
  '',
  '{"error":"Insufficient funds"}',
  'plain TEXT err_12',
  '\u0000\u0001binary',
  'größe',
  '{"a":"x*y%z_"}',
]
const urls = [
  'https://api.example.com/v1/users?page=2',
  'https://api.example.com/v1/users/7/orders',
  'https://API.example.com:8443/v10/x',
  'http://example.com/',
  'http://localhost:3000/a%20b/100%25_done?q="x"&n=NEAR(1)',
  'https://cdn.other.net/images/logo.png',
]
const types = ['application/json', 'text/html', 'image/png', 'application/problem+json', 'text/plain', '']

const dataDir = t.testdir()
const store = openStore({ ...limits, dataDir })
t.teardown(() => store.close())
store.begin({ id: 's1', name: 'login bug', startedDateTime: '2026-01-01T00:00:00.000Z', kind: 'capture' })
store.begin({ id: 's2', name: 'Second', startedDateTime: '2026-01-01T00:00:00.000Z', kind: 'import' })
const count = 144
store.write(
  batchOf(
    Array.from({ length: count }, (_, i) => i),
    (i) => ({
      session: i % 3 === 0 ? 's1' : 's2',
      url: urls[i % urls.length] ?? '',
      body: bodies[i % 5 === 4 ? 5 : i % bodies.length] ?? '',
      mimeType: types[(i * 5 + (i >> 3)) % types.length] ?? '',
      headers:
        i % 4 === 0
          ? [
              ['Cookie', 'session=abc; theme=dark'],
              ['X-Odd', 'va"l\\ue %_'],
            ]
          : [['Authorization', `Bearer t${i}`]],
      ...(i % 5 === 0
        ? { finding: { ruleId: i % 2 ? 'auth/token-expired' : 'cors/missing', level: i % 3 ? 'error' : 'note' } }
        : {}),
    }),
  ),
)
for (const i of [3, 9, 20]) store.annotate(idOf(i), { pinned: true, mark: i % 4 })
store.write({
  contents: [],
  entries: [],
  messages: [
    {
      exchangeId: idOf(6),
      seq: 0,
      from: 'server',
      at: 1,
      opcode: 'text',
      size: 9,
      data: 'subscribe',
      truncated: false,
      compressed: false,
    },
  ],
})

const names = new Map(store.sessions().map((session) => [session.id, session.name]))
const candidates: Candidate[] = Array.from({ length: count }, (_, i) => {
  const entry = store.entry(idOf(i))
  if (!entry) throw new Error('missing')
  const body = bodies[i % 5 === 4 ? 5 : i % bodies.length] ?? ''
  const readable = !entry.row.mimeType.startsWith('image/')
  return {
    ...entry,
    sessionName: names.get(entry.row.sessionId) ?? '',
    text: (side) => (side === 'response' && readable && body !== '' ? body : undefined),
  }
})

function expected(filter: Filter): string[] {
  return candidates.filter((candidate) => matches(filter, candidate) === true).map(({ row }) => row.id)
}

const text = fc.constantFrom(
  '',
  'a',
  'V1',
  'users',
  'example.com',
  'api.example.com',
  '*.example.com',
  'localhost:3000',
  '/v1',
  '/v1/',
  '/v1/users',
  '/*/users',
  'x*y%z_',
  '100%',
  'png',
  'JSON',
  'curl',
  'auth/*',
  'auth',
  'cors/missing',
  'login',
  's1',
  'S2',
  idOf(7),
  'GET',
  'post',
  'abc',
  '"',
  '\\',
  'NEAR(',
  '*',
  "'; DROP TABLE exchanges; --",
  'größe',
  'ümlaut',
  'Insufficient',
  'va"l\\ue',
  'theme',
  'a*b*c*d*e',
)
const property = fc.constantFrom(
  'url',
  'domain',
  'path',
  'method',
  'mime-type',
  'client',
  'code',
  'cause',
  'session',
  'cookie',
  'id',
  'unread',
  'protocol',
)
const sources = fc.constantFrom('v\\d+', '^https', 'users$', 'err(or)?_\\d+', '[a-f]{3}', 'İ|ß', '(a|b)*c')
const written = fc.constantFrom(
  'status:4xx',
  'status>=400',
  'status!=200',
  'size>30',
  'size:0-20',
  'duration>500ms',
  'mark:1',
  'mark>0',
  'request-size:0',
  'since:20h',
  'until:20h',
  'since:9999999d',
  'is:pinned',
  'is:marked',
  'is:failed',
  'is:running',
  'is:http',
  'is:captured',
  'is:shed',
  'has:finding',
  'has:body',
  'has:response-body',
  'has:messages',
  'has:query',
  'level:error',
  'level:note',
  'type:json',
  'type:image',
  'type:none',
  'type:text',
  'scheme:https',
  'scheme:ws',
  'header:x-odd',
  'header:authorization=t1',
  'header:x-odd="va\\"l"',
  'header:set-cookie',
  'response-header:content-type=json',
  'request-header:content-type',
  'header:*-id=req-7',
  'header:x-request-id~/7$/',
  'body:"insufficient"',
  'response-body:text',
  'request-body:text',
  'body~/err_\\d/',
  'everywhere:theme=dark',
  'everywhere:größe',
  'everywhere:"x-odd: va"',
  'everywhere:insufficient',
  'everywhere:subscribe',
  'everywhere~/nsufficient\\sf/',
  'body:binary',
  'body~/insuff.*funds/',
  'message~/subs/',
  'header:x-odd~/va.*ue/',
  'message:subscribe',
  'message:nothing',
  'protocol:h2',
  'protocol:http/1.1',
)
const leaf: fc.Arbitrary<Filter> = fc.oneof(
  fc
    .tuple(property, text, fc.constantFrom('has', 'equals'))
    .map(([property, text, op]) => ({ kind: 'test', property, test: { op, text } }) as Filter),
  fc
    .tuple(fc.constantFrom('url', 'path', 'domain', 'client', 'session', 'cause', 'method'), sources)
    .map(([property, source]) => ({ kind: 'test', property, test: { op: 'regex', source } }) as Filter),
  written.map(parsed),
)
const { filter: anyFilter } = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    tie('filter').map((of): Filter => ({ kind: 'not', of })),
    fc
      .tuple(fc.constantFrom('and', 'or'), fc.array(tie('filter'), { minLength: 2, maxLength: 3 }))
      .map(([kind, of]): Filter => ({ kind, of })),
  ),
}))

t.test('random filters find the same exchanges by SQL as one by one', async (t) => {
  let found = 0
  fc.assert(
    fc.property(anyFilter, (filter) => {
      const ids = [...store.ids(filter)]
      found += ids.length > 0 && ids.length < count ? 1 : 0
      const wanted = expected(filter)
      if (ids.join() !== wanted.join())
        throw new Error(`${formatFilter(filter)}: found ${ids.length}, expected ${wanted.length}`)
      const between = { before: idOf(100), after: idOf(20) }
      const page = store.rows({ filter, limit: 5, ...between }).rows.map(({ id }) => id)
      const within = wanted.filter((id) => between.after < id && id < between.before).toReversed()
      if (page.join() !== within.slice(0, 5).join()) throw new Error(`${formatFilter(filter)}: a page of others`)
      return store.rows({ filter, limit: 5 }).total === wanted.length
    }),
    { numRuns: 1_500 },
  )
  t.ok(found > 300, `${found} of 1,500 filters told exchanges apart`)
})

t.test('a filter alone is answered by SQL where it can be', async (t) => {
  const indexed = [
    'status:4xx domain:api.example.com',
    'users',
    'ab',
    '-type:image larger-than:10k',
    'is:replayed OR has:finding',
    'cause:auth/*',
    'session:login since:1h',
    'path:/v1',
  ]
  for (const one of indexed) t.equal(store.isIndexed(parsed(one)), true, one)
  for (const one of ['body:x', 'header:x', '/x/', 'everywhere:x', 'a body:x'])
    t.equal(store.isIndexed(parsed(one)), false, one)
})

t.test('hostile words are words: nothing reaches SQL or the index as code', async (t) => {
  for (const word of [
    '"; drop table exchanges; --',
    'NEAR(',
    '*',
    'url:*',
    '" OR 1=1 --',
    "'",
    'a" AND "b',
    '{url}:x',
    '^abc',
    'AND',
    '\u0000',
    '%',
    '_'.repeat(5),
  ]) {
    const filter: Filter = { kind: 'test', property: 'url', test: { op: 'has', text: word } }
    t.same(store.ids(filter), expected(filter), word)
  }
  t.equal(store.status().exchanges, count)
  t.same(store.content(digestOf(Buffer.from('nothing'))), undefined)
})

t.test('a filter of as many terms as fit into its text is answered, as is its opposite', async (t) => {
  const named = Array.from({ length: 500 }, (_, i) => idOf(i)).join(',')
  t.equal(store.ids(parsed(`id:${named}`)).length, count)
  t.equal(store.ids(parsed(`-id:${named}`)).length, 0)
  const words = Array.from({ length: 1_500 }, (_, i) => `w${i}`).join(',')
  t.equal(store.ids(parsed(`path:${words}`)).length, 0)
  t.equal(store.ids(parsed(`-path:${words}`)).length, count)
})
