// Back-pressure, bounds, ends of connections, our own ports, shutdown: what holds while everything goes wrong at once.
import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { connect as connectHttp2 } from 'node:http2'
import { type AddressInfo, connect, createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import t from 'tap'
import type { PlannedRequest } from '../../src/exchange/planned-request.ts'
import { connectionOf, startHttp2Origin, startOrigin } from '../support/origin.ts'
import { openPlain, openTcp, openTunnel, startWire, type WireHouse } from '../support/wire-house.ts'

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
const serve = async (c: { until(text: string): Promise<string>; send(text: string): void }): Promise<void> => {
  for (;;) {
    await c.until('\r\n\r\n')
    c.send(ok)
  }
}
const get = (port: number, path = '/', more = ''): string =>
  `GET http://localhost:${port}${path} HTTP/1.1\r\nHost: localhost:${port}\r\n${more}\r\n`
const MiB = 1024 * 1024

await t.test('back-pressure and memory', async (t) => {
  const house = await startWire({ maxContent: 64 * 1024 })
  await t.test('a client that stops reading stops the origin', async (t) => {
    let sent = 0
    const origin = await startOrigin(async (c) => {
      await c.until('\r\n\r\n')
      c.send(`HTTP/1.1 200 OK\r\nContent-Length: ${256 * MiB}\r\n\r\n`)
      const chunk = Buffer.alloc(256 * 1024)
      while (sent < 256 * MiB && !c.socket.destroyed) {
        sent += chunk.length
        if (!c.socket.write(chunk))
          await new Promise((resolve) => {
            c.socket.once('drain', resolve)
            c.socket.once('close', resolve)
          })
      }
    })
    const socket = await openTcp(house.port)
    socket.write(get(origin.port))
    socket.pause()
    await pause(600)
    t.ok(sent < 32 * MiB, `the origin sent ${sent} octets`)
    socket.destroy()
    const found = await house.find(({ server, outcome }) => server.port === origin.port && outcome.state === 'failed')
    t.match(found.outcome, { failure: { phase: 'client' } })
    await origin.close()
  })

  await t.test('an origin that stops reading stops the client', async (t) => {
    const origin = await startOrigin((c) => {
      c.socket.pause()
    })
    const socket = await openTcp(house.port)
    socket.write(
      `POST http://localhost:${origin.port}/ HTTP/1.1\r\nHost: localhost:${origin.port}\r\nContent-Length: ${256 * MiB}\r\n\r\n`,
    )
    let sent = 0
    const chunk = Buffer.alloc(256 * 1024)
    const until = Date.now() + 600
    while (Date.now() < until) {
      sent += chunk.length
      if (!socket.write(chunk))
        await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), pause(200)])
      if (socket.writableLength > MiB) await pause(50)
      if (sent > 64 * MiB) break
    }
    t.ok(sent - socket.writableLength < 32 * MiB, `the client got rid of ${sent - socket.writableLength} octets`)
    socket.destroy()
    await origin.close()
  })

  await t.test(
    '256 MiB through the wire stay out of its memory; the record says how much and what it was',
    async (t) => {
      const chunk = Buffer.alloc(256 * 1024, 'x')
      const origin = await startOrigin(async (c) => {
        await c.until('\r\n\r\n')
        c.send(`HTTP/1.1 200 OK\r\nContent-Length: ${256 * MiB}\r\n\r\n`)
        for (let i = 0; i < 1024; i++)
          if (!c.socket.write(chunk)) await new Promise((resolve) => c.socket.once('drain', resolve))
      })
      const hash = createHash('sha256')
      for (let i = 0; i < 1024; i++) hash.update(chunk)
      const before = process.memoryUsage().rss
      const socket = await openTcp(house.port)
      socket.write(get(origin.port, '/big'))
      let got = 0
      let peak = 0
      await new Promise<void>((resolve) =>
        socket.on('data', (data) => {
          got += data.length
          peak = Math.max(peak, process.memoryUsage.rss() - before)
          if (got >= 256 * MiB) resolve()
        }),
      )
      const found = await house.find(
        ({ request, outcome }) => request.target.endsWith('/big') && outcome.state === 'complete',
      )
      t.match(found.outcome, {
        response: {
          content: {
            kept: 'truncated',
            bodySize: 256 * MiB,
            keptSize: 64 * 1024,
            wholeDigest: `sha256-${hash.digest('hex')}`,
          },
        },
      })
      t.ok(peak < 160 * MiB, `RSS grew by ${Math.round(peak / MiB)} MiB, both peers included`)
      socket.destroy()
      await origin.close()
    },
  )
  await house.close()
})

await t.test('what a lagging desk costs is content, never heads', async (t) => {
  const house = await startWire({}, { maxOctets: 10_000, taken: false })
  const body = 'b'.repeat(6000)
  const origin = await startOrigin(async (c) => {
    for (;;) {
      await c.until('\r\n\r\n')
      c.send(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
    }
  })
  const client = await openPlain(house)
  for (const path of ['/1', '/2', '/3']) {
    client.send(get(origin.port, path))
    await client.until(body)
  }
  const second = await house.find(
    ({ request, outcome }) => request.target.endsWith('/3') && outcome.state === 'complete',
  )
  t.match(second.outcome, { response: { status: 200, content: { kept: 'none', why: 'overload', bodySize: 6000 } } })
  const first = await house.find(({ request }) => request.target.endsWith('/1'))
  t.match(first.outcome, { response: { content: { kept: 'whole' } } })
  t.ok(house.wire.status().shed >= 1)
  client.raw.destroy()
  await house.close()
  await origin.close()
})

await t.test('the ends of connections', async (t) => {
  const house = await startWire({ limits: { halfClosedMs: 300, headMs: 300 } })
  await t.test('pipelined requests are answered in order', async (t) => {
    const origin = await startOrigin(async (c) => {
      for (;;) {
        const head = await c.until('\r\n\r\n')
        const path = head.split(' ')[1] ?? ''
        c.send(`HTTP/1.1 200 OK\r\nContent-Length: ${path.length}\r\n\r\n${path}`)
      }
    })
    const client = await openPlain(house)
    client.send(['/a', '/bb', '/ccc'].map((path) => get(origin.port, path)).join(''))
    const all = await client.until('/ccc')
    t.match(all, /\/a[\s\S]*\/bb[\s\S]*\/ccc$/)
    t.equal(origin.connections.length, 1, 'on one connection')
    const third = await house.find(
      ({ request, outcome }) => request.target.endsWith('/ccc') && outcome.state === 'complete',
    )
    t.match(third.connection, { reused: true, upstreamId: Number })
    client.raw.destroy()
    await origin.close()
  })

  await t.test('one client connection, several origins', async (t) => {
    const one = await startOrigin(serve)
    const two = await startOrigin(serve)
    const client = await openPlain(house)
    for (const origin of [one, two, one, two]) {
      client.send(get(origin.port))
      await client.until('ok')
    }
    t.same([one.connections.length, two.connections.length], [1, 1])
    client.raw.destroy()
    await one.close()
    await two.close()
  })

  await t.test('a kept connection that turns out to be closed: a GET is sent again, a POST is not', async (t) => {
    const origin = await startOrigin(async (c) => {
      await c.until('\r\n\r\n')
      c.send(ok)
      await c.take(1)
      c.rst()
    })
    const client = await openPlain(house)
    client.send(get(origin.port, '/first'))
    await client.until('ok')
    client.send(get(origin.port, '/again'))
    await client.until('ok')
    t.equal(origin.connections.length, 2)
    client.send(
      `POST http://localhost:${origin.port}/post HTTP/1.1\r\nHost: localhost:${origin.port}\r\nContent-Length: 1\r\n\r\nx`,
    )
    await client.ended
    t.equal(origin.connections.length, 2, 'the POST was not repeated')
    const found = await house.find(
      ({ request, outcome }) => request.target.endsWith('/post') && outcome.state === 'failed',
    )
    t.match(found.outcome, { failure: { code: 'ECONNRESET' } })
    await origin.close()
  })

  await t.test('an idle connection ends in a tunnel when the origin ends it', async (t) => {
    const origin = await startOrigin(
      async (c) => {
        await c.until('\r\n\r\n')
        c.send(ok)
        await pause(30)
        c.fin()
      },
      { tls: true },
    )
    const client = await openTunnel(house, `localhost:${origin.port}`)
    client.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    await client.until('ok')
    t.equal(await client.ended, 'fin')
    await origin.close()
  })

  for (const how of ['fin', 'rst'] as const)
    await t.test(`a client that leaves (${how}) while the origin thinks`, async (t) => {
      const origin = await startOrigin(async (c) => {
        await c.until('\r\n\r\n')
        await c.ended
        c.fin()
      })
      const client = await openPlain(house)
      client.send(get(origin.port, `/leaves-${how}`))
      while (origin.connections[0]?.received().includes('\r\n\r\n') !== true) await pause(2)
      if (how === 'fin') client.fin()
      else client.rst()
      t.ok(await origin.connections[0]?.ended, 'the origin hears of it')
      const found = await house.find(
        ({ request, outcome }) => request.target.endsWith(`/leaves-${how}`) && outcome.state === 'failed',
      )
      t.match(found.outcome, { failure: { phase: 'client', code: 'CLIENT_CLOSED' } })
      await origin.close()
    })

  await t.test('a client that closes its half is still answered', async (t) => {
    const origin = await startOrigin(async (c) => {
      await c.until('\r\n\r\n')
      await pause(80)
      c.send(ok)
    })
    const client = await openPlain(house)
    client.send(get(origin.port, '/half'))
    client.fin()
    t.match(await client.until('ok'), /^HTTP\/1\.1 200/)
    await house.find(({ request, outcome }) => request.target.endsWith('/half') && outcome.state === 'complete')
    await origin.close()
  })

  await t.test('an aborted upload is not completed', async (t) => {
    const origin = await startOrigin(async (c) => {
      await c.take(1)
    })
    const client = await openPlain(house)
    client.send(
      `POST http://localhost:${origin.port}/up HTTP/1.1\r\nHost: localhost:${origin.port}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`,
    )
    while (!origin.connections[0]?.received().includes('hello')) await pause(2)
    client.rst()
    await origin.connections[0]?.ended
    t.notMatch(origin.connections[0]?.received().toString(), '0\r\n\r\n')
    const found = await house.find(
      ({ request, outcome }) => request.target.endsWith('/up') && outcome.state === 'failed',
    )
    t.match(found.outcome, { failure: { phase: 'client' } })
    await origin.close()
  })

  await t.test('slow heads are ended, silence is not', async (t) => {
    const client = await openPlain(house)
    const idle = await openPlain(house)
    client.send('GET http://x.test/ HTTP/1.1\r\nHo')
    t.match(await client.until('}'), /^HTTP\/1\.1 408 /)
    t.notOk(idle.socket.readableEnded)
    idle.raw.destroy()
  })

  await t.test('a response that is streamed is recorded while it runs', async (t) => {
    const origin = await startOrigin(async (c) => {
      await c.until('\r\n\r\n')
      c.send('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n')
    })
    const client = await openPlain(house)
    client.send(get(origin.port, '/events'))
    await client.until('data: 1\n\n')
    const found = await house.find(
      ({ request, outcome }) => request.target.endsWith('/events') && outcome.state === 'receiving',
    )
    const until = Date.now() + 20_000
    while (house.content(found.id, 'response').length === 0 && Date.now() < until) await pause(10)
    t.equal(house.content(found.id, 'response').toString(), 'data: 1\n\n')
    client.raw.destroy()
    await origin.close()
  })
  await house.close()
})

await t.test('failures on the way there', async (t) => {
  const house = await startWire({ limits: { connectMs: 300, responseMs: 300 } })
  const ask = async (url: string): Promise<string> => {
    const client = await openPlain(house)
    client.send(`GET ${url} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
    await client.ended
    return client.received().toString('latin1')
  }
  const dead = await startOrigin(() => {})
  await dead.close()
  t.match(
    await ask(`http://localhost:${dead.port}/`),
    /^HTTP\/1\.1 502 [\s\S]*"phase":"connect","code":"ECONNREFUSED"[\s\S]*"addresses":\[/,
  )
  t.match(
    await ask(`http://${'no-such-name-'.repeat(5)}.invalid/`),
    /^HTTP\/1\.1 502 [\s\S]*"phase":"resolve","code":"ENOTFOUND"/,
  )
  t.match(await ask(`http://${'a'.repeat(300)}.test/`), /^HTTP\/1\.1 502 [\s\S]*"phase":"resolve"/)
  // A listener whose queue is full answers no more connections: what a dropped SYN looks like.
  t.match(await ask('http://192.0.2.1/'), /^HTTP\/1\.1 50[24] [\s\S]*"phase":"connect"/)
  const silent = await startOrigin(() => {})
  t.match(await ask(`http://localhost:${silent.port}/`), /^HTTP\/1\.1 504 [\s\S]*"code":"UPSTREAM_RESPONSE_TIMEOUT"/)
  await silent.close()
  await house.close()
})

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

await t.test('many connections, and nothing left of them', async (t) => {
  const house = await startWire()
  // What runs at the same time must be there at the same time: nobody is answered before all have asked.
  let asked = 0
  const origin = await startOrigin(async (c) => {
    const head = await c.until('\r\n\r\n')
    if (head.includes('/together')) {
      asked++
      while (asked < 500) await pause(5)
    }
    c.send(ok)
  })
  const secure = await startOrigin(serve, { tls: true })
  const descriptors = (): number => readdirSync('/proc/self/fd').length
  const before = descriptors()
  const idle = await Promise.all(Array.from({ length: 1000 }, () => openTcp(house.port)))
  const began = performance.now()
  const client = await openPlain(house)
  client.send(get(origin.port))
  await client.until('ok')
  t.ok(performance.now() - began < 10_000, 'a request beside 1,000 idle connections')
  const active = await Promise.all(
    Array.from({ length: 500 }, async () => {
      const one = await openPlain(house)
      one.send(get(origin.port, '/together'))
      await one.until('ok')
      return one
    }),
  )
  t.equal(active.length, 500, '500 at a time')
  t.ok(house.wire.status().connections >= 1501, `${house.wire.status().connections} connections stand`)
  for (const socket of idle) socket.destroy()
  for (const one of [...active, client]) one.raw.destroy()
  for (let i = 0; i < 40; i++) {
    const tunnel = await openTunnel(house, `localhost:${secure.port}`)
    tunnel.send(i % 2 === 0 ? 'GET / HTTP/1.1\r\nHost: x\r\n\r\n' : 'garbage\r\n\r\n')
    if (i % 2 === 0) await tunnel.until('ok')
    tunnel.raw.destroy()
  }
  const until = Date.now() + 20_000
  while (house.wire.status().connections > 0 && Date.now() < until) await pause(20)
  t.equal(house.wire.status().connections, 0, 'no connection is left')
  t.equal(house.wire.status().tunnels, 0, 'no tunnel is left')
  // The origins keep their halves open; with them gone nothing may be left.
  await origin.close()
  await secure.close()
  while (descriptors() > before && Date.now() < until) await pause(20)
  t.ok(descriptors() <= before, `${before} descriptors before, ${descriptors()} after`)
  await house.close()
})

async function inFlight(house: WireHouse): Promise<() => Promise<void>> {
  const stalled = await startOrigin(async (c) => {
    await c.until('\r\n\r\n')
    c.send('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n')
  })
  const upgraded = await startOrigin(async (c) => {
    await c.until('\r\n\r\n')
    c.send('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
  })
  const streams = await startHttp2Origin((stream) => {
    stream.respond({ ':status': 200 })
    stream.write('x')
  })
  const silent = await startOrigin(() => {})
  const sse = await openPlain(house)
  sse.send(get(stalled.port, '/sse'))
  await sse.until('data: 1')
  const ws = await openPlain(house)
  ws.send(get(upgraded.port, '/ws', 'Connection: Upgrade\r\nUpgrade: websocket\r\n'))
  await ws.until('\r\n\r\n')
  const waiting = await openPlain(house)
  waiting.send(get(silent.port, '/waiting'))
  const tunnel = await openTunnel(house, `localhost:${streams.port}`, { alpn: ['h2'] })
  tunnel.socket.removeAllListeners('data')
  const session = connectHttp2('https://localhost', { createConnection: () => tunnel.socket })
  session.on('error', () => {})
  const stream = session.request({ ':path': '/h2' })
  stream.on('error', () => {})
  await new Promise((resolve) => stream.once('data', resolve))
  await openTcp(house.port)
  const opaque = await openPlain(house)
  opaque.send(`CONNECT localhost:${silent.port} HTTP/1.1\r\nHost: x\r\n\r\n`)
  await opaque.until('\r\n\r\n')
  opaque.send('\x01\x02')
  await pause(50)
  return async () => {
    session.destroy()
    for (const one of [stalled, upgraded, streams, silent]) await one.close()
  }
}

await t.test('a clean shutdown within three seconds', async (t) => {
  const house = await startWire()
  const clean = await inFlight(house)
  const began = performance.now()
  await house.close()
  t.ok(performance.now() - began < 6000, `closed in ${Math.round(performance.now() - began)} ms`)
  house.outbox.flush()
  const unfinished = house
    .exchanges()
    .filter(({ outcome }) => outcome.state !== 'complete' && outcome.state !== 'failed')
  t.same(
    unfinished.map(({ request }) => request.url),
    [],
    'every exchange has an end',
  )
  const interrupted = house
    .exchanges()
    .filter(({ outcome }) => outcome.state === 'failed' && outcome.failure.code === 'INTERRUPTED')
  t.ok(interrupted.length >= 5, `${interrupted.length} are recorded as interrupted`)
  const again = connectionOf
  t.type(again, 'function')
  await t.rejects(openTcp(house.port), 'nobody listens any more')
  await clean()
})

await t.test('a request of our own leaves octet for octet as it was composed', async (t) => {
  const house = await startWire()
  const plain = await startOrigin(serve)
  const secure = await startOrigin(serve, { tls: true })
  const h2: string[][] = []
  const second = await startHttp2Origin((stream, _headers, raw) => {
    h2.push(raw)
    stream.respond({ ':status': 200 }, { endStream: true })
  })
  const plan = {
    method: 'GET',
    headers: [],
    body: new Uint8Array(0),
    httpVersion: 'auto',
    followRedirects: false,
  } as const
  const odd = '/a/../b//./%7e%2F?x=%zz&&q={|}^`\'"<>\\[]#f'
  for (const [origin, scheme] of [
    [plain, 'http'],
    [secure, 'https'],
  ] as const) {
    const at = `localhost:${origin.port}`
    const cases: [Partial<PlannedRequest>, string, string?][] = [
      [{}, `GET ${odd} HTTP/1.1\r\nHost: ${at}\r\n\r\n`, odd],
      [
        { headers: ['X-First', '1', 'hOST', 'elsewhere.test', 'x-FIRST', '', 'Connection', 'keep-alive'] },
        'GET /h HTTP/1.1\r\nX-First: 1\r\nhOST: elsewhere.test\r\nx-FIRST: \r\nConnection: keep-alive\r\n\r\n',
        '/h',
      ],
      [{ method: 'OPTIONS', target: '*' }, `OPTIONS * HTTP/1.1\r\nHost: ${at}\r\n\r\n`, '/*'],
      [{}, `GET /?q HTTP/1.1\r\nHost: ${at}\r\n\r\n`, '?q'],
      [{}, `GET /caf\xe9 HTTP/1.1\r\nHost: ${at}\r\n\r\n`, '/caf\xe9'],
      [
        { method: 'FROB', headers: ['Transfer-Encoding', 'chunked', 'A', 'b'], body: Buffer.from('body') },
        `FROB /c HTTP/1.1\r\nHost: ${at}\r\nTransfer-Encoding: chunked\r\nA: b\r\n\r\n4\r\nbody\r\n0\r\n\r\n`,
        '/c',
      ],
      [{ method: 'POST' }, `POST /p HTTP/1.1\r\nHost: ${at}\r\nContent-Length: 0\r\n\r\n`, '/p'],
    ]
    for (const [more, wanted, path = '/'] of cases) {
      const url = `${scheme}://${at}${path}`
      const before = origin.connections.length
      const id = await house.wire.send({ ...plan, url, ...more })
      const found = await house.find((exchange) => exchange.id === id && exchange.outcome.state === 'complete')
      t.equal(origin.connections.length, before + 1, 'one connection for it')
      t.equal(origin.connections.at(-1)?.received().toString('latin1'), wanted)
      t.match(found.request, { url: path === '?q' ? `${scheme}://${at}/?q` : url })
    }
  }
  const own = ['X-B', '2', 'Host', 'elsewhere.test', 'x-a', '1', 'Transfer-Encoding', 'chunked']
  const id = await house.wire.send({ ...plan, url: `https://localhost:${second.port}${odd}`, headers: own })
  await house.find((exchange) => exchange.id === id && exchange.outcome.state === 'complete')
  const pseudo = [':method', 'GET', ':scheme', 'https', ':authority', 'elsewhere.test', ':path', odd]
  t.same(h2, [[...pseudo, 'x-b', '2', 'x-a', '1']])
  await t.rejects(house.wire.send({ ...plan, url: 'http://telltale.local/' }), /own page/)
  await house.close()
  for (const one of [plain, secure, second]) await one.close()
})

await t.test('requests of our own', async (t) => {
  const house = await startWire()
  const origin = await startOrigin(serve, { tls: true })
  const id = await house.wire.send({
    method: 'POST',
    url: `https://localhost:${origin.port}/again?x=1`,
    headers: ['X-A', '1', 'Content-Length', '999', 'x-a', '2'],
    body: Buffer.from('body'),
    httpVersion: '1.1',
    followRedirects: false,
    of: 'a'.repeat(16),
  })
  const found = await house.find((exchange) => exchange.id === id && exchange.outcome.state === 'complete')
  t.match(found, {
    origin: { by: 'replay', of: 'a'.repeat(16) },
    connection: { way: 'replay' },
    request: { method: 'POST', url: `https://localhost:${origin.port}/again?x=1` },
  })
  const received = origin.connections[0]?.received().toString() ?? ''
  t.equal(
    received,
    `POST /again?x=1 HTTP/1.1\r\nHost: localhost:${origin.port}\r\nX-A: 1\r\nContent-Length: 4\r\nx-a: 2\r\n\r\nbody`,
  )
  const plan = {
    method: 'GET',
    headers: [],
    body: new Uint8Array(0),
    httpVersion: '1.1',
    followRedirects: false,
  } as const
  await t.rejects(house.wire.send({ ...plan, url: 'ftp://x/' }), /http/)
  await t.rejects(house.wire.send({ ...plan, url: 'http://x/', method: 'A B' }), /not a method/)
  await t.rejects(house.wire.send({ ...plan, url: 'http://x/', headers: ['X', 'a\r\nY: b'] }), /cannot be sent/)
  const redirecting = await startOrigin(async (c) => {
    for (;;) {
      const head = await c.until('\r\n\r\n')
      c.send(head.includes('/to') ? ok : 'HTTP/1.1 302 Found\r\nLocation: /to\r\nContent-Length: 0\r\n\r\n')
    }
  })
  const first = await house.wire.send({
    ...plan,
    url: `http://localhost:${redirecting.port}/from`,
    followRedirects: true,
  })
  await house.find(({ id, outcome }) => id === first && outcome.state === 'complete')
  t.match(
    await house.find(
      ({ request, outcome }) =>
        request.url === `http://localhost:${redirecting.port}/to` && outcome.state === 'complete',
    ),
    { origin: { by: 'replay' } },
  )
  const h2 = await startHttp2Origin((stream, headers) => {
    stream.respond({ ':status': 200 })
    stream.end(String(headers['x-a']))
  })
  for (const httpVersion of ['2', 'auto'] as const) {
    const sent = await house.wire.send({
      ...plan,
      url: `https://localhost:${h2.port}/${httpVersion}`,
      headers: ['X-A', 'v'],
      httpVersion,
    })
    const over = await house.find((exchange) => exchange.id === sent && exchange.outcome.state === 'complete')
    t.match(over, { request: { httpVersion: 'HTTP/2' }, outcome: { response: { status: 200 } } }, httpVersion)
    t.equal(house.content(sent, 'response').toString(), 'v')
  }
  await house.close()
  for (const one of [origin, redirecting, h2]) await one.close()
})
