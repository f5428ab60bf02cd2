// The page's port from an attacker's side: Host, Origin, token, methods, headers, paths and the upgrade, on the real product.
import { readFileSync, statSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { startTelltale, type Telltale } from '../support/telltale.ts'

type Answer = { readonly status: number; readonly headers: Record<string, string>; readonly body: string }

/** One raw request, octets as given; answers what came back. */
function raw(port: number, text: string): Promise<Answer> {
  return new Promise((done, fail) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text))
    let received = ''
    socket.setTimeout(4000, () => socket.destroy())
    socket.on('data', (data) => (received += data.toString('latin1')))
    socket.on('error', fail)
    socket.on('close', () => {
      const [head = '', ...body] = received.split('\r\n\r\n')
      const [line = '', ...fields] = head.split('\r\n')
      const headers = Object.fromEntries(
        fields.map((field) => [field.slice(0, field.indexOf(':')).toLowerCase(), field.slice(field.indexOf(':') + 2)]),
      )
      done({ status: Number(line.split(' ')[1] ?? 0), headers, body: body.join('\r\n\r\n') })
    })
  })
}

let product: Telltale
let port = 0
let auth = ''
t.before(async () => {
  product = await startTelltale()
  port = Number(new URL(product.ui).port)
  auth = `Authorization: Bearer ${product.token}\r\n`
})
t.teardown(async () => product.stop())

const get = (path: string, host: string, fields = '') =>
  raw(port, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${fields}Connection: close\r\n\r\n`)
const here = () => `127.0.0.1:${port}`
const upgrade =
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n'

t.test('the rightful user is served', async (t) => {
  t.equal((await get('/', here())).status, 200)
  t.equal((await get('/api/status', here(), auth)).status, 200)
  t.equal((await get('/api/status', `localhost:${port}`, auth)).status, 200)
  t.equal(
    (
      await raw(
        port,
        `GET /api/live HTTP/1.1\r\nHost: ${here()}\r\nOrigin: http://${here()}\r\n${auth}${upgrade}\r\n`,
      ).catch(() => ({ status: 0 }))
    ).status,
    101,
  )
})

t.test('a foreign Host is refused everywhere, whatever else is right (DNS rebinding)', async (t) => {
  const hosts = [
    'evil.example',
    `evil.example:${port}`,
    `127.0.0.1.evil.example:${port}`,
    `localhost.evil.example:${port}`,
    `127.0.0.1`,
    `127.0.0.1:1`,
    `127.0.0.1.nip.io:${port}`,
    `127.0.0.1:${port}@evil.example`,
    `0x7f000001:${port}`,
  ]
  for (const host of hosts) {
    for (const path of ['/', '/api/status', '/assets/none.js']) {
      const { status } = await get(path, host, auth)
      t.ok(status >= 400 && status < 500, `${host} ${path}: ${status}`)
    }
    const { status } = await raw(port, `GET /api/live HTTP/1.1\r\nHost: ${host}\r\n${auth}${upgrade}\r\n`)
    t.ok(status >= 400 && status < 500, `${host} upgrade: ${status}`)
  }
  for (const field of ['X-Forwarded-Host', 'Forwarded', 'X-Original-Host', 'X-Host', 'X-Forwarded-Server']) {
    t.equal((await get('/api/status', 'evil.example', `${field}: ${here()}\r\n${auth}`)).status, 421, field)
  }
})

t.test('no Host, two Hosts, an empty Host: 400', async (t) => {
  t.equal((await raw(port, `GET / HTTP/1.1\r\nConnection: close\r\n\r\n`)).status, 400)
  t.equal(
    (await raw(port, `GET / HTTP/1.1\r\nHost: ${here()}\r\nHost: ${here()}\r\nConnection: close\r\n\r\n`)).status,
    400,
  )
  t.equal((await raw(port, `GET / HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n`)).status, 400)
})

t.test('the port is no proxy and echoes nothing', async (t) => {
  t.ok((await get('http://example.com/', here())).status >= 400)
  t.equal((await raw(port, `CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n`)).status, 405)
  t.equal((await raw(port, `TRACE / HTTP/1.1\r\nHost: ${here()}\r\nConnection: close\r\n\r\n`)).status, 405)
})

t.test('every API path wants the token, whole', async (t) => {
  for (const path of [
    '/api/status',
    '/api/exchanges',
    '/api/exchanges/000',
    '/api/settings',
    '/api/export',
    '/api/nothing',
    '/api',
  ]) {
    t.equal((await get(path, here())).status, 401, path)
  }
  const wrong = [
    '',
    'Bearer',
    `Bearer ${product.token.slice(0, -1)}`,
    `Bearer ${product.token}x`,
    `Basic ${product.token}`,
    product.token,
  ]
  for (const value of wrong)
    t.equal((await get('/api/status', here(), `Authorization: ${value}\r\n`)).status, 401, `"${value.slice(0, 12)}"`)
  t.equal((await get(`/api/status?token=${product.token}`, here())).status, 401, 'never in a URL')
  t.notMatch((await get('/', here())).body, product.token)
  t.ok(Buffer.from(product.token, 'base64url').length >= 32, '256 bits')
  t.notMatch(readFileSync(`/proc/${product.pid}/cmdline`, 'utf8'), product.token, 'not in the process list')
})

t.test('too many wrong tokens are slowed down', async (t) => {
  const answers = await Promise.all(
    Array.from({ length: 25 }, () => get('/api/status', here(), 'Authorization: Bearer wrong\r\n')),
  )
  t.ok(answers.some(({ status }) => status === 429))
  await new Promise((done) => setTimeout(done, 1100))
  t.equal((await get('/api/status', here(), auth)).status, 200)
})

t.test('a foreign Origin is refused even with the token; no CORS header is ever sent', async (t) => {
  for (const origin of [
    'http://evil.example',
    'null',
    `https://${here()}`,
    'http://127.0.0.1',
    `http://localhost.evil.example:${port}`,
    'file://',
  ]) {
    t.equal((await get('/api/status', here(), `Origin: ${origin}\r\n${auth}`)).status, 403, origin)
    t.equal(
      (await raw(port, `GET /api/live HTTP/1.1\r\nHost: ${here()}\r\nOrigin: ${origin}\r\n${auth}${upgrade}\r\n`))
        .status,
      403,
      `${origin} upgrade`,
    )
    const preflight = await raw(
      port,
      `OPTIONS /api/status HTTP/1.1\r\nHost: ${here()}\r\nOrigin: ${origin}\r\nAccess-Control-Request-Method: GET\r\nAccess-Control-Request-Private-Network: true\r\nConnection: close\r\n\r\n`,
    )
    t.ok(preflight.status >= 400)
    t.notOk(Object.keys(preflight.headers).some((name) => name.startsWith('access-control')))
  }
  t.equal((await get('/', here(), 'Sec-Fetch-Site: cross-site\r\n')).status, 403)
})

t.test('writes are JSON, so that no form of another site can make them', async (t) => {
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
    const { status } = await raw(
      port,
      `POST /api/recording HTTP/1.1\r\nHost: ${here()}\r\n${auth}Content-Type: ${type}\r\nContent-Length: 12\r\nConnection: close\r\n\r\n{"on":false}`,
    )
    t.equal(status, 415, type)
  }
})

t.test('security headers stand on page and API', async (t) => {
  for (const path of ['/', '/api/status', '/api/nothing', '/missing']) {
    const { headers } = await get(path, here(), auth)
    t.match(headers['content-security-policy'], /default-src 'none'/)
    t.match(headers['content-security-policy'], /frame-ancestors 'none'/)
    t.notMatch(headers['content-security-policy'], /unsafe|\*|https?:/)
    t.match(headers, {
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
      'cross-origin-resource-policy': 'same-origin',
    })
    t.notOk(headers['set-cookie'])
  }
  t.equal((await get('/api/status', here(), auth)).headers['cache-control'], 'no-store')
})

t.test('paths lead nowhere but to the fixed map', async (t) => {
  const spellings = ['../', '..%2f', '%2e%2e/', '..\\', '..%5c', '%252e%252e%252f', '....//', '.%00./']
  for (const base of ['/', '/assets/', '/api/exchanges/', '/api/', '//']) {
    for (const up of spellings) {
      const { status, body } = await get(`${base}${up.repeat(6)}etc/passwd`, here(), auth)
      t.ok(status >= 400 && status < 500, `${base}${up}: ${status}`)
      t.notMatch(body, /root:/)
    }
  }
  for (const name of ['ca.key', 'certs/ca.key', '.telltale/token', 'token', 'captures.db', 'lock'])
    t.equal((await get(`/${name}`, here(), auth)).status, 404, name)
})

t.test('the WebSocket says nothing before it knows who asks', async (t) => {
  const answer = await raw(
    port,
    `GET /api/live HTTP/1.1\r\nHost: ${here()}\r\nOrigin: http://${here()}\r\n${upgrade}\r\n`,
  )
  t.equal(answer.status, 101)
  t.equal(answer.body, '', 'nothing was sent, and it was closed within the limit')
  t.equal(
    (await raw(port, `GET /api/live HTTP/1.1\r\nHost: ${here()}\r\nAuthorization: Bearer nope\r\n${upgrade}\r\n`))
      .status,
    401,
  )
})

t.test('a link works once', async (t) => {
  const code = new URL(product.page).hash.slice('#code='.length)
  const trade = () => product.call('POST', '/api/token', { code })
  t.match(await trade(), { status: 200, answer: { token: product.token } })
  t.equal((await trade()).status, 401)
})

t.test('hostile heads do not end the process', async (t) => {
  for (const text of [
    '\0\0\0\0\r\n\r\n',
    'GET',
    `GET / HTTP/1.1\r\nHost: ${here()}\r\nX: ${'a'.repeat(200_000)}\r\n\r\n`,
    `GET /${'%'.repeat(500)} HTTP/1.1\r\nHost: ${here()}\r\nConnection: close\r\n\r\n`,
    `GET /api/exchanges/%E0%A4%A HTTP/1.1\r\nHost: ${here()}\r\n${auth}Connection: close\r\n\r\n`,
  ]) {
    await raw(port, text).catch(() => undefined)
  }
  t.equal((await get('/api/status', here(), auth)).status, 200)
})

t.test('the proxy does not lead to the page, by any name', async (t) => {
  const proxyPort = Number(new URL(product.proxy).port)
  for (const name of ['127.0.0.1', 'localhost', '127.0.0.2', '0.0.0.0', '[::1]', '[::ffff:127.0.0.1]', '127.1']) {
    const answer = await new Promise<number>((done) => {
      const request = httpRequest(
        {
          port: proxyPort,
          path: `http://${name}:${port}/api/status`,
          headers: { Host: `${name}:${port}`, Authorization: `Bearer ${product.token}` },
          timeout: 5000,
        },
        (response) => {
          response.resume()
          done(response.statusCode ?? 0)
        },
      )
      request.on('error', () => done(599))
      request.end()
    })
    t.ok(answer >= 400, `${name}: ${answer}`)
  }
})

t.test('files are for their owner alone', async (t) => {
  t.equal(statSync(product.dataDir).mode & 0o777, 0o700)
  for (const name of ['token', 'lock', 'captures.db', 'certs/ca.key'])
    t.equal(statSync(join(product.dataDir, name)).mode & 0o077, 0, name)
})
