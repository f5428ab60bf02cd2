// Takes the pictures of docs/images: the real product with made-up but real traffic, every view in both themes. `node test/support/pictures.ts [NAME…]`
import { mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { openPage, startBrowser, type View } from './browser.ts'
import { drive } from './showcase.ts'
import { startShowcase } from './showcase-origin.ts'
import { root, startTelltale, type Telltale } from './telltale.ts'
import { openTunnel } from './tunnel.ts'

type Scene = {
  readonly name: string
  readonly view?: View
  readonly empty?: true
  /** Done once, before the first picture of it. */
  readonly prepare?: (product: Telltale) => Promise<void>
  readonly act: (page: Page) => Promise<void>
}

const row = (page: Page, ...texts: string[]) =>
  texts.reduce((found, text) => found.filter({ hasText: text }), page.locator('.rows .row:not([hidden])')).first()
const settled = async (page: Page) => {
  await row(page, '401').waitFor()
  // Counts and tree follow the list.
  await page.locator('.chip b').first().waitFor()
  await page.locator('.tree .node').nth(3).waitFor()
}
const expired = async (page: Page) => {
  await settled(page)
  await row(page, 'status=open', '401').click()
  await page.getByRole('region', { name: 'Findings' }).getByText('Evidence').waitFor()
}

const scenes: readonly Scene[] = [
  { name: 'empty', empty: true, act: (page) => page.getByRole('heading', { name: 'No exchange yet' }).waitFor() },
  {
    name: 'traffic',
    act: async (page) => {
      await settled(page)
      const host = page.getByRole('treeitem', { name: /api\.orders/ })
      await host.focus()
      await page.keyboard.press('ArrowRight')
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('ArrowRight')
      await expired(page)
    },
  },
  {
    name: 'filter',
    act: async (page) => {
      await expired(page)
      await page.keyboard.press('/')
      await page.keyboard.type('path:/v1 method:P')
      await page.getByRole('option', { name: /^PATCH/ }).waitFor()
      await page.locator('.completion .num').first().waitFor()
    },
  },
  {
    name: 'menu',
    act: async (page) => {
      await settled(page)
      await row(page, '/v1/charges').click({ button: 'right' })
      await page.getByRole('menu').waitFor()
    },
  },
  {
    name: 'narrow',
    view: { width: 1024, height: 768 },
    act: async (page) => {
      await row(page, '401').waitFor()
      await row(page, '422').click()
      await page.getByRole('region', { name: 'Findings' }).waitFor()
    },
  },
  {
    name: 'keys',
    act: async (page) => {
      await settled(page)
      await page.keyboard.press('?')
      await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
    },
  },
  {
    name: 'response',
    act: async (page) => {
      await settled(page)
      await row(page, '/graphql').click()
      await page
        .getByRole('list', { name: 'Evidence' })
        .getByRole('button', { name: /response body/ })
        .first()
        .click()
      await page.getByRole('tree', { name: 'JSON' }).locator('.on').first().waitFor()
      await page.getByRole('textbox', { name: 'Search in content' }).fill('checkuot')
    },
  },
  {
    name: 'request',
    act: async (page) => {
      await expired(page)
      await page.getByRole('tab', { name: 'Request' }).click()
      await page.locator('.jwt summary').first().click()
    },
  },
  {
    name: 'timing',
    act: async (page) => {
      await settled(page)
      await row(page, '/orders/ord_5512', '200').click()
      await page.getByRole('tab', { name: 'Timing' }).click()
      await page.getByText(/The median of/).waitFor()
    },
  },
  {
    name: 'compose',
    act: async (page) => {
      await settled(page)
      await row(page, '422').click()
      await page.keyboard.press('e')
      const dialog = page.getByRole('dialog', { name: 'Compose' })
      const editor = dialog.locator('.cm-content')
      await editor.click()
      await page.keyboard.press('Control+a')
      await page.keyboard.type('{"customer": "cus_92", "lines": [{ "sku": "USB-C-100", "quantity": 2 }]}')
      await dialog.getByRole('button', { name: 'Lay out' }).click()
      await page.keyboard.press('Control+Enter')
      await dialog.locator('.result-head').getByText('201').waitFor()
      await dialog.getByRole('table', { name: 'Against the original' }).waitFor()
    },
  },
  {
    name: 'compare',
    act: async (page) => {
      await settled(page)
      await row(page, '422').click()
      await page.locator('.dhead').getByText('422').waitFor()
      await page.keyboard.press('c')
      await page.getByRole('main', { name: 'Compare' }).getByText('The failing answer names it').first().waitFor()
      await page.keyboard.press(']')
    },
  },
  {
    name: 'saved',
    act: async (page) => {
      await settled(page)
      const saved = page.getByRole('navigation', { name: 'Views' }).getByText('Saved')
      const wishes = [
        ['https://api.orders.example/v1/orders?status=open', 'Open orders', 'Orders'],
        ['https://api.orders.example/v1/orders/ord_5512', 'One order', 'Orders'],
        ['https://api.payline.example/v1/balance', 'Balance', 'Payline'],
      ] as const
      for (const [url, name, folder] of (await saved.isVisible()) ? [] : wishes) {
        await page.keyboard.press('n')
        const dialog = page.getByRole('dialog', { name: 'Compose' })
        await dialog.locator('.url-field input').fill(url)
        await dialog.getByRole('button', { name: 'Save request' }).click()
        await dialog.getByRole('textbox', { name: 'Name of the request' }).fill(name)
        await dialog.getByLabel('Folder').fill(folder)
        await dialog.getByRole('button', { name: 'Save', exact: true }).click()
        await dialog.getByRole('form', { name: 'Save request' }).waitFor({ state: 'detached' })
        await page.keyboard.press('Escape')
        await dialog.waitFor({ state: 'detached' })
      }
      await saved.click()
      await page.getByRole('region', { name: 'Payline' }).waitFor()
    },
  },
  {
    name: 'connection',
    act: async (page) => {
      await expired(page)
      await page.getByRole('tab', { name: 'Connection' }).click()
    },
  },
  {
    name: 'messages',
    act: async (page) => {
      await settled(page)
      await row(page, '/events', '200').click()
      await page.getByRole('tab', { name: 'Events' }).click()
      await page.getByRole('list', { name: 'Events' }).getByRole('button').first().click()
      await page.getByRole('region', { name: 'Event' }).waitFor()
    },
  },
  {
    name: 'raw',
    act: async (page) => {
      await expired(page)
      await page.getByRole('tab', { name: 'Raw' }).click()
      await page.getByRole('group', { name: 'Request and response as text' }).waitFor()
    },
  },
  {
    name: 'many',
    act: async (page) => {
      await settled(page)
      await row(page, '/orders/ord_5512', '200').click()
      await page.keyboard.press('e')
      const dialog = page.getByRole('dialog', { name: 'Compose' })
      await dialog.getByRole('button', { name: 'Send many…' }).click()
      await dialog.getByRole('spinbutton', { name: 'Times' }).fill('12')
      await dialog.getByRole('spinbutton', { name: 'At once' }).fill('3')
      await dialog.getByRole('button', { name: 'Send 12 requests' }).click()
      await dialog.getByText('12 of 12').waitFor()
    },
  },
  {
    name: 'deleted',
    act: async (page) => {
      await settled(page)
      await row(page, 'search.catalog.example', '503').click()
      await page.keyboard.press('Shift+ArrowDown')
      await page.keyboard.press('d')
      await page.getByText('Deleted 2 exchanges').waitFor()
    },
  },
  {
    name: 'preview',
    act: async (page) => {
      await settled(page)
      await row(page, 'search.catalog.example', '503').click()
      await page.getByRole('tab', { name: 'Response' }).click()
      await page.getByRole('button', { name: 'Preview', exact: true }).click()
      await page.locator('iframe.preview').waitFor()
    },
  },
  {
    name: 'sessions',
    prepare: importYesterday,
    act: async (page) => {
      await settled(page)
      await page.locator('.session-name').click()
      await page.getByRole('menuitem', { name: 'Compare two sessions' }).click()
      await page.getByRole('row').nth(3).waitFor()
      await page.keyboard.press('s')
      await page.getByText('Fails now', { exact: true }).first().waitFor()
      await page.keyboard.press('j')
    },
  },
]

/** The same traffic as if it had been yesterday, while everything worked and one field had another type. */
async function importYesterday(product: Telltale): Promise<void> {
  const headers = { Authorization: `Bearer ${product.token}`, 'Content-Type': 'application/octet-stream' }
  const exported = await fetch(`${product.ui}/api/export?format=ndjson`, { headers })
  const worked = (await exported.text()).split('\n').flatMap((line) => {
    if (line === '' || /"status":[45]\d\d|events/.test(line)) return []
    const one = JSON.parse(line)
    const text = Buffer.from(one.response?.body_b64 ?? '', 'base64').toString()
    const body_b64 = Buffer.from(
      text.replace('"has_more":', '"more":').replaceAll(/"stock":(\d+)/g, '"stock":"$1"'),
    ).toString('base64')
    return [JSON.stringify(one.response ? { ...one, response: { ...one.response, body_b64 } } : one)]
  })
  const body = worked.join('\n')
  await fetch(`${product.ui}/api/import?name=yesterday.ndjson`, { method: 'POST', headers, body })
}

/** A client that does not trust our certificate: the first thing that goes wrong on most machines. */
async function refuse(product: Telltale): Promise<void> {
  const socket = await openTunnel(product.proxy, 'api.orders.example', 443, '')
  await new Promise<void>((done) => socket.once('error', () => done()).once('close', () => done()))
}

const wanted = process.argv.slice(2)
const folder = join(root, 'docs', 'images')
mkdirSync(folder, { recursive: true })
const showcase = await startShowcase()
const browser = await startBrowser()
const args = [
  '--mode',
  `upstream:${showcase.upstream}`,
  '--upstream-ca',
  showcase.caFile,
  '--session',
  'checkout-service',
]
rmSync(join(tmpdir(), 'demo'), { recursive: true, force: true })
const [busy, idle] = await Promise.all([
  startTelltale({ args }),
  startTelltale({ dataDir: join(tmpdir(), 'demo'), args: ['--session', 'first run'] }),
])
try {
  await drive(busy)
  await refuse(idle)
  for (const scene of scenes.filter(({ name }) => wanted.length === 0 || wanted.includes(name)))
    for (const theme of ['light', 'dark'] as const) {
      if (theme === 'light') await scene.prepare?.(busy)
      const { page } = await openPage(browser, scene.empty ? idle : busy, { ...scene.view, theme })
      await scene.act(page)
      await page.waitForTimeout(700)
      await page.screenshot({ path: join(folder, `${scene.name}-${theme}.png`) })
      // What was deleted for a picture is there for the next.
      if (scene.name === 'deleted') await page.keyboard.press('z')
      await page.context().close()
      console.log(`${scene.name}-${theme}.png`)
    }
} finally {
  await browser.close()
  await Promise.all([busy.stop(), idle.stop()])
  await showcase.close()
}
