// The viewers as a user meets them: captured HTML that must do nothing, searching in each of them, sizes that must not freeze.
import { createServer, type Server } from 'node:net'
import t from 'tap'
import { seriousViolations } from '../support/browser.ts'
import { testToken } from '../support/content-origin.ts'
import { openViewerPage } from '../support/viewer-page.ts'

const it = await openViewerPage(t)
const { missing } = it
const button = (name: string) =>
  it.page.getByRole('complementary', { name: 'Exchange details' }).getByRole('button', { name, exact: true })
let trap: Server
/** Connections, and requests on them: a browser may connect to a host and ask for nothing. */
const trapped = { connections: 0, requests: 0 }
let away = ''

t.before(async () => {
  if (missing) return
  trap = createServer((socket) => {
    trapped.connections++
    socket.on('error', () => {})
    socket.once('data', () => {
      trapped.requests++
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
    })
  })
  await new Promise<void>((done) => trap.listen(0, '127.0.0.1', done))
  const at = trap.address()
  away = `http://127.0.0.1:${typeof at === 'object' && at ? at.port : 0}`
})
t.teardown(async () => {
  if (missing) return
  trap.close()
})

/** Everything that could run, load, lead away or act, and a style that shows that the document was drawn. */
const hostile = (host: string) => `<!doctype html><html><head><title>Busy</title>
<meta http-equiv="refresh" content="0;url=${host}/refresh"><base href="${host}/">
<link rel="preconnect" href="${host}"><link rel="stylesheet" href="${host}/sheet.css"><link rel="icon" href="${host}/icon">
<style>@import url(${host}/import.css); h1 { color: rgb(1, 2, 3); background: url(${host}/bg) } @font-face { font-family: x; src: url("${host}/font") }</style>
<script>top.ran = 1; fetch('${host}/fetch')</script><script src="${host}/script"></script></head>
<body onload="top.ran = 2" background="${host}/body"><h1 style="text-indent: 3px; background-image: url('${host}/inline')">We are busy</h1>
<img src="${host}/pixel" srcset="${host}/set 2x" onerror="top.ran = 3"><img src=x onerror=top.ran=4>
<svg><image href="${host}/svg"/><style><p><link rel=preconnect href="${host}"></style><use href="${host}/use#x"/></svg>
<iframe src="${host}/frame"></iframe><iframe srcdoc="<script>top.ran = 5</script>"></iframe><object data="${host}/object"></object>
<video src="${host}/video" poster="${host}/poster" autoplay></video><p>Sold on = 3 of 4 days</p>
<a id="link" href="${host}/link" ping="${host}/ping">Away</a> <a id="blank" href="${host}/blank" target="_blank">Window</a>
<form action="${host}/form"><input name="q" value="1" autofocus><button id="send">Send</button></form>
<!-- <link rel=preconnect href="${host}"> --></body></html>`

if (!missing) {
  t.test(
    'captured HTML is shown with its styles, runs nothing and asks for nothing, whatever is clicked',
    async (t) => {
      await fetch(away)
      t.same(trapped, { connections: 1, requests: 1 }, 'the trap notices one who comes')
      await it.record('/hostile', { type: 'text/html', body: hostile(away) })
      await it.open('/hostile', 'Response')
      await it.view('Preview')
      const shown = it.page.frameLocator('iframe.preview')
      await shown.getByText('We are busy').waitFor()
      t.match(
        await shown.locator('h1').evaluate((h1) => [getComputedStyle(h1).color, getComputedStyle(h1).textIndent]),
        ['rgb(1, 2, 3)', '3px'],
      )
      await shown.getByText('Sold on = 3 of 4 days').waitFor()
      for (const id of ['#link', '#blank', '#send']) await shown.locator(id).click()
      t.equal(await it.page.locator('iframe.preview').getAttribute('sandbox'), '')
      const source = (await it.page.locator('iframe.preview').getAttribute('src')) ?? ''
      t.match(source, /^\/preview\/[\w-]{22}$/)
      await it.page.waitForTimeout(300)
      t.equal(await it.page.evaluate(() => (globalThis as { ran?: number }).ran), undefined)
      t.equal(it.page.context().pages().length, 1)
      t.same(trapped, { connections: 1, requests: 1 }, 'nobody came, nothing was asked for')
      t.same(await seriousViolations(it.page), [])
      t.equal((await fetch(it.product.ui + source)).status, 404, 'it was served once')
    },
  )

  t.test('the policy of the response and the frame hold what was not left out of the document', async (t) => {
    const before = trapped.requests
    const { answer } = await it.product.call('POST', '/api/previews', { html: hostile(away) })
    const { path } = answer as { path: string }
    await it.page.evaluate((src) => {
      const frame = Object.assign(document.createElement('iframe'), { src, title: 'bare', id: 'bare' })
      frame.setAttribute('sandbox', '')
      document.body.append(frame)
    }, path)
    const shown = it.page.frameLocator('#bare')
    await shown.getByText('We are busy').waitFor()
    // The link comes last: the frame shows what the browser says of a refused way.
    for (const id of ['#send', '#blank', '#link']) await shown.locator(id).click()
    await it.page.waitForTimeout(300)
    t.equal(await it.page.evaluate(() => (globalThis as { ran?: number }).ran), undefined)
    t.equal(trapped.requests, before, 'nothing was asked for')
    await it.page.evaluate(() => document.getElementById('bare')?.remove())
    // What the browser says about each thing it refused.
    it.problems.splice(0)
  })

  t.test('a preview is for our frame only, and its policy goes with it', async (t) => {
    const keep = async () =>
      ((await it.product.call('POST', '/api/previews', { html: '<p>x' })).answer as { path: string }).path
    const whole = await fetch(it.product.ui + (await keep()))
    t.equal(whole.status, 200)
    t.equal(await whole.text(), '<p>x')
    const policy = whole.headers.get('content-security-policy') ?? ''
    for (const part of [
      'sandbox',
      "default-src 'none'",
      'img-src data:',
      "style-src 'unsafe-inline'",
      'font-src data:',
    ])
      t.ok(policy.split('; ').includes(part), part)
    t.ok(policy.includes("frame-ancestors 'self'"))
    t.equal(whole.headers.get('x-content-type-options'), 'nosniff')
    t.equal(whole.headers.get('set-cookie'), null)
    t.equal(whole.headers.get('cache-control'), 'no-store')
    for (const headers of [{ 'Sec-Fetch-Dest': 'document' }, { 'Sec-Fetch-Site': 'cross-site' }] as Record<
      string,
      string
    >[])
      t.not((await fetch(it.product.ui + (await keep()), { headers })).status, 200, JSON.stringify(headers))
    const response = await fetch(`${it.product.ui}/api/previews`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"html":"x"}',
    })
    t.equal(response.status, 401, 'who has no token makes none')
    t.equal((await it.product.call('POST', '/api/previews', { html: 1 })).status, 400)
    const first = await keep()
    for (let i = 0; i < 8; i++) await keep()
    t.equal((await fetch(it.product.ui + first)).status, 404, 'only a few wait')
  })

  t.test('every viewer counts, marks and walks through what is searched', async (t) => {
    const field = it.page.getByRole('textbox', { name: 'Search in content' })
    const status = it.page.getByRole('complementary', { name: 'Exchange details' }).locator('.hits')
    const found = it.page.locator('mark.found')
    const token = testToken(2_000_000_000)
    const multipart =
      '--XX\r\nContent-Disposition: form-data; name="needle"\r\n\r\na needle\r\n--XX\r\nContent-Disposition: form-data; name="doc"; filename="a.json"\r\n' +
      'Content-Type: application/json\r\n\r\n{"deep":["needle"]}\r\n--XX\r\nContent-Disposition: form-data; name="bin"; filename="b.bin"\r\nContent-Type: application/octet-stream\r\n\r\n\0\x01needle\r\n--XX--\r\n'
    const grpc = Buffer.concat([
      Buffer.from([0, 0, 0, 0, 18, 0x12, 6, ...Buffer.from('needle'), 0x1a, 8, 0x0a, 6, ...Buffer.from('Needle')]),
      Buffer.from([0, 0, 0, 0, 8, 0x12, 6, ...Buffer.from('needle')]),
    ])
    const form = 'application/x-www-form-urlencoded'
    const cases: readonly (readonly [
      path: string,
      type: string,
      body: string | Buffer,
      viewer: string,
      hits: number,
      request?: boolean,
    ])[] = [
      ['/s-form', form, 'needle=a&b=Needle+needle&c=d', 'Form', 3, true],
      ['/s-multipart', 'multipart/form-data; boundary=XX', multipart, 'Parts', 4, true],
      [
        '/s-graphql',
        'application/json',
        '{"query":"query Needle { needle }","variables":{"a":"needle"}}',
        'GraphQL',
        3,
        true,
      ],
      ['/s-grpc', 'application/grpc', grpc, 'Protobuf', 3],
      ['/s-events', 'text/event-stream', 'event: needle\ndata: a needle\n\n: needle\n\ndata: b\n\n', 'Events', 3],
      ['/s-xml', 'application/xml', '<a><needle>needle</needle></a>', 'XML', 3],
      ['/s-html', 'text/html', '<p>needle<p>NEEDLE', 'HTML', 2],
      ['/s-json', 'application/json', '{"needle":["a needle"]}', 'Tree', 2],
      ['/s-lines', 'application/x-ndjson', '{"needle":1}\n{"b":"needle"}\n', 'Tree', 2],
      ['/s-css', 'text/css', '.needle{color:red}.needle b{top:0}', 'Pretty', 2],
      ['/s-script', 'text/javascript', 'function needle(){return needle}', 'Pretty', 2],
      ['/s-csv', 'text/csv', 'a,needle\nb,c\n', 'Raw', 1],
      ['/s-jwt', 'text/plain', `needle ${token}`, 'Raw', 1],
      ['/s-hex', 'application/octet-stream', Buffer.from('\0\x01needle\xff needle', 'latin1'), 'Hex', 2],
    ]
    for (const [path, type, body, viewer, hits, isRequest] of cases) {
      await it.record(
        path,
        isRequest ? { type: 'text/plain', body: 'ok' } : { type, body },
        isRequest ? { type, body: body.toString() } : undefined,
      )
      await it.open(path, isRequest ? 'Request' : 'Response')
      await it.view(viewer)
      await field.fill('needle')
      await status.getByText(`1 of ${hits}`, { exact: true }).waitFor()
      await it.page.locator('mark.found.now').first().waitFor()
      t.match(await it.page.locator('mark.found.now').first().textContent(), /needle|6e 65 65 64 6c 65/i, viewer)
      t.equal(await found.count(), viewer === 'Hex' ? hits * 2 : hits + (path === '/s-multipart' ? 1 : 0), viewer)
      await button('Next hit').click()
      await status.getByText(`${hits === 1 ? 1 : 2} of ${hits}`, { exact: true }).waitFor()
      await button('Previous hit').click()
      await field.press('Shift+Enter')
      await status.getByText(`${hits} of ${hits}`, { exact: true }).waitFor()
      await it.page.locator('mark.found.now').first().waitFor()
      await field.fill('nowhere')
      await status.getByText('No hit').waitFor()
      t.equal(await found.count(), 0)
    }
    await field.fill('6e 65 65 64')
    await status.getByText('1 of 2', { exact: true }).waitFor()
    await field.fill('0xff20')
    await status.getByText('1 of 1', { exact: true }).waitFor()
    t.equal(await it.page.locator('mark.found.now').first().textContent(), 'ff 20')
    await it.open('/s-jwt', 'Response')
    await field.fill('auth.test')
    await it.page.getByRole('table', { name: 'Claims' }).locator('mark.found.now').waitFor()
    t.same(await seriousViolations(it.page), [])
  })

  t.test('a search through octets does not find what is masked', async (t) => {
    await it.record('/s-secret', { type: 'application/json', body: '{"password":"hunter2hunter2","b":"hunter"}' })
    await it.open('/s-secret', 'Response')
    await it.view('Hex')
    await it.page.getByRole('textbox', { name: 'Search in content' }).fill('hunter')
    await it.page.getByText('1 of 1', { exact: true }).waitFor()
    await it.page.getByRole('button', { name: /Secrets masked/ }).click()
    await it.page.getByText('1 of 3', { exact: true }).waitFor()
    await it.page.getByRole('button', { name: /^Secrets/ }).click()
    await it.page.getByText('1 of 1', { exact: true }).waitFor()
    t.equal(await it.page.locator('mark.found').count(), 2, 'in octets and in text, of what is shown')
  })

  t.test('nothing went wrong in the page meanwhile', async (t) => {
    t.same(it.problems, [])
  })
}
