// What each property means, on hand-made exchanges; completion; the help page.
import { readFileSync } from 'node:fs'
import t from 'tap'
import type { Row } from '../../src/api/row.ts'
import { completeFilter } from '../../src/filter/complete-filter.ts'
import { filterHelp, grammarHelp } from '../../src/filter/filter-help.ts'
import { matches } from '../../src/filter/matches.ts'
import { parseFilter } from '../../src/filter/parse-filter.ts'
import { operatorsOf, properties } from '../../src/filter/properties.ts'
import { entryOf } from '../store/entries.ts'
import { fc } from '../support/property.ts'

const entry = entryOf(5, {
  url: 'https://api.example.com:8443/v1/users/7?page=2',
  method: 'POST',
  status: 404,
  duration: 600,
  mimeType: 'application/problem+json; charset=utf-8',
  body: '{"message":"Insufficient funds"}',
  headers: [['Cookie', 'sid=1; theme=dark']],
  finding: { ruleId: 'auth/token-expired', level: 'error' },
})

function verdict(text: string, row: Partial<Row> = {}, more: object = {}) {
  const result = parseFilter(text, Date.UTC(2026, 0, 1, 1))
  if ('error' in result) throw new Error(`${text}: ${result.error.message}`)
  return matches(result.filter, { ...entry, row: { ...entry.row, ...row }, ...more })
}

t.test('what matches and what does not', async (t) => {
  const yes = [
    'USERS',
    'domain:example.com',
    'domain:api.example.com',
    'domain:api.example.com:8443',
    'domain:*.example.com',
    'host=api.example.com:8443',
    'path:/v1',
    'path:/v1/',
    'path:/v1/users',
    'path:/v1/*/7',
    'path:users',
    'path:/v1/users/7',
    'scheme:https',
    'method:post',
    'method:PUT,POST',
    'status:404',
    'status:4xx',
    'status>400',
    'type:json',
    'mime-type:problem',
    'size>10',
    'duration>500ms',
    'duration:0.6s',
    'slower-than:500',
    'header:x-request-id=req-5',
    'request-header:host',
    'response-header:SET-COOKIE',
    'cookie:sid',
    'cookie:a',
    'is:complete',
    'is:captured',
    'has:finding',
    'has:query',
    'level:error',
    'cause:auth/*',
    'cause:auth',
    'cause:auth/token-expired',
    'cause:*expired',
    'mark:0',
    'client:curl',
    'protocol:http/1.1',
    'protocol:h1',
    'since:2h',
    'until:2027-01-01',
    '-status:200',
    '(status:200 OR status:404) AND users',
    '/users\\/\\d$|page=\\d/',
    'everywhere:theme=dark',
    'id:0000000000000005',
  ]
  for (const one of yes) t.equal(verdict(one), true, one)
  const no = [
    'user5',
    'domain:ample.com',
    'domain:example.com:80',
    'host=example.com',
    'path:/v10',
    'path:/users',
    'path:/v',
    'path:/v1/use',
    'scheme:http',
    'method:POS',
    'status:5xx',
    'status<404',
    'type:html',
    'type:text',
    'size>1k',
    'faster-than:600',
    'header:x-request-id=req-6',
    'response-header:host',
    'cookie:si',
    'is:running',
    'is:replayed',
    'level:warning',
    'cause:cors/*',
    'cause:auth/token',
    'mark:1',
    'protocol:h2',
    'since:2027-01-01',
    '-users',
    'status:404 status:200',
    'code:E',
    'is:websocket',
  ]
  for (const one of no) t.equal(verdict(one), false, one)
})

t.test('content is asked for only when nothing else settles it', async (t) => {
  t.equal(verdict('body:insufficient'), 'needs-content')
  t.equal(verdict('body:insufficient status:200'), false)
  t.equal(verdict('body:insufficient OR status:404'), true)
  t.equal(verdict('-body:insufficient'), 'needs-content')
  t.equal(verdict('body:x', { requestSize: 0, responseSize: 0 }), false)
  t.equal(verdict('session:login'), 'needs-content')
  t.equal(verdict('session:s1'), true)
  t.equal(verdict('session:login', {}, { sessionName: 'Login bug' }), true)
  let asked = 0
  const text = () => {
    asked += 1
    return 'Insufficient funds'
  }
  t.equal(verdict('body:"insufficient FUNDS" status:404', {}, { text }), true)
  t.equal(verdict('body:x status:200', {}, { text }), false)
  t.equal(asked, 1)
  t.equal(verdict('request-body:x', {}, { text }), false, 'no request content')
})

t.test('the habits of other tools together: each term of it must hold', async (t) => {
  const written =
    'domain:api.example.com method:POST status:4xx -type:image larger-than:10k header:x-request-id=req-5 body:"insufficient" is:replayed has:finding level:error cause:auth/* status>=400 duration>500ms size>10k'
  const row = { origin: 'replay', responseSize: 1_500_000 } as const
  const more = { text: () => '{"message":"Insufficient funds"}' }
  t.equal(verdict(written, row, more), true)
  t.equal(verdict(`${written} size>1mb AND NOT (is:failed OR /v2/) "users/7"`, row, more), true)
  const failing: [Partial<Row>, object][] = [
    [{ host: 'example.com' }, more],
    [{ method: 'PUT' }, more],
    [{ status: 500 }, more],
    [{ mimeType: 'image/png' }, more],
    [{ responseSize: 10_000 }, more],
    [{ origin: 'capture' }, more],
    [{ duration: 500 }, more],
    [{ findings: { error: 0, warning: 1, note: 0 } }, more],
    [{}, { text: () => 'funds' }],
    [{}, { ...more, findings: [] }],
    [{}, { ...more, exchange: entryOf(6).exchange }],
  ]
  for (const [change, also] of failing)
    t.equal(verdict(written, { ...row, ...change }, also), false, JSON.stringify([change, Object.keys(also)]))
})

t.test('states and parts of rows', async (t) => {
  t.equal(verdict('is:running', { outcome: 'receiving' }), true)
  t.equal(verdict('is:failed code:econn', { outcome: 'failed', failure: 'ECONNREFUSED' }), true)
  t.equal(verdict('is:websocket scheme:wss', { kind: 'websocket' }), true)
  t.equal(verdict('is:tunnel unread:pass', { kind: 'tunnel', unread: 'pass-through' }), true)
  t.equal(verdict('is:pinned is:marked mark:2', { pinned: true, mark: 2 }), true)
  t.equal(verdict('is:shed', { shed: true }), true)
  t.equal(verdict('is:replayed', { origin: 'replay' }), true)
  t.equal(verdict('duration>0 OR duration<1', { duration: null }), false)
  t.equal(verdict('type:none', { mimeType: '' }), true)
  t.equal(verdict('protocol:h2', { protocol: 'HTTP/2.0' }), true)
})

t.test('completion offers names, values and what was seen, for the term at the caret', async (t) => {
  const facts = {
    hosts: ['api.example.com', 'cdn.example.com'],
    causes: ['auth/token-expired'],
    sessions: ['login bug', 'a,b ("c")', '/log/', 'log('],
    fieldNames: ['x-request-id'],
  }
  const complete = (text: string, caret = text.length) => {
    const { from, to, suggestions } = completeFilter(text, caret, facts)
    return { replaced: text.slice(from, to), inserts: suggestions.map(({ insert }) => insert) }
  }
  t.match(complete('sta'), { replaced: 'sta', inserts: ['status:'] })
  t.match(complete('status:4xx -dom'), { replaced: 'dom', inserts: ['domain:'] })
  t.match(complete('domain:cd'), { replaced: 'cd', inserts: ['cdn.example.com'] })
  t.match(complete('(is:fai'), { replaced: 'fai', inserts: ['failed'] })
  t.match(complete('is:pin status:4xx', 6), { replaced: 'pin', inserts: ['pinned'] })
  t.match(complete('cause:'), { replaced: '', inserts: ['auth/token-expired'] })
  t.match(complete('method:GET,P'), { replaced: 'P', inserts: ['POST', 'PUT', 'PATCH'] })
  t.match(complete('session:lo'), { inserts: ['"login bug"'] })
  t.match(complete('header:x-r'), { inserts: ['x-request-id'] })
  t.same(complete('header:x-r=').inserts, [])
  t.same(complete('response-header:ret').inserts, ['retry-after'])
  t.ok(complete('a ').inserts.includes('OR '))
  t.ok(complete('fail').inserts.includes('is:failed'))
  t.ok(complete('api').inserts.includes('domain:api.example.com'))
  t.ok(complete('sever').inserts.includes('level:'))
  t.equal(complete('').inserts.length >= properties.length, true)
  t.same(complete('duration>').inserts, ['500ms', '2s'])
  t.same(complete('status:401,5').inserts, ['5xx', '500'])
  let offered = 0
  for (const { name, aliases, type } of properties)
    for (const word of [name, ...aliases])
      for (const begun of operatorsOf(type).flatMap((sign) => [
        `${word}${sign}`,
        `-${word}${sign}`,
        `a OR (NOT ${word}${sign}`,
      ]))
        for (const typed of ['', 'a', '4', '>', '"', 'log']) {
          const text = begun + typed
          const completion = completeFilter(text, text.length, facts)
          for (const { insert } of completion.suggestions) {
            const whole = text.slice(0, completion.from) + insert + (text.includes('(') ? ')' : '')
            if ('error' in parseFilter(whole)) throw new Error(`${text} is completed to ${whole}`)
            offered += 1
          }
        }
  t.ok(offered > 1_000, `${offered} suggestions make filters`)
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', ' ', '"', '(', ')', ':', '-', 'is', 'status', '=', ','), maxLength: 20 }),
      fc.nat(30),
      (text, caret) => {
        const { from, to } = completeFilter(text, caret, facts)
        return from >= 0 && from <= to && to <= text.length
      },
    ),
  )
})

t.test('docs/filter.md is what the table says, and its examples are filters', async (t) => {
  t.equal(readFileSync(new URL('../../docs/filter.md', import.meta.url), 'utf8'), filterHelp())
  for (const { example } of grammarHelp) t.ok('filter' in parseFilter(example), example)
})
