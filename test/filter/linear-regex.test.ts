// Regular expressions: they find what JavaScript finds, and nothing makes them slow.

import t from 'tap'
import { compileRegex, isRegexTooSlow } from '../../src/filter/linear-regex.ts'
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

/** Letters without a pattern, the same in every run. */
function letters(count: number, seed: number): string {
  let state = seed
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return 'ab'[(state >>> 20) & 1]
  }).join('')
}

t.test('an expression with more states than are remembered finds what JavaScript finds', async (t) => {
  for (const source of ['a[ab]{12}c', '(a|b)*a(a|b){11}b{9}', 'a[ab]{10}a[ab]{3}[^ab]|bbbbbbbbbbbbbbbb']) {
    const ours = compileRegex(source)
    if ('problem' in ours) throw new Error(ours.problem)
    const theirs = new RegExp(source, 'i')
    let found = 0
    for (let turn = 0; turn < 60; turn++) {
      const text = letters(turn < 30 ? 40 * turn : 5_000, turn + 1) + (turn % 3 === 0 ? 'c' : '')
      if (ours.test(text) !== theirs.test(text)) throw new Error(`/${source}/ on text ${turn}`)
      if (theirs.test(text)) found += 1
    }
    t.ok(found > 3 && found < 60, `${source}: ${found} of 60`)
  }
})

t.test('no regular expression takes long, whatever it is given', async (t) => {
  const text = `${'a'.repeat(50_000)}!`
  const mixed = letters(50_000, 7)
  const evil: [string, string][] = [
    ['(a+)+$', text],
    ['(a|aa)+$', text],
    ['(a*)*b', text],
    ['(.*)*x', text],
    ['(\\w+\\s?)*$', text],
    ['.*.*.*.*=', mixed],
    ['(a+)+$', `${'a'.repeat(5_000_000)}!`],
    ['(a|b)*a(a|b){100}c', mixed.slice(0, 5_000)],
  ]
  for (const [source, input] of evil) {
    const begun = performance.now()
    const regex = compileRegex(source)
    if ('problem' in regex) throw new Error(regex.problem)
    t.equal(regex.test(input), source.startsWith('(\\w'), source)
    const time = performance.now() - begun
    t.ok(time < 2_000, `${source}: ${time.toFixed(0)} ms`)
  }
  // Linear as well, but with so much to do for each character that it is stopped.
  const endless = compileRegex('(a|b)*a(a|b){100}c')
  if ('problem' in endless) throw new Error(endless.problem)
  const begun = performance.now()
  const tooSlow = { code: 'REGEX_TOO_SLOW', message: '/(a|b)*a(a|b){100}c/ takes too long: it must be made simpler.' }
  t.throws(() => endless.test(letters(2_000_000, 3)), tooSlow)
  for (let again = 0; again < 5; again++) t.throws(() => endless.test(letters(2_000, again)), tooSlow)
  t.ok(performance.now() - begun < 10_000)
  t.equal(isRegexTooSlow(new Error('x')), false)
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
