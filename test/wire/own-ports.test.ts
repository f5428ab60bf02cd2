// Requests that lead to Telltale itself: its ports by any name, its own page, and proxies that send back what they were sent.
import { type AddressInfo, connect, createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import t from 'tap'
import { startOrigin } from '../support/origin.ts'
import { openPlain, startWire } from '../support/wire-house.ts'

await t.test('our own ports are never a destination', async (t) => {
  const house = await startWire()
  const ui = await startOrigin((c) => {
    c.send('SECRET')
  })
  house.wire.forbid([{ port: ui.port }])
  const addresses = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ family }) => family === 'IPv4')
  const hosts = [
    'localhost',
    'LOCALHOST',
    '127.0.0.1',
    '127.0.0.2',
    '127.1',
    '2130706433',
    '0x7f000001',
    '0',
    '0.0.0.0',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[0:0:0:0:0:0:0:1]',
    ...addresses.map(({ address }) => address),
  ]
  for (const port of [house.port, ui.port])
    for (const host of hosts) {
      const plain = await openPlain(house)
      plain.send(`GET http://${host}:${port}/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
      await plain.ended
      const text = plain.received().toString()
      t.match(text, /^HTTP\/1\.1 (508 [\s\S]*"LOOP"|502 [\s\S]*"resolve")/, `GET ${host}`)
      const tunnel = await openPlain(house)
      tunnel.send(`CONNECT ${host}:${port} HTTP/1.1\r\nHost: x\r\n\r\n`)
      t.match(await tunnel.until('\r\n'), /^HTTP\/1\.1 (508|200) /, `CONNECT ${host}`)
      tunnel.raw.destroy()
    }
  const socks = await openPlain(house)
  socks.send('\x05\x01\0')
  await socks.take(2)
  socks.send(`\x05\x01\0\x01\x7f\0\0\x01${String.fromCharCode(ui.port >> 8, ui.port & 255)}`)
  t.match(await socks.take(10), /^\x05\x02/, 'SOCKS')
  const id = await house.wire.send({
    method: 'GET',
    url: `http://127.0.0.1:${ui.port}/`,
    headers: [],
    body: new Uint8Array(0),
    httpVersion: '1.1',
    followRedirects: false,
  })
  const replay = await house.find((exchange) => exchange.id === id && exchange.outcome.state === 'failed')
  t.match(replay.outcome, { failure: { code: 'LOOP' } }, 'replay')
  t.equal(ui.connections.length, 0, 'nobody reached it')
  socks.raw.destroy()
  await house.close()
  await ui.close()
})

await t.test('the page of the proxy, and credentials where it demands them', async (t) => {
  const house = await startWire({ proxyAuth: 'user:pass' })
  const client = await openPlain(house)
  client.send('GET http://telltale.local/ HTTP/1.1\r\nHost: telltale.local\r\nConnection: close\r\n\r\n')
  t.match(await client.until('\r\n\r\n'), /^HTTP\/1\.1 407 [\s\S]*Proxy-Authenticate: Basic/)
  const known = await openPlain(house)
  const authorization = `Proxy-Authorization: Basic ${Buffer.from('user:pass').toString('base64')}\r\n`
  known.send(`GET http://telltale.local/ca.pem HTTP/1.1\r\nHost: telltale.local\r\n${authorization}\r\n`)
  await known.ended
  t.ok(known.received().toString().endsWith(house.authority.caPem), 'the certificate')
  t.notMatch(known.received().toString(), 'PRIVATE KEY')
  const page = await openPlain(house)
  page.send(`GET http://TELLTALE.local HTTP/1.1\r\nHost: telltale.local\r\n${authorization}\r\n`)
  await page.ended
  t.match(page.received().toString(), /^HTTP\/1\.1 200 OK\r\nVia: 1\.1 telltale\r\n[\s\S]*<h1>Telltale is listening/)
  await house.close()
})

await t.test('two proxies that send to each other: the request that comes back is recognised', async (t) => {
  let target = 0
  const between = createServer((socket) => {
    const on = connect(target, '127.0.0.1')
    socket.pipe(on).pipe(socket)
    for (const end of [socket, on]) end.on('error', () => socket.destroy())
  })
  await new Promise<void>((done) => between.listen(0, '127.0.0.1', done))
  const port = (between.address() as AddressInfo).port
  const first = await startWire({ modes: [{ kind: 'upstream', url: `http://127.0.0.1:${port}` }] })
  const second = await startWire({ modes: [{ kind: 'upstream', url: `http://127.0.0.1:${first.port}` }] })
  target = second.port
  const plain = await openPlain(first)
  plain.send('GET http://nowhere.test/ HTTP/1.1\r\nHost: nowhere.test\r\n\r\n')
  t.match(await plain.until('LOOP'), /^HTTP\/1\.1 508/)
  const tunnel = await openPlain(first)
  tunnel.send('CONNECT nowhere.test:80 HTTP/1.1\r\nHost: nowhere.test:80\r\n\r\n')
  await tunnel.until('200')
  tunnel.send('GET / HTTP/1.1\r\nHost: nowhere.test\r\n\r\n')
  t.match(await tunnel.until('problem'), /HTTP\/1\.1 50[28]/)
  plain.rst()
  tunnel.rst()
  between.close()
  await first.close()
  await second.close()
})
