// The page when things are not as they should be: paused, away, restarted, locked, narrow, flooded; and sessions, imports, saved filters.
import { rmSync } from 'node:fs'
import t from 'tap'
import { beginBrowserTest } from '../support/begin-browser-test.ts'
import {
  allDrawn,
  openPage,
  send,
  seriousViolations,
  settled,
  startTelltale,
  until,
  waitForCount,
} from '../support/browser.ts'
import { startShopOrigin } from '../support/shop-origin.ts'
import { temporaryFolder } from '../support/telltale.ts'
import { openTunnel } from '../support/tunnel.ts'

const dataDir = temporaryFolder('robust')
/** Lets a test cut the page's live connection and keep it from coming back for a while. */
const cuttable = `
  globalThis.sockets = []
  globalThis.WebSocket = class extends WebSocket {
    constructor(url) {
      super(globalThis.offline ? url + '/nowhere' : url)
      globalThis.sockets.push(this)
    }
  }`
const begun = await beginBrowserTest(t, {
  async startOrigin() {
    const shop = await startShopOrigin()
    const close = async () => {
      await shop.close()
      // Closed after the product that writes there.
      rmSync(dataDir, { recursive: true, force: true })
    }
    return { ...shop, close }
  },
  dataDir,
  view: { script: cuttable },
})
const { missing, page, origin, browser, problems } = begun
let { product } = begun

const status = () => page.locator('footer.status')
const get = (path: string) => send(product, origin.url + path)
const counted = (count: number, on = page) => waitForCount(on, count)
const shownPaths = () =>
  page.locator('.rows .row:not([hidden]) .c-path').evaluateAll((cells) => cells.map((cell) => cell.textContent))

const ids = () =>
  page.locator('.rows .row:not([hidden])').evaluateAll((drawn) => drawn.map((row) => (row as HTMLElement).dataset.id))
const drawnRows = (count: number) =>
  page.waitForFunction((wanted) => document.querySelectorAll('.rows .row:not([hidden])').length === wanted, count)

if (!missing) {
  t.test('paused recording is said at once, traffic flows, and p goes on', async (t) => {
    await get('/v1/orders')
    await counted(1)
    await page.keyboard.press('p')
    await status()
      .getByText(/paused/i)
      .first()
      .waitFor()
    t.equal(await get('/v1/products'), 200, 'traffic flows')
    await page.keyboard.press('p')
    await status().getByText('Recording', { exact: true }).waitFor()
    await get('/v1/me')
    await page.waitForFunction(() => document.querySelector('.rows')?.textContent?.includes('/me'))
    t.notOk((await shownPaths()).includes('/v1/products'), 'what passed meanwhile was not kept')
  })

  t.test('a page that was away catches up: no gap, no duplicate', async (t) => {
    await page.evaluate(() => {
      Object.assign(globalThis, { offline: true })
      for (const socket of (globalThis as unknown as { sockets: WebSocket[] }).sockets) socket.close()
    })
    await status()
      .getByText(/does not answer/)
      .waitFor()
    for (let i = 0; i < 5; i++) await get(`/v1/away/${i}`)
    await page.evaluate(() => Object.assign(globalThis, { offline: false }))
    const before = (await product.waitForRows(7)).length
    await counted(before)
    await drawnRows(before)
    const paths = await shownPaths()
    t.equal(new Set(paths.filter((path) => path?.includes('away'))).size, 5)
    t.equal(new Set(await ids()).size, before, 'each once')
  })

  t.test('a product that is killed and comes back: the page says so and goes on where it stood', async (t) => {
    const uiPort = new URL(product.ui).port
    const proxyPort = new URL(product.proxy).port
    const before = (await product.rows()).length
    // The part of the page that shows details is there.
    await page.locator('.rows .row').first().click()
    await page.locator('.dhead').waitFor()
    await page.keyboard.press('Escape')
    await product.kill('SIGKILL')
    await status()
      .getByText(/does not answer/)
      .waitFor()
    t.equal((await ids()).length, before, 'what was read can still be read')
    t.equal(await status().getByText('Recording', { exact: true }).count(), 0, 'nothing is claimed that nobody knows')
    await page.locator('.rows .row').first().click()
    await page.locator('.detail').getByText('Telltale does not answer').waitFor()
    product = begun.product = await startTelltale({ dataDir, args: ['--ui-port', uiPort, '--port', proxyPort] })
    await status().getByText('Live', { exact: true }).waitFor()
    await page.locator('.dhead').waitFor()
    await page.keyboard.press('Escape')
    await get('/v1/afterwards')
    await counted(before + 1)
    await allDrawn(page)
    t.equal((await shownPaths())[0], '/v1/afterwards')
  })

  t.test('a page without the code is told how to get in', async (t) => {
    const context = await browser.newContext()
    const stranger = await context.newPage()
    await stranger.goto(product.ui)
    await stranger.getByRole('heading', { name: 'This tab has no key' }).waitFor()
    t.match(await stranger.locator('main').textContent(), /telltale open/)
    t.same(await seriousViolations(stranger), [])
    await context.close()
  })

  t.test('sessions: look at one, rename it, delete the old one', async (t) => {
    const sessions = () => page.getByRole('button', { name: /^(Only )?session/i })
    await sessions().click()
    const items = page.getByRole('menu', { name: 'Sessions' }).getByRole('menuitemcheckbox')
    await items.nth(1).waitFor()
    t.equal(await items.count(), 3, 'all, this one and the one before the restart')
    await items.last().click()
    const total = (await product.rows()).length
    await counted(total - 1)
    await sessions().click()
    await page.getByRole('menuitem', { name: /^Rename or delete/ }).click()
    await page.getByRole('menuitem', { name: 'Rename' }).click()
    await page.getByRole('textbox', { name: 'Rename session' }).fill('Checkout bug')
    await page.keyboard.press('Enter')
    await sessions().getByText('Checkout bug').waitFor()
    await sessions().click()
    await page.getByRole('menuitem', { name: /^Rename or delete/ }).click()
    await page.getByRole('menuitem', { name: /^Delete it with/ }).click()
    await counted(1)
    t.equal((await product.rows()).length, 1)
  })

  t.test('a filter is saved by name, taken again and forgotten', async (t) => {
    await page.keyboard.press('/')
    await page.keyboard.type('status:4xx')
    await page.keyboard.press('Enter')
    const menu = () => page.getByRole('button', { name: 'Saved filters' }).click()
    await page.getByRole('button', { name: 'Clear', exact: true }).waitFor()
    await menu()
    await page.getByRole('menuitem', { name: 'Save this filter' }).click()
    await page.getByRole('textbox', { name: 'Save filter as' }).fill('Refused')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Clear', exact: true }).click()
    await menu()
    await page.getByRole('menuitemcheckbox', { name: /^Refused/ }).click()
    t.equal(await settled(page.getByRole('searchbox', { name: 'Filter' }), 'status:4xx'), 'status:4xx')
    await menu()
    await page.getByRole('menuitem', { name: /^Forget/ }).click()
    await page.getByRole('button', { name: 'Clear', exact: true }).click()
    await counted(1)
  })

  t.test('a flood: 600 exchanges at once, and the list shows every one of them', async (t) => {
    for (let i = 0; i < 600; i += 20) await Promise.all(Array.from({ length: 20 }, (_, n) => get(`/v1/flood/${i + n}`)))
    await product.waitForRows(601)
    await counted(601)
    const seen = new Set<string>()
    await page.getByRole('grid', { name: 'Exchanges' }).focus()
    for (let i = 0; i < 60; i++) {
      await allDrawn(page)
      for (const path of await shownPaths()) if (path) seen.add(path)
      if (seen.has('/v1/afterwards')) break
      await page.keyboard.press('PageDown')
    }
    t.equal([...seen].filter((path) => path.includes('flood')).length, 600)
    // Compared with another of its kind, and back: the list is where it was left.
    const inSight = () =>
      page.evaluate(() => {
        const box = (selector: string) => document.querySelector(selector)?.getBoundingClientRect()
        const row = box('.rows .row[aria-selected="true"]:not([hidden])')
        const [list, heads] = [box('#exchanges'), box('#exchanges .heads')]
        return row !== undefined && row.top >= (heads?.bottom ?? 0) - 1 && row.bottom <= (list?.bottom ?? 0) + 1
      })
    await page.keyboard.press('End')
    for (let i = 0; i < 30; i++) await page.keyboard.press('k')
    await page.locator('.dhead').getByText('/v1/flood/').waitFor()
    await page.keyboard.press('c')
    await page.getByRole('main', { name: 'Compare' }).getByText('Request line').waitFor()
    await page.keyboard.press('Escape')
    await until('the exchange is in sight', inSight)
    await page.keyboard.press('Escape')
    await page.keyboard.press('Home')
    await page.keyboard.press('Escape')
  })

  t.test('at 1024 px the tree is a button and details are below; on a 4K screen there is room for all', async (t) => {
    const narrow = await openPage(browser, product, { width: 1024, height: 768, theme: 'dark' })
    await counted(601, narrow.page)
    t.equal(await narrow.page.locator('.tree').count(), 0)
    await narrow.page.getByRole('button', { name: 'Hosts' }).click()
    await narrow.page.getByRole('tree', { name: 'Hosts' }).waitFor()
    await narrow.page.getByRole('treeitem', { name: /All hosts/ }).click()
    const listed = await narrow.page.locator('#exchanges').boundingBox()
    await narrow.page.mouse.click(300, (listed?.y ?? 0) + (listed?.height ?? 0) - 30)
    await narrow.page.locator('.dhead').waitFor()
    await until('the row is above the details', () =>
      narrow.page.evaluate(() => {
        const row = document.querySelector('.rows .row[aria-selected="true"]')?.getBoundingClientRect()
        const list = document.getElementById('exchanges')?.getBoundingClientRect()
        return (
          row !== undefined && list !== undefined && row.bottom <= list.bottom + 1 && list.bottom < innerHeight / 1.5
        )
      }),
    )
    const detail = await narrow.page.locator('.detail').boundingBox()
    const list = await narrow.page.locator('.list').boundingBox()
    t.ok(detail && list && detail.y >= list.y + list.height - 1, 'below')
    const over = await narrow.page.evaluate(() => document.documentElement.scrollWidth > innerWidth)
    t.notOk(over, 'nothing sticks out sideways')
    t.same(await seriousViolations(narrow.page), [])
    await narrow.page.setViewportSize({ width: 390, height: 844 })
    const sticksOut = () =>
      narrow.page.evaluate(() =>
        [...document.querySelectorAll('.top button, .acts button, .composer header button, .urlrow > *, .sides button')]
          .filter((each) => each.getBoundingClientRect().right > innerWidth || each.getBoundingClientRect().left < 0)
          .map((each) => each.getAttribute('aria-label') ?? each.textContent),
      )
    await until('every button of the frame is in reach', async () => (await sticksOut()).length === 0)
    await narrow.page.getByRole('button', { name: 'Edit and replay', exact: true }).click()
    const address = narrow.page.getByRole('textbox', { name: 'URL' })
    await address.waitFor()
    t.ok(((await address.boundingBox())?.width ?? 0) > 300, 'room for an address on a telephone')
    t.same(await sticksOut(), [])
    t.same(narrow.problems, [])
    await narrow.page.context().close()
    const wide = await openPage(browser, product, { width: 3840, height: 2160 })
    await counted(601, wide.page)
    await wide.page.waitForFunction(() => document.querySelectorAll('.rows .row:not([hidden])').length > 80)
    t.pass('rows fill the height')
    await wide.page.context().close()
  })

  t.test('a HAR file dropped on the page is read like live traffic', async (t) => {
    const har = {
      log: {
        version: '1.2',
        creator: { name: 'test', version: '1' },
        entries: [
          {
            startedDateTime: '2026-11-20T10:00:00.000Z',
            time: 12,
            request: {
              method: 'GET',
              url: 'https://api.orders.example/v1/from-har',
              httpVersion: 'HTTP/1.1',
              headers: [],
              queryString: [],
              cookies: [],
              headersSize: -1,
              bodySize: 0,
            },
            response: {
              status: 200,
              statusText: 'OK',
              httpVersion: 'HTTP/1.1',
              headers: [{ name: 'content-type', value: 'application/json' }],
              cookies: [],
              content: { size: 2, mimeType: 'application/json', text: '{}' },
              redirectURL: '',
              headersSize: -1,
              bodySize: 2,
            },
            cache: {},
            timings: { send: 1, wait: 10, receive: 1 },
          },
        ],
      },
    }
    const transfer = await page.evaluateHandle((text) => {
      const data = new DataTransfer()
      data.items.add(new File([text], 'shop.har', { type: 'application/json' }))
      return data
    }, JSON.stringify(har))
    await page.dispatchEvent('body', 'drop', { dataTransfer: transfer })
    await status()
      .getByText(/Imported 1 exchange from shop\.har/)
      .waitFor()
    await counted(602)
    t.equal((await product.rows('domain:api.orders.example')).length, 1)
  })

  t.test(
    'a client that refuses the certificate is the checklist’s business, with the line that mends it',
    async (t) => {
      const fresh = await startTelltale()
      const first = await openPage(browser, fresh)
      await first.page.getByRole('heading', { name: 'No exchange yet' }).waitFor()
      const socket = await openTunnel(fresh.proxy, 'localhost', origin.port, '')
      await new Promise<void>((done) => socket.once('error', () => done()).once('close', () => done()))
      await first.page.getByRole('heading', { name: 'The client does not trust the certificate' }).waitFor()
      t.match(await first.page.locator('.steps .failed code').textContent(), `NODE_EXTRA_CA_CERTS=${fresh.ca}`)
      t.same(await seriousViolations(first.page), [])
      await first.page.getByRole('button', { name: 'Show as a list' }).click()
      await first.page.locator('.rows .row').filter({ hasText: 'CONNECT' }).waitFor()
      await send(fresh, `${origin.url}/v1/orders`)
      await counted(2, first.page)
      await first.page.context().close()
      await fresh.stop()
    },
  )

  t.test('nothing went wrong on the page meanwhile', async (t) => {
    t.same(
      problems.filter((text) => !/Failed to load resource|ERR_/.test(text)),
      [],
    )
  })
}
