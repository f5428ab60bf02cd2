// What two exchanges differ in: fields without order, JSON by structure, text by the shortest script.

import t from 'tap'
import { compareFields } from '../../src/replay/compare-fields.ts'
import { compareJson } from '../../src/replay/compare-json.ts'
import { compareText } from '../../src/replay/compare-text.ts'
import { fc } from '../support/property.ts'

t.test('both texts can be rebuilt from the runs, whatever they are', (t) => {
  const text = fc
    .array(fc.constantFrom('a', 'b', 'c', '', 'long line'), { maxLength: 30 })
    .map((lines) => lines.join('\n'))
  fc.assert(
    fc.property(text, text, (a, b) => {
      const runs = compareText(a, b)
      const side = (other: string) =>
        runs
          .filter(({ op }) => op !== other)
          .flatMap(({ lines }) => lines)
          .join('\n')
      return side('added') === a && side('removed') === b
    }),
    { numRuns: 2000 },
  )
  t.end()
})

t.test('the script is as short as the longest common subsequence allows', (t) => {
  const lcs = (a: string[], b: string[]): number => {
    const row = Array<number>(b.length + 1).fill(0)
    for (const x of a) {
      let diagonal = 0
      for (const [j, y] of b.entries()) {
        const up = row[j + 1] ?? 0
        row[j + 1] = x === y ? diagonal + 1 : Math.max(up, row[j] ?? 0)
        diagonal = up
      }
    }
    return row[b.length] ?? 0
  }
  const lines = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(lines, lines, (a, b) => {
      const same = compareText(a.join('\n'), b.join('\n')).filter(({ op }) => op === 'same')
      return same.reduce((sum, run) => sum + run.lines.length, 0) === lcs(a, b)
    }),
    { numRuns: 1000 },
  )
  t.end()
})

t.test('two large texts that share nothing are answered in bounded time', (t) => {
  const many = (mark: string) => Array.from({ length: 15_000 }, (_, i) => `${mark}${i}`).join('\n')
  const started = performance.now()
  const runs = compareText(many('a'), many('b'))
  t.ok(performance.now() - started < 60_000)
  t.same(
    runs.map(({ op }) => op),
    ['removed', 'added'],
  )
  t.end()
})

t.test('headers match without regard to order and case, duplicates one by one', (t) => {
  const line = (name: string, value: string) => ({ name, value })
  const found = compareFields(
    [line('Accept', '*/*'), line('X-A', '1'), line('X-A', '2'), line('Date', 'Mon'), line('Gone', 'x')],
    [line('x-a', '2'), line('accept', '*/*'), line('x-a', '3'), line('date', 'Tue'), line('New', 'y')],
  )
  const seen = found
    .filter(({ kind }) => kind !== 'same')
    .map(({ name, kind, before, after, noise }) => [name, kind, before, after, noise])
  t.same(seen, [
    ['x-a', 'changed', '1', '3', false],
    ['date', 'changed', 'Mon', 'Tue', true],
    ['Gone', 'removed', 'x', undefined, false],
    ['New', 'added', undefined, 'y', false],
  ])
  t.end()
})

t.test('arrays of things with ids are aligned by id, others by index', (t) => {
  const before = {
    items: [
      { id: 1, n: 'a' },
      { id: 2, n: 'b' },
    ],
    plain: [1, 2],
  }
  const after = {
    items: [
      { id: 3, n: 'c' },
      { id: 2, n: 'B' },
    ],
    plain: [1, 3, 4],
    'a/b~c': null,
  }
  t.same(
    compareJson(before, after).differences.map(({ pointer, kind }) => `${kind} ${pointer}`),
    [
      'added /items/0',
      'changed /items/1/n',
      'removed /items/0',
      'changed /plain/1',
      'added /plain/2',
      'added /a~1b~0c',
    ],
  )
  t.end()
})

t.test('deep and hostile values end', (t) => {
  const deep = (depth: number, leaf: string) => JSON.parse(`${'['.repeat(depth)}${leaf}${']'.repeat(depth)}`)
  t.equal(compareJson(deep(1000, '1'), deep(1000, '2')).differences.length, 1)
  t.same(
    compareJson(JSON.parse('{"__proto__":{"x":1}}'), {}).differences.map(({ pointer }) => pointer),
    ['/__proto__'],
  )
  t.ok(
    compareJson(
      Array.from({ length: 5000 }, (_, i) => i),
      Array.from({ length: 5000 }, (_, i) => -i - 1),
    ).cut,
  )
  t.end()
})
