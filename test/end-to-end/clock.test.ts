// B16: the machine's clock is set back and far ahead while Telltale runs: durations stay true, the order stays that of what happened.
import { globSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { join } from 'node:path'
import t from 'tap'
import type { Row } from '../../src/api/row.ts'
import { startOrigin } from '../support/origin.ts'
import { startTelltale, temporaryFolder } from '../support/telltale.ts'

const [library] = globSync(['/usr/lib/*/faketime/libfaketimeMT.so.1', '/usr/lib*/faketime/libfaketimeMT.so.1'])
const hour = 3600 * 1000

t.test('B16: an hour back, a year ahead, and back again', async (t) => {
  // As Go and Mono: few machines have it, so that it is not missed in CI either.
  if (library === undefined) return t.plan(0, 'faketime is not installed')
  const clock = join(temporaryFolder('clock'), 'offset')
  const setClock = (offset: string): void => writeFileSync(clock, `${offset}\n`)
  setClock('+0')
  const preload = { LD_PRELOAD: library, FAKETIME_TIMESTAMP_FILE: clock, FAKETIME_NO_CACHE: '1' }
  // Only the wall clock: nobody can set the monotonic one.
  const product = await startTelltale({ env: { ...preload, FAKETIME_DONT_FAKE_MONOTONIC: '1' } })
  let begun = (): void => {}
  let answer = (): void => {}
  const origin = await startOrigin(async (c) => {
    for (;;) {
      const head = await c.until('\r\n\r\n')
      if (head.includes('/running')) {
        begun()
        await new Promise<void>((resolve) => {
          answer = resolve
        })
      }
      c.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    }
  })
  const { hostname, port } = new URL(product.proxy)
  const ask = (path: string): Promise<void> =>
    new Promise((done, fail) => {
      const url = `http://127.0.0.1:${origin.port}${path}`
      get({ hostname, port, path: url, headers: { Host: `127.0.0.1:${origin.port}` }, agent: false }, (response) =>
        response.resume().on('end', done),
      ).on('error', fail)
    })
  /** The clock is set while a request runs. */
  async function runningWhile(path: string, offset: string): Promise<void> {
    const there = new Promise<void>((resolve) => {
      begun = resolve
    })
    const over = ask(`/running${path}`)
    await there
    setClock(offset)
    answer()
    await over
  }

  await ask('/0-now')
  await runningWhile('-1-set-back', '-3600')
  await ask('/2-an-hour-ago')
  await runningWhile('-3-set-ahead', '+31536000')
  await ask('/4-a-year-ahead')
  await runningWhile('-5-set-right', '+0')
  await ask('/6-now-again')

  const rows = await product.waitForRows(7, 'is:complete')
  t.same(
    rows.map(({ path }) => Number(/\d/.exec(path)?.[0])),
    [6, 5, 4, 3, 2, 1, 0],
    'newest first is what happened last, whatever the clock said',
  )
  const wrong = rows.filter(({ duration }) => !(duration !== null && duration >= 0 && duration < 60_000))
  t.same(wrong, [], 'durations know nothing of it')
  const at = (row: Row | undefined): number => Date.parse(row?.startedDateTime ?? '') - Date.now()
  t.ok(Math.abs(at(rows[6])) < hour / 2, 'what was recorded before is dated rightly')
  t.ok(Math.abs(at(rows[4]) + hour) < hour / 2, 'what was recorded an hour back says so')
  t.ok(at(rows[2]) > 300 * 24 * hour, 'and what was recorded a year ahead')
  t.ok(Math.abs(at(rows[0])) < hour / 2)
  const status = await product.call('GET', '/api/status')
  t.equal(status.status, 200)
  const sorted = await product.call('GET', '/api/exchanges?sort=-duration&limit=10')
  t.equal((sorted.answer as { rows: Row[] }).rows.length, 7)
  t.equal(await product.stop(), 0)
  t.equal(product.stderr(), '')
  await origin.close()
})
