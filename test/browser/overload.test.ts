// The page when there is more than can be kept: long streams, shed content, long searches, a full disk.
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import type { Status } from '../../src/api/contract.ts'
import { beginBrowserTest } from '../support/begin-browser-test.ts'
import { openPage, rowsWith, send, seriousViolations, settled, startTelltale, until } from '../support/browser.ts'
import { lacks } from '../support/programs.ts'
import { startShopOrigin } from '../support/shop-origin.ts'
import { temporaryFolder } from '../support/telltale.ts'

const { missing, page, product, origin, browser, problems } = await beginBrowserTest(t, {
  startOrigin: startShopOrigin,
})

const row = (text: string) => rowsWith(page, text)
const filter = () => page.getByRole('searchbox', { name: 'Filter' })
const status = () => page.locator('footer.status')
const narrowTo = async (text: string) => {
  await page.keyboard.press('/')
  await page.keyboard.press('Control+a')
  await page.keyboard.type(text)
  await page.keyboard.press('Enter')
}

if (!missing) {
  t.test('more events than are kept one by one: the page says so', async (t) => {
    const stream = createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      for (let i = 0; i < 10_050; i++) response.write(`data: {"n":${i}}\n\n`)
      response.end()
    })
    await new Promise<void>((done) => stream.listen(0, 'localhost', done))
    await send(product, `http://localhost:${(stream.address() as AddressInfo).port}/v1/many-events`)
    stream.close()
    await product.waitForRows(1, 'path:/v1/many-events')
    await row('/v1/many-events').first().click()
    await page
      .getByRole('tablist', { name: 'Details' })
      .getByRole('tab', { name: /Events/ })
      .click()
    await page.getByText('The first 5,000 events are not shown here').waitFor()
    await page.getByText(/Events after the first 10,000 are not shown one by one/).waitFor()
    t.pass('both ends are named')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
  })

  t.test(
    'content that had to be shed is counted in the bar and marked in its row; a long search says how far it is',
    async (t) => {
      const members = Array.from({ length: 36_000 }, (_, i) => `"member${i * 7919}":"lorem ipsum dolor sit amet ${i}"`)
      const rest = members.join(',')
      const large = createServer((request, response) => {
        const kept = request.url?.startsWith('/v1/kept')
        const text = `{"path":"${request.url}",${kept ? `${rest},${rest},${rest},${rest},${rest},${rest}` : rest}}`
        const coding = kept ? { 'content-encoding': 'gzip' } : {}
        response.writeHead(kept ? 200 : 500, { 'content-type': kept ? 'text/plain' : 'application/json', ...coding })
        response.end(kept ? gzipSync(text, { level: 1 }) : text)
      })
      await new Promise<void>((done) => large.listen(0, 'localhost', done))
      const url = `http://localhost:${(large.address() as AddressInfo).port}`
      t.teardown(() => large.close())
      // Another program writes to the store: the desk stands still, and more than may wait comes meanwhile.
      const other = new DatabaseSync(join(product.dataDir, 'captures.db'))
      other.exec('BEGIN IMMEDIATE')
      await Promise.all(Array.from({ length: 40 }, (_, i) => send(product, `${url}/v1/large/${i}`)))
      other.exec('ROLLBACK')
      other.close()
      await status()
        .getByText(/contents? shed/)
        .waitFor()
      // One after the other they are all kept: coded, they take longer to be searched than a first answer waits.
      for (let i = 1; i <= 12; i++) {
        await send(product, `${url}/v1/kept/${i}`)
        await until('it is recorded to its end', async () => {
          const kept = await product.rows('url:/v1/kept/')
          return kept.length === i && kept.every(({ outcome }) => outcome === 'complete')
        })
      }
      await page.evaluate(() => {
        const said: string[] = []
        const look = () => said.push(document.querySelector('.shown-count')?.textContent ?? '')
        new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true })
        Object.assign(globalThis, { said })
      })
      await narrowTo('body:"nowhere in any content"')
      await page.waitForFunction(() =>
        (globalThis as unknown as { said: string[] }).said.some((text) => /searched [\d,]+ of [\d,]+/.test(text)),
      )
      t.pass('progress was said while it searched')
      await page.getByText('No exchange matches').waitFor()
      await narrowTo('body:"neither in any content"')
      await page.keyboard.press('x')
      t.equal(await settled(filter(), ''), '', 'a search is left as any filter')
      await until('all rows are back', async () => {
        const { answer } = await product.call('GET', '/api/exchanges?limit=1')
        return (
          (await page.getByRole('grid', { name: 'Exchanges' }).getAttribute('aria-rowcount')) ===
          String((answer as { total: number }).total + 1)
        )
      })
    },
  )

  t.test('a full disk: the page says that the recorder stopped, what still works, and when it is over', async (t) => {
    const folder = temporaryFolder('full')
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', folder]).status === 0
    if (lacks(t, 'the right to mount a small file system', mounted)) return
    const dataDir = join(folder, 'data')
    mkdirSync(dataDir)
    const certs = temporaryFolder('certs')
    const small = await startTelltale({ dataDir, args: ['--certs', certs] })
    t.teardown(async () => {
      await small.stop()
      spawnSync('umount', [folder])
      rmSync(certs, { recursive: true, force: true })
    })
    await send(small, `${origin.url}/v1/orders`)
    const own = await openPage(browser, small)
    await rowsWith(own.page, '/v1/orders').first().waitFor()
    const filler = join(folder, 'filler')
    spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=64k'], { stdio: 'ignore' })
    await until('the recorder has stopped', async () => {
      const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => send(small, `${origin.url}/v1/full/${i}`)))
      t.ok(answers.every((each) => each === 200))
      return ((await small.call('GET', '/api/status')).answer as Status).recording === 'stopped'
    })
    const note = own.page.getByRole('alert').filter({ hasText: 'Traffic still flows' })
    await note.waitFor()
    t.match(await note.textContent(), /disk.*waits? to be kept/is)
    await own.page
      .locator('footer.status')
      .getByText(/waiting/)
      .waitFor()
    t.same(await seriousViolations(own.page), [])
    rmSync(filler)
    await until('it records again', async () => {
      await send(small, `${origin.url}/v1/after`)
      return ((await small.call('GET', '/api/status')).answer as Status).recording === 'on'
    })
    await note.waitFor({ state: 'detached' })
    await own.page.locator('footer.status').getByText('Recording', { exact: true }).waitFor()
    await own.page.context().close()
  })

  t.test('nothing went wrong on the page meanwhile', async (t) => {
    t.same(problems, [])
  })
}
