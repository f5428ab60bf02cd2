// What a verdict rests on, the rule behind a finding, and comparisons of hostile size, as a user meets them.
import t from 'tap'
import { seriousViolations } from '../support/browser.ts'
import { openViewerPage } from '../support/viewer-page.ts'

const it = await openViewerPage(t)
const { missing } = it

if (!missing) {
  t.test('a clean bill says what it rests on, timing goes by endpoint and not by path', async (t) => {
    const order = (id: number) => it.record(`/v1/orders/${id}`, { type: 'application/json', body: `{"id":${id}}` })
    await order(1001)
    await it.open('/v1/orders/1001', 'Findings')
    await it.page.getByText('No other call of this endpoint that worked is known').waitFor()
    for (const id of [1002, 1003, 1004]) await order(id)
    await it.open('/v1/orders/1004', 'Findings')
    await it.page.getByText('Compared with 3 other calls of this endpoint that worked').waitFor()
    await it.page.getByText('The response was read whole, 11 B').waitFor()
    await it.page.getByRole('list', { name: 'What was checked' }).getByText('Credentials and permissions').waitFor()
    t.match(await it.page.locator('.endpoint').textContent(), /^GET http:\/\/localhost:\d+\/v1\/orders\/\{\}$/)
    t.same(await seriousViolations(it.page), [])
    await it.open('/v1/orders/1004', 'Timing')
    await it.page.getByText(/The median of 4 calls of this endpoint that worked is/).waitFor()
  })

  t.test('the rule behind a finding explains itself and can be muted for this endpoint', async (t) => {
    await it.record('/v1/things/7', { type: 'application/json', body: '{"a": 1,}' })
    await it.open('/v1/things/7', 'Findings')
    const panel = it.page.getByRole('region', { name: 'Findings' }).locator('details.rule').first()
    await panel.locator('summary').click()
    await panel.getByRole('heading', { name: 'When this is no problem' }).waitFor()
    t.ok((await panel.locator('.silent li').count()) > 0)
    t.same(await seriousViolations(it.page), [])
    await panel.getByRole('button', { name: 'Mute' }).click()
    await it.page.getByRole('menuitem', { name: /^Mute .* for GET http.*\/v1\/things\/\{\}$/ }).click()
    await it.page.getByText('1 rule is muted here').waitFor()
    const { answer } = await it.product.call('GET', '/api/mutes')
    t.match(answer, { mutes: [{ endpoint: /^GET http.*\/v1\/things\/\{\}$/ }] })
    await it.page.getByRole('button', { name: 'Show again' }).click()
    await it.page.getByRole('menuitem', { name: /\/v1\/things/ }).click()
    await panel.waitFor()
    t.equal((await it.product.call('GET', '/api/rules/no/rule')).status, 404)
  })

  t.test('comparisons of any size are made beside the page, which stays usable', async (t) => {
    const rows = (change: number) =>
      Array.from({ length: 12_000 }, (_, id) => ({
        id,
        name: `item ${id === change ? 'other' : id}`,
        text: 'lorem ipsum '.repeat(25),
      }))
    const lines = (change: number) =>
      Array.from({ length: 50_000 }, (_, i) => (i % 1000 === change ? `changed ${change}` : `line ${i}`)).join('\n')
    const binary = (octet: number) => Buffer.alloc(200_000, octet)
    const deep = (inner: string) => `${'['.repeat(10_000)}${inner}${']'.repeat(10_000)}`
    const cases = [
      {
        path: '/c-json',
        type: 'application/json',
        a: JSON.stringify(rows(-1)),
        b: JSON.stringify(rows(7000)),
        says: /JSON by structure, 1 difference/,
      },
      { path: '/c-lines', type: 'text/plain', a: lines(1), b: lines(2), says: /by line/ },
      {
        path: '/c-one-line',
        type: 'text/plain',
        a: `${'a'.repeat(1_500_000)}1${'b'.repeat(1_500_000)}`,
        b: `${'a'.repeat(1_500_000)}2${'b'.repeat(1_500_000)}`,
        says: /by line/,
      },
      {
        path: '/c-binary',
        type: 'application/octet-stream',
        a: binary(0xfe),
        b: binary(0xff),
        says: /octets differ from 0 on/,
      },
      { path: '/c-deep', type: 'application/json', a: deep('1'), b: deep('2'), says: /JSON by structure|by line/ },
    ]
    const main = it.page.getByRole('main', { name: 'Compare' })
    for (const { path, type, a, b, says } of cases) {
      await it.record(path, { type, body: a })
      await it.record(path, { type, body: b })
      const [newer, older] = await it.product.waitForRows(2, `path:"${path}"`, 20_000)
      t.ok(newer && older)
      await it.open(path, 'Response')
      await it.page.keyboard.press('c')
      await main.getByRole('region', { name: 'Response content' }).getByText(says).waitFor()
      await it.page.keyboard.press(']')
      await main.getByText(/^1 of [\d,]+$/).waitFor()
      await main.locator('.pair.target').waitFor()
      t.ok((await main.locator('.pair').count()) < 1500, `${path}: drawn in parts`)
      await it.page.keyboard.press('[')
      await main.locator('.pair.target').waitFor()
      if (path === '/c-lines') t.same(await seriousViolations(it.page), [])
      await it.page.keyboard.press('Escape')
      await it.page.getByRole('grid', { name: 'Exchanges' }).waitFor()
    }
  })

  t.test('an exchange between the first reading of the list and the greeting is not lost', async (t) => {
    // The greeting is held back until the list was read and an exchange was recorded behind it.
    const script = `const { send } = WebSocket.prototype
      WebSocket.prototype.send = function (data) {
        const wait = () => (globalThis.late ? send.call(this, data) : setTimeout(wait, 10))
        wait()
      }`
    const { page, problems } = await it.another({ script })
    await page.getByRole('row').filter({ hasText: '/v1/things/7' }).first().waitFor()
    await it.record('/between', { type: 'text/plain', body: 'x' })
    t.equal(await page.getByRole('row').filter({ hasText: '/between' }).count(), 0)
    await page.evaluate(() => Object.assign(globalThis, { late: true }))
    await page.getByRole('row').filter({ hasText: '/between' }).first().waitFor()
    t.same(problems, [])
    await page.context().close()
  })

  t.test('nothing went wrong in the page meanwhile', async (t) => {
    t.same(it.problems, [])
  })
}
