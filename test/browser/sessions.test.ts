// Two sessions compared on the page: what differs by endpoint, the ways to its exchanges and back, by mouse and by keys alone.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { beginBrowserTest } from '../support/begin-browser-test.ts'
import { openPage, send, seriousViolations, until, waitForCount } from '../support/browser.ts'
import { startShopOrigin } from '../support/shop-origin.ts'
import { telltale, temporaryFolder } from '../support/telltale.ts'

const json = (value: unknown) => ({ mimeType: 'application/json', text: JSON.stringify(value) })
type Told = { readonly time?: number; readonly answer?: unknown; readonly sent?: unknown }
const exchanged = (method: string, path: string, status: number, { time = 10, answer, sent }: Told = {}) => ({
  startedDateTime: '2026-01-01T00:00:00Z',
  time,
  request: { method, url: `https://api.test:8443${path}`, headers: [], ...(sent ? { postData: json(sent) } : {}) },
  response: { status, content: answer ? json(answer) : {} },
  timings: { send: 0, wait: time, receive: 0 },
})
const times = (count: number, make: (n: number) => unknown) => Array.from({ length: count }, (_, n) => make(n))
const refused = { error: 'invalid_token', error_description: 'The access token expired' }
const sessions = {
  'worked.har': [
    ...times(3, (n) => exchanged('GET', `/same/${n}`, 200)),
    ...times(4, (n) => exchanged('GET', `/orders/${n}`, 200, { answer: { id: n } })),
    exchanged('GET', '/orders/latest', 200),
    ...times(5, () => exchanged('GET', '/slow', 200, { time: 20 })),
    exchanged('DELETE', '/old', 204),
    ...times(4, (n) => exchanged('PUT', '/cart', 200, { answer: { id: n, total: 5 }, sent: { qty: 1 } })),
  ],
  'failed.har': [
    ...times(3, (n) => exchanged('GET', `/same/${n}`, 200)),
    ...times(4, (n) => exchanged('GET', `/orders/${n + 10}`, 401, { answer: refused })),
    exchanged('GET', '/orders/latest', 200),
    ...times(5, () => exchanged('GET', '/slow', 200, { time: 900 })),
    exchanged('POST', '/fresh', 201),
    ...times(4, (n) => exchanged('PUT', '/cart', 200, { answer: { id: n, sum: 5 }, sent: { qty: '1' } })),
  ],
}
const dataDir = temporaryFolder('sessions')
for (const [name, entries] of Object.entries(sessions))
  writeFileSync(join(dataDir, name), JSON.stringify({ log: { entries } }))
await telltale(['import', ...Object.keys(sessions).map((name) => join(dataDir, name)), '--data-dir', dataDir])

const { missing, page, product, origin, browser, problems } = await beginBrowserTest(t, {
  startOrigin: startShopOrigin,
  dataDir,
  args: ['--session', 'now'],
})

const view = () => page.getByRole('main', { name: 'Compare sessions' })
const row = (name: string) => view().getByRole('row').filter({ hasText: name })
const side = (name: 'Before' | 'After') => view().getByRole('combobox', { name })
const chosen = (name: 'Before' | 'After') =>
  side(name).evaluate((select: HTMLSelectElement) => select.selectedOptions[0]?.text)
const kinds = async () => {
  const found = await view().locator('.skind').allTextContents()
  return found.map((text) => text.replace(/^[~+−]/, ''))
}
const kindsAre = (wanted: readonly string[]) =>
  until(`the changes are ${wanted}`, async () => (await kinds()).join() === wanted.join())
const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'))

if (!missing) {
  t.test('the menu leads there: the newest two, what is wrong first, what did not change not at all', async (t) => {
    await waitForCount(page, 36)
    await page.getByRole('button', { name: /^(Only )?session/i }).click()
    await page.getByRole('menuitem', { name: 'Compare two sessions' }).click()
    await kindsAre(['Fails now', 'New', 'Gone', 'Content', 'Slower'])
    t.match([await chosen('Before'), await chosen('After')], [/^worked\.har/, /^failed\.har/])
    t.match(await view().getByRole('status').first().textContent(), '5 endpoints differ, 2 do not.')
    t.match(await row('/orders/{}').textContent(), /4 calls.*4 calls.*200 ×4 → 401 ×4\+/)
    t.match(await row('/cart').textContent(), /request \/qty number → string/)
    t.match(await row('/cart').textContent(), /response \/sum only after +number.*response \/total number +only before/)
    t.match(await row('/slow').textContent(), /20 ms.*900 ms.*median 20 ms → 900 ms/)
    t.match(await row('/fresh').textContent(), /no call.*1 call.*201/)
    t.same(await seriousViolations(page), [])
  })

  t.test('keys alone: down to an endpoint, its two exchanges side by side, and back to where it was', async (t) => {
    for (let i = 0; i < 4; i++) await page.keyboard.press('j')
    await page.keyboard.press('ArrowUp')
    t.equal(await focused(), 'Open DELETE api.test:8443/old')
    await page.keyboard.press('ArrowDown')
    t.equal(await focused(), 'Compare PUT api.test:8443/cart')
    await page.keyboard.press('Enter')
    const compare = page.getByRole('main', { name: 'Compare', exact: true })
    await compare.getByText('/qty').first().waitFor()
    await compare.getByRole('button', { name: 'Back to the sessions' }).waitFor()
    await page.keyboard.press('Escape')
    await until('the focus is where it was', async () => (await focused()) === 'Compare PUT api.test:8443/cart')
    await page.keyboard.press('s')
    await kindsAre(['New', 'Gone', 'Content', 'Works now', 'Faster'])
    t.match(await chosen('Before'), /^failed\.har/)
    await page.keyboard.press('s')
    await kindsAre(['Fails now', 'New', 'Gone', 'Content', 'Slower'])
  })

  t.test('the calls of an endpoint are shown in the traffic, those and no others', async (t) => {
    await view().getByRole('button', { name: '4 calls after, GET api.test:8443/orders/{}' }).click()
    await waitForCount(page, 4)
    const paths = await page.locator('.rows .row:not([hidden]) .c-path').allTextContents()
    t.same(paths.map((path) => /\d+$/.exec(path)?.[0]).toSorted(), ['10', '11', '12', '13'])
    await page.getByRole('button', { name: 'Only session failed.har' }).waitFor()
    const views = page.getByRole('navigation', { name: 'Views' })
    await views.getByRole('button', { name: 'Sessions' }).click()
    await view().getByRole('button', { name: 'Open POST api.test:8443/fresh' }).click()
    await page.locator('.detail').getByText('/fresh').first().waitFor()
    await views.getByRole('button', { name: 'Sessions' }).click()
    await kindsAre(['Fails now', 'New', 'Gone', 'Content', 'Slower'])
  })

  t.test('a session is saved as a file', async (t) => {
    await page.getByRole('button', { name: 'Only session failed.har' }).click()
    await page.getByRole('menuitemcheckbox', { name: /^worked\.har/ }).click()
    await page.getByRole('button', { name: 'Only session worked.har' }).click()
    const coming = page.waitForEvent('download')
    await page.getByRole('menuitem', { name: 'Save “worked.har” as HAR' }).click()
    const saved = JSON.parse(readFileSync(await (await coming).path(), 'utf8')) as { log: { entries: unknown[] } }
    t.equal(saved.log.entries.length, 18)
    await page.getByRole('button', { name: 'Only session worked.har' }).click()
    await page.getByRole('menuitemcheckbox', { name: 'All sessions' }).click()
    await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Sessions' }).click()
    await kindsAre(['Fails now', 'New', 'Gone', 'Content', 'Slower'])
  })

  t.test('narrowed to a part, another session chosen, read again while it grows', async (t) => {
    await view()
      .getByRole('button', { name: /^New or gone/ })
      .click()
    await kindsAre(['New', 'Gone'])
    await view().getByRole('button', { name: /^All/ }).click()
    await send(product, `${origin.url}/v1/orders`)
    await product.waitForRows(37, 'is:complete')
    await view().getByRole('button', { name: 'Compare again' }).click()
    await until(
      'the session that grows can be chosen',
      async () => (await side('After').textContent())?.includes('now') === true,
    )
    await side('After').selectOption({ index: 0 })
    await kindsAre(['New', 'Gone', 'Gone', 'Gone', 'Gone', 'Gone', 'Gone'])
    await side('Before').selectOption({ index: 0 })
    await view().getByText('one and the same session').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('grid', { name: 'Exchanges' }).waitFor()
    t.same(problems, [])
  })

  t.test('dark, in a narrow window: nothing is cut off, nothing unreadable', async (t) => {
    const narrow = await openPage(browser, product, { width: 1000, height: 700, theme: 'dark' })
    await narrow.page.locator('.session-name').click()
    await narrow.page.getByRole('menuitem', { name: 'Compare two sessions' }).click()
    await narrow.page.getByRole('row').nth(3).waitFor()
    const wider = await narrow.page.evaluate(
      () =>
        [...document.querySelectorAll('main, main *')].filter(
          (each) => each.getBoundingClientRect().right > innerWidth + 1,
        ).length,
    )
    t.equal(wider, 0)
    t.same(await seriousViolations(narrow.page), [])
    t.same(narrow.problems, [])
  })
}
