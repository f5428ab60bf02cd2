// The details as a user reads them: findings and their evidence, every viewer, masking, previews, messages, comparison.
import { connect } from 'node:net'
import type { Page } from 'playwright-core'
import t from 'tap'
import { beginBrowserTest } from '../support/begin-browser-test.ts'
import { openPage, rowsWith, send, seriousViolations, showDetails } from '../support/browser.ts'
import { startContentOrigin, testToken } from '../support/content-origin.ts'

const now = () => Math.floor(Date.now() / 1000)
const secretToken = testToken(now() - 720)
const { missing, page, product, origin, browser, problems } = await beginBrowserTest(t, {
  startOrigin: startContentOrigin,
  async traffic(product, { url }) {
    const orders = `${url}/v1/orders?status=open`
    for (let i = 0; i < 4; i++)
      await send(product, orders, { headers: { Authorization: `Bearer ${testToken(now() + 900)}` } })
    await send(product, `${orders}&api_key=querysecret99`, {
      headers: { Authorization: `Bearer ${secretToken}`, Cookie: 'sid=cookiesecret0' },
    })
  },
})
const get = (path: string, headers: Record<string, string> = {}) => send(product, origin.url + path, { headers })
const post = (path: string, type: string, body: string) =>
  send(product, origin.url + path, {
    method: 'POST',
    headers: { 'Content-Type': type, 'Content-Length': String(Buffer.byteLength(body)) },
    body,
  })
const row = (text: string) => rowsWith(page, text).first()
const details = () => page.getByRole('complementary', { name: 'Exchange details' })
const tab = (name: string) => page.getByRole('tablist', { name: 'Details' }).getByRole('tab', { name })
const view = (name: string) => page.getByRole('group', { name: 'View as' }).getByRole('button', { name, exact: true })
const button = (name: string) => details().getByRole('button', { name, exact: true })

/** Shows one exchange, and one of its tabs to its end: no assertion looks at a panel that is still being filled. */
async function show(text: string, tabName?: string): Promise<void> {
  await showDetails(page, product, text)
  if (tabName) await openTab(page, tabName)
}

/** Opens a tab by its name and waits until its panel is there. */
async function openTab(on: Page, name: string): Promise<void> {
  const wanted = on.getByRole('tablist', { name: 'Details' }).getByRole('tab', { name })
  await wanted.click()
  const panel =
    name === 'Findings' ? on.getByRole('region', { name }) : on.getByRole('tabpanel', { name: new RegExp(`^${name}`) })
  await panel.locator(':scope > *').first().waitFor()
  await on.getByText(/^(Loading|Reading .*)$/).waitFor({ state: 'detached' })
}

if (!missing) {
  t.test('a failed call shows its cause, evidence, the server’s words, the difference and the fix', async (t) => {
    await row('401').click()
    const findings = page.getByRole('region', { name: 'Findings' })
    await findings.waitFor()
    await findings.getByRole('heading', { level: 3 }).first().waitFor()
    const text = (await findings.textContent()) ?? ''
    t.match(text, /expired/i)
    t.match(text, /certain|likely|possible/, 'certainty in words')
    t.match(text, /“The access token expired”/)
    t.match(text, /worked/, 'the nearest call that worked')
    t.ok((await findings.getByRole('list', { name: 'Evidence' }).getByRole('button').count()) > 0)
    t.same(await seriousViolations(page), [])
  })

  t.test('evidence leads to its marked line, in headers and in the content', async (t) => {
    await show('api_key', 'Findings')
    const evidence = page.getByRole('list', { name: 'Evidence' }).first()
    const more = evidence.getByRole('button', { name: /^\d+ more$/ })
    if (await more.isVisible()) await more.click()
    await evidence.getByRole('button').filter({ hasText: 'response header' }).first().click()
    t.equal(await tab('Response').getAttribute('aria-selected'), 'true')
    const marked = page.getByRole('table', { name: 'Response headers' }).locator('tr.on')
    await marked.first().waitFor()
    t.match(await marked.first().locator('mark').textContent(), /invalid_token/)
    await tab('Findings').click()
    await page
      .getByRole('button', { name: /response body, \/error/ })
      .first()
      .click()
    const line = page.getByRole('tree', { name: 'JSON' }).locator('.l.on').first()
    await line.waitFor()
    t.match(await line.textContent(), /invalid_token|expired/)
    await page
      .locator('.crumb code')
      .filter({ hasText: /^\/error/ })
      .waitFor()
  })

  t.test(
    'headers keep order and duplicates, known fields are explained, tokens decoded where they stand',
    async (t) => {
      await tab('Response').click()
      const headers = page.getByRole('table', { name: 'Response headers' })
      t.match(await headers.textContent(), /varyAccept-Encoding.*1 of 2.*varyAuthorization.*2 of 2/s)
      await headers.getByRole('button', { name: 'vary' }).first().click()
      t.match(await headers.textContent(), /Which request fields this response depends on/)
      await tab('Request').click()
      const token = page.getByRole('table', { name: 'Request headers' }).locator('details.jwt')
      t.match(await token.locator('summary').textContent(), /expired 12 min/)
      await token.locator('summary').click()
      t.match(await token.textContent(), /orders:read/)
    },
  )

  t.test('no secret is in the document while masked, in any tab, and off is off', async (t) => {
    const secrets = ['querysecret99', 'cookiesecret0', 'cookiesecret1', secretToken, secretToken.split('.')[2] ?? '-']
    for (const name of ['Findings', 'Request', 'Response', 'Timing', 'Connection', 'Raw']) {
      await openTab(page, name)
      const html = await page.content()
      for (const secret of secrets) t.notOk(html.includes(secret), `${secret.slice(0, 13)} is not in ${name}`)
    }
    await button('Copy as cURL').click()
    await page.getByText(/Copied as cURL/).waitFor()
    const copied = await page.evaluate(() => navigator.clipboard.readText())
    t.match(copied, /^curl 'http/)
    for (const secret of secrets) t.notOk(copied.includes(secret), 'nor in what is copied')
    await button('More').click()
    await page.getByRole('menuitem', { name: 'Python requests' }).click()
    await page.getByText('Copied Python requests').waitFor()
    const code = await page.evaluate(() => navigator.clipboard.readText())
    t.match(code, /requests\./)
    for (const secret of secrets) t.notOk(code.includes(secret), 'nor in code')
    await page.getByRole('button', { name: /Secrets masked/ }).click()
    await tab('Request').click()
    await page.getByRole('table', { name: 'Request headers' }).getByText('cookiesecret0').waitFor()
    t.match(await page.getByRole('table', { name: 'Query parameters' }).textContent(), /querysecret99/)
    await page.getByRole('button', { name: /Secrets/ }).click()
    await page.getByRole('table', { name: 'Request headers' }).getByText('cookiesecret0').waitFor({ state: 'detached' })
  })

  t.test('JSON: tree with folds and keys, search, path and value, text, raw, hex', async (t) => {
    await post(
      '/v1/orders',
      'application/json',
      '{"customer":{"id":"cus_1","tags":["a","b"]},"quantity":2,"password":"bodysecret1"}',
    )
    await show('201', 'Request')
    const tree = page.getByRole('tree', { name: 'JSON' })
    await tree.waitFor()
    t.equal(await tree.getByRole('treeitem').count(), 11)
    t.notMatch(await tree.textContent(), /bodysecret1/)
    await tree.focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowLeft')
    await tree.getByRole('treeitem', { expanded: false }).waitFor()
    t.match(await tree.textContent(), /customer: \{ id, tags \}/)
    await page.keyboard.press('ArrowRight')
    t.equal(await tree.getByRole('treeitem', { expanded: false }).count(), 0)
    await page.getByRole('textbox', { name: 'Search in content' }).fill('cus_1')
    await page.getByText('1 of 1', { exact: true }).waitFor()
    await tree.locator('mark.found').waitFor()
    await tree.getByRole('treeitem').filter({ hasText: 'quantity' }).click()
    await button('Copy path').click()
    t.equal(await page.evaluate(() => navigator.clipboard.readText()), '/quantity')
    await button('Copy value').click()
    t.equal(await page.evaluate(() => navigator.clipboard.readText()), '2')
    await view('Raw').click()
    t.match(await page.getByRole('group', { name: 'Raw text' }).textContent(), /"tags":\["a","b"\]/)
    await view('Hex').click()
    const hex = (await page.getByRole('group', { name: 'Octets' }).textContent()) ?? ''
    t.match(hex, /7b 22 63 75 73/)
    t.notMatch(hex, /bodysecret1/)
    t.match(hex, /••/)
    t.same(await seriousViolations(page), [])
  })

  t.test('every kind of content has its viewer', async (t) => {
    const cases: readonly (readonly [path: string, viewer: string, seen: RegExp])[] = [
      ['/xml', 'XML', /<Item sku="HUB">2<\/Item>.*<password>•+<\/password>/s],
      ['/grpc', 'Protobuf', /2texttesting.*3message1varint150/s],
      ['/ndjson', 'Tree', /n: 1.*n: 2/s],
      ['/binary', 'Hex', /00 01 02 fd fe ff/],
      ['/events', 'Events', /tick.*\{"n":1\}.*two/s],
      ['/style', 'Pretty', /\.a \{.*color: #123456;.*margin: 4px/s],
    ]
    for (const [path, viewer, seen] of cases) {
      await get(path)
      await show(path, 'Response')
      await view(viewer).waitFor()
      t.equal(await view(viewer).getAttribute('aria-pressed'), 'true', `${path} as ${viewer}`)
      await page.waitForFunction(() => (document.querySelector('.viewer, .code')?.textContent ?? '').length > 8)
      t.match(await page.locator('.viewer, .code').first().textContent(), seen, path)
    }
    await get('/image')
    await show('/image', 'Response')
    await page.getByText('10 × 10 px').waitFor()
    t.match(await page.getByRole('img', { name: 'Content of the response' }).getAttribute('src'), /^blob:/)
    await post('/v1/echo', 'application/x-www-form-urlencoded', 'name=Ada+L&password=formsecret1')
    await show('/v1/echo', 'Request')
    t.match(await page.getByRole('table', { name: 'Form fields' }).textContent(), /nameAda L/)
    t.notMatch(await page.content(), /formsecret1/)
    await post(
      '/upload',
      'multipart/form-data; boundary=XX',
      '--XX\r\nContent-Disposition: form-data; name="title"\r\n\r\nHello\r\n--XX\r\nContent-Disposition: form-data; name="doc"; filename="a.json"\r\nContent-Type: application/json\r\n\r\n{"deep":[1]}\r\n--XX--\r\n',
    )
    await show('/upload', 'Request')
    await page.getByRole('tree', { name: 'JSON' }).getByText('deep').waitFor()
    t.match(await page.locator('.viewer').first().textContent(), /titletext, 5 BHello.*file a\.json/s)
    await post(
      '/graphql',
      'application/json',
      JSON.stringify({ query: 'query Repo($n: String!) { repository(name: $n) { id } }', variables: { n: 'chekout' } }),
    )
    await show('/graphql', 'Request')
    await page.getByText('Operation Repo').waitFor()
    t.match(await page.getByRole('group', { name: 'Operation' }).textContent(), /repository\(name: \$n\)/)
    await get('/broken')
    await show('/broken', 'Response')
    await page.getByText(/Not valid JSON: a value was expected, line 2, column 7/).waitFor()
    await get('/token')
    await show('/token', 'Response')
    await page.getByText(/JSON Web Token in the content/).waitFor()
  })

  t.test('5 MB of JSON: first lines within 300 ms, all of it soon after, found words shown', async (t) => {
    await get('/large')
    // Loaded once before, so that what is measured is this content and not the first use of a viewer.
    await show('/large', 'Response')
    await page.getByRole('treeitem').first().waitFor()
    await show('/xml', 'Response')
    await page.evaluate(() => {
      const state = globalThis as { begun?: number; took?: number }
      document.addEventListener('click', () => (state.begun = performance.now()), { once: true, capture: true })
      const look = () => {
        const url = document.querySelector('.detail .durl')?.textContent ?? ''
        if (url.includes('/large') && document.querySelectorAll('[role=treeitem]').length > 5)
          state.took ??= performance.now() - (state.begun ?? 0)
        else requestAnimationFrame(look)
      }
      look()
    })
    await row('/large').click()
    await page.waitForFunction(() => (globalThis as { took?: number }).took !== undefined)
    const took = await page.evaluate(() => (globalThis as { took?: number }).took ?? 0)
    t.comment(`first lines after ${Math.round(took)} ms; the benchmark of the page holds it to its limit`)
    await page.getByRole('textbox', { name: 'Search in content' }).fill('item 18999')
    await page.getByText('1 of 1', { exact: true }).waitFor()
    await page.getByRole('tree', { name: 'JSON' }).getByText('item 18999').waitFor()
  })

  t.test('timing, connection and failures say what happened', async (t) => {
    await send(product, 'http://localhost:1/refused').catch(() => 0)
    await show('/refused', 'Connection')
    t.match(await details().textContent(), /opening the connection.*ECONNREFUSED/s)
    await show('api_key', 'Timing')
    await page.getByRole('table', { name: 'Phases' }).waitFor()
    t.match(await details().textContent(), /A new connection to the server was opened|already open/)
    await page.getByText(/The median of \d+ calls of this endpoint that worked/).waitFor()
  })

  t.test('keys 1 to 6 change tabs, arrows move between them', async (t) => {
    await show('/xml')
    for (const [key, name] of [
      ['2', 'Request'],
      ['4', 'Timing'],
      ['1', 'Findings'],
      ['6', 'Raw'],
      ['3', 'Response'],
    ] as const) {
      await page.keyboard.press(key)
      await page.waitForFunction(
        (wanted) => document.querySelector('[aria-label=Details] [aria-selected=true]')?.textContent?.includes(wanted),
        name,
      )
    }
    await tab('Response').focus()
    await page.keyboard.press('ArrowRight')
    t.equal(await tab('Timing').getAttribute('aria-selected'), 'true')
    await tab('Findings').click()
    await page.getByText('Nothing wrong found').waitFor()
    await page.getByRole('list', { name: 'What was checked' }).getByText('Credentials and permissions').waitFor()
  })

  t.test('WebSocket messages arrive live, can be filtered and read', async (t) => {
    const { hostname, port } = new URL(product.proxy)
    const socket = connect(Number(port), hostname)
    socket.on('error', () => {})
    socket.write(
      `GET ${origin.url}/ws HTTP/1.1\r\nHost: localhost:${origin.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    )
    await new Promise((done) => socket.once('data', done))
    const say = (text: string) => {
      const payload = Buffer.from(text)
      const masked = payload.map((octet, i) => octet ^ (i % 4))
      socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | payload.length, 0, 1, 2, 3]), masked]))
    }
    say('{"n":1,"token":"socketsecret1"}')
    await show('/ws', 'Messages')
    const list = page.getByRole('list', { name: 'Messages' })
    await list.getByRole('button').nth(1).waitFor()
    say('{"n":2}')
    await list.getByText('{"echo":{"n":2}}').waitFor()
    t.notMatch(await page.content(), /socketsecret1/)
    await page.getByRole('textbox', { name: 'Filter messages' }).fill('echo')
    await page.getByText('2 of 4 messages').waitFor()
    await list.getByRole('button').last().click()
    await page.getByRole('tree', { name: 'Message' }).getByText('echo').waitFor()
    t.same(await seriousViolations(page), [])
    socket.destroy()
  })

  t.test('events of a stream arrive live under their own name, can be filtered and read', async (t) => {
    const running = get('/ticks')
    const tick = (text: string) => fetch(`${origin.url}/tick`, { method: 'POST', body: text })
    await show('/ticks', 'Events')
    await page.getByText('No event yet').waitFor()
    await tick('id: 1\nevent: tick\ndata: {"n":1,"token":"streamsecret1"}\n\n')
    const list = page.getByRole('list', { name: 'Events' })
    await list.getByText('"n":1').waitFor()
    t.match(await list.textContent(), /tick.*id 1/)
    t.notMatch(await page.content(), /streamsecret1/)
    await tick('data: {"n":2}\n\n')
    await list.getByText('{"n":2}').waitFor()
    t.match(await tab('Events').textContent(), /Events/)
    t.equal(await page.getByRole('group', { name: 'Direction' }).count(), 0, 'all events come from the server')
    await page.getByRole('textbox', { name: 'Filter events' }).fill('tick')
    await page.getByText('1 of 2 events').waitFor()
    await list.getByRole('button').first().click()
    await page.getByRole('tree', { name: 'Event' }).getByText('token').waitFor()
    t.match(await page.getByRole('region', { name: 'Event' }).textContent(), /Event 1.*tick, id 1/)
    t.same(await seriousViolations(page), [])
    await page.getByRole('textbox', { name: 'Filter events' }).fill('')
    await fetch(`${origin.url}/tick`, { method: 'DELETE' })
    await running
    await tab('Events').waitFor()
  })

  t.test('comparison: side by side, likeliest cause first, keys go from one difference to the next', async (t) => {
    await post('/v1/orders', 'application/json', '{"customer":{"id":"cus_1","tags":["a","b"]},"quantity":"2"}')
    await show('422')
    await page.keyboard.press('c')
    const main = page.getByRole('main', { name: 'Compare' })
    await main.waitFor()
    const first = main.getByRole('navigation', { name: 'Differences by weight' }).getByRole('button').first()
    await first.waitFor()
    t.match(await first.textContent(), /quantity/)
    t.match(await first.textContent(), /The failing answer names it/)
    t.match(await main.getByRole('region', { name: 'Side A' }).textContent(), /201/)
    await page.keyboard.press(']')
    await main.locator('.pair.target').waitFor()
    t.match(await main.locator('.pair.target').textContent(), /"quantity": 2.*"quantity": "2"/)
    await page.keyboard.press(']')
    await page.keyboard.press('[')
    await main.getByText(/^1 of \d+/).waitFor()
    await page.keyboard.press('s')
    await main.getByRole('region', { name: 'Side A' }).getByText('422').waitFor()
    t.notMatch(await page.content(), /bodysecret1/)
    t.same(await seriousViolations(page), [])
    await page.keyboard.press('Escape')
    await page.getByRole('grid', { name: 'Exchanges' }).waitFor()
  })

  t.test('a muted rule goes, and comes back', async (t) => {
    await show('422', 'Findings')
    const title =
      (await page.getByRole('region', { name: 'Findings' }).getByRole('heading', { level: 3 }).first().textContent()) ??
      ''
    await page.getByRole('button', { name: 'Mute this finding' }).first().click()
    await page.getByRole('menuitem', { name: /^Mute .* everywhere/ }).click()
    await page.getByRole('heading', { level: 3, name: title }).waitFor({ state: 'detached' })
    const { answer } = await product.call('GET', '/api/mutes')
    t.equal((answer as { mutes: unknown[] }).mutes.length, 1)
    await product.call('PUT', '/api/mutes', { mutes: [] })
    await page.getByRole('heading', { level: 3, name: title }).waitFor()
  })

  t.test('dark, narrow and below: everything stays readable', async (t) => {
    const dark = await openPage(browser, product, { theme: 'dark', width: 1024, height: 768 })
    await rowsWith(dark.page, '401').first().click()
    for (const name of ['Findings', 'Request', 'Response', 'Timing', 'Connection', 'Raw']) {
      await openTab(dark.page, name)
      t.same(await seriousViolations(dark.page), [], name)
    }
    t.same(dark.problems, [])
    await dark.page.context().close()
  })

  t.test('nothing went wrong in the page meanwhile', async (t) => {
    t.same(problems, [])
  })
}
