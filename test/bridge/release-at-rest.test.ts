// What a burst took is given back once the thread rests.
import { setTimeout as sleep } from 'node:timers/promises'
import { getHeapStatistics } from 'node:v8'
import t from 'tap'
import { releaseAtRest } from '../../src/bridge/release-at-rest.ts'

const heap = (): number => getHeapStatistics().total_heap_size / 2 ** 20

t.test('memory of a burst is given back at rest', async (t) => {
  releaseAtRest(200)
  const before = heap()
  let burst: number[][] | undefined = Array.from({ length: 1000 }, (_, i) =>
    Array.from({ length: 10_000 }, () => i + 0.5),
  )
  const most = heap()
  t.ok(most > before + 60, `${before.toFixed(0)} MiB grew to ${most.toFixed(0)}`)
  t.equal(burst.length, 1000)
  burst = undefined
  const limit = Date.now() + 30_000
  while (heap() > before + 30 && Date.now() < limit) await sleep(100)
  t.ok(heap() <= before + 30, `${heap().toFixed(0)} MiB at rest`)
})
