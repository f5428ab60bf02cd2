// What every browser test begins with: an origin, the real product and its page in a real browser, all ended with the test.
import type { Browser, Page } from 'playwright-core'
import type { Test } from 'tap'
import { lacksBrowser, openPage, startBrowser, type View } from './browser.ts'
import { startTelltale, type Telltale, type TelltaleOptions } from './telltale.ts'

type Closing = { close(): Promise<void> }

export type Begun<Origin> = {
  /** No browser on this machine: said as a skipped test, and nothing else is there. */
  readonly missing: boolean
  readonly origin: Origin
  readonly browser: Browser
  readonly page: Page
  readonly problems: string[]
  /** A test that ends it puts the next one here. */
  product: Telltale
}

export type Beginning<Origin> = TelltaleOptions & {
  readonly startOrigin: () => Promise<Origin>
  readonly view?: View
  /** Makes the traffic that is there before the page is opened. */
  readonly traffic?: (product: Telltale, origin: Origin) => Promise<unknown>
}

export async function beginBrowserTest<Origin extends Closing>(
  t: Test,
  { startOrigin, view, traffic, ...options }: Beginning<Origin>,
): Promise<Begun<Origin>> {
  if (lacksBrowser(t)) return { missing: true } as Begun<Origin>
  const origin = await startOrigin()
  const product = await startTelltale(options)
  const browser = await startBrowser()
  const begun = { missing: false, origin, product, browser }
  t.teardown(async () => {
    await browser.close()
    await begun.product.stop()
    await origin.close()
  })
  await traffic?.(product, origin)
  return Object.assign(begun, await openPage(browser, product, view))
}
