// Deleting as a user does it: rows go at once and come back on request, also when connections break, tabs close or two tabs do the same.
import type { Page } from 'playwright-core'
import t from 'tap'
import type { Row } from '../../src/api/row.ts'
import { beginBrowserTest } from '../support/begin-browser-test.ts'
import { openPage, rowsWith, send, seriousViolations, until, waitForCount } from '../support/browser.ts'
import { startShopOrigin } from '../support/shop-origin.ts'

/** Lets a test see, break or refuse what the page asks the desk to delete, and not wait for the time to take it back. */
const script = `
  const { setTimeout } = globalThis
  globalThis.setTimeout = (run, delay, ...more) => setTimeout(run, globalThis.hurry && delay === 8000 ? 300 : delay, ...more)
  const { fetch } = globalThis
  globalThis.deletions = []
  globalThis.fetch = (path, init) => {
    if (init?.method === 'DELETE') {
      globalThis.deletions.push(decodeURIComponent(path))
      if (globalThis.away) return Promise.reject(new TypeError('Failed to fetch'))
      if (globalThis.refuses) return Promise.resolve(new Response('{"detail":"The store is read only","status":503}', { status: 503 }))
    }
    return fetch(path, init)
  }`
const { missing, page, product, origin, browser, problems } = await beginBrowserTest(t, {
  startOrigin: startShopOrigin,
  view: { script },
  traffic: async (product, origin) => {
    for (let i = 0; i < 30; i++) await send(product, `${origin.url}/v1/items/${i}`)
    await product.waitForRows(30)
  },
})

const counted = (count: number, on = page) => waitForCount(on, count)
const stored = async () => (await product.rows()).length
const note = (on: Page = page) => on.locator('.deleted-note')
const item = (number: number, on: Page = page) =>
  on.locator('.rows .row:not([hidden])').filter({
    has: on.locator('.c-path', { hasText: new RegExp(`/v1/items/${number}$`) }),
  })
const set = (state: Record<string, boolean>, on: Page = page) =>
  on.evaluate((state) => Object.assign(globalThis, state), state)
const deletions = () => page.evaluate(() => (globalThis as unknown as { deletions: string[] }).deletions)
/** The paths on screen from the top. */
const paths = () =>
  page.locator('.rows .row:not([hidden]) .c-path').evaluateAll((cells) => cells.map((cell) => cell.textContent ?? ''))
async function pickRange(from: number, to: number): Promise<void> {
  await item(from).click()
  await item(to).click({ modifiers: ['Shift'] })
  await page.getByText(`${Math.abs(from - to) + 1} selected`).waitFor()
}

if (!missing) {
  t.test('several rows go without a question and come back with z, where they were', async (t) => {
    await counted(30)
    const before = await paths()
    await pickRange(25, 23)
    await page.keyboard.press('d')
    await counted(27)
    await note().getByText('Deleted 3 exchanges').waitFor()
    await page.locator('footer.status').getByText('27 exchanges').waitFor()
    t.same(await seriousViolations(page), [])
    t.same(await deletions(), [], 'the desk was asked nothing yet')
    await page.keyboard.press('z')
    await counted(30)
    await note().waitFor({ state: 'detached' })
    await page.getByText('3 selected').waitFor()
    await page.locator('.row.shown').waitFor()
    t.same(await paths(), before)
    t.equal(await stored(), 30)
    await page.keyboard.press('Escape')
  })

  t.test('one after the other: the newest comes back first, by button or by key, and the focus stays', async (t) => {
    await item(20).click()
    for (let count = 29; count >= 27; count--) {
      await page.keyboard.press('d')
      await counted(count)
    }
    await note().getByText('Deleted /v1/items/18').waitFor()
    await note().getByRole('button', { name: 'Undo' }).click()
    await counted(28)
    t.equal(await page.evaluate(() => document.activeElement?.id), 'exchanges')
    await note().getByText('Deleted /v1/items/19').waitFor()
    await page.keyboard.press('Control+z')
    await page.keyboard.press('z')
    await counted(30)
    t.equal(await stored(), 30)
    await page.keyboard.press('Escape')
  })

  t.test('what nobody takes back is gone after a while; new rows and other sorts do not bring it back', async (t) => {
    await pickRange(29, 27)
    await page.keyboard.press('Delete')
    await counted(27)
    await page.keyboard.press('Escape')
    await send(product, `${origin.url}/v1/new`)
    await counted(28)
    await page.getByRole('columnheader', { name: 'Path' }).getByRole('button').click()
    await page.waitForFunction(() => document.querySelector('[aria-sort=ascending]')?.textContent === 'Path')
    await counted(28)
    await page.getByRole('columnheader', { name: 'Time' }).getByRole('button').click()
    await counted(28)
    t.equal(await stored(), 31)
    await until('the store has let them go', async () => (await stored()) === 28)
    await note().waitFor({ state: 'detached' })
    await counted(28)
    t.equal((await deletions()).length, 1)
    t.notOk((await paths()).some((path) => /items\/2[789]$/.test(path)))
  })

  t.test('a tab that is closed or loaded anew carries out what it said', async (t) => {
    await item(26).click()
    await page.keyboard.press('d')
    await counted(27)
    await page.reload()
    await until('the store has let it go', async () => (await stored()) === 27)
    await counted(27)
    const { page: other } = await openPage(browser, product)
    await item(25, other).click()
    await other.keyboard.press('d')
    await counted(26, other)
    await other.close({ runBeforeUnload: true })
    await until('the store has let it go', async () => (await stored()) === 26)
    await counted(26)
    t.pass('and the first tab follows')
  })

  t.test('two tabs delete the same: each gap is closed once, and nothing comes back twice', async (t) => {
    const { page: other, problems } = await openPage(browser, product, { script })
    await set({ hurry: true }, other)
    await item(22).click()
    await item(21).click({ modifiers: ['Control'] })
    await page.keyboard.press('d')
    await counted(24)
    await item(22, other).click()
    await other.keyboard.press('d')
    await counted(25, other)
    await until('the other tab has let one go', async () => (await stored()) <= 25)
    await until('both are gone from the store', async () => (await stored()) === 24)
    await counted(24)
    await counted(24, other)
    await note().waitFor({ state: 'detached' })
    t.equal(new Set(await paths()).size, 24)
    await page.keyboard.press('z')
    await counted(24)
    t.same(problems, [])
    await other.close()
  })

  t.test(
    'a desk that does not answer is asked again; one that refuses is believed and the rows are back',
    async (t) => {
      await set({ away: true, hurry: true })
      await item(17).click()
      await page.keyboard.press('d')
      await counted(23)
      await page.waitForFunction(() => (globalThis as unknown as { deletions: string[] }).deletions.length > 0)
      await note().getByRole('button', { name: 'Undo' }).waitFor()
      t.equal(await stored(), 24)
      await set({ away: false })
      await until('it is gone from the store', async () => (await stored()) === 23)
      await note().waitFor({ state: 'detached' })
      await set({ refuses: true })
      await item(16).click()
      await page.keyboard.press('d')
      await counted(22)
      await page.locator('footer.status').getByText('Could not delete: The store is read only').waitFor()
      await counted(23)
      await item(16).waitFor()
      await set({ refuses: false, hurry: false })
      await page.keyboard.press('Escape')
    },
  )

  t.test('all that the list shows, under a filter too; a replay of what is leaving stays', async (t) => {
    await item(15).click()
    await page.keyboard.press('r')
    await page.getByRole('button', { name: 'replay, show original' }).waitFor()
    await counted(24)
    await set({ hurry: true })
    await page.keyboard.press('/')
    await page.keyboard.type('path:/v1/items/15 -is:replayed')
    await page.keyboard.press('Enter')
    await counted(1)
    await item(15).click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Delete all 1 match' }).click()
    await page.getByText('No exchange matches').waitFor()
    await page.getByText('23 exchanges are hidden by the filter').waitFor()
    await page.keyboard.press('x')
    await counted(23)
    await rowsWith(page, '/v1/items/15').getByRole('img', { name: 'replayed' }).waitFor()
    await until('only the original is gone', async () => (await stored()) === 23)
    const [left] = await product.rows('path:/v1/items/15')
    t.match(left as Row, { origin: 'replay' })
    await set({ hurry: false })
    await item(14).click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Delete all 23 exchanges' }).click()
    await page.getByRole('heading', { name: 'No exchange yet' }).waitFor()
    await page.getByRole('button', { name: 'Undo' }).click()
    await counted(23)
    t.equal(await stored(), 23)
  })

  t.test('more than can be taken back is asked about', async (t) => {
    for (let i = 0; i < 400; i += 20)
      await Promise.all(Array.from({ length: 20 }, (_, n) => send(product, `${origin.url}/v1/many/${i + n}`)))
    await product.waitForRows(423)
    await page.keyboard.press('Escape')
    await page.keyboard.press('Home')
    await page.keyboard.press('Escape')
    await counted(423)
    await page.locator('.rows .row').first().click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Delete all 423 exchanges' }).click()
    await page.getByRole('menu', { name: 'Delete all 423 exchanges for good?' }).waitFor()
    await page.keyboard.press('Escape')
    t.equal(await stored(), 423)
    await page.locator('.rows .row').first().click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Delete all 423 exchanges' }).click()
    await page.getByRole('menuitem', { name: 'Delete all 423 exchanges' }).click()
    await page.getByRole('heading', { name: 'No exchange yet' }).waitFor()
    t.equal(await stored(), 0)
  })

  t.test('nothing went wrong on the page meanwhile', async (t) => {
    t.same(
      problems.filter((text) => !/status of 404/.test(text)),
      [],
    )
  })
}
