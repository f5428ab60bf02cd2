// A page of the product with an origin that answers whatever a test puts there, and steps that wait for what they want to see.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Locator, Page } from 'playwright-core'
import type { Test } from 'tap'
import { beginBrowserTest } from './begin-browser-test.ts'
import { openPage, send, showDetails, until, type View } from './browser.ts'
import type { Telltale } from './telltale.ts'

export type Served = {
  readonly type: string
  readonly body: string | Uint8Array
  readonly headers?: Record<string, string>
}

export type ViewerPage = {
  readonly missing: boolean
  readonly product: Telltale
  readonly browser: Browser
  readonly page: Page
  readonly problems: string[]
  readonly origin: string
  /** Records one exchange whose response is this, and answers the id under which it is found. */
  record(path: string, served: Served, request?: { type: string; body: string }): Promise<string>
  /** Opens an exchange by its path in a tab of the details. */
  open(path: string, tab: string, on?: Page): Promise<void>
  /** Presses a button of the switch above the content. */
  view(name: string): Promise<void>
  tab(name: string, on?: Page): Locator
  another(view: View): Promise<{ page: Page; problems: string[] }>
}

async function startServing() {
  const served = new Map<string, Served>()
  const server = createServer((request, response) => {
    request.resume()
    request.on('end', () => {
      const found = served.get(request.url ?? '')
      if (found) response.writeHead(200, { 'content-type': found.type, ...found.headers }).end(found.body)
      else response.writeHead(404, { 'content-type': 'text/plain' }).end('nothing here')
    })
  })
  await new Promise<void>((done) => server.listen(0, 'localhost', done))
  const url = `http://localhost:${(server.address() as AddressInfo).port}`
  const close = async () => {
    server.closeAllConnections()
    server.close()
  }
  return { served, url, close }
}

export async function openViewerPage(t: Test): Promise<ViewerPage> {
  const begun = await beginBrowserTest(t, { startOrigin: startServing })
  if (begun.missing) return { missing: true } as ViewerPage
  const { browser, page, problems, product } = begun
  const { served, url: origin } = begun.origin
  const tab = (name: string, on = page) => on.getByRole('tablist', { name: 'Details' }).getByRole('tab', { name })

  async function open(path: string, name: string, on = page): Promise<void> {
    await showDetails(on, product, path)
    await tab(name, on).click()
    const panel =
      name === 'Findings'
        ? on.getByRole('region', { name })
        : on.getByRole('tabpanel', { name: new RegExp(`^${name}`) })
    await panel.locator(':scope > *').first().waitFor()
  }

  return {
    missing: false,
    product,
    browser,
    page,
    problems,
    origin,
    async record(path, what, request) {
      served.set(path, what)
      await send(product, origin + path, {
        ...(request
          ? {
              method: 'POST',
              headers: { 'Content-Type': request.type, 'Content-Length': String(Buffer.byteLength(request.body)) },
              body: request.body,
            }
          : {}),
      })
      const [row] = await product.waitForRows(1, `path:"${path}" -status:0`, 20_000)
      return row?.id ?? ''
    },
    open,
    async view(name) {
      const button = page.getByRole('group', { name: 'View as' }).getByRole('button', { name, exact: true })
      await button.click()
      await until(`${name} is shown`, async () => (await button.getAttribute('aria-pressed')) === 'true')
    },
    tab,
    another: (view) => openPage(browser, product, view),
  }
}
