// HTTPS as a user meets it: the HTTP version chosen in the composer and seen at the origin, TLS and certificates in the details.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { beginBrowserTest } from '../support/begin-browser-test.ts'
import { seriousViolations, showDetails, until } from '../support/browser.ts'
import { originAuthority } from '../support/origin.ts'
import { startSecureOrigin } from '../support/secure-origin.ts'
import { openTunnel } from '../support/tunnel.ts'

const folder = mkdtempSync(join(tmpdir(), 'telltale-secure-'))
const authority = join(folder, 'origin-ca.pem')
writeFileSync(authority, originAuthority().caPem)
t.teardown(() => rmSync(folder, { recursive: true, force: true }))

const { missing, page, product, origin, problems } = await beginBrowserTest(t, {
  async startOrigin() {
    const [both, older] = [await startSecureOrigin('both'), await startSecureOrigin('http/1.1')]
    return { both, older, close: async () => void (await Promise.all([both.close(), older.close()])) }
  },
  args: ['--upstream-ca', authority],
  async traffic(product, { both }) {
    const socket = await openTunnel(product.proxy, 'localhost', both.port, readFileSync(product.ca, 'utf8'))
    socket.write(`GET /v1/captured HTTP/1.1\r\nHost: localhost:${both.port}\r\nConnection: close\r\n\r\n`)
    await new Promise<void>((done) => socket.resume().once('close', () => done()))
    await product.waitForRows(1, 'path:/v1/captured')
  },
})

const dialog = () => page.getByRole('dialog', { name: 'Compose' })
const version = () => dialog().getByRole('combobox', { name: 'HTTP version' })
/** Sends what is composed; answers the version that the origin saw. */
async function sent(path: string, before = 0): Promise<{ id: string; httpVersion: string }> {
  await page.keyboard.press('Control+Enter')
  let id = ''
  await until(`${path} is recorded to its end`, async () => {
    const found = await product.rows(`path:"${path}"`)
    id = found[0]?.outcome === 'complete' && found.length > before ? found[0].id : ''
    return id !== ''
  })
  await dialog().getByText('Waiting for the answer').waitFor({ state: 'detached' })
  await dialog().locator('.result-head').getByText('200').waitFor()
  const { answer } = await product.call('GET', `/api/exchanges/${id}/response/content?decoded=1`)
  const { httpVersion } = (typeof answer === 'string' ? JSON.parse(answer) : answer) as { httpVersion: string }
  return { id, httpVersion }
}
async function compose(url: string): Promise<void> {
  await dialog().locator('.url-field input').fill(url)
}

if (!missing) {
  t.test('the composer’s HTTP version is what the origin is spoken to in', async (t) => {
    await page.keyboard.press('n')
    await dialog().waitFor()
    t.same(await version().locator('option').allTextContents(), ['HTTP as offered', 'HTTP/1.1', 'HTTP/2'])
    await compose(`${origin.both.url}/v1/offered`)
    t.equal((await sent('/v1/offered')).httpVersion, '2.0', 'as offered: the origin prefers HTTP/2')
    await compose(`${origin.older.url}/v1/older`)
    t.equal((await sent('/v1/older')).httpVersion, '1.1', 'as offered: this one has nothing else')
    await version().focus()
    await page.keyboard.press('ArrowDown')
    await until('HTTP/1.1 is chosen by key', async () => (await version().inputValue()) === '1.1')
    await compose(`${origin.both.url}/v1/one`)
    t.equal((await sent('/v1/one')).httpVersion, '1.1')
    await version().selectOption('HTTP/2')
    await compose(`${origin.both.url}/v1/two`)
    const { id, httpVersion } = await sent('/v1/two')
    t.equal(httpVersion, '2.0')
    const [row] = await product.rows('path:/v1/two')
    t.match(row, { id, protocol: /2/ }, 'and the row says so')
    t.same(await seriousViolations(page), [])
  })

  t.test('an origin that does not speak the chosen version: said in words, and nothing else is tried', async (t) => {
    await compose(`${origin.older.url}/v1/refused`)
    await page.keyboard.press('Control+Enter')
    await dialog().locator('.result-head').getByText('failed: No common protocol (ALPN)').waitFor()
    await dialog().getByRole('tabpanel').getByText('localhost speaks none of the protocols offered').waitFor()
    await dialog().getByRole('region', { name: 'Fix' }).first().waitFor()
    t.same(await seriousViolations(page), [])
    const [row] = await product.waitForRows(1, 'path:/v1/refused')
    t.match(row, { outcome: 'failed', status: 0, protocol: /2/ })
    await dialog().getByRole('button', { name: 'Close', exact: true }).click()
  })

  t.test('a replay goes out in the version of its original, an edited one in the version chosen', async (t) => {
    await showDetails(page, product, '/v1/captured')
    await page.keyboard.press('r')
    await page.locator('footer.status').getByText('Replayed').waitFor()
    // What was just sent is sent again and edited at once, whether it is written already or not.
    await page.keyboard.press('r')
    await product.waitForRows(3, 'path:/v1/captured -is:running')
    await page.keyboard.press('r')
    const again = await product.waitForRows(4, 'path:/v1/captured -is:running')
    const { answer } = await product.call('GET', `/api/exchanges/${again[0]?.id}/response/content?decoded=1`)
    t.match(typeof answer === 'string' ? JSON.parse(answer) : answer, { httpVersion: '1.1' })
    await page.keyboard.press('e')
    await dialog().waitFor()
    t.equal(await version().inputValue(), '1.1')
    await version().selectOption('HTTP/2')
    await dialog().getByText('1 edit').waitFor()
    t.equal(await page.getByText('Could not replay').count(), 0)
    t.equal((await sent('/v1/captured', 4)).httpVersion, '2.0')
    await dialog().getByRole('table', { name: 'Against the original' }).waitFor()
    await page.keyboard.press('Escape')
    await dialog().waitFor({ state: 'detached' })
  })

  t.test(
    'Connection: addresses, TLS version, cipher and ALPN of both sides, the certificates with their names',
    async (t) => {
      await showDetails(page, product, '/v1/two')
      await page.getByRole('tab', { name: 'Connection' }).click()
      const table = (name: string) => page.getByRole('table', { name })
      await table('Server TLS').waitFor()
      t.match(await table('Server TLS').textContent(), /versionTLSv1\.3cipherTLS_\w+ALPNh2server namelocalhost/)
      t.match(
        await table('Server side').textContent(),
        new RegExp(`localhost:${origin.both.port}.*address(127\\.0\\.0\\.1|::1)`, 's'),
      )
      t.match(await page.getByRole('tabpanel').textContent(), /sent by Telltale/)
      const certificate = page.getByRole('table', { name: 'Certificate 1' })
      t.match(await certificate.textContent(), /localhost.*left.*SHA-256([0-9A-F]{2}:){8}/is)
      await showDetails(page, product, '/v1/captured')
      await page.getByRole('tab', { name: 'Connection' }).click()
      t.same(await seriousViolations(page), [])
    },
  )

  t.test('Raw: the messages as they were on the wire, whatever the version', async (t) => {
    const raw = page.getByRole('tabpanel', { name: 'Raw' })
    await showDetails(page, product, '/v1/one')
    await page.getByRole('tab', { name: 'Raw' }).click()
    await raw.getByText('GET /v1/one HTTP/1.1').waitFor()
    await showDetails(page, product, '/v1/two')
    await raw.getByText('GET /v1/two HTTP/2').waitFor()
    await raw.getByText('"httpVersion":"2.0"').waitFor()
    await page.getByRole('textbox', { name: 'Search in both' }).fill('/v1/two')
    await page.locator('.hits').getByText('1 of 2').waitFor()
    t.same(await seriousViolations(page), [])
  })

  t.test('nothing went wrong on the page meanwhile', async (t) => {
    t.same(
      problems.filter((text) => !/status of 404/.test(text)),
      [],
    )
  })
}
