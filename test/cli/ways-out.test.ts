// The options that say how an origin is reached, from the command line to the octets: upstream proxy, NO_PROXY, certificates; and large heads kept whole.
import { generateKeyPairSync } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { connect as connectTls, createServer as createTlsServer } from 'node:tls'
import t from 'tap'
import { certifyAuthority, leafMaker } from '../../src/proxy/certificates.ts'
import { connectionOf, startOrigin } from '../support/origin.ts'
import { startTelltale, temporaryFolder } from '../support/telltale.ts'
import { openTcp } from '../support/wire-house.ts'

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
const keys = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
const issuer = { certificatePem: certifyAuthority(keys.privateKey, 'Nobody Knows CA'), key: keys.privateKey }
const own = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey
const keyPem = own.export({ type: 'pkcs8', format: 'pem' }).toString()
const leaf = leafMaker(issuer, own)

const secure = createTlsServer(
  { key: keyPem, cert: leaf('localhost'), ca: issuer.certificatePem, requestCert: true, rejectUnauthorized: false },
  (socket) => {
    socket.on('error', () => {})
    socket.once('data', () => {
      const shown = socket.getPeerCertificate().subject?.CN ?? 'nobody'
      socket.end(`HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nshown by ${shown}.`)
    })
  },
)
const direct = await startOrigin(
  async (c) => {
    for (;;) {
      await c.until('\r\n\r\n')
      c.send(ok)
    }
  },
  { host: '127.0.0.1' },
)
const heads: string[] = []
const corporate = await startOrigin(async (c) => {
  const head = await c.until('\r\n\r\n')
  heads.push(head.replace(/telltale-[0-9a-f]{12}/, 'MARK'))
  if (!head.startsWith('CONNECT')) return c.send(ok)
  const there = await openTcp((secure.address() as AddressInfo).port)
  c.send('HTTP/1.1 200 OK\r\n\r\n')
  c.socket.removeAllListeners('data')
  c.socket.pipe(there).pipe(c.socket)
})

t.test('an upstream proxy, what NO_PROXY exempts, and certificates for the hosts that are named', async (t) => {
  await new Promise<void>((done) => secure.listen(0, '127.0.0.1', done))
  const pair = join(temporaryFolder('ways-out'), 'me.pem')
  writeFileSync(pair, leaf('client.test') + keyPem)
  // A percent sign in the password, typed as it is.
  const mode = `upstream:http://us%40er:100%@localhost:${corporate.port}`
  const args = ['--mode', mode, '--insecure', 'localhost', '--client-cert', `localhost=${pair}`]
  const product = await startTelltale({ args, env: { NO_PROXY: 'example.test, 127.0.0.1', no_proxy: undefined } })
  const port = Number(new URL(product.proxy).port)
  const open = async () => {
    const socket = await openTcp(port)
    return connectionOf(socket, socket)
  }
  const authorization = `Proxy-Authorization: Basic ${Buffer.from('us@er:100%').toString('base64')}\r\n`
  const via = async (filter: string) => {
    const [row] = await product.waitForRows(1, filter)
    const { answer } = await product.call('GET', `/api/exchanges/${row?.id}`)
    return (answer as { exchange: { connection: { via?: string } } }).exchange.connection.via
  }

  const far = await open()
  far.send('GET http://far.test/far HTTP/1.1\r\nHost: far.test\r\n\r\n')
  await far.until('ok')
  t.equal(heads.at(-1), `GET http://far.test/far HTTP/1.1\r\nHost: far.test\r\nVia: 1.1 MARK\r\n${authorization}\r\n`)
  t.equal(await via('path:/far is:complete'), `localhost:${corporate.port}`)

  const name = `localhost:${(secure.address() as AddressInfo).port}`
  const tunnel = await open()
  tunnel.send(`CONNECT ${name} HTTP/1.1\r\nHost: ${name}\r\n\r\n`)
  await tunnel.until('\r\n\r\n')
  tunnel.socket.removeAllListeners('data')
  const inner = connectTls({ socket: tunnel.raw, servername: 'localhost', ca: readFileSync(product.ca) })
  const inside = connectionOf(inner, tunnel.raw)
  inner.write(`GET /secret HTTP/1.1\r\nHost: ${name}\r\n\r\n`)
  t.match(await inside.until('.'), /^HTTP/)
  t.equal(await inside.ended, 'fin')
  t.match(inside.received().toString(), /shown by client\.test\.$/, 'our certificate was shown, theirs was not asked')
  t.equal(heads.at(-1), `CONNECT ${name} HTTP/1.1\r\nHost: ${name}\r\nVia: 1.1 MARK\r\n${authorization}\r\n`)
  t.equal(await via('path:/secret is:complete'), `localhost:${corporate.port}`)

  const near = await open()
  const before = heads.length
  near.send(`GET http://127.0.0.1:${direct.port}/near HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`)
  await near.until('ok')
  t.equal(heads.length, before, 'a host in NO_PROXY is reached directly')
  t.equal(await via('path:/near is:complete'), undefined)

  // A head of 5,000 lines, 256 KiB and a target of 64 KiB: relayed, and recorded whole.
  const lines = Array.from({ length: 4990 }, (_, i) => `X-${i}: ${'v'.repeat(28)}\r\n`).join('')
  const path = `/large/${'p'.repeat(65_536)}`
  near.send(`GET http://127.0.0.1:${direct.port}${path} HTTP/1.1\r\nHost: 127.0.0.1:${direct.port}\r\n${lines}\r\n`)
  await near.until('ok')
  const [row] = await product.waitForRows(1, 'path:/large/* is:complete')
  const { answer } = await product.call('GET', `/api/exchanges/${row?.id}`)
  const { request } = (answer as { exchange: { request: { url: string; headers: unknown[] } } }).exchange
  t.equal(request.url, `http://127.0.0.1:${direct.port}${path}`)
  t.equal(request.headers.length, 4991)
  t.ok(
    direct.connections.some((one) =>
      one.received().includes(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${direct.port}\r\n${lines}\r\n`),
    ),
  )

  for (const one of [far, tunnel, near]) one.raw.destroy()
  t.equal(await product.stop(), 0)
  t.notMatch(product.stderr(), '100%', 'the password is not said')
  secure.close()
  await direct.close()
  await corporate.close()
})
