// The traffic view as a user works with it: live rows, keys, selection, filter, tree, columns, themes, accessibility.
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { beginBrowserTest } from '../support/begin-browser-test.ts'
import { send, seriousViolations, settled, until, waitForCount } from '../support/browser.ts'
import { startShopOrigin } from '../support/shop-origin.ts'

const { missing, page, product, origin, problems } = await beginBrowserTest(t, { startOrigin: startShopOrigin })

const grid = () => page.getByRole('grid', { name: 'Exchanges' })
const rows = () => page.locator('.rows .row:not([hidden])')
const row = (text: string) => rows().filter({ hasText: text })
const filter = () => page.getByRole('searchbox', { name: 'Filter' })
const get = (path: string) => send(product, origin.url + path)
const counted = (count: number, on = page) => waitForCount(on, count)
/** Waits until the selected row is the one with this path. */
const selected = (path: string) =>
  page.waitForFunction((wanted) => document.querySelector('.row.shown .c-path')?.textContent?.includes(wanted), path)

if (!missing) {
  t.test('first run: the page says what the proxy has seen and what to type, and follows', async (t) => {
    await page.getByRole('heading', { name: 'No exchange yet' }).waitFor()
    const lines = (await page.locator('.first').textContent()) ?? ''
    t.ok(lines.includes(`HTTPS_PROXY=${product.proxy}`))
    t.ok(lines.includes(product.ca), 'the CA file is named')
    t.equal(await page.getByText('Waiting for a client').count(), 1)
    await page.getByRole('button', { name: 'Copy the line for curl' }).click()
    t.match(await page.evaluate(() => navigator.clipboard.readText()), /^curl -x http:\/\/127\.0\.0\.1:\d+ --cacert/)
    t.same(await seriousViolations(page), [])
  })

  t.test('rows appear by themselves, newest first, with status and cause', async (t) => {
    await get('/v1/orders')
    await row('/v1/orders').waitFor()
    await get('/v1/me')
    await row('/v1/me').waitFor()
    await row('/v1/me').locator('.c-status').getByText('401').waitFor()
    await row('/v1/me').getByRole('img', { name: 'error' }).waitFor()
    t.equal(await row('/v1/me').getByRole('img', { name: 'error' }).count(), 1, 'flagged with a shape')
    t.match(await rows().first().textContent(), /\/v1\/me/)
    await get('/v1/report')
    await send(product, `${origin.url}/v1/products?limit=40&api_key=sk_live_4eC39HqLyjWDarjtT1`, { method: 'POST' })
    await get('/v1/slow')
    await counted(5)
  })

  t.test('a secret in an address is neither drawn nor in a tooltip until asked for, and then really is', async (t) => {
    t.notMatch(await page.content(), /sk_live_4eC39/)
    await page.getByRole('button', { name: 'Secrets masked' }).click()
    await page.getByText('Secrets shown').waitFor()
    await row('sk_live_4eC39').waitFor()
    await page.getByRole('button', { name: 'Secrets shown' }).click()
    await page.getByText('Secrets masked').waitFor()
    await page.waitForFunction(() => !document.body.innerHTML.includes('sk_live_4eC39'))
    t.pass('masked again')
  })

  t.test('keys alone: select, open details, come back, change tabs', async (t) => {
    await grid().focus()
    await page.keyboard.press('j')
    await page.waitForSelector('.rows .row.shown')
    await selected('slow')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('j')
    await page.keyboard.press('k')
    await selected('products')
    t.match(await grid().getAttribute('aria-activedescendant'), /^row-/)
    await page.keyboard.press('End')
    await selected('orders')
    await page.keyboard.press('Home')
    await selected('slow')
    await page.getByRole('tablist', { name: 'Details' }).waitFor()
    await page.keyboard.press('2')
    await page.waitForFunction(
      () => document.querySelectorAll('[role=tablist] [role=tab]')[1]?.getAttribute('aria-selected') === 'true',
    )
    await page.keyboard.press('Enter')
    await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'tab')
    await page.keyboard.press('Escape')
    await page.waitForFunction(() => document.activeElement?.id === 'exchanges')
    await page.keyboard.press('Escape')
    await page.waitForSelector('.rows .row.shown', { state: 'detached' })
    t.equal(await page.locator('.detail').count(), 0, 'the details are closed')
  })

  t.test('new rows wait while something is selected, and nothing moves', async (t) => {
    await row('/v1/report').click()
    await page.locator('.dhead').filter({ hasText: '/v1/report' }).waitFor()
    const before = await row('/v1/report').boundingBox()
    for (let i = 0; i < 3; i++) await get(`/v1/new/${i}`)
    await page.getByRole('button', { name: '3 new' }).waitFor()
    t.same(await row('/v1/report').boundingBox(), before)
    await page.getByRole('button', { name: '3 new' }).click()
    await row('/v1/new/2').waitFor()
    await selected('report')
    await page.keyboard.press('Escape')
  })

  t.test('the filter: a mistake has a caret, suggestions are taken by key, what is hidden is said', async (t) => {
    await page.keyboard.press('/')
    await page.keyboard.type('status:>=4xz')
    await page.getByRole('alert').waitFor()
    t.match(await page.locator('.caret-line').textContent(), /\^/)
    await page.keyboard.press('Control+a')
    await page.keyboard.type('stat')
    await page.getByRole('option', { name: /^status:/ }).waitFor()
    await page.keyboard.press('Tab')
    t.equal(await settled(filter(), 'status:'), 'status:')
    await page.keyboard.type('40')
    await page.getByRole('option', { name: /^401 Unauthorized/ }).waitFor()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await counted(1)
    t.match(await rows().first().textContent(), /v1\/me/)
    await page.locator('.shown-count').getByText('1 of 8 exchanges').waitFor()
    await page.keyboard.press('/')
    await page.keyboard.press('Control+a')
    await page.keyboard.type('nowhere.example')
    await page.keyboard.press('Enter')
    await page.getByText('8 exchanges are hidden by the filter').waitFor()
    await page.getByRole('button', { name: /Clear the filter/ }).click()
    await counted(8)
    t.equal(await settled(filter(), ''), '')
  })

  t.test('chips count and narrow, one group adding and groups together', async (t) => {
    const chip = (name: RegExp) => page.getByRole('group', { name: 'Quick filters' }).getByRole('button', { name })
    await chip(/^4xx ?1$/).waitFor()
    await chip(/^4xx/).click()
    await counted(1)
    await chip(/^5xx/).click()
    await counted(2)
    await chip(/^Auth/).click()
    await counted(1)
    for (const name of [/^4xx/, /^5xx/, /^Auth/]) await chip(name).click()
    // On a busy machine more than the slow one may take its second.
    const slow = (await product.rows('duration>1s')).length
    t.ok(slow >= 1)
    await chip(new RegExp(`^Slow ?${slow}$`)).click()
    await counted(slow)
    await chip(/^Slow/).click()
    await counted(8)
    t.pass('and back')
  })

  t.test('the tree narrows by host and path, with the keyboard too', async (t) => {
    const hosts = page.getByRole('tree', { name: 'Hosts' })
    const host = hosts.getByRole('treeitem', { name: new RegExp(`localhost:${origin.port}`) })
    await host.waitFor()
    await host.focus()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowRight')
    const node = hosts.getByRole('treeitem', { name: /^me/ })
    await node.waitFor()
    await node.click()
    await counted(1)
    await hosts.getByRole('treeitem', { name: /All hosts/ }).click()
    await counted(8)
    await page
      .getByRole('tree', { name: 'Clients' })
      .getByRole('treeitem', { name: /checkout/ })
      .waitFor()
    t.pass('clients have a tree of their own')
  })

  t.test('several rows: ranges, single ones, pin, colour, delete', async (t) => {
    await row('/v1/new/2').click()
    await row('/v1/new/0').click({ modifiers: ['Shift'] })
    await page.getByText('3 selected').waitFor()
    await row('/v1/me').click({ modifiers: ['Control'] })
    await page.getByText('4 selected').waitFor()
    await row('/v1/me').click({ button: 'right' })
    await page.getByRole('menuitemcheckbox', { name: 'Pin' }).click()
    await row('/v1/me').getByRole('img', { name: 'pinned' }).waitFor()
    await row('/v1/me').click({ button: 'right' })
    await page.getByRole('menuitemcheckbox', { name: 'Blue' }).click()
    await page.waitForFunction(() => document.querySelectorAll('.rows .dot.mark-4').length === 4)
    await row('/v1/me').click({ modifiers: ['Control'] })
    await page.keyboard.press('d')
    await counted(5)
    await row('/v1/slow').click()
    await page.keyboard.press('Delete')
    await counted(4)
    await selected('products')
    await page.keyboard.press('Escape')
    await until('they are gone from the store', async () => (await product.rows()).length === 4)
    t.pass('after the time to take it back')
  })

  t.test('columns: sort, resize, choose; remembered in the settings', async (t) => {
    const head = (name: string) => page.getByRole('columnheader', { name })
    await head('Duration').getByRole('button').click()
    await page.waitForFunction(() => document.querySelector('[aria-sort=descending]')?.textContent === 'Duration')
    await head('Path').getByRole('button').click()
    await page.waitForFunction(() => document.querySelector('.rows .row .c-path')?.textContent?.includes('/v1/me'))
    await head('Time').getByRole('button').click()
    await page.waitForFunction(() => document.querySelector('[aria-sort=descending]')?.textContent === 'Time')
    const width = async () => (await head('Host').boundingBox())?.width ?? 0
    const before = await width()
    await head('Host').getByRole('button').focus()
    await page.keyboard.press('Shift+ArrowRight')
    await page.waitForFunction(
      (was) => (document.querySelectorAll('[role=columnheader]')[2]?.clientWidth ?? 0) > was,
      before,
    )
    await page.getByRole('button', { name: 'Columns' }).click()
    await page.getByRole('menuitemcheckbox', { name: 'Client' }).click()
    await page.getByRole('menuitemcheckbox', { name: 'Waterfall' }).click()
    await page.keyboard.press('Escape')
    await head('Client').waitFor()
    await row('checkout 1.4').first().waitFor()
    const saved = async () => (await product.call('GET', '/api/settings')).answer as { page: { columns?: string[] } }
    await until('both columns are in the settings', async () => {
      const columns = (await saved()).page.columns ?? []
      return columns.includes('client') && columns.includes('waterfall')
    })
    await page.reload()
    await head('Client').waitFor()
    t.pass('remembered over a reload')
    await page.getByRole('button', { name: 'Columns' }).click()
    await page.getByRole('menuitem', { name: 'Columns as they were' }).click()
    await head('Client').waitFor({ state: 'detached' })
  })

  t.test('help, theme, and no serious violation in either theme', async (t) => {
    await grid().focus()
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
    t.same(await seriousViolations(page), [], 'help sheet')
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    t.equal(await page.evaluate(() => document.activeElement?.id), 'exchanges', 'focus is back where it was')
    await row('/v1/me').click()
    await page.getByRole('region', { name: 'Findings' }).waitFor()
    t.same(await seriousViolations(page), [], 'light')
    await page.getByRole('button', { name: 'Theme' }).click()
    await page.waitForFunction(() => document.documentElement.dataset.theme === 'dark')
    t.same(await seriousViolations(page), [], 'dark')
    await page.getByRole('button', { name: 'Theme' }).click()
    await page.keyboard.press('Escape')
  })

  t.test('the page is static files under a strict policy, and its first script is small', async (t) => {
    const response = await fetch(product.ui)
    t.match(response.headers.get('content-security-policy'), /default-src 'none'; script-src 'self'; style-src 'self'/)
    const html = await response.text()
    t.notMatch(html, /<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=/, 'nothing inline')
    const script = /<script[^>]*\ssrc="([^"]+)"/.exec(html)?.[1] ?? ''
    const first = Buffer.from(await (await fetch(new URL(script, product.ui))).arrayBuffer())
    t.ok(gzipSync(first).length < 120_000, `${gzipSync(first).length} octets of script before anything is shown`)
  })

  t.test('nothing went wrong on the page meanwhile, the content policy included', async (t) => {
    t.same(problems, [])
  })
}
