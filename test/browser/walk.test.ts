// The whole page without a mouse, on every view in both themes and three sizes, and without motion where none is wanted.
import type { Page } from 'playwright-core'
import t from 'tap'
import { beginBrowserTest } from '../support/begin-browser-test.ts'
import { openPage, rowsWith, send, seriousViolations, until } from '../support/browser.ts'
import { startContentOrigin, testToken } from '../support/content-origin.ts'

const { missing, page, product, browser, problems } = await beginBrowserTest(t, {
  startOrigin: startContentOrigin,
  async traffic(product, { url }) {
    const now = Math.floor(Date.now() / 1000)
    const orders = (exp: number) =>
      send(product, `${url}/v1/orders?status=open`, { headers: { Authorization: `Bearer ${testToken(exp)}` } })
    await orders(now + 900)
    await send(product, `${url}/page`)
    await orders(now - 720)
    await product.waitForRows(3)
    await product.call('PUT', '/api/saved-requests', {
      requests: [
        {
          id: 'one',
          name: 'Open orders',
          folder: 'Orders',
          request: { method: 'GET', url: `${url}/v1/orders?status=open`, headers: [] },
        },
      ],
    })
  },
})

/** What has the focus, in words, and whether it shows: an outline, or the frame that its field draws for it. */
const focused = (on: Page = page) =>
  on.evaluate(() => {
    const element = document.activeElement as HTMLElement | null
    if (!element || element === document.body) return { name: '', visible: false }
    const name = element.getAttribute('aria-label') ?? element.textContent?.trim().slice(0, 60) ?? ''
    const drawn = (each: Element | null) => {
      if (!each) return false
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(each)
      return (
        (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 1) ||
        /inset.* 2px|0px 0px 0px 2px/.test(boxShadow)
      )
    }
    const around = [element, element.parentElement, element.closest('.field, .urlrow, .cm-editor')]
    // The grid marks its active row or, without one, all of itself.
    const active = document.getElementById(element.getAttribute('aria-activedescendant') ?? '')
    const frame =
      element.id === 'exchanges' &&
      getComputedStyle(element.closest('.list') ?? element, '::after').outlineStyle === 'solid'
    const visible = frame || [...around, active].some(drawn)
    return { name, visible: visible && element.getBoundingClientRect().width > 0 }
  })
/** Presses Tab until the focus is where it should be; every stop on the way has to be visible. */
async function tabTo(name: RegExp, limit = 80, key = 'Tab'): Promise<string[]> {
  const hidden: string[] = []
  for (let i = 0; i < limit; i++) {
    await page.keyboard.press(key)
    const now = await focused()
    if (now.name !== '' && !now.visible) hidden.push(now.name)
    if (name.test(now.name)) return hidden
  }
  throw new Error(`${limit} times ${key} and never on ${name}`)
}

if (!missing) {
  t.test('from the address bar to a mended call without touching the mouse', async (t) => {
    await rowsWith(page, '401').first().waitFor()
    t.same(await tabTo(/^Exchanges$/), [], 'every stop before the list is visible')
    await page.keyboard.press('j')
    await page.locator('.dhead').getByText('401').waitFor()
    t.equal((await focused()).visible, true, 'the active row is marked')
    await page.keyboard.press('Enter')
    await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'tab')
    await page.getByRole('region', { name: 'Findings' }).getByRole('heading', { level: 3 }).first().waitFor()
    t.same(await tabTo(/^response header/i), [], 'to the evidence')
    await page.keyboard.press('Enter')
    await page.getByRole('table', { name: 'Response headers' }).locator('tr.on').first().waitFor()
    await page.keyboard.press('1')
    await page.getByRole('region', { name: 'Findings' }).waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('Enter')
    t.same(await tabTo(/^Open in editor/), [])
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: 'Compose' })
    await dialog.locator('.url-field input').waitFor()
    const hole = dialog.getByRole('region', { name: 'Missing values' }).getByRole('textbox').first()
    await until('the composer stands', async () => (await dialog.getByRole('table', { name: 'Headers' }).count()) > 0)
    if (await hole.isVisible()) {
      await hole.focus()
      await page.keyboard.type(testToken(Math.floor(Date.now() / 1000) + 600))
    }
    await page.keyboard.press('Control+Enter')
    await dialog.locator('.result-head').getByText('200 OK').waitFor()
    for (let i = 0; i < 40; i++) {
      await page.keyboard.press('Tab')
      t.equal(
        await page.evaluate(
          () => document.activeElement?.closest('dialog') !== null || document.activeElement === document.body,
        ),
        true,
        'the focus stays inside',
      )
      if ((await focused()).name === 'Close') break
    }
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    t.match(await focused(), { name: /Open in editor/, visible: true }, 'and is back where it came from')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Home')
    await page.keyboard.press('Shift+ArrowDown')
    await page.keyboard.press('c')
    await page.getByRole('main', { name: 'Compare' }).locator('.pair').first().waitFor()
    await page.keyboard.press(']')
    await page.locator('.pair.target').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('grid', { name: 'Exchanges' }).waitFor()
  })

  t.test('filter, chips, tree, columns, sessions, theme and recording by keyboard', async (t) => {
    await page.keyboard.press('Escape')
    await page.keyboard.press('/')
    t.match(await focused(), { name: 'Filter', visible: true })
    await page.keyboard.type('status:401')
    await page.keyboard.press('Enter')
    await page.locator('.shown-count').getByText(/^1 of/).waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('x')
    t.same(await tabTo(/^Errors/, 80), [])
    await page.keyboard.press('Space')
    await page.locator('.chip[aria-pressed=true]').first().waitFor()
    await page.keyboard.press('Space')
    t.same(await tabTo(/All hosts/), [])
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: /^Leave / }).waitFor()
    await page.keyboard.press('x')
    for (const name of [/^Columns$/, /session/i]) {
      t.same(await tabTo(name, 90), [])
      await page.keyboard.press('Enter')
      const menu = page.getByRole('menu')
      await menu.waitFor()
      await page.keyboard.press('ArrowDown')
      t.equal((await focused()).visible, true)
      await page.keyboard.press('Escape')
      await menu.waitFor({ state: 'detached' })
      t.match((await focused()).name, name, 'the focus is back')
    }
    await page.keyboard.press('p')
    await page.getByText('Recording paused').first().waitFor()
    await page.keyboard.press('p')
    await page.locator('footer.status').getByText('Recording', { exact: true }).waitFor()
  })

  t.test(
    'the views are those that have something behind them: the last comparison and what was saved among them',
    async (t) => {
      const views = page.getByRole('navigation', { name: 'Views' })
      t.same(
        (await views.getByRole('button').allTextContents()).map((name) => name.replace(/\d+$/, '').trim()),
        ['Traffic', 'Compare', 'Saved'],
      )
      for (const name of ['Health', 'Rules'])
        t.equal(await page.getByText(name, { exact: true }).count(), 0, `no ${name}`)
    },
  )

  t.test('no serious violation on any view, in both themes, at 1024 px, 1440 px and on a 4K screen', async (t) => {
    for (const [width, height, theme] of [
      [1024, 768, 'light'],
      [1440, 900, 'light'],
      [1440, 900, 'dark'],
      [3840, 2160, 'dark'],
    ] as const) {
      const { page: own, problems } = await openPage(browser, product, { width, height, theme })
      const clean = async (name: string) => {
        t.same(await seriousViolations(own), [], `${name}, ${theme}, ${width} px`)
        const wide = await own.evaluate(() => [document.documentElement.scrollWidth, innerWidth])
        t.ok((wide[0] ?? 0) <= (wide[1] ?? 0), `${name} fits ${width} px`)
      }
      await rowsWith(own, '401').first().waitFor()
      await clean('traffic')
      await rowsWith(own, '401').first().click()
      await own.getByRole('region', { name: 'Findings' }).getByRole('heading', { level: 3 }).first().waitFor()
      await clean('findings')
      for (const name of ['Request', 'Response', 'Timing', 'Connection', 'Raw']) {
        await own.getByRole('tablist', { name: 'Details' }).getByRole('tab', { name }).click()
        await own
          .getByRole('tabpanel', { name: new RegExp(`^${name}`) })
          .locator(':scope > *')
          .first()
          .waitFor()
        await clean(name)
      }
      await own.keyboard.press('e')
      await own.getByRole('dialog', { name: 'Compose' }).locator('.url-field input').waitFor()
      await clean('composer')
      await own.keyboard.press('Escape')
      await own.getByRole('dialog').waitFor({ state: 'detached' })
      await own.keyboard.press('c')
      await own.getByRole('main', { name: 'Compare' }).locator('.pair').first().waitFor()
      await clean('comparison')
      await own.keyboard.press('Escape')
      await own.getByRole('navigation', { name: 'Views' }).getByText('Saved').click()
      await own.getByRole('main', { name: 'Saved' }).getByText('Open orders').waitFor()
      await clean('saved')
      await own.keyboard.press('?')
      await own.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
      await clean('keys')
      t.same(problems, [])
      await own.context().close()
    }
  })

  t.test('overlays move a little, and not at all where no motion is wanted', async (t) => {
    for (const reducedMotion of ['no-preference', 'reduce'] as const) {
      await page.emulateMedia({ reducedMotion })
      await page.getByRole('button', { name: 'Columns' }).click()
      const menu = page.getByRole('menu', { name: 'Columns' })
      await menu.waitFor()
      const { animation, seconds, moving } = await menu.evaluate((element) => {
        const all = [...document.querySelectorAll('*')].map((each) => getComputedStyle(each))
        const long = (list: string) => list.split(',').some((each) => Number.parseFloat(each) > 0.0001)
        return {
          animation: getComputedStyle(element).animationName,
          seconds: Number.parseFloat(getComputedStyle(element).animationDuration),
          moving: all.filter(
            (style) =>
              (style.animationName !== 'none' && long(style.animationDuration)) || long(style.transitionDuration),
          ).length,
        }
      })
      if (reducedMotion === 'reduce') t.equal(moving, 0, 'nothing on the page moves')
      else {
        t.equal(animation, 'lift')
        t.ok(seconds <= 0.14, 'at most 140 ms')
      }
      await page.keyboard.press('Escape')
    }
  })

  t.test('nothing went wrong on the page meanwhile', async (t) => {
    t.same(
      problems.filter((text) => !/status of 404/.test(text)),
      [],
    )
  })
}
