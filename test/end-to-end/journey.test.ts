// The first journey in a real browser: rows appear live, the finding is read, Replay makes a second row, an edited replay turns 401 into 200.
import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'
import t from 'tap'
import { type ApiOrigin, goodToken, startApiOrigin } from '../support/api-origin.ts'
import { patience, slowDown } from '../support/browser.ts'
import { has, lacks, run } from '../support/programs.ts'
import { startTelltale, type Telltale, temporaryFolder } from '../support/telltale.ts'

const executablePath = ['/usr/bin/chromium', '/usr/bin/google-chrome'].find((path) => existsSync(path))
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

t.test('capture, read the cause, replay, edit and replay, kill -9, restart', async (t) => {
  if (lacks(t, 'chromium', executablePath !== undefined) || lacks(t, 'curl', has('curl')) || !executablePath) return
  const dataDir = temporaryFolder('journey')
  const origin: ApiOrigin = await startApiOrigin()
  let product: Telltale = await startTelltale({ dataDir, args: ['--upstream-ca', origin.caFile] })
  const browser: Browser = await chromium.launch({ executablePath, args: flags })
  t.teardown(async () => {
    await browser.close()
    await product.stop()
    await origin.close()
  })
  const page: Page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  page.setDefaultTimeout(patience)
  await slowDown(page)
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()))

  await page.goto(product.page)
  const grid = page.getByRole('grid', { name: 'Exchanges' })
  await grid.waitFor()
  t.notMatch(page.url(), /code=/, 'the code has left the address')
  t.notMatch(await page.content(), product.token)

  const curl = (...args: string[]) => run('curl', ['-sS', '-x', product.proxy, '--cacert', product.ca, ...args])
  await curl(`${origin.url}/v1/orders`)
  const begun = Date.now()
  await curl('-H', 'Authorization: Bearer tok_live_wrong', `${origin.url}/v1/me`)
  const failed = grid.getByRole('row').filter({ hasText: '/v1/me' })
  await failed.waitFor()
  t.comment(`the row stood there ${Date.now() - begun} ms after the call began`)
  await curl(`${origin.url}/v1/charges`)
  await curl(`${origin.url}/v1/report`)
  await grid.getByRole('row').filter({ hasText: '/v1/report' }).waitFor()

  await failed.click()
  const findings = page.getByRole('region', { name: 'Findings' })
  await findings.waitFor()
  await findings.getByText('The access token is not known here').first().waitFor()
  t.match(await findings.textContent(), /refused|not accept|invalid/i)
  t.notMatch(await page.content(), /tok_live_wrong/, 'the credential is masked')

  await page.getByRole('button', { name: 'Replay', exact: true }).click()
  await t.resolves(product.waitForRows(2, 'path:/v1/me'))
  await page.waitForFunction(
    () => [...document.querySelectorAll('[role=row]')].filter((row) => row.textContent?.includes('/v1/me')).length >= 2,
  )

  await failed.last().click()
  await page.getByRole('button', { name: 'Edit and replay' }).click()
  const dialog = page.getByRole('dialog', { name: 'Compose' })
  await dialog.waitFor()
  await dialog.getByRole('button', { name: /^Token: hidden, .*show to edit$/ }).click()
  await dialog.getByRole('textbox', { name: 'Token' }).fill(goodToken)
  await page.keyboard.press('Control+Enter')
  const rows = await product.waitForRows(1, 'path:/v1/me status:200')
  t.match(rows, [{ origin: 'replay', status: 200 }])
  t.equal((await product.rows('path:/v1/me status:401')).length, 2, 'both stand in the list')
  await page.keyboard.press('Escape')
  await page.waitForFunction(
    () =>
      [...document.querySelectorAll('[role=row]')].filter((row) =>
        /\/v1\/me[\s\S]*(200|401)/.test(row.textContent ?? ''),
      ).length >= 3,
  )

  await product.kill('SIGKILL')
  product = await startTelltale({ dataDir, args: ['--upstream-ca', origin.caFile] })
  await page.goto(product.page)
  await grid.getByRole('row').filter({ hasText: '/v1/report' }).waitFor()
  t.equal((await product.rows()).length, 6)
  t.same(
    problems.filter((text) => !/WebSocket|Failed to load resource|ERR_CONNECTION/.test(text)),
    [],
  )
})
