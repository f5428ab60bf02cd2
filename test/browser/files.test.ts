// Files in and out on the page: a bar that tells how far it is, a way to end it, and nothing left behind when it was ended.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { beginBrowserTest } from '../support/begin-browser-test.ts'
import { seriousViolations, until, waitForCount } from '../support/browser.ts'
import { startShopOrigin } from '../support/shop-origin.ts'
import { temporaryFolder } from '../support/telltale.ts'

const count = 400
const entries = Array.from({ length: count }, (_, n) => ({
  startedDateTime: '2026-01-01T00:00:00Z',
  time: 10,
  request: { method: 'GET', url: `https://api.test/items/${n}`, headers: [] },
  response: { status: 200, content: { mimeType: 'text/plain', text: `${n} `.repeat(8000) } },
  timings: { send: 0, wait: 10, receive: 0 },
}))
const file = join(temporaryFolder('files'), 'large.har')
writeFileSync(file, JSON.stringify({ log: { entries } }))

const { missing, page, product, problems } = await beginBrowserTest(t, { startOrigin: startShopOrigin })

const bar = (name: string) => page.getByRole('progressbar', { name })
const percent = async (name: string) => Number(await bar(name).getAttribute('aria-valuenow'))
const choose = () => page.getByLabel('Recording to import').setInputFiles(file)

if (!missing) {
  const network = await page.context().newCDPSession(page)
  /** A slow line makes long work of a file that is not large. Octets a second; -1 is as fast as it goes. */
  const line = (throughput: number) =>
    network.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 0,
      uploadThroughput: throughput,
      downloadThroughput: throughput,
    })

  t.test('an import shows how far it is; cancelled, nothing of it is there', async (t) => {
    await line(1_000_000)
    await choose()
    await until('some of it has left', async () => (await percent('Importing large.har')) > 5)
    t.match(await page.locator('.job').textContent(), /Importing large\.har.*[\d.]+ [kM]B of [\d.]+ MB\d+ %/)
    t.same(await seriousViolations(page), [])
    await page.getByRole('button', { name: 'Cancel: Importing large.har' }).click()
    await page.getByText(/large\.har was cancelled, and nothing of it is kept/).waitFor()
    await bar('Importing large.har').waitFor({ state: 'detached' })
    await line(-1)
    await until('nothing of it is in the store', async () => (await product.rows()).length === 0)
    await until('nor is its session', async () => {
      const { answer } = await product.call('GET', '/api/sessions')
      return !(answer as { sessions: readonly { name: string }[] }).sessions.some(({ name }) => name === 'large.har')
    })
    t.equal(
      product.stderr() + product.stdout().split('\n').slice(1).join(''),
      '',
      'and the terminal has nothing to say',
    )
  })

  t.test('not cancelled, all of it is there', async (t) => {
    await choose()
    await waitForCount(page, count)
    t.equal((await product.rows()).length, count)
  })

  t.test('an export shows how far it is; cancelled, it ends; not cancelled, it is whole', async (t) => {
    const saveAll = async () => {
      await page.locator('.rows .row:not([hidden])').first().click({ button: 'right' })
      await page.getByRole('menuitem', { name: `Save all ${count} shown as HAR` }).click()
    }
    await line(1_500_000)
    await saveAll()
    const name = 'Saving as HAR'
    await until('some of it is written', async () => (await bar(name).count()) > 0 && (await percent(name)) > 5)
    t.match(await page.locator('.job').textContent(), /\d+ of 400 exchanges\d+ %/)
    await page.getByRole('button', { name: `Cancel: ${name}` }).click()
    await page.getByText('Not saved: cancelled').waitFor()
    await line(-1)
    // Four at once are allowed: those that were cancelled do not count.
    for (let i = 0; i < 5; i++)
      t.equal((await product.call('GET', '/api/export?format=har&filter=path:/items/1')).status, 200)
    const coming = page.waitForEvent('download')
    await saveAll()
    const saved = JSON.parse(readFileSync(await (await coming).path(), 'utf8')) as { log: { entries: unknown[] } }
    t.equal(saved.log.entries.length, count)
    await page.getByText(/^Saved [\d.]+ MB as telltale\.har/).waitFor()
    t.same(problems, [])
  })
}
