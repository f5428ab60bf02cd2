// A real browser on the page of the real product, with an origin to make traffic and an eye on everything that goes wrong.
import { existsSync, readFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { type Browser, chromium, type Locator, type Page } from 'playwright-core'
import type { Test } from 'tap'
import { lacks } from './programs.ts'
import { root, startTelltale, type Telltale } from './telltale.ts'

export { startTelltale }

export const browserPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
)
const flags = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-sync']

/** How long a test waits for what must come, ms: long, because waiting is only as long as it takes. */
export const patience = 20_000

export async function startBrowser(): Promise<Browser> {
  if (!browserPath) throw new Error('There is no Chromium on this machine')
  return chromium.launch({ executablePath: browserPath, args: flags })
}

/** Use at the top of a test file: without a browser its tests are skipped visibly, in CI they fail. */
export function lacksBrowser(t: Test): boolean {
  return lacks(t, 'chromium', browserPath !== undefined)
}

/** `TELLTALE_SLOW=6` runs the page's scripts six times slower: what only a fast machine gets right shows itself. */
export async function slowDown(page: Page): Promise<void> {
  const rate = Number(process.env.TELLTALE_SLOW ?? 1)
  if (!(rate > 1)) return
  await (await page.context().newCDPSession(page)).send('Emulation.setCPUThrottlingRate', { rate })
}

export type View = {
  readonly width?: number
  readonly height?: number
  readonly theme?: 'light' | 'dark'
  readonly script?: string
}

/** Opens the page as a user does, by its one-time link. `problems` collects errors of scripts and of the content policy. */
export async function openPage(
  browser: Browser,
  product: Telltale,
  view: View = {},
): Promise<{ page: Page; problems: string[] }> {
  const context = await browser.newContext({
    viewport: { width: view.width ?? 1440, height: view.height ?? 900 },
    colorScheme: view.theme ?? 'light',
    reducedMotion: 'reduce',
    permissions: ['clipboard-read', 'clipboard-write'],
  })
  if (view.script) await context.addInitScript(view.script)
  const page = await context.newPage()
  page.setDefaultTimeout(patience)
  await slowDown(page)
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(error.stack ?? error.message))
  page.on('console', (message) => {
    // A desk that was stopped on purpose makes the browser itself complain about refused connections.
    if (message.type() === 'error' && !/ERR_CONNECTION|WebSocket/.test(message.text())) problems.push(message.text())
  })
  await page.goto(await link(product))
  return { page, problems }
}

/** A fresh one-time link: the one of the start works once, and tests open several pages. */
async function link(product: Telltale): Promise<string> {
  const { status, answer } = await product.call('POST', '/api/codes', {})
  if (status !== 200) return product.page
  return `${product.ui}/#code=${(answer as { code: string }).code}`
}

/** Sends one plain request through the proxy, as a client that knows proxies does; answers the status. */
export function send(
  product: Telltale,
  url: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<number> {
  const { hostname, port } = new URL(product.proxy)
  return new Promise((done, fail) => {
    const request = httpRequest(
      {
        host: hostname,
        port,
        method: options.method ?? 'GET',
        path: url,
        headers: { Host: new URL(url).host, 'User-Agent': 'checkout/1.4', ...options.headers },
        agent: false,
      },
      (response) => {
        response.resume()
        response.on('end', () => done(response.statusCode ?? 0))
        response.on('error', fail)
      },
    )
    request.on('error', fail)
    request.end(options.body)
  })
}

const axe = readFileSync(join(root, 'node_modules', 'axe-core', 'axe.min.js'), 'utf8')

/** What axe-core calls serious or critical on the page as it stands, one line each. */
export async function seriousViolations(page: Page): Promise<string[]> {
  // Evaluated by the debugger, which the page's content policy does not bind.
  await page.evaluate(axe)
  return page.evaluate(async () => {
    const { violations } = await (
      globalThis as unknown as {
        axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> }
      }
    ).axe.run()
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 260)).join(' | ')}`)
  })
}

/** Looks again and again until what is asked for is so; says what was waited for when it never is. */
export async function until(what: string, look: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + patience
  while (!(await look())) {
    if (Date.now() > end) throw new Error(`waited ${patience} ms in vain until ${what}`)
    await new Promise((done) => setTimeout(done, 40))
  }
}

/** A field's text once it is the wanted one; the page draws a moment later. */
export async function settled(field: Locator, wanted: string): Promise<string> {
  await until(`the field says "${wanted}"`, async () => (await field.inputValue()) === wanted)
  return wanted
}

/** Waits until the list says that it holds this many exchanges, and has drawn what it says. */
export async function waitForCount(page: Page, count: number): Promise<void> {
  await page.waitForFunction(
    (wanted) => document.querySelector('[role=grid]')?.getAttribute('aria-rowcount') === String(wanted + 1),
    count,
  )
  await twoFrames(page)
}

/** Rows of the list by the text of one of their cells: host and port are left out, they may hold any digits. */
export function rowsWith(page: Page, text: string): Locator {
  const cells = page.locator('.c-method, .c-path, .c-status, .c-finding, .c-client, .c-type').filter({ hasText: text })
  return page.locator('.rows .row:not([hidden])').filter({ has: cells })
}

/** Waits until the list shows every exchange of the store, one with this text among them; what waits behind "3 new" is asked for as a user would. */
export async function allListed(page: Page, product: Telltale, text: string): Promise<void> {
  const fresh = page.getByRole('button', { name: /^[\d,]+ new$/ })
  await until(`every exchange is in the list, one with "${text}" among them`, async () => {
    if (await fresh.isVisible()) await fresh.click({ timeout: 1000 }).catch(() => {})
    const { answer } = await product.call('GET', '/api/exchanges?limit=1')
    const listed = await page.evaluate(() => document.querySelector('#exchanges')?.getAttribute('aria-rowcount'))
    if (Number(listed) !== (answer as { total: number }).total + 1 || (await fresh.isVisible())) return false
    return rowsWith(page, text).first().isVisible()
  })
}

/** Selects the newest exchange whose row has this text, and waits until the details are this exchange's. */
export async function showDetails(page: Page, product: Telltale, text: string): Promise<void> {
  await allListed(page, product, text)
  const row = rowsWith(page, text).first()
  const id = await row.getAttribute('data-id')
  await row.click()
  await page.locator(`.detail[data-exchange="${id}"]`).waitFor()
}

/** What was decided before is on screen after two frames. */
async function twoFrames(page: Page): Promise<void> {
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
}

/** Waits until every line that is on screen is drawn with the exchange that stands there now. */
export async function allDrawn(page: Page): Promise<void> {
  await twoFrames(page)
  await page.waitForFunction(() => {
    const grid = document.querySelector('#exchanges')
    if (!grid) return false
    const total = Number(grid.getAttribute('aria-rowcount')) - 1
    const height = Number.parseFloat(getComputedStyle(grid).getPropertyValue('--row')) || 24
    const first = Math.floor(grid.scrollTop / height)
    const last = Math.min(total, Math.floor((grid.scrollTop + grid.clientHeight - 24) / height)) - 1
    const there = new Set<number>()
    for (const row of grid.querySelectorAll<HTMLElement>('.rows .row:not([hidden])'))
      if (row.style.transform !== 'translateY(-1000px)' && row.textContent)
        there.add(Number(row.getAttribute('aria-rowindex')) - 2)
    for (let line = first; line <= last; line++) if (!there.has(line)) return false
    return true
  })
}
