// Regular expressions: they find what JavaScript finds, and nothing makes them slow.

import t from 'tap'
import { compileRegex } from '../../src/filter/linear-regex.ts'
import { fc } from '../support/property.ts'

t.test('regular expressions find what JavaScript finds', async (t) => {
  const piece = fc.constantFrom(
    'a',
    'b',
    'c',
    '1',
    '_',
    '.',
    '\\d',
    '\\w',
    '\\s',
    '\\W',
    '[ab]',
    '[^a]',
    '[a-c1-3]',
    '\\b',
    '\\B',
    '^',
    '$',
    'ab',
    '\\.',
    '\\x61',
    '[\\d_]',
    '[\\w-]',
    'é',
    '(?:)',
  )
  const node = fc.letrec<{ re: string }>((tie) => ({
    re: fc.oneof(
      { maxDepth: 3 },
      piece,
      fc.tuple(tie('re'), tie('re')).map(([a, b]) => `${a}${b}`),
      fc.tuple(tie('re'), tie('re')).map(([a, b]) => `(${a}|${b})`),
      fc
        .tuple(tie('re'), fc.constantFrom('*', '+', '?', '{2}', '{1,3}', '{0,}', '*?', '+?'))
        .map(([a, q]) => `(?:${a})${q}`),
    ),
  })).re
  fc.assert(
    fc.property(
      node,
      fc.array(
        fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'A', '1', '_', '.', ' ', 'é', 'É', '\n'), maxLength: 12 }),
        { minLength: 5, maxLength: 5 },
      ),
      (source, texts) => {
        const ours = compileRegex(source)
        if ('problem' in ours) throw new Error(`${source}: ${ours.problem}`)
        const theirs = new RegExp(source, 'i')
        for (const text of texts)
          if (ours.test(text) !== theirs.test(text))
            throw new Error(`/${source}/ on ${JSON.stringify(text)}: ${ours.test(text)}`)
      },
    ),
    { numRuns: 3_000 },
  )
  t.pass('3,000 expressions on five texts each')
})

t.test('no regular expression takes long, whatever it is given', async (t) => {
  const text = `${'a'.repeat(50_000)}!`
  const mixed = Array.from({ length: 50_000 }, (_, i) => ((i * 2654435761) & 64 ? 'a' : 'b')).join('')
  const evil: [string, string][] = [
    ['(a+)+$', text],
    ['(a|aa)+$', text],
    ['(a*)*b', text],
    ['(.*)*x', text],
    ['(a|b)*a(a|b){100}c', mixed],
    ['(\\w+\\s?)*$', text],
    ['.*.*.*.*=', mixed],
  ]
  for (const [source, input] of evil) {
    const begun = performance.now()
    const regex = compileRegex(source)
    if ('problem' in regex) throw new Error(regex.problem)
    regex.test(input)
    const time = performance.now() - begun
    t.ok(time < 500, `${source}: ${time.toFixed(0)} ms`)
  }
  t.match(compileRegex('(a{200}){200}'), { problem: 'The regular expression is too large' })
  t.match(compileRegex('a{1000}'), { problem: 'More than 200 repeats', at: 1 })
})

t.test('no text makes the compiler of regular expressions throw', async (t) => {
  const unit = fc.constantFrom(
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    '1',
    ',',
    '*',
    '+',
    '?',
    '|',
    '^',
    '$',
    '\\',
    'a',
    'b',
    '-',
    '\\u',
    'x',
    '<',
    '=',
    '!',
    ':',
    '\ud83d',
  )
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 24 }), (source) => {
      const regex = compileRegex(source)
      return 'problem' in regex ? regex.at >= 0 && regex.at <= source.length : typeof regex.test('ab1') === 'boolean'
    }),
    { numRuns: 5_000 },
  )
  t.pass('5,000 sources')
})
