// TLS on both legs: what is verified, what is refused, what a client that does not believe us looks like.
import { spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls, createServer as createTlsServer, TLSSocket } from 'node:tls'
import t from 'tap'
import { loadAuthority } from '../../src/proxy/authority.ts'
import { certifyAuthority, leafMaker } from '../../src/proxy/certificates.ts'
import { readClientHello } from '../../src/proxy/client-hello.ts'
import { connectionOf, originAuthority, startOrigin } from '../support/origin.ts'
import { openPlain, openTcp, openTunnel, startWire, type WireHouse } from '../support/wire-house.ts'

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
const serve = async (c: { until(text: string): Promise<string>; send(text: string): void }): Promise<void> => {
  for (;;) {
    await c.until('\r\n\r\n')
    c.send(ok)
  }
}

/** Asks through a tunnel; answers the status line and the whole answer. */
async function ask(house: WireHouse, target: string, path: string, servername?: string): Promise<string> {
  const client = await openTunnel(house, target, servername === undefined ? {} : { servername })
  client.send(`GET ${path} HTTP/1.1\r\nHost: ${target}\r\nConnection: close\r\n\r\n`)
  await client.ended
  return client.received().toString('latin1')
}

/** `status` is undefined where the program is not there. */
function runProgram(name: string, args: string[]): Promise<{ status: number | undefined }> {
  return new Promise((resolve) => {
    const child = spawn(name, args, { stdio: 'ignore' })
    child.once('error', () => resolve({ status: undefined }))
    child.once('exit', (code) => resolve({ status: code ?? undefined }))
  })
}

const stranger = loadAuthority(mkdtempSync(join(tmpdir(), 'telltale-stranger-')))

await t.test('origins are verified', async (t) => {
  const house = await startWire({ insecureHosts: ['*.lax.test', 'localhost.lax.test'] })
  const cases: [string, { name?: string; authority?: typeof stranger }, string, string][] = [
    ['an authority nobody knows', { authority: stranger }, 'localhost', 'SELF_SIGNED_CERT_IN_CHAIN'],
    ['a certificate for another name', { name: 'other.test' }, 'localhost', 'ERR_TLS_CERT_ALTNAME_INVALID'],
    [
      'a certificate for a name, reached by address',
      { name: 'localhost' },
      '127.0.0.1',
      'ERR_TLS_CERT_ALTNAME_INVALID',
    ],
  ]
  for (const [name, options, host, code] of cases) {
    const origin = await startOrigin(serve, { tls: true, ...options })
    const answer = await ask(house, `${host}:${origin.port}`, '/v', host === '127.0.0.1' ? '' : host)
    t.match(answer, /^HTTP\/1\.1 502 /, name)
    t.match(answer, `"code":"${code}"`, `${name}: ${code}`)
    t.notMatch(answer, '\r\n\r\nok', 'nothing of the origin arrives')
    t.equal(origin.connections.map((c) => c.received().length).join(), '0', 'the origin receives no request')
    const found = await house.find(
      ({ request, outcome }) => request.url.includes(String(origin.port)) && outcome.state === 'failed',
    )
    t.match(found.outcome, { failure: { phase: 'tls', code, certificate: { subject: /CN=/ } } })
    await origin.close()
  }
  await house.close()
})

await t.test('expired and not yet valid certificates', async (t) => {
  const keys = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const caPem = certifyAuthority(keys.privateKey, 'Times CA')
  const leaf = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey
  const make = leafMaker({ certificatePem: caPem, key: keys.privateKey }, leaf)
  const house = await startWire({ upstreamCa: [caPem] })
  const year = 365 * 24 * 3600 * 1000
  for (const [offset, code] of [
    [-year, 'CERT_HAS_EXPIRED'],
    [year, 'CERT_NOT_YET_VALID'],
  ] as const) {
    const server = createTlsServer({
      key: leaf.export({ type: 'pkcs8', format: 'pem' }),
      cert: make('localhost', Date.now() + offset),
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    t.match(await ask(house, `localhost:${port}`, '/time'), new RegExp(`"code":"${code}"`), code)
    server.close()
  }
  await house.close()
})

await t.test('options insecure, upstream-ca and the name that is asked for', async (t) => {
  const origin = await startOrigin(serve, { tls: true, authority: stranger })
  const lax = await startWire({ insecureHosts: ['LOCALHOST'] })
  t.match(await ask(lax, `localhost:${origin.port}`, '/'), /^HTTP\/1\.1 200 /, 'not verified where asked')
  const trusting = await startWire({ upstreamCa: [stranger.caPem] })
  t.match(await ask(trusting, `localhost:${origin.port}`, '/'), /^HTTP\/1\.1 200 /, 'verified by the added authority')
  t.match(
    await ask(trusting, `127.0.0.1:${origin.port}`, '/sni', 'localhost'),
    /^HTTP\/1\.1 200 /,
    'SNI and CONNECT host differ',
  )
  const found = await trusting.find(({ request, outcome }) => request.target === '/sni' && outcome.state === 'complete')
  t.match(found, {
    server: { host: '127.0.0.1' },
    connection: { clientTls: { servername: 'localhost' }, serverTls: { servername: 'localhost' } },
  })
  const byAddress = await startOrigin(serve, { tls: true, authority: stranger, name: '127.0.0.1' })
  t.match(
    await ask(trusting, `127.0.0.1:${byAddress.port}`, '/', ''),
    /^HTTP\/1\.1 200 /,
    'a certificate for the address',
  )
  await lax.close()
  await trusting.close()
  await origin.close()
  await byAddress.close()
})

await t.test('IPv6, where there is any', async (t) => {
  if (!Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'))) {
    t.comment('skipped: no IPv6 loopback here')
    return
  }
  const origin = await startOrigin(serve, { tls: true, host: '::1', name: '::1' })
  const house = await startWire()
  t.match(await ask(house, `[::1]:${origin.port}`, '/', ''), /^HTTP\/1\.1 200 /)
  await house.close()
  await origin.close()
})

await t.test('origins that do not speak TLS, hang up, or demand a certificate', async (t) => {
  const house = await startWire({ limits: { handshakeMs: 400 } })
  const plain = await startOrigin((c) => {
    c.send('HTTP/1.1 400 Bad Request\r\n\r\n')
  })
  t.match(
    await ask(house, `localhost:${plain.port}`, '/'),
    /"phase":"tls","code":"ERR_SSL_WRONG_VERSION_NUMBER"|"code":"ERR_SSL_PACKET_LENGTH_TOO_LONG"/,
  )
  const closing = await startOrigin((c) => {
    c.fin()
  })
  t.match(await ask(house, `localhost:${closing.port}`, '/'), '"code":"UPSTREAM_TLS_CLOSED"')
  const resetting = await startOrigin(async (c) => {
    await c.take(1)
    c.rst()
  })
  t.match(await ask(house, `localhost:${resetting.port}`, '/'), '"phase":"tls","code":"ECONNRESET"')
  const silent = await startOrigin(() => {})
  t.match(await ask(house, `localhost:${silent.port}`, '/'), /^HTTP\/1\.1 504 [\s\S]*"code":"UPSTREAM_TLS_TIMEOUT"/)
  await house.close()
  for (const one of [plain, closing, resetting, silent]) await one.close()
})

await t.test('a client certificate for the hosts that were named', async (t) => {
  const keys = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const caPem = certifyAuthority(keys.privateKey, 'Clients CA')
  const own = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey
  const ownPem = leafMaker({ certificatePem: caPem, key: keys.privateKey }, own)('client.test')
  const keyPem = own.export({ type: 'pkcs8', format: 'pem' }).toString()
  const server = createTlsServer(
    {
      key: keyPem,
      cert: leafMaker({ certificatePem: caPem, key: keys.privateKey }, own)('localhost'),
      ca: caPem,
      requestCert: true,
      rejectUnauthorized: false,
    },
    (socket) => {
      socket.on('error', () => {})
      socket.once('data', () =>
        socket.end(
          `HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n${socket.getPeerCertificate().subject?.CN ?? 'nobody'}`,
        ),
      )
    },
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const shown = await startWire({
    upstreamCa: [caPem],
    clientCertificates: [{ host: 'localhost', pem: ownPem + keyPem }],
  })
  t.match(await ask(shown, `localhost:${port}`, '/'), /client\.test$/)
  const without = await startWire({ upstreamCa: [caPem] })
  t.match(await ask(without, `localhost:${port}`, '/'), /nobody$/)
  await shown.close()
  await without.close()
  server.close()
})

await t.test('a client that does not believe us', async (t) => {
  const house = await startWire()
  const origin = await startOrigin(serve, { tls: true })
  for (const maxVersion of ['TLSv1.3', 'TLSv1.2'] as const) {
    const raw = await openTcp(house.port)
    raw.write(`CONNECT localhost:${origin.port} HTTP/1.1\r\nHost: x\r\nX-V: ${maxVersion}\r\n\r\n`)
    await new Promise((resolve) => raw.once('data', resolve))
    const socket = connectTls({ socket: raw, servername: 'localhost', maxVersion, ca: stranger.caPem })
    await new Promise((resolve) => socket.once('error', resolve))
    raw.destroy()
    const found = await house.find(
      ({ request, outcome }) => request.headers.some(({ value }) => value === maxVersion) && outcome.state === 'failed',
    )
    t.match(found, {
      kind: 'tunnel',
      unread: 'client-rejected',
      request: { method: 'CONNECT', url: `https://localhost:${origin.port}/` },
    })
    t.match(found.outcome, { failure: { phase: 'client', code: 'CLIENT_REJECTED_CERTIFICATE' } }, maxVersion)
    raw.destroy()
  }
  t.same(house.wire.status().rejectedBy, ['localhost', 'localhost'])
  const url = `https://localhost:${origin.port}/`
  const { status } = await runProgram('curl', ['-sS', '-x', `http://127.0.0.1:${house.port}`, url])
  if (status !== undefined) {
    t.equal(status, 60, 'curl says that it does not trust the certificate')
    const found = await house.find(
      ({ outcome }) => outcome.state === 'failed' && outcome.failure.received !== undefined,
    )
    t.match(found.outcome, {
      failure: { code: 'CLIENT_REJECTED_CERTIFICATE', received: 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA' },
    })
  }
  t.equal(house.wire.status().seen.tlsRejected, true)
  await house.close()
  await origin.close()
})

await t.test('hosts that are passed through keep their own certificate', async (t) => {
  const house = await startWire({ passThroughHosts: ['localhost'] })
  const origin = await startOrigin(serve, { tls: true })
  const client = await openTunnel(house, `localhost:${origin.port}`, { ca: originAuthority().caPem })
  client.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  await client.until('ok')
  client.raw.destroy()
  const found = await house.find(({ server, outcome }) => server.port === origin.port && outcome.state !== 'waiting')
  t.match(found, { kind: 'tunnel', unread: 'pass-through', request: { url: `https://localhost:${origin.port}/` } })
  await origin.close()
  const refused = await openPlain(house)
  refused.send(`CONNECT localhost:${origin.port} HTTP/1.1\r\nHost: x\r\n\r\n`)
  t.match(await refused.until('}'), /^HTTP\/1\.1 502 [\s\S]*ECONNREFUSED/, 'a failure is an honest answer to CONNECT')
  await house.close()
})

await t.test('sessions are resumed on both legs', async (t) => {
  const house = await startWire()
  const origin = await startOrigin(serve, { tls: true })
  let session: Buffer | undefined
  let reused = false
  for (let i = 0; i < 3; i++) {
    const raw = await openTcp(house.port)
    raw.write(`CONNECT localhost:${origin.port} HTTP/1.1\r\nHost: x\r\n\r\n`)
    await new Promise((resolve) => raw.once('data', resolve))
    const socket = connectTls({
      socket: raw,
      servername: 'localhost',
      ca: house.authority.caPem,
      ...(session ? { session } : {}),
    })
    socket.on('session', (ticket) => {
      session = ticket
    })
    await new Promise((resolve) => socket.once('secureConnect', resolve))
    reused = socket.isSessionReused()
    const client = connectionOf(socket, raw)
    client.send(`GET /resume/${i} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
    await client.until('ok')
    raw.destroy()
  }
  t.ok(reused, "the client's")
  const found = await house.find(
    ({ request, outcome }) => request.target === '/resume/2' && outcome.state === 'complete',
  )
  t.match(found, {
    connection: {
      clientTls: { resumed: true },
      serverTls: { resumed: true, certificates: [{ subject: 'CN=localhost' }, {}] },
    },
  })
  await house.close()
  await origin.close()
})

await t.test('an origin that declines a post-quantum exchange is not offered it again with its session', async (t) => {
  const house = await startWire()
  const offered: boolean[] = []
  const server = createServer((raw) => {
    raw.on('error', () => {})
    raw.once('data', (hello) => {
      const read = readClientHello(hello)
      offered.push(typeof read !== 'string' && read.postQuantum)
      raw.pause()
      raw.unshift(hello)
      const secureContext = originAuthority().contextFor('localhost')
      const inner = new TLSSocket(raw, { isServer: true, secureContext })
      inner.on('error', () => {})
      inner.once('data', () => inner.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  for (let i = 0; i < 2; i++) {
    const client = await openTunnel(house, `localhost:${port}`)
    client.send(`GET /${i} HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`)
    t.match(await client.until('ok'), /^HTTP\/1\.1 200/)
    client.raw.destroy()
    const found = await house.find(
      ({ request, outcome, server }) =>
        server.port === port && request.target === `/${i}` && outcome.state === 'complete',
    )
    t.equal(found.connection.serverTls?.resumed, i === 1)
  }
  t.same(offered, [true, false])
  await house.close()
  await new Promise((resolve) => server.close(resolve))
})
