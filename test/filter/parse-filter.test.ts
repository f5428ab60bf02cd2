// The filter language as text: what it accepts, what it says about mistakes, and that nothing makes it throw.

import t from 'tap'
import type { Filter } from '../../src/filter/filter.ts'
import { formatFilter } from '../../src/filter/format-filter.ts'
import { parseFilter } from '../../src/filter/parse-filter.ts'
import { comparingNames, properties } from '../../src/filter/properties.ts'
import { searchEverywhere } from '../../src/filter/search-everywhere.ts'
import { fc } from '../support/property.ts'

const now = Date.UTC(2026, 10, 22, 15, 0, 0)

function parsed(text: string): Filter {
  const result = parseFilter(text, now)
  if ('error' in result) throw new Error(`${text}: ${result.error.message} at ${result.error.position}`)
  return result.filter
}

function problem(text: string) {
  const result = parseFilter(text, now)
  if (!('error' in result)) throw new Error(`${text} was accepted`)
  return [result.error.message, text.slice(result.error.position, result.error.position + result.error.length)]
}

const has = (property: string, text: string) => ({ kind: 'test', property, test: { op: 'has', text } })
const compare = (property: string, sign: string, value: number) => ({
  kind: 'test',
  property,
  test: { op: 'compare', sign, value },
})

t.test('bare words, quotes and regular expressions search the URL', async (t) => {
  t.match(parsed('token'), has('url', 'token'))
  t.match(parsed('"a \\"b\\" \\d"'), has('url', 'a "b" \\d'))
  t.match(parsed('/v\\d+/'), { property: 'url', test: { op: 'regex', source: 'v\\d+' } })
  t.match(parsed('/api/users'), has('url', '/api/users'))
  t.match(parsed('(/api/)'), { property: 'url', test: { op: 'regex', source: 'api' } })
  t.match(parsed('/(a|b)+/i'), { test: { op: 'regex', source: '(a|b)+' } })
  t.match(parsed('https://x.test/a?b=c'), has('url', 'https://x.test/a?b=c'))
  t.match(parsed('localhost:3000'), has('url', 'localhost:3000'))
  t.match(parsed('localhost:3000/v1'), has('url', 'localhost:3000/v1'))
  t.match(parseFilter('statsu:4xx'), { error: { message: /did you mean status\?/, position: 0, length: 6 } })
  t.match(parseFilter('body:/err(or/'), { error: { message: 'This group is not closed', position: 9 } })
  t.match(parseFilter('/[/'), { error: { message: 'This set is not closed', position: 1 } })
  t.match(parsed('page=2'), has('url', 'page=2'))
  t.match(parsed('f(x)'), has('url', 'f(x)'))
  t.match(parsed('url:token'), parsed('token'))
})

t.test('operators bind as expected: NOT before AND before OR', async (t) => {
  const [a, b, c] = [has('url', 'a'), has('url', 'b'), has('url', 'c')]
  t.match(parsed('a b'), { kind: 'and', of: [a, b] })
  t.match(parsed('a AND b && c'), { kind: 'and', of: [a, b, c] })
  t.match(parsed('a b OR c'), { kind: 'or', of: [{ kind: 'and', of: [a, b] }, c] })
  t.match(parsed('a (b || c)'), { kind: 'and', of: [a, { kind: 'or', of: [b, c] }] })
  t.match(parsed('NOT a -b !c'), {
    kind: 'and',
    of: [
      { kind: 'not', of: a },
      { kind: 'not', of: b },
      { kind: 'not', of: c },
    ],
  })
  t.match(parsed('-(a OR b)'), { kind: 'not', of: { kind: 'or', of: [a, b] } })
  t.match(parsed('ORDER'), has('url', 'ORDER'))
  t.same(parsed(''), { kind: 'all' })
  t.same(parsed('   '), { kind: 'all' })
})

t.test('every form named in the documentation', async (t) => {
  t.match(parsed('status:4xx'), { test: { op: 'between', from: 400, to: 499 } })
  t.match(parsed('status-code:401'), compare('status', '=', 401))
  t.match(parsed('status:>=400'), compare('status', '>=', 400))
  t.match(parsed('status>=400'), compare('status', '>=', 400))
  t.match(parsed('status:200-299'), { test: { op: 'between', from: 200, to: 299 } })
  t.match(parsed('status:401,5xx'), {
    kind: 'or',
    of: [compare('status', '=', 401), { test: { op: 'between', from: 500 } }],
  })
  t.match(parsed('status!=200'), { kind: 'not', of: compare('status', '=', 200) })
  t.match(parsed('-type:image'), { kind: 'not', of: has('type', 'image') })
  t.match(parsed('larger-than:10k'), compare('size', '>', 10_000))
  t.match(parsed('smaller-than:1.5kib'), compare('size', '<', 1536))
  t.match(parsed('size>1mb'), compare('size', '>', 1_000_000))
  t.match(parsed('duration>500ms'), compare('duration', '>', 500))
  t.match(parsed('time:>2s'), compare('duration', '>', 2000))
  t.match(parsed('header:X-Request-Id=abc'), { ...has('header', 'abc'), name: 'x-request-id' })
  t.match(parsed('header:x-request-id:"a b"'), { ...has('header', 'a b'), name: 'x-request-id' })
  t.match(parsed('has-response-header:retry-after'), {
    property: 'response-header',
    name: 'retry-after',
    test: { op: 'exists' },
  })
  t.match(parsed('header:accept~/json|xml/'), { name: 'accept', test: { op: 'regex', source: 'json|xml' } })
  t.match(parsed('body:"insufficient funds"'), has('body', 'insufficient funds'))
  t.match(parsed('body:/err(or)?_\\d+/'), { property: 'body', test: { op: 'regex', source: 'err(or)?_\\d+' } })
  t.match(parsed('path:/v1/'), has('path', '/v1/'))
  t.match(parsed('path~/v\\d/'), { property: 'path', test: { op: 'regex', source: 'v\\d' } })
  t.match(parsed('host=api.example.com:8443'), {
    property: 'domain',
    test: { op: 'equals', text: 'api.example.com:8443' },
  })
  t.match(parsed('cause:auth/*'), has('cause', 'auth/*'))
  t.match(parsed('DOMAIN:x'), has('domain', 'x'))
  const local = new Date(now)
  local.setHours(0, 0, 0, 0)
  t.match(parsed('since:00:00'), compare('since', '>=', local.getTime()))
  t.match(parsed('since:10m'), compare('since', '>=', now - 600_000))
  t.match(parsed('until:2026-11-22T00:00:00Z'), compare('until', '<', Date.UTC(2026, 10, 22)))
  const late = parsed('since:23:59:59')
  t.ok(
    late.kind === 'test' && late.test.op === 'compare' && late.test.value <= now,
    'a time of day not reached yet was yesterday',
  )
  for (const property of properties) t.ok(parsed(property.example), property.example)
  for (const name of Object.keys(comparingNames)) t.ok(parsed(`${name}:10`), name)
})

t.test('every mistake has a message and a place', async (t) => {
  t.same(problem('a "b'), ['This quote is not closed', '"b'])
  t.same(problem('(a'), ['This parenthesis is not closed', '('])
  t.same(problem('a)'), ['This parenthesis closes nothing', ')'])
  t.same(problem('()'), ['Nothing stands in these parentheses', ')'])
  t.same(problem('a OR'), ['Something must follow OR', 'OR'])
  t.same(problem('a AND'), ['Something must follow AND', 'AND'])
  t.same(problem('OR a'), ['Something must stand before OR', 'OR'])
  t.same(problem('a AND OR b'), ['Something must follow AND', 'AND'])
  t.same(problem('-'), ['Something must follow -', '-'])
  t.same(problem('a NOT'), ['Something must follow NOT', 'NOT'])
  t.same(problem('hots:api'), ['There is no property “hots”; did you mean host?', 'hots'])
  t.same(problem('zzzzzz:api'), ['There is no property “zzzzzz”; put it in quotes to search for the text', 'zzzzzz'])
  t.same(problem('status:abc'), ['status takes a status such as 404, 4xx, 401,403, 200-299 or >=400', 'abc'])
  t.same(problem('status:500-400')[1], '500-400')
  t.same(problem('a duration>5parsec')[1], '5parsec')
  t.match(problem('is:foo'), [/^is takes one of running, /, 'foo'])
  t.same(problem('method>3'), ['method takes : = != ~', '>'])
  t.same(problem('status:'), ['A value is missing, as in status:4xx', ':'])
  t.same(problem('status:401,'), ['A value is missing beside the comma', '401,'])
  t.same(problem('header:'), ['After header: comes the name of a field', ''])
  t.same(problem('a /b**/'), ['Nothing to repeat', '*'])
  t.same(problem('path~"b("'), ['This group is not closed', '('])
  t.match(problem('body:/(?=x)/'), [/Looking ahead/, '('])
  t.match(problem('url:/(a)\\1/'), [/References back/, '\\'])
  t.same(problem('a body:/two  small words/ b'), ['A space ends a regular expression: write it as \\s', ' '])
  t.same(problem('(header:accept~/two words/i)')[0], 'A space ends a regular expression: write it as \\s')
  for (const fine of [
    '/users /v1/',
    '/users v1/',
    'body:/v1 /x/',
    'path:/v1 b/',
    'body:/v1 path:/v2/',
    'body:/v1 path=v2/',
    `body:/x ${'a '.repeat(200)}`,
    'body:/a\\sb/ c/',
  ])
    t.ok('filter' in parseFilter(fine), fine)
  t.same(problem('since:25:00')[1], '25:00')
  t.same(problem('body:""'), ['Nothing stands between the quotes', '""'])
  t.match(problem('('.repeat(500)), ['Nested too deeply'])
  t.match(problem('-'.repeat(500)), ['Nested too deeply'])
  t.match(problem('a '.repeat(300)), ['More than 250 terms'])
  t.match(problem('a'.repeat(10_001)), ['More than 10000 characters'])
})

const word = fc.stringMatching(/^[a-z0-9*%_./"\\ ü-]{1,12}$/).filter((text) => text.trim() !== '')
const textual = fc.constantFrom(
  'url',
  'domain',
  'path',
  'client',
  'code',
  'mime-type',
  'cause',
  'session',
  'cookie',
  'id',
  'method',
)
const leaf: fc.Arbitrary<Filter> = fc.oneof(
  fc
    .tuple(textual, word, fc.constantFrom('has', 'equals'))
    .map(([property, text, op]) => ({ kind: 'test', property, test: { op, text } }) as Filter),
  fc
    .tuple(fc.constantFrom('body', 'message', 'everywhere'), word)
    .map(([property, text]) => has(property, text) as Filter),
  word.map((text) => ({ ...has('header', text), name: 'x-y' }) as Filter),
  fc
    .constantFrom('a b', 'x/y', 'err\\d+', '[" ]', '\\\\')
    .map((source) => ({ kind: 'test', property: 'url', test: { op: 'regex', source } }) as Filter),
  fc
    .constantFrom(
      'status>=400',
      'status:4xx',
      'size<10k',
      'is:failed',
      'has:body',
      'since:10m',
      'duration:1-5',
      'mark:2',
    )
    .map(parsed),
)
const { filter: anyFilter } = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    tie('filter').map((of): Filter => ({ kind: 'not', of })),
    fc
      .tuple(fc.constantFrom('and', 'or'), fc.array(tie('filter'), { minLength: 2, maxLength: 4 }))
      .map(([kind, of]): Filter => ({ kind, of: of.flatMap((one) => (one.kind === kind ? one.of : [one])) })),
  ),
}))

t.test('a filter written as text is the same filter again', async (t) => {
  const slashes = [has('body', '/x'), has('url', 'y/'), has('url', 'z/i')] as Filter[]
  t.same(parsed(formatFilter({ kind: 'and', of: slashes })), { kind: 'and', of: slashes })
  fc.assert(
    fc.property(anyFilter, (filter) => {
      const text = formatFilter(filter)
      const result = parseFilter(text, now)
      if ('error' in result) throw new Error(`${text}: ${result.error.message} at ${result.error.position}`)
      return JSON.stringify(result.filter) === JSON.stringify(filter) || t.same(result.filter, filter)
    }),
    { numRuns: 400 },
  )
  t.pass('400 filters')
})

t.test('the everywhere switch: bare words, quoted texts and expressions, and nothing else', async (t) => {
  const same = (text: string, meant: string) => t.same(parsed(searchEverywhere(text)), parsed(meant), text)
  same('token', 'everywhere:token')
  same(
    '"a b" -c /d\\d/ OR (localhost:3000 page=2)',
    '(everywhere:"a b" -everywhere:c everywhere:/d\\d/) OR (everywhere:localhost:3000 everywhere:"page=2")',
  )
  same('url:a status:4xx body:x', 'url:a status:4xx body:x')
  same('since:10m "AND"', 'since:10m everywhere:"AND"')
  same('""', '""')
  t.equal(searchEverywhere('status:('), 'status:(', 'a mistake stays what it is')
  const switched = (filter: Filter): Filter => {
    if (filter.kind === 'not') return { kind: 'not', of: switched(filter.of) }
    if (filter.kind === 'and' || filter.kind === 'or') return { kind: filter.kind, of: filter.of.map(switched) }
    // An expression is written `url~"…"`, which names its property.
    return filter.kind === 'test' && filter.property === 'url' && filter.test.op === 'has'
      ? { ...filter, property: 'everywhere' }
      : filter
  }
  fc.assert(
    fc.property(anyFilter, (filter) => {
      const found = parsed(searchEverywhere(formatFilter(filter)))
      return JSON.stringify(found) === JSON.stringify(switched(filter)) || t.same(found, switched(filter))
    }),
    { numRuns: 400 },
  )
  t.pass('400 filters')
})

t.test('no text makes the parser throw, and an error always lies within the text', async (t) => {
  const token = fc.constantFrom(
    'AND',
    'OR',
    'NOT',
    '(',
    ')',
    '-',
    '"',
    '/',
    ':',
    'status',
    'body',
    '>=',
    '=',
    '~',
    ' ',
    'a',
    '\\',
    'header',
    ',',
    '4xx',
    '{',
    '[',
    '^',
    '💥',
    'is',
    '*',
    '!',
    '\u0000',
  )
  const text = fc.oneof(
    fc.array(token, { maxLength: 20 }).map((parts) => parts.join('')),
    fc.string({ unit: 'binary', maxLength: 60 }),
  )
  fc.assert(
    fc.property(text, (written) => {
      const result = parseFilter(written, now)
      if (!('error' in result)) return parseFilter(formatFilter(result.filter), now) !== undefined
      const { position, length, message } = result.error
      return message !== '' && position >= 0 && length >= 0 && position + length <= Math.max(written.length, 1) + 1
    }),
    { numRuns: 5_000 },
  )
  t.pass('5,000 texts')
})
