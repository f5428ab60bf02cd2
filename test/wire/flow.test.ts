// Bounds, the ends of connections, failures on the way, masses of connections, shutdown: what holds while everything goes wrong at once.
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { connect as connectHttp2 } from 'node:http2'
import { connect, type Socket } from 'node:net'
import t from 'tap'
import { startHttp2Origin, startOrigin } from '../support/origin.ts'
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

  await t.test('interim responses without number are all relayed; a thousand of them are written down', async (t) => {
    const hint = 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'
    const origin = await startOrigin(async (c) => {
      await c.until('\r\n\r\n')
      c.send(hint.repeat(5000) + ok)
    })
    const client = await openPlain(house)
    client.send(get(origin.port, '/hints'))
    t.equal(await client.until('\r\n\r\nok'), hint.repeat(5000) + ok)
    const { outcome } = await house.find(
      ({ request, outcome }) => request.target.endsWith('/hints') && outcome.state === 'complete',
    )
    t.equal(outcome.state === 'complete' && outcome.response.interim.length, 1000)
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

/** A port whose queue is full: connections to it are neither taken nor refused, as behind a firewall that drops them. */
async function startFullListener(): Promise<{ port: number; close(): void }> {
  const script = `const s = require('net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    require('fs').writeSync(1, String(s.address().port)); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0) })`
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const port = await new Promise<number>((resolve) => child.stdout.once('data', (data) => resolve(Number(data))))
  const waiting: Socket[] = []
  for (let taken = true; taken; ) {
    const socket = connect(port, '127.0.0.1').on('error', () => {})
    waiting.push(socket)
    taken = await Promise.race([
      new Promise<boolean>((resolve) => socket.once('connect', () => resolve(true))),
      pause(500).then(() => false),
    ])
  }
  return {
    port,
    close() {
      for (const socket of waiting) socket.destroy()
      child.kill('SIGKILL')
    },
  }
}

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
  // An address of nobody (RFC 5737): this machine has no route to it, or nothing ever comes back.
  t.match(await ask('http://192.0.2.1/'), /^HTTP\/1\.1 50[24] [\s\S]*"phase":"connect"/)
  const full = await startFullListener()
  t.match(
    await ask(`http://127.0.0.1:${full.port}/full`),
    /^HTTP\/1\.1 504 [\s\S]*"phase":"connect","code":"UPSTREAM_CONNECT_TIMEOUT"[\s\S]*"NO_ANSWER"/,
  )
  t.match(await house.find(({ request }) => request.url.endsWith('/full')), {
    outcome: { failure: { phase: 'connect', code: 'UPSTREAM_CONNECT_TIMEOUT' } },
  })
  full.close()
  const silent = await startOrigin(() => {})
  t.match(await ask(`http://localhost:${silent.port}/`), /^HTTP\/1\.1 504 [\s\S]*"code":"UPSTREAM_RESPONSE_TIMEOUT"/)
  await silent.close()
  await house.close()
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
  await t.rejects(openTcp(house.port), 'nobody listens any more')
  await clean()
})
