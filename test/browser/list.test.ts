// The list in the cases where it must not jump, lose or hide anything: sorts, replays, many rows, menus, columns.
import t from 'tap'
import { beginBrowserTest } from '../support/begin-browser-test.ts'
import { allDrawn, rowsWith, send, seriousViolations, settled, until, waitForCount } from '../support/browser.ts'
import { startShopOrigin } from '../support/shop-origin.ts'

const { missing, page, product, origin, problems } = await beginBrowserTest(t, {
  startOrigin: startShopOrigin,
  async traffic(product, { url }) {
    for (let i = 0; i < 60; i++) await send(product, `${url}/v1/items/${i}`)
    for (const path of ['/v1/me', '/v1/report', '/v1/slow']) await send(product, url + path)
    await product.waitForRows(63)
  },
})

const grid = () => page.getByRole('grid', { name: 'Exchanges' })
const row = (text: string) => rowsWith(page, text)
const filter = () => page.getByRole('searchbox', { name: 'Filter' })
const status = () => page.locator('footer.status')
const get = (path: string, method = 'GET') => send(product, origin.url + path, { method })
const counted = (count: number, on = page) => waitForCount(on, count)
/** The line, from 0, of the row that the details show. */
const shownLine = async () => Number(await page.locator('.row.shown').getAttribute('aria-rowindex')) - 2
const atLine = (line: number) =>
  page.waitForFunction(
    (wanted) => document.querySelector('.row.shown')?.getAttribute('aria-rowindex') === String(wanted + 2),
    line,
  )
const narrowTo = async (text: string) => {
  await page.keyboard.press('/')
  await page.keyboard.press('Control+a')
  await page.keyboard.type(text)
  await page.keyboard.press('Enter')
}

if (!missing) {
  t.test('a page at a time, ranges by key, all of them, and x clears the filter', async (t) => {
    await counted(63)
    await grid().focus()
    await page.keyboard.press('Home')
    await atLine(0)
    await page.keyboard.press('PageDown')
    await page.waitForFunction(() => document.querySelector('.row.shown')?.getAttribute('aria-rowindex') !== '2')
    const pageLength = await shownLine()
    t.ok(pageLength > 10, `${pageLength} lines are a page`)
    await page.keyboard.press('PageDown')
    await atLine(Math.min(62, 2 * pageLength))
    await page.keyboard.press('PageUp')
    await page.keyboard.press('PageUp')
    await page.keyboard.press('PageUp')
    await atLine(0)
    await page.keyboard.press('Shift+J')
    await page.keyboard.press('Shift+ArrowDown')
    await status().getByText('3 selected').waitFor()
    await page.keyboard.press('Shift+K')
    await status().getByText('2 selected').waitFor()
    await page.keyboard.press('Control+a')
    await status().getByText('63 selected').waitFor()
    await page.keyboard.press('Escape')
    await narrowTo('path:/v1/items/7')
    await counted(1)
    await page.keyboard.press('x')
    await counted(63)
    t.equal(await settled(filter(), ''), '')
    await page.keyboard.press('/')
    await page.keyboard.type('status:>=4xz')
    await page.getByRole('alert').waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('x')
    t.equal(await settled(filter(), ''), '', 'a text that was never in force is cleared too')
  })

  t.test('what is typed while a filter is being applied stays typed', async (t) => {
    await page.keyboard.press('/')
    for (const char of 'path:/v1/items/33 status:200') {
      await page.keyboard.type(char)
      // About the time after which the field applies what stands in it, so that both meet.
      await page.waitForTimeout(30)
    }
    t.equal(await settled(filter(), 'path:/v1/items/33 status:200'), 'path:/v1/items/33 status:200')
    await page.keyboard.press('Enter')
    await counted(1)
    await page.keyboard.press('x')
    await counted(63)
  })

  t.test('sorted by duration, new rows wait behind the counter; nothing moves until it is pressed', async (t) => {
    const head = page.getByRole('columnheader', { name: 'Duration' })
    await head.getByRole('button').click()
    const { answer } = await product.call('GET', '/api/exchanges?sort=-duration&limit=1')
    const slowest = (answer as { rows: { id: string }[] }).rows[0]?.id ?? ''
    await page.waitForFunction((id) => document.querySelector('.rows .row')?.id === `row-${id}`, slowest)
    await row('/v1/slow').first().click()
    await page.locator('.dhead').filter({ hasText: '/v1/slow' }).waitFor()
    await allDrawn(page)
    const order = () => page.locator('.rows .row:not([hidden])').evaluateAll((all) => all.map(({ id }) => id))
    const before = await order()
    for (let i = 0; i < 3; i++) await get('/v1/slow')
    await page.getByRole('button', { name: '3 new' }).waitFor()
    t.same(await order(), before)
    // One that is not written to its end has no duration yet, and stands with those at the other end.
    await product.waitForRows(4, 'path:/v1/slow -is:running')
    await page.getByRole('button', { name: '3 new' }).click()
    await counted(66)
    await allDrawn(page)
    t.equal(await row('/v1/slow').count(), 4)
    await page.keyboard.press('Escape')
    await page.getByRole('columnheader', { name: 'Time' }).getByRole('button').click()
    await page.waitForFunction(() => document.querySelector('[aria-sort=descending]')?.textContent === 'Time')
  })

  t.test('scrolled away with nothing selected, the list stays where it is and counts what comes', async (t) => {
    await grid().hover()
    await page.mouse.wheel(0, 400)
    const scrolled = () => page.locator('#exchanges').evaluate((element) => element.scrollTop)
    await until('the list is scrolled', async () => (await scrolled()) > 300)
    await allDrawn(page)
    const firstShown = () =>
      page.locator('#exchanges').evaluate((element) => {
        const top = element.getBoundingClientRect().top + 30
        return document.elementFromPoint(200, top + 40)?.closest('.row')?.id
      })
    const before = await firstShown()
    await get('/v1/orders')
    await get('/v1/orders')
    await page.getByRole('button', { name: '2 new' }).waitFor()
    await allDrawn(page)
    t.equal(await firstShown(), before, 'the same row stands at the same place')
    await page.getByRole('button', { name: '2 new' }).click()
    await counted(68)
    t.equal(await scrolled(), 0)
  })

  t.test('a replay that the filter leaves out is named in the list, and shown on request', async (t) => {
    await narrowTo('-is:replayed')
    await page.getByRole('button', { name: 'Clear', exact: true }).waitFor()
    await counted(68)
    await row('/v1/items/59').first().click()
    await page.locator('.dhead').filter({ hasText: '/v1/items/59' }).waitFor()
    await page.keyboard.press('r')
    await page.getByText('1 replay hidden by the filter').waitFor()
    await page.getByRole('button', { name: 'replay, show original' }).waitFor()
    await page.locator('.dhead').getByText('200 OK').waitFor()
    t.same(await seriousViolations(page), [])
    const hidden = page.locator('.hidden-replays')
    await hidden.getByRole('button', { name: 'Show' }).click()
    await counted(69)
    await page.waitForFunction(() => document.querySelector('.row.shown [aria-label=replayed]') !== null)
    await hidden.waitFor({ state: 'detached' })
    t.equal(await settled(filter(), ''), '')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
  })

  t.test('the menu of the selected rows by keyboard: copy as code, save as HAR, narrow to the host', async (t) => {
    await row('/v1/me').first().click()
    await page.keyboard.press('m')
    const menu = page.getByRole('menu', { name: 'Selected exchanges' })
    await menu.waitFor()
    t.same(await seriousViolations(page), [])
    const choose = async (name: RegExp) => {
      await until(`${name} has the focus`, async () => {
        const focused = (await page.locator(':focus').textContent()) ?? ''
        if (name.test(focused)) return true
        await page.keyboard.press('ArrowDown')
        return false
      })
      await page.keyboard.press('Enter')
    }
    await choose(/^Copy as/)
    await page.getByRole('menu', { name: 'Copy as' }).waitFor()
    await choose(/^JavaScript fetch/)
    await status()
      .getByText(/Copied .*fetch/i)
      .waitFor()
    t.match(await page.evaluate(() => navigator.clipboard.readText()), /fetch\(/)
    await page.keyboard.press('m')
    await menu.waitFor()
    const file = page.waitForEvent('download')
    await choose(/^Save as HAR/)
    const download = await file
    t.equal(download.suggestedFilename(), 'telltale.har')
    const pieces: Buffer[] = []
    for await (const piece of await download.createReadStream()) pieces.push(piece as Buffer)
    const har = JSON.parse(Buffer.concat(pieces).toString()) as { log: { entries: { request: { url: string } }[] } }
    t.same(
      har.log.entries.map(({ request }) => request.url),
      [`${origin.url}/v1/me`],
    )
    await page.keyboard.press('m')
    await menu.waitFor()
    await choose(/^Without localhost/)
    await page.getByText('No exchange matches').waitFor()
    t.match(await filter().inputValue(), /^-domain:/)
    await page.getByRole('button', { name: /Clear the filter/ }).click()
    await counted(69)
    await page.keyboard.press('Escape')
  })

  t.test('the switch Everywhere looks for words in headers and content too, until all is cleared', async (t) => {
    const everywhere = page.getByRole('button', { name: 'Everywhere' })
    await narrowTo('"report builder"')
    await counted(0)
    await everywhere.click()
    await counted(1)
    await row('/v1/report').waitFor()
    t.equal(await everywhere.getAttribute('aria-pressed'), 'true')
    await narrowTo('-"report builder" status:500')
    await counted(0)
    await narrowTo('/unhandled\\sexc/')
    await counted(1)
    t.same(await seriousViolations(page), [])
    await page.keyboard.press('x')
    await counted(69)
    t.equal(await everywhere.getAttribute('aria-pressed'), 'false')
  })

  t.test('the filter’s language is explained, and every example can be tried', async (t) => {
    await page.getByRole('button', { name: 'Filter language' }).click()
    const sheet = page.getByRole('dialog', { name: 'Filter language' })
    await sheet.waitFor()
    t.same(await seriousViolations(page), [])
    t.ok((await sheet.getByRole('button', { name: /:/ }).count()) > 15)
    await sheet
      .getByRole('button', { name: /^status:/ })
      .first()
      .click()
    await sheet.waitFor({ state: 'detached' })
    t.match(await filter().inputValue(), /^status:/)
    t.equal(
      await page.evaluate(() => document.activeElement?.getAttribute('aria-label')),
      'Filter language',
      'focus is back where it came from',
    )
    await page.getByRole('button', { name: 'Clear', exact: true }).click()
    await counted(69)
  })

  t.test('the tree says how many exchanges a place has, and the worst of them', async (t) => {
    const hosts = page.getByRole('tree', { name: 'Hosts' })
    const host = hosts.getByRole('treeitem', { name: new RegExp(`localhost:${origin.port}`) })
    await host.locator('.c').getByText('69', { exact: true }).waitFor()
    await host.getByRole('img', { name: 'error' }).waitFor()
    await host.focus()
    await page.keyboard.press('ArrowRight')
    const items = hosts.getByRole('treeitem', { name: /items/ })
    if (!(await items.isVisible())) {
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('ArrowRight')
    }
    await items.locator('.c').getByText('61', { exact: true }).waitFor()
    await items.focus()
    await page.keyboard.press('Enter')
    await counted(61)
    await page.getByRole('button', { name: /^Leave / }).click()
    await counted(69)
    t.pass('and the way back is one press')
  })

  t.test(
    'columns: dragged, fitted by double click, chosen by keyboard one after the other; details below',
    async (t) => {
      const head = (name: string) => page.getByRole('columnheader', { name })
      const width = async () => Math.round((await head('Host').boundingBox())?.width ?? 0)
      const before = await width()
      const handle = head('Host').locator('.resizer')
      const box = await handle.boundingBox()
      if (!box) return t.fail('no handle')
      await page.mouse.move(box.x + 4, box.y + 8)
      await page.mouse.down()
      await page.mouse.move(box.x + 64, box.y + 8, { steps: 4 })
      await page.mouse.up()
      await until('the column is wider', async () => (await width()) === before + 60)
      await handle.dblclick()
      await until('the column fits its hosts again', async () => (await width()) < before + 60)
      await page.getByRole('button', { name: 'Columns' }).click()
      const menu = page.getByRole('menu', { name: 'Columns' })
      await menu.getByRole('menuitemcheckbox', { name: 'Type' }).focus()
      await page.keyboard.press('Enter')
      await head('Type').waitFor({ state: 'detached' })
      t.equal(
        await page.evaluate(() => document.activeElement?.textContent),
        'Type',
        'the menu stays open and the focus where it was',
      )
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('Enter')
      await head('Size').waitFor({ state: 'detached' })
      await page.keyboard.press('Escape')
      t.equal(await page.evaluate(() => document.activeElement?.getAttribute('aria-label')), 'Columns')
      await page.getByRole('button', { name: 'Columns' }).click()
      await page.getByRole('menuitem', { name: 'Columns as they were' }).click()
      await head('Size').waitFor()
      await row('/v1/me').first().click()
      const splitter = page.getByRole('separator', { name: 'Size of the details' })
      const size = async () => Number(await splitter.getAttribute('aria-valuenow'))
      const wide = await size()
      await splitter.focus()
      await page.keyboard.press('ArrowLeft')
      await until('the details are wider', async () => (await size()) === wide + 16)
      await page.getByRole('button', { name: 'Details below' }).click()
      await until('the details are below', async () => {
        const [list, detail] = [await page.locator('.list').boundingBox(), await page.locator('.detail').boundingBox()]
        return list !== null && detail !== null && detail.y >= list.y + list.height - 1
      })
      await page.getByRole('button', { name: 'Details on the right' }).click()
      await page.keyboard.press('Escape')
      await page.keyboard.press('Escape')
    },
  )

  t.test('nothing went wrong on the page meanwhile', async (t) => {
    // Looking for a replay that is not written yet is part of the work.
    t.same(
      problems.filter((text) => !/status of 404/.test(text)),
      [],
    )
  })
}
