// Every column of the grid and what it sorts by, every chip, the panes by mouse, and a selection sent again many times.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { sortKeys } from '../../src/api/contract.ts'
import { beginBrowserTest } from '../support/begin-browser-test.ts'
import { allDrawn, openPage, send, seriousViolations, until, waitForCount } from '../support/browser.ts'

/** When each request began and how many were open then, as the origin saw it. */
type Seen = { readonly path: string; readonly at: number; readonly open: number }

async function startCountingOrigin() {
  const seen: Seen[] = []
  let open = 0
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    seen.push({ path, at: performance.now(), open: ++open })
    request.resume()
    const answer = () => {
      open--
      const [status, type, body] = path.startsWith('/v1/broken')
        ? [500, 'text/html', '<h1>Unhandled exception in report builder</h1>']
        : path.startsWith('/v1/me')
          ? [401, 'application/json', '{"error":"invalid_token"}']
          : [200, path.startsWith('/v1/text') ? 'text/plain' : 'application/json', `"${'x'.repeat(path.length * 20)}"`]
      response.writeHead(status as number, { 'content-type': type as string }).end(body)
    }
    setTimeout(answer, path.startsWith('/v1/many') ? 150 : 0)
  })
  await new Promise<void>((done) => server.listen(0, 'localhost', done))
  const { port } = server.address() as AddressInfo
  const close = async () => {
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
  }
  return { url: `http://localhost:${port}`, port, seen, close }
}

const agents = ['checkout/1.4', 'billing/2.0', 'curl/8.5.0']
const { missing, page, product, origin, browser, problems } = await beginBrowserTest(t, {
  startOrigin: startCountingOrigin,
  args: ['--session', 'zebra'],
  async traffic(product, { url }) {
    const paths = [
      '/v1/a',
      '/v1/bbbb',
      '/v1/text',
      '/v1/broken',
      '/v1/me',
      '/v1/c',
      '/v1/many/1',
      '/v1/many/2',
      '/v1/many/3',
    ]
    for (const [i, path] of paths.entries())
      await send(product, url + path, {
        method: path === '/v1/c' ? 'PUT' : 'GET',
        headers: { 'User-Agent': agents[i % 3] ?? '' },
      })
    const har = {
      log: {
        version: '1.2',
        creator: { name: 'x', version: '1' },
        entries: [
          {
            startedDateTime: '2026-01-02T03:04:05.000Z',
            time: 1,
            request: {
              method: 'GET',
              url: 'http://old.example/v1/z',
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
              headers: [],
              cookies: [],
              content: { size: 0, mimeType: '' },
              redirectURL: '',
              headersSize: -1,
              bodySize: 0,
            },
            cache: {},
            timings: { send: 0, wait: 1, receive: 0 },
          },
        ],
      },
    }
    await product.call('POST', '/api/import?format=har&name=older.har', har)
    await product.waitForRows(10)
  },
})

const head = (name: string) => page.getByRole('columnheader', { name, exact: true })
const counted = (count: number, on = page) => waitForCount(on, count)
const ids = () =>
  page.locator('.rows .row:not([hidden])').evaluateAll((all) => all.map((row) => (row as HTMLElement).dataset.id))
const cells = (column: string) =>
  page.evaluate((column) => {
    const heads = [...document.querySelectorAll('[role=columnheader]')].map((each) => each.textContent)
    const at = String(heads.indexOf(column) + 1)
    return [...document.querySelectorAll('.rows .row:not([hidden])')].map(
      (row) => row.querySelector(`[aria-colindex="${at}"]`)?.textContent ?? '',
    )
  }, column)

if (!missing) {
  t.test('twelve columns to choose from, each with what it promises', async (t) => {
    await counted(10)
    await page.getByRole('button', { name: 'Columns' }).click()
    const menu = page.getByRole('menu', { name: 'Columns' })
    const names = await menu.getByRole('menuitemcheckbox').allTextContents()
    for (const name of [
      'Time',
      'Method',
      'Host',
      'Path',
      'Status',
      'Type',
      'Size',
      'Duration',
      'Waterfall',
      'Finding',
      'Client',
      'Session',
    ])
      t.ok(names.includes(name), name)
    for (const name of ['Waterfall', 'Client', 'Session']) await menu.getByRole('menuitemcheckbox', { name }).click()
    await page.keyboard.press('Escape')
    await page.setViewportSize({ width: 1900, height: 900 })
    for (const name of ['Waterfall', 'Client', 'Session']) await head(name).waitFor()
    await allDrawn(page)
    t.same(new Set(await cells('Client')), new Set(['checkout 1.4', 'billing 2.0', 'curl 8.5', '']))
    t.same(new Set(await cells('Session')), new Set(['zebra', 'older.har']))
    t.ok(
      (await page.locator('.rows .row .c-waterfall, .rows .row .waterfall, .rows .row .w-bar').count()) > 0,
      'bars are drawn',
    )
    t.same(await seriousViolations(page), [])
  })

  t.test('every column sorts, both ways, as the desk does', async (t) => {
    const keyOf: Record<string, (typeof sortKeys)[number]> = { Waterfall: 'time' }
    for (const name of [
      'Method',
      'Host',
      'Path',
      'Status',
      'Type',
      'Size',
      'Duration',
      'Finding',
      'Client',
      'Session',
      'Waterfall',
      'Time',
    ]) {
      const key = keyOf[name] ?? sortKeys.find((each) => each === name.toLowerCase())
      for (let turn = 0; turn < 2; turn++) {
        await head(name).getByRole('button').click()
        const sorted = page.locator('[aria-sort=ascending], [aria-sort=descending]')
        await until('one column says how it sorts', async () => (await sorted.count()) === 1)
        const direction = (await sorted.getAttribute('aria-sort')) === 'descending' ? '-' : ''
        const { answer } = await product.call('GET', `/api/exchanges?sort=${direction}${key}`)
        const wanted = (answer as { rows: { id: string }[] }).rows.map(({ id }) => id)
        await until(`the rows stand by ${direction}${key}`, async () => (await ids()).join() === wanted.join())
      }
    }
    await head('Finding').getByRole('button').click()
    await page.waitForFunction(() => document.querySelector('.rows .row [aria-label=error]') !== null)
    await until('what was found stands on top', async () => (await cells('Finding'))[0] !== '')
    t.match(await cells('Status'), [/500|401/, /500|401/])
    await head('Time').getByRole('button').click()
    await page.waitForFunction(() => document.querySelector('[aria-sort=descending]')?.textContent === 'Time')
    await page.getByRole('button', { name: 'Columns' }).click()
    await page.getByRole('menuitem', { name: 'Columns as they were' }).click()
    await page.setViewportSize({ width: 1440, height: 900 })
  })

  t.test('one-click chips: each counts and shows what it says', async (t) => {
    const chip = (name: string) =>
      page.getByRole('group', { name: 'Quick filters' }).getByRole('button', { name: new RegExp(`^${name}`) })
    for (const [name, filter] of [
      ['Errors', 'level:error'],
      ['Warnings', 'level:warning'],
      ['4xx', 'status:4xx'],
      ['5xx', 'status:5xx'],
      ['Replayed', 'is:replayed'],
    ] as const) {
      const wanted = (await product.rows(filter)).length
      await chip(name).click()
      await counted(wanted)
      t.equal(await chip(name).getAttribute('aria-pressed'), 'true')
      await chip(name).click()
      await counted(10)
    }
    t.ok((await product.rows('level:error')).length > 0)
  })

  t.test('the details are as wide as they are dragged, right and below, and stay so', async (t) => {
    await page.locator('.rows .row').first().click()
    await page.locator('.detail').waitFor()
    const box = async () => (await page.locator('.detail').boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 }
    const splitter = page.getByRole('separator', { name: 'Size of the details' })
    const drag = async (dx: number, dy: number) => {
      const handle = (await splitter.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 }
      const [x, y] = [handle.x + handle.width / 2, handle.y + handle.height / 2]
      await page.mouse.move(x, y)
      await page.mouse.down()
      await page.mouse.move(x + dx, y + dy, { steps: 5 })
      await page.mouse.up()
    }
    const { width } = await box()
    await drag(-120, 0)
    await until('they are wider', async () => Math.abs((await box()).width - width - 120) < 3)
    await page.getByRole('button', { name: 'Details below' }).click()
    await until('they are below', async () => (await box()).width > 900)
    const { height } = await box()
    await drag(0, -90)
    await until('they are higher', async () => Math.abs((await box()).height - height - 90) < 3)
    const saved = async () =>
      ((await product.call('GET', '/api/settings')).answer as { page: Record<string, unknown> }).page
    await until('both sizes are in the settings', async () => {
      const { detailHeight, detailWidth, detailPlacement } = await saved()
      return (
        Math.abs(Number(detailHeight) - height - 90) < 3 &&
        Math.abs(Number(detailWidth) - width - 120) < 3 &&
        detailPlacement === 'below'
      )
    })
    const { page: other } = await openPage(browser, product)
    await other.locator('.rows .row').first().click()
    await other.locator('.detail').waitFor()
    t.ok(((await other.locator('.detail').boundingBox())?.width ?? 0) > 900, 'and another tab has them')
    await other.context().close()
    await page.getByRole('button', { name: 'Details on the right' }).click()
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
  })

  t.test('a selection is sent again in order, several times, a few at once, with a pause between starts', async (t) => {
    await page.locator('.rows .row').filter({ hasText: '/v1/many/3' }).click()
    await page.keyboard.press('Shift+ArrowDown')
    await page.keyboard.press('Shift+ArrowDown')
    await page.getByText('3 selected').waitFor()
    await page.keyboard.press('r')
    const dialog = page.getByRole('dialog', { name: 'Replay 3 in order' })
    const field = (name: string) => dialog.getByRole('spinbutton', { name })
    await field('Times').fill('2')
    origin.seen.splice(0)
    await dialog.getByRole('button', { name: 'Send 6 requests' }).click()
    await dialog.getByText('6 of 6').waitFor()
    t.same(
      origin.seen.map(({ path }) => path),
      [1, 2, 3, 1, 2, 3].map((n) => `/v1/many/${n}`),
      'in the order in which they were recorded, one after the other',
    )
    t.equal(Math.max(...origin.seen.map(({ open }) => open)), 1)
    await field('Times').fill('3')
    await field('At once').fill('3')
    origin.seen.splice(0)
    await dialog.getByRole('button', { name: 'Send 9 requests' }).click()
    await dialog.getByText('9 of 9').waitFor()
    t.equal(origin.seen.length, 9)
    const most = Math.max(...origin.seen.map(({ open }) => open))
    t.ok(most > 1 && most <= 3, `${most} at once`)
    await field('Times').fill('1')
    await field('Pause between starts').fill('400')
    origin.seen.splice(0)
    await dialog.getByRole('button', { name: 'Send 3 requests' }).click()
    await dialog.getByText('3 of 3').waitFor()
    const [first, , last] = origin.seen
    t.ok((last?.at ?? 0) - (first?.at ?? 0) > 700, 'the pause holds between starts')
    t.match(await dialog.getByRole('table', { name: 'Results' }).textContent(), /2003.*fastest.*median/s)
    t.same(await seriousViolations(page), [])
    await field('Times').fill('500')
    await dialog.getByRole('button', { name: 'Send 1,500 requests' }).click()
    await dialog.getByRole('button', { name: 'Stop' }).click()
    await dialog.getByRole('button', { name: /^Send/ }).waitFor()
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    t.ok(origin.seen.length < 100, 'and it can be stopped')
  })

  t.test('nothing went wrong on the page meanwhile', async (t) => {
    t.same(
      problems.filter((text) => !/status of 404/.test(text)),
      [],
    )
  })
}
