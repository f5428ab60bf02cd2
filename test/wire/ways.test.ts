// Ways in that are used less: SOCKS5 with every kind of address, TLS by name alone, hosts passed through on each way; and our own ports on all of them.
import dns from 'node:dns'
import { connect as connectHttp2 } from 'node:http2'
import { syncBuiltinESMExports } from 'node:module'
import { connect as connectTls } from 'node:tls'
import { constants, deflateRawSync } from 'node:zlib'
import t, { type Test } from 'tap'
import {
  connectionOf,
  type OriginConnection,
  originAuthority,
  startHttp2Origin,
  startOrigin,
} from '../support/origin.ts'
import { openPlain, openTcp, openTunnel, startWire, type WireHouse } from '../support/wire-house.ts'

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
const answer = async (c: OriginConnection): Promise<void> => {
  for (;;) {
    await c.until('\r\n\r\n')
    c.send(ok)
  }
}
const portOctets = (port: number): Buffer => Buffer.from([port >> 8, port & 255])
const v4 = (address: string): Buffer => Buffer.from([1, ...address.split('.').map(Number)])
const v6 = (hex: string): Buffer => Buffer.concat([Buffer.from([4]), Buffer.from(hex, 'hex')])
const named = (name: string): Buffer => Buffer.concat([Buffer.from([3, name.length]), Buffer.from(name)])
const loopback6 = `${'00'.repeat(15)}01`
const mapped = `${'00'.repeat(10)}ffff7f000001`

/** A SOCKS5 client that has asked for this address, and the code it was answered with (RFC 1928 §6). */
async function socks(house: WireHouse, address: Buffer, port: number): Promise<{ c: OriginConnection; code: number }> {
  const c = await openPlain(house)
  c.raw.write(Buffer.from([5, 1, 0]))
  await c.take(2)
  c.raw.write(Buffer.concat([Buffer.from([5, 1, 0]), address, portOctets(port)]))
  return { c, code: (await c.take(10)).charCodeAt(1) }
}

const hasIPv6 = await startOrigin(() => {}, { host: '::1' }).then(
  (origin) => origin.close().then(() => true),
  () => false,
)

t.test('SOCKS5 with a name, an IPv4 and an IPv6 address, plain and TLS', async (t) => {
  const house = await startWire()
  const kinds: [string, Buffer, string][] = [
    ['a name', named('localhost'), '127.0.0.1'],
    ['IPv4', v4('127.0.0.1'), '127.0.0.1'],
    ['IPv4 in IPv6', v6(mapped), '127.0.0.1'],
    ...(hasIPv6 ? [['IPv6', v6(loopback6), '::1'] as [string, Buffer, string]] : []),
  ]
  for (const [name, address, host] of kinds) {
    const plain = await startOrigin(answer, { host })
    const { c, code } = await socks(house, address, plain.port)
    t.equal(code, 0, name)
    c.send('GET /plain HTTP/1.1\r\nHost: api.test\r\n\r\n')
    t.match(await c.until('ok'), /^HTTP\/1\.1 200/, name)
    t.match(plain.connections[0]?.received().toString(), /^GET \/plain HTTP\/1\.1\r\nHost: api\.test\r\n\r\n$/)
    c.raw.destroy()
    const secure = await startOrigin(answer, { host, tls: true })
    const inside = await socks(house, address, secure.port)
    inside.c.socket.removeAllListeners('data')
    const tls = connectTls({ socket: inside.c.raw, servername: 'localhost', ca: house.authority.caPem })
    const client = connectionOf(tls, inside.c.raw)
    tls.write('GET /tls HTTP/1.1\r\nHost: localhost\r\n\r\n')
    t.match(await client.until('ok'), /^HTTP\/1\.1 200/, `${name}, TLS`)
    const found = await house.find(({ server }) => server.port === secure.port)
    t.match(found, { connection: { way: 'socks5' }, request: { target: '/tls' } })
    inside.c.raw.destroy()
    await plain.close()
    await secure.close()
  }
  await house.close()
})

t.test('TLS arriving directly is led to port 443 of its name, here through an upstream proxy', async (t) => {
  const origin = await startOrigin(answer, { tls: true, name: 'api.test' })
  const heads: string[] = []
  const proxy = await startOrigin(async (c) => {
    heads.push(await c.until('\r\n\r\n'))
    const there = await openTcp(origin.port)
    c.send('HTTP/1.1 200 OK\r\n\r\n')
    c.socket.removeAllListeners('data')
    c.socket.pipe(there).pipe(c.socket)
  })
  const house = await startWire({ modes: [{ kind: 'upstream', url: `http://127.0.0.1:${proxy.port}/` }] })
  const raw = await openTcp(house.port)
  const tls = connectTls({ socket: raw, servername: 'api.test', ca: house.authority.caPem })
  const client = connectionOf(tls, raw)
  tls.write('GET /direct HTTP/1.1\r\nHost: api.test\r\n\r\n')
  t.match(await client.until('ok'), /^HTTP\/1\.1 200/)
  t.match(heads[0], /^CONNECT api\.test:443 HTTP\/1\.1\r\n/)
  t.match(origin.connections[0]?.received().toString(), /^GET \/direct HTTP\/1\.1\r\nHost: api\.test\r\n\r\n$/)
  t.match(await house.find(({ request }) => request.target === '/direct'), {
    connection: { way: 'direct' },
    request: { url: 'https://api.test/direct' },
  })
  raw.destroy()
  await house.close()
  await proxy.close()
  await origin.close()
})

t.test('a host passed through by pattern is not opened, whatever the way in', async (t) => {
  const house = await startWire({ passThroughHosts: ['*.pinned.test'] })
  const origin = await startOrigin(answer, { tls: true, name: 'api.pinned.test' })
  const ca = originAuthority().caPem
  const own = async (t: Test, raw: OriginConnection['raw'], way: string) => {
    const tls = connectTls({ socket: raw, servername: 'api.pinned.test', ca })
    const client = connectionOf(tls, raw)
    tls.write('GET / HTTP/1.1\r\nHost: api.pinned.test\r\n\r\n')
    t.match(await client.until('ok'), /^HTTP\/1\.1 200/, `${way}: the origin's own certificate`)
    raw.destroy()
    const found = await house.find(({ connection }) => connection.way === way)
    t.match(found, { kind: 'tunnel', unread: 'pass-through' }, way)
  }
  const through = await openPlain(house)
  // The address says nothing: the name in the handshake does.
  through.send(`CONNECT 127.0.0.1:${origin.port} HTTP/1.1\r\nHost: x\r\n\r\n`)
  await through.until('\r\n\r\n')
  through.socket.removeAllListeners('data')
  await own(t, through.raw, 'connect')
  const { c } = await socks(house, v4('127.0.0.1'), origin.port)
  c.socket.removeAllListeners('data')
  await own(t, c.raw, 'socks5')
  const opened = await openTunnel(house, `localhost:${origin.port}`, { servername: 'pinned.test' })
  opened.send('GET /opened HTTP/1.1\r\nHost: x\r\n\r\n')
  t.match(await opened.until('}'), /^HTTP\/1\.1 502 [\s\S]*ERR_TLS_CERT_ALTNAME_INVALID/, 'the bare name is another')
  opened.raw.destroy()
  await house.close()
  await origin.close()
})

t.test('our own ports: SOCKS5, HTTP/2 and an upstream proxy do not lead there', async (t) => {
  const ui = await startOrigin((c) => c.send('SECRET'))
  const proxy = await startOrigin((c) => c.send('SECRET'))
  const house = await startWire()
  const chained = await startWire({ modes: [{ kind: 'upstream', url: `http://127.0.0.1:${proxy.port}/` }] })
  for (const { wire } of [house, chained]) wire.forbid([{ port: ui.port }])
  for (const one of [house, chained])
    for (const port of [one.port, ui.port]) {
      for (const address of [named('localhost'), named('LocalHost.'), v4('127.3.2.1'), v6(loopback6), v6(mapped)]) {
        const { c, code } = await socks(one, address, port)
        t.equal(code, 2, 'SOCKS5: not allowed')
        await c.ended
        c.raw.destroy()
      }
      for (const host of ['localhost', '127.1', '[::ffff:7f00:1]']) {
        const plain = await openPlain(one)
        plain.send(`GET http://${host}:${port}/ HTTP/1.1\r\nHost: x\r\n\r\n`)
        t.match(await plain.until('\r\n'), /^HTTP\/1\.1 508 /, `GET ${host}`)
        plain.raw.destroy()
        const session = connectHttp2(`http://127.0.0.1:${one.port}`)
        const stream = session.request({ ':authority': `${host}:${port}`, ':path': '/' })
        const status = await new Promise((resolve) => stream.once('response', (head) => resolve(head[':status'])))
        t.equal(status, 508, `HTTP/2 to ${host}`)
        session.destroy()
      }
    }
  t.same([ui.connections.length, proxy.connections.length], [0, 0], 'nobody was reached')
  for (const one of [house, chained, ui, proxy]) await one.close()
})

t.test('B22: a name with an address that leads nowhere is reached at its other one', async (t) => {
  const origin = await startOrigin(answer)
  const house = await startWire()
  const { lookup } = dns
  const addresses: Readonly<Record<string, readonly string[]>> = {
    'black-hole.test': ['192.0.2.1', '127.0.0.1'],
    'six-then-four.test': ['::1', '127.0.0.1'],
  }
  // The resolver says what the hosts file of another machine might say.
  dns.lookup = ((host: string, options: object, done: (error: null, found: object[]) => void) =>
    addresses[host]
      ? done(
          null,
          addresses[host].map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
        )
      : lookup(host, options, done as never)) as typeof lookup
  syncBuiltinESMExports()
  t.teardown(() => {
    dns.lookup = lookup
    syncBuiltinESMExports()
  })
  for (const host of Object.keys(addresses)) {
    const client = await openPlain(house)
    client.send(`GET http://${host}:${origin.port}/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
    t.match(await client.until('ok'), /^HTTP\/1\.1 200/, host)
    t.match(await house.find(({ server }) => server.host === host), { server: { address: '127.0.0.1' } })
    client.raw.destroy()
  }
  await house.close()
  await origin.close()
})

t.test('a WebSocket over HTTP/2 with permessage-deflate is shown inflated, its octets untouched', async (t) => {
  const house = await startWire()
  /** One frame of at most 125 octets; RSV1 says that it is compressed (RFC 7692 §7.2.1). */
  const frame = (text: string, masked: boolean): Buffer => {
    const data = deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4)
    return Buffer.concat([Buffer.from([0xc1, data.length | (masked ? 0x80 : 0)]), Buffer.alloc(masked ? 4 : 0), data])
  }
  let heard = Buffer.alloc(0)
  const origin = await startHttp2Origin(
    (stream) => {
      stream.respond({ ':status': 200, 'sec-websocket-extensions': 'permessage-deflate; server_no_context_takeover' })
      stream.on('data', (chunk: Buffer) => {
        heard = Buffer.concat([heard, chunk])
        if (heard.equals(frame('tick '.repeat(100), true))) stream.write(frame('tock '.repeat(100), false))
      })
    },
    { settings: { enableConnectProtocol: true } },
  )
  const tunnel = await openTunnel(house, `localhost:${origin.port}`, { alpn: ['h2'] })
  tunnel.socket.removeAllListeners('data')
  const session = connectHttp2('https://localhost', { createConnection: () => tunnel.socket })
  while (!session.remoteSettings?.enableConnectProtocol) await new Promise((done) => setTimeout(done, 5))
  const stream = session.request({
    ':method': 'CONNECT',
    ':protocol': 'websocket',
    ':path': '/deflated',
    ':scheme': 'https',
    ':authority': 'localhost',
    'sec-websocket-extensions': 'permessage-deflate',
  })
  let got = Buffer.alloc(0)
  stream.on('data', (chunk: Buffer) => {
    got = Buffer.concat([got, chunk])
  })
  await new Promise((done) => stream.once('response', done))
  stream.write(frame('tick '.repeat(100), true))
  const found = await house.find(({ request, messageCount }) => request.target === '/deflated' && messageCount === 2)
  while (got.length < frame('tock '.repeat(100), false).length) await new Promise((done) => setTimeout(done, 5))
  t.ok(got.equals(frame('tock '.repeat(100), false)), 'octet for octet')
  t.same(
    house.messages(found.id).map(({ from, data }) => [from, Buffer.from(data).toString()]),
    [
      ['client', 'tick '.repeat(100)],
      ['server', 'tock '.repeat(100)],
    ],
  )
  stream.close(8)
  session.destroy()
  await house.close()
  await origin.close()
})

t.test('a clean shutdown with 1,000 idle and 300 running connections', async (t) => {
  const house = await startWire()
  const origin = await startOrigin(async (c) => {
    await c.until('\r\n\r\n')
    c.send('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n')
  })
  const idle = await Promise.all(Array.from({ length: 1000 }, () => openTcp(house.port)))
  const running = await Promise.all(
    Array.from({ length: 300 }, async () => {
      const one = await openPlain(house)
      one.send(`GET http://127.0.0.1:${origin.port}/sse HTTP/1.1\r\nHost: x\r\n\r\n`)
      await one.until('data: 1')
      return one
    }),
  )
  const began = performance.now()
  await house.close()
  const took = performance.now() - began
  t.comment(`closed in ${Math.round(took)} ms`)
  t.ok(took < 10_000, 'it does not wait for anybody')
  t.equal(
    house.exchanges().filter(({ outcome }) => outcome.state === 'failed' && outcome.failure.code === 'INTERRUPTED')
      .length,
    300,
    'each is recorded as interrupted',
  )
  for (const socket of idle) socket.destroy()
  for (const one of running) t.equal(await one.ended, 'rst')
  await origin.close()
})
