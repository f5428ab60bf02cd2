// What SECURITY.md promises beyond the guard: which ports are open, what leaves, what is inert, who gets the token, how it ends.
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { createServer, get, type IncomingMessage, request } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { root, startTelltale, type Telltale, telltale, temporaryFolder } from '../support/telltale.ts'

const markup = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024))
const origin = createServer((asked, response) => {
  asked.resume()
  if (asked.url?.startsWith('/svg')) response.writeHead(200, { 'Content-Type': 'image/svg+xml' }).end(markup)
  else if (asked.url?.startsWith('/bomb')) response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(bomb)
  else if (asked.url?.startsWith('/sse'))
    response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write('data: 1\n\n')
  else response.writeHead(401, { 'Content-Type': 'application/json' }).end('{"error":"canary-body-55"}')
})
await new Promise<void>((done) => origin.listen(0, '127.0.0.1', done))
const { port } = origin.address() as AddressInfo
const product = await startTelltale({ args: ['--verbose'] })
t.teardown(async () => {
  await product.stop()
  origin.closeAllConnections()
  origin.close()
})

/** Through the proxy; answers once the head is there. */
function through(product: Telltale, path: string, headers: Record<string, string> = {}): Promise<IncomingMessage> {
  const proxy = new URL(product.proxy)
  return new Promise((done, fail) => {
    const options = {
      hostname: proxy.hostname,
      port: proxy.port,
      path: `http://127.0.0.1:${port}${path}`,
      agent: false,
    }
    request({ ...options, headers: { Host: `127.0.0.1:${port}`, ...headers } }, done)
      .on('error', fail)
      .end()
  })
}
const whole = async (response: IncomingMessage): Promise<void> => {
  for await (const _ of response);
}

t.test('S34-S36: two ports are open, both on the loopback address', async (t) => {
  if (process.platform !== 'linux') return t.plan(0, 'no /proc here')
  const inodes = new Set(
    readdirSync(`/proc/${product.pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${product.pid}/fd/${fd}`))?.[1] ?? []
      } catch {
        return [] // closed meanwhile
      }
    }),
  )
  const listening = ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/${product.pid}/net/${table}`, 'latin1')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter(([, , , state, , , , , , inode = '']) => state === '0A' && inodes.has(inode))
      .map(([, local = '']) => local.split(':')),
  )
  t.same(
    listening.map(([address]) => address),
    ['0100007F', '0100007F'],
    '127.0.0.1, in the byte order of /proc',
  )
  t.same(
    listening.map(([, hex = '']) => Number.parseInt(hex, 16)).toSorted(),
    [product.proxy, product.ui].map((url) => Number(new URL(url).port)).toSorted(),
  )
})

t.test(
  'A15: what is captured is never said in the terminal; S57: content comes inert; S60: a bomb stays small',
  async (t) => {
    const secrets = ['canary-query-11', 'canary-bearer-22', 'canary-cookie-33', 'canary-key-44', 'canary-body-55']
    const [query, bearer, cookie, key] = secrets
    const headers = { Authorization: `Bearer ${bearer}`, Cookie: `sid=${cookie}`, 'X-Api-Key': `${key}` }
    await whole(await through(product, `/me?token=${query}`, headers))
    const proxy = new URL(product.proxy)
    await new Promise((done) => {
      const path = `http://127.0.0.1:1/gone?token=${query}`
      get({ hostname: proxy.hostname, port: proxy.port, path, headers, agent: false }, (response) =>
        response.resume().on('end', done),
      )
    })
    for (const path of ['/svg', '/bomb']) await whole(await through(product, path))
    await product.waitForRows(4)

    const fetched = async (path: string) => {
      const [row] = await product.waitForRows(1, `path:${path}`)
      return fetch(`${product.ui}/api/exchanges/${row?.id}/response/content?decoded=1`, {
        headers: { Authorization: `Bearer ${product.token}` },
      })
    }
    const svg = await fetched('/svg')
    t.equal(await svg.text(), markup)
    t.match(Object.fromEntries(svg.headers), {
      'content-type': 'application/octet-stream',
      'content-disposition': /^attachment; filename="[0-9a-z]+-response\.bin"$/,
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
    })
    const burst = await fetched('/bomb')
    t.ok((await burst.arrayBuffer()).byteLength <= 16 * 1024 * 1024, 'cut at 16 MiB')
    t.ok(burst.headers.get('telltale-cut'), 'and said to be')
    t.equal((await product.call('GET', '/api/status')).status, 200)
    for (const secret of [...secrets, product.token]) t.notMatch(product.stderr(), secret)
  },
)

t.test('S63: a frame that says it has a terabyte closes the page’s socket', async (t) => {
  const ui = new URL(product.ui)
  const socket = connect(Number(ui.port), '127.0.0.1')
  let received = Buffer.alloc(0)
  socket.on('data', (chunk) => (received = Buffer.concat([received, chunk])))
  const closed = new Promise((done) => socket.once('close', done))
  socket.on('error', () => {})
  socket.write(
    `GET /api/live HTTP/1.1\r\nHost: ${ui.host}\r\nAuthorization: Bearer ${product.token}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
  )
  while (!received.includes('"hello"')) await new Promise((done) => setTimeout(done, 10))
  socket.write(Buffer.from('81ff0000010000000000' + '00000000', 'hex'))
  await closed
  t.ok(received.includes(Buffer.from([0x88, 0x02, 0x03, 0xf1])), 'with 1009, too big')
  t.equal((await product.call('GET', '/api/status')).status, 200)
})

t.test('A23: whoever sits on the port of a Telltale that is gone is not given the token', async (t) => {
  const dataDir = temporaryFolder('squat')
  const product = await startTelltale({ dataDir })
  const lock = JSON.parse(readFileSync(join(dataDir, 'lock'), 'utf8')) as object
  await product.stop()
  const asked: string[] = []
  const squatter = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)}`)
    response.end('{"proof":"00"}')
  })
  await new Promise<void>((done) => squatter.listen(0, '127.0.0.1', done))
  const ui = `http://127.0.0.1:${(squatter.address() as AddressInfo).port}`
  writeFileSync(join(dataDir, 'lock'), JSON.stringify({ ...lock, ui }))
  const { status, stderr } = await telltale(['open', '--data-dir', dataDir])
  t.match({ status, stderr }, { status: 1, stderr: /^telltale: No Telltale runs on / })
  t.equal(asked.length, 1)
  t.match(asked[0], /^GET \/api\/proof\?nonce=/)
  t.notMatch(asked.join('\n'), product.token)
  squatter.close()
})

t.test('R09: told to stop while a stream runs, it ends with 0, and the exchange is kept as interrupted', async (t) => {
  const dataDir = temporaryFolder('stop')
  const product = await startTelltale({ dataDir })
  const stream = await through(product, '/sse')
  const cut = new Promise((done) => stream.on('error', done).on('end', done))
  await new Promise((done) => stream.once('data', done))
  await product.waitForRows(1, 'path:/sse')
  t.equal(await product.stop(), 0)
  await cut
  const again = await startTelltale({ dataDir })
  t.match(await again.rows('path:/sse'), [{ outcome: 'failed', failure: 'INTERRUPTED' }])
  await again.stop()
})

t.test('A22: few packages come along, and none of them runs anything when it is installed', (t) => {
  const read = (name: string) => JSON.parse(readFileSync(join(root, name), 'utf8')) as Record<string, unknown>
  t.ok(Object.keys(read('package.json').dependencies as object).length < 15)
  const packages = read('package-lock.json').packages as Record<string, { dev?: boolean; hasInstallScript?: boolean }>
  const scripts = Object.entries(packages).filter(([, { hasInstallScript }]) => hasInstallScript)
  t.same(
    scripts.filter(([, { dev }]) => !dev).map(([name]) => name),
    [],
  )
  t.ok(
    scripts.some(([name]) => name === 'node_modules/node'),
    'the pinned runtime does, and is allowed to',
  )
  t.end()
})
