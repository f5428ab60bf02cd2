// Reading one exchange closely and two side by side: the difference to what worked, tokens wherever they stand, content taken away, comparison.
import { connect } from 'node:net'
import t from 'tap'
import { beginBrowserTest } from '../support/begin-browser-test.ts'
import { rowsWith, send, seriousViolations, showDetails, until } from '../support/browser.ts'
import { startContentOrigin, testToken } from '../support/content-origin.ts'

const token = testToken(4_000_000_000)
const { missing, page, product, origin, problems } = await beginBrowserTest(t, {
  startOrigin: startContentOrigin,
  async traffic(product, { url }) {
    const now = Math.floor(Date.now() / 1000)
    const bearer = (exp: number) => ({ headers: { Authorization: `Bearer ${testToken(exp)}` } })
    await send(product, `${url}/v1/orders?status=open`, bearer(now + 900))
    await send(product, `${url}/v1/orders?status=open`, bearer(now - 720))
    await send(product, `${url}/v1/one?x=1`, {
      headers: { 'X-First': 'a', 'X-Second': 'b', Date: 'Sun, 22 Nov 2026 10:00:00 GMT' },
    })
    await send(product, `${url}/v1/two?x=2`, {
      headers: { 'X-Second': 'b', 'X-First': 'a', Date: 'Sun, 22 Nov 2026 10:00:09 GMT' },
    })
    await send(product, `${url}/xml`)
    await product.waitForRows(5)
  },
})

const tab = (name: string) => page.getByRole('tablist', { name: 'Details' }).getByRole('tab', { name })
const panel = () => page.getByRole('tabpanel')
const post = (path: string, type: string, body: string) =>
  send(product, origin.url + path, {
    method: 'POST',
    headers: { 'Content-Type': type, 'Content-Length': String(Buffer.byteLength(body)) },
    body,
  })
const clipboard = () => page.evaluate(() => navigator.clipboard.readText())
async function show(text: string, name: string): Promise<void> {
  await showDetails(page, product, text)
  await tab(name).click()
}

if (!missing) {
  t.test('a finding: what differs from the call that worked, as a table, and the fix with its button', async (t) => {
    await show('401', 'Findings')
    const findings = page.getByRole('region', { name: 'Findings' })
    const table = findings.locator('table.cmp').first()
    await table.waitFor()
    t.match(await table.textContent(), /worked.*401/s)
    t.ok((await table.locator('tbody tr').count()) >= 1)
    await findings.getByRole('heading', { name: "In the server's own words" }).first().waitFor()
    t.match(await findings.locator('blockquote').first().textContent(), /“The access token expired”/)
    await findings
      .getByRole('region', { name: 'Fix' })
      .first()
      .getByRole('button', { name: 'Open in editor' })
      .waitFor()
    const cause = await findings.getByRole('heading', { level: 3 }).first().boundingBox()
    t.ok(cause && cause.y < 300, 'the cause is on top')
    const fix = await findings.getByRole('region', { name: 'Fix' }).first().boundingBox()
    t.ok(fix && fix.y + fix.height < 900, 'and the fix is there without scrolling')
  })

  t.test('a token is decoded wherever it stands: field, cookie, query, form, JSON, text, message', async (t) => {
    await send(product, `${origin.url}/v1/tokens?session_token=${token}`, {
      headers: { Authorization: `Bearer ${token}`, Cookie: `id=${token}` },
    })
    await show('/v1/tokens', 'Request')
    for (const name of ['Query parameters', 'Request headers'])
      await page.getByRole('table', { name }).locator('details.jwt').first().waitFor()
    t.equal(await page.getByRole('table', { name: 'Request headers' }).locator('details.jwt').count(), 2)
    const first = page.getByRole('table', { name: 'Query parameters' }).locator('details.jwt').first()
    await first.locator('summary').click()
    t.match(await first.textContent(), /issuer.*good until.*orders:read|orders:read/s)
    t.notOk((await page.content()).includes(token.split('.')[2] ?? '-'), 'and the signature is nowhere')
    t.same(await seriousViolations(page), [])
    for (const [path, type, body] of [
      ['/v1/t-form', 'application/x-www-form-urlencoded', `assertion=${token}&a=b`],
      ['/v1/t-json', 'application/json', JSON.stringify({ deep: [{ id_token: token }] })],
      ['/v1/t-text', 'text/plain', `token ${token} end`],
    ] as const) {
      await post(path, type, body)
      await show(path, 'Request')
      await panel().locator('.content-jwt details.jwt').waitFor()
    }
    const { hostname, port } = new URL(product.proxy)
    const socket = connect(Number(port), hostname)
    socket.on('error', () => {})
    socket.write(
      `GET ${origin.url}/ws HTTP/1.1\r\nHost: localhost:${origin.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    )
    await new Promise((done) => socket.once('data', done))
    const frame = (opcode: number, payload: Buffer) => {
      const length =
        payload.length < 126 ? [0x80 | payload.length] : [0x80 | 126, payload.length >> 8, payload.length & 255]
      const masked = payload.map((octet, i) => octet ^ (i % 4))
      socket.write(Buffer.concat([Buffer.from([0x80 | opcode, ...length, 0, 1, 2, 3]), masked]))
    }
    frame(1, Buffer.from(JSON.stringify({ token })))
    frame(2, Buffer.from(Array.from({ length: 200 }, (_, i) => i)))
    await show('/ws', 'Messages')
    const list = page.getByRole('list', { name: 'Messages' }).getByRole('button')
    await list.nth(3).waitFor()
    await list.first().click()
    await page.getByRole('region', { name: 'Message' }).locator('details.jwt').waitFor()
    await list.filter({ hasText: '00 01 02' }).first().click()
    await page.getByRole('region', { name: 'Message' }).getByText('c6 c7').waitFor()
    t.same(await seriousViolations(page), [])
    socket.destroy()
  })

  t.test('content as text, copied, saved as it was received, by path and by value', async (t) => {
    await post('/v1/keep', 'application/json', '{"a":{"b":[1,"two"]},"c":"ü"}')
    await show('/v1/keep', 'Request')
    const view = (name: string) =>
      page.getByRole('group', { name: 'View as' }).getByRole('button', { name, exact: true })
    await view('Text').click()
    await panel().getByText('"two"').waitFor()
    t.match(await page.locator('.code').first().textContent(), /\{.*"a": \{.*"b": \[/s, 'laid out')
    await page.getByRole('button', { name: 'Copy content' }).click()
    await page.getByText('Copied the content').waitFor()
    t.equal(await clipboard(), '{"a":{"b":[1,"two"]},"c":"ü"}')
    const file = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Save content' }).click()
    const download = await file
    t.match(download.suggestedFilename(), /keep.*\.json$/)
    const pieces: Buffer[] = []
    for await (const piece of await download.createReadStream()) pieces.push(piece as Buffer)
    t.equal(Buffer.concat(pieces).toString(), '{"a":{"b":[1,"two"]},"c":"ü"}')
    await view('Tree').click()
    await page.getByRole('treeitem').filter({ hasText: 'two' }).click()
    await page.getByRole('button', { name: 'Copy path', exact: true }).click()
    t.equal(await clipboard(), '/a/b/1')
    await page.getByRole('button', { name: 'Copy value', exact: true }).click()
    t.match(await clipboard(), /^"?two"?$/)
  })

  t.test('known fields say what they are: under the pointer and by keyboard', async (t) => {
    await show('/xml', 'Response')
    const name = page.getByRole('table', { name: 'Response headers' }).getByRole('button', { name: /^content-type$/i })
    t.ok(((await name.getAttribute('title')) ?? '').length > 20, 'a sentence as tooltip')
    await name.focus()
    await page.keyboard.press('Enter')
    await page.getByRole('table', { name: 'Response headers' }).locator('.plain').waitFor()
    t.equal(await name.getAttribute('aria-expanded'), 'true')
  })

  t.test('any two, chosen in the list, stand side by side with c: order of fields and dates are noise', async (t) => {
    await page.keyboard.press('Escape')
    await rowsWith(page, '/v1/one').first().click()
    await rowsWith(page, '/v1/two')
      .first()
      .click({ modifiers: ['Control'] })
    await page.getByText('2 selected').waitFor()
    await page.keyboard.press('c')
    const main = page.getByRole('main', { name: 'Compare' })
    await main.waitFor()
    await main.getByRole('region', { name: 'Side A', exact: true }).getByText('/v1/one').waitFor()
    await main.getByRole('region', { name: 'Side B', exact: true }).getByText('/v1/two').waitFor()
    const fields = main.getByRole('region', { name: /Request (headers|fields)/ })
    await fields.waitFor()
    const counted = (await fields.locator('.chg, .add, .del').allTextContents()).join('|')
    t.notMatch(counted, /X-First|X-Second/, 'the order counts for nothing')
    t.match(await main.textContent(), /differences? counts?, .*noise/s)
    await main.getByRole('region', { name: 'Timing' }).waitFor()
    const dimmed = main.locator('.tx.dim')
    t.ok((await dimmed.count()) > 0, 'dates are dimmed')
    await main.getByRole('button', { name: 'Show noise' }).click()
    await until('nothing is dimmed', async () => (await dimmed.count()) === 0)
    for (const part of ['Request', 'Response', 'Timing']) {
      await main.getByRole('group', { name: 'Parts' }).getByRole('button', { name: part }).click()
      t.equal(
        await main
          .getByRole('group', { name: 'Parts' })
          .getByRole('button', { name: part })
          .getAttribute('aria-pressed'),
        'true',
      )
    }
    await main.getByRole('group', { name: 'Parts' }).getByRole('button', { name: 'All parts' }).click()
    t.same(await seriousViolations(page), [])
    await page.keyboard.press('Escape')
    await page.getByRole('grid', { name: 'Exchanges' }).waitFor()
    await page.getByText('2 selected').waitFor()
  })

  t.test('JSON against XML, by line and by structure, from the menu too', async (t) => {
    await rowsWith(page, '/xml').first().click()
    await rowsWith(page, '/v1/one')
      .first()
      .click({ modifiers: ['Control'] })
    await rowsWith(page, '/v1/one').first().click({ button: 'right' })
    await page.getByRole('menuitem', { name: /^Compare/ }).click()
    const main = page.getByRole('main', { name: 'Compare' })
    await main
      .getByRole('region', { name: 'Response content' })
      .getByText(/by line/)
      .waitFor()
    t.ok((await main.locator('.pair').count()) > 3)
    await page.getByRole('button', { name: 'Back to the traffic' }).click()
    await page.getByRole('grid', { name: 'Exchanges' }).waitFor()
  })

  t.test('nothing went wrong on the page meanwhile', async (t) => {
    t.same(
      problems.filter((text) => !/status of 404/.test(text)),
      [],
    )
  })
}
