// The pure half of the list: which rows stand where, and how an order of which only parts are known stays right.

import t from 'tap'
import type { Row } from '../../src/api/row.ts'
import { logShare } from '../../src/ui/list/log-share.ts'
import {
  countWaiting,
  fill,
  heldBack,
  idAt,
  lineOf,
  release,
  request,
  rowOrder,
  takeLive,
  takeOut,
} from '../../src/ui/list/row-order.ts'
import { forgetSent, hiddenReplays, noteChanged, noteSent, wasSentHere } from '../../src/ui/list/sent-here.ts'
import { drop, emptyTimeline, locate, place, take } from '../../src/ui/list/timeline.ts'
import { scrollBy, scrollTo, tallest, windowOf } from '../../src/ui/list/windowing.ts'
import { fc } from '../support/property.ts'

const port = { scrollTop: 0, height: 240, rowHeight: 24, total: 1000, overscan: 4 }
const idOf = (n: number): string => String(n).padStart(16, '0')
const rowsOf = (ids: readonly string[]): Row[] => ids.map((id) => ({ id }) as Row)

t.test('a window holds the rows on screen and some around them', async (t) => {
  t.match(windowOf(port), { first: 0, end: 14, top: 0, bottom: 9, height: 24_000, origin: 0 })
  t.match(windowOf({ ...port, scrollTop: 12 }), { top: 0, bottom: 10, origin: 0 }, 'a row half out counts')
  t.match(windowOf({ ...port, scrollTop: 99_999 }), { top: 990, bottom: 999, end: 1000 }, 'past the end is the end')
  t.match(windowOf({ ...port, total: 0 }), { first: 0, end: 0, height: 0 })
  t.match(windowOf({ ...port, total: 3 }), { first: 0, end: 3, bottom: 2 })
})

t.test('a list taller than a browser can draw is scaled, and both ends can be reached', async (t) => {
  const tall = { ...port, total: 2_000_000 }
  t.equal(windowOf(tall).height, tallest)
  t.match(windowOf({ ...tall, scrollTop: tallest }), { bottom: 1_999_999 })
  for (const line of [0, 777_777, 1_999_999]) {
    const view = windowOf({ ...tall, scrollTop: scrollTo(line, tall) })
    t.ok(view.top <= line && line <= view.bottom, `line ${line} can be scrolled to`)
    const y = view.origin + line * 24 - Math.min(scrollTo(line, tall), tallest - 240)
    t.ok(y > -24 && y < 240, `and stands inside the window, at ${y} px`)
  }
})

t.test('scrolling to a row moves as little as possible', async (t) => {
  t.equal(scrollTo(5, port), 0, 'on screen already')
  t.equal(scrollTo(10, port), 24, 'one below')
  t.equal(scrollTo(3, { ...port, scrollTop: 240 }), 72, 'above: it becomes the first')
  t.equal(scrollBy(3, { ...port, scrollTop: 240 }), 312)
  t.equal(scrollBy(-30, { ...port, scrollTop: 240 }), 0)
})

t.test('a timeline finds ids among gaps', async (t) => {
  const line = emptyTimeline(10)
  place(line, 7, [idOf(70), idOf(80), idOf(90)])
  t.match(locate(line, idOf(80)), { index: 8, found: true })
  t.match(locate(line, idOf(75)), { index: 8, found: false, gap: false })
  t.match(locate(line, idOf(5)), { index: 7, found: false, gap: true }, 'it may be in the part that was not read')
  t.match(take(line, idOf(95)), { did: 'added' })
  t.match(take(line, idOf(95)), { did: 'known' })
  t.match(take(line, idOf(85)), { did: 'inserted', index: 9 })
  t.match(take(line, idOf(6)), { did: 'unsure' })
  t.same(
    drop(line, [idOf(85), idOf(3)], true),
    { positions: [0, 9], unsure: false },
    'a deleted one in a gap closes the gap',
  )
  t.same(drop(line, [idOf(1), idOf(2)], true).positions, [0, 1], 'the oldest, which were never read')
  t.equal(drop(line, [idOf(4)], false).unsure, true, 'under a filter the one in the gap may not have been in the list')
  t.same(line.order.slice(4), [idOf(70), idOf(80), idOf(90), idOf(95)])
})

t.test('a timeline that saw everything equals the sorted set of what is there', async (t) => {
  const steps = fc.array(fc.record({ n: fc.integer({ min: 0, max: 60 }), add: fc.boolean() }), { maxLength: 120 })
  fc.assert(
    fc.property(steps, (list) => {
      const line = emptyTimeline()
      const there = new Set<string>()
      for (const { n, add } of list) {
        if (add) {
          there.add(idOf(n))
          take(line, idOf(n))
        } else {
          there.delete(idOf(n))
          drop(line, [idOf(n)], true)
        }
      }
      return JSON.stringify(line.order) === JSON.stringify([...there].sort())
    }),
  )
  t.pass('for any order of arrivals and deletions')
})

t.test('new exchanges wait, and nothing on screen moves', async (t) => {
  const order = rowOrder('-time', 200)
  fill(order, { sort: '-time', offset: 0 }, rowsOf([idOf(199), idOf(198), idOf(197)]), 200)
  t.equal(idAt(order, 0), idOf(199))
  for (let n = 200; n < 212; n++) t.equal(takeLive(order, idOf(n), false), 'fine')
  t.equal(heldBack(order), 12)
  t.equal(idAt(order, 0), idOf(199), 'the first line is still the same')
  t.equal(lineOf(order, idOf(205)), undefined, 'a waiting one has no line')
  release(order)
  t.equal(idAt(order, 0), idOf(211))
  t.equal(lineOf(order, idOf(199)), 12)
})

t.test('pages are asked from the nearer end and written where they belong, also when the desk is ahead', async (t) => {
  const order = rowOrder('-time', 1000)
  t.same(request(order, 0, 100), { sort: '-time', offset: 0, limit: 100 })
  t.same(request(order, 900, 1000), { sort: 'time', offset: 0, limit: 100 })
  fill(order, { sort: '-time', offset: 0 }, rowsOf([idOf(999)]), 1000)
  for (let n = 1000; n < 1005; n++) takeLive(order, idOf(n), false)
  t.same(request(order, 0, 100), { sort: '-time', offset: 5, limit: 100 }, 'those held back are skipped')
  // Three more came that this page has not heard of yet.
  fill(order, { sort: '-time', offset: 108 }, rowsOf([idOf(899), idOf(898)]), 1008)
  t.equal(idAt(order, 100), idOf(899))
  fill(order, { sort: 'time', offset: 0 }, rowsOf([idOf(0), idOf(1)]), 1008)
  t.equal(idAt(order, 999), idOf(0))
})

t.test('deleted rows close up and keep the count right', async (t) => {
  const order = rowOrder('-time', 5)
  fill(order, { sort: '-time', offset: 0 }, rowsOf([4, 3, 2, 1, 0].map(idOf)), 5)
  takeLive(order, idOf(5), false)
  t.equal(takeOut(order, [idOf(3), idOf(5)], true), 'fine')
  t.equal(order.shown, 4)
  t.equal(heldBack(order), 0)
  t.same(
    [0, 1, 2, 3].map((line) => idAt(order, line)),
    [4, 2, 1, 0].map(idOf),
  )
})

t.test('under a sort the page cannot know, new exchanges are only counted', async (t) => {
  const order = rowOrder('-duration', 3)
  fill(order, { sort: '-duration', offset: 0 }, rowsOf([1, 0, 2].map(idOf)), 3)
  t.equal(takeLive(order, idOf(9), false), 'unsure')
  t.equal(takeLive(order, idOf(1), true), 'fine')
  countWaiting(order, 4)
  t.equal(heldBack(order), 1)
  t.equal(idAt(order, 0), idOf(1))
  t.equal(lineOf(order, idOf(2)), 2)
})

t.test('what was sent from the page and is not in the list is known, whatever comes first', async (t) => {
  noteChanged([], [idOf(1), idOf(2)])
  t.same(hiddenReplays.value, [], 'others that do not match are no replays')
  noteSent(idOf(2))
  t.same(hiddenReplays.value, [idOf(2)], 'the list may hear of it before its sender does')
  noteSent(idOf(3))
  noteChanged([{ id: idOf(4) }], [idOf(3)])
  t.same(hiddenReplays.value, [idOf(2), idOf(3)])
  noteChanged([{ id: idOf(2) }], [])
  t.same(hiddenReplays.value, [idOf(3)], 'what matches by now is in the list')
  for (let n = 100; n < 1300; n++) noteChanged([], [idOf(n)])
  t.same(hiddenReplays.value, [idOf(3)], 'a replay outlasts what is only remembered in case')
  t.ok(wasSentHere(idOf(3)))
  forgetSent()
  t.same(hiddenReplays.value, [], 'another filter, another question')
})

t.test('bars grow by the same length for every factor of ten', async (t) => {
  t.equal(logShare(0), 0)
  t.equal(logShare(10_000_000), 1)
  t.ok(Math.abs(logShare(1000) - logShare(100) - (logShare(100) - logShare(10))) < 0.01)
})
