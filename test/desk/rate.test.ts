// The rate in the status bar: what happened in the last five seconds, whatever the clock does.
import t from 'tap'
import { createRate } from '../../src/desk/rate.ts'

t.test('counts the last five seconds', async (t) => {
  let now = 1_700_000_000_000
  const rate = createRate(() => now)
  t.equal(rate.perSecond(), 0)
  rate.add(10)
  t.equal(rate.perSecond(), 2)
  now += 2000
  rate.add(40)
  t.equal(rate.perSecond(), 10)
  now += 2999
  t.equal(rate.perSecond(), 10)
  now += 600
  t.equal(rate.perSecond(), 8, 'the first ones are forgotten')
  now += 60_000
  t.equal(rate.perSecond(), 0)
})

t.test('a clock that is set back begins anew', async (t) => {
  let now = 1_700_000_000_000
  const rate = createRate(() => now)
  rate.add(100)
  now -= 3_600_000
  t.equal(rate.perSecond(), 0)
  rate.add(5)
  t.equal(rate.perSecond(), 1)
})
