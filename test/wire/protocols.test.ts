// HTTP/2, WebSocket, unknown protocols and every way in: what passes, what is recorded, and how it ends.

import { createServer as createHttpServer } from 'node:http'
import { type ClientHttp2Session, type ClientHttp2Stream, connect as connectHttp2 } from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import t from 'tap'
import { WebSocket, WebSocketServer } from 'ws'
import { connectionOf, startHttp2Origin, startOrigin } from '../support/origin.ts'
import { openPlain, openTcp, openTunnel, startWire } from '../support/wire-house.ts'

const house = await startWire({ passThroughHosts: ['pass.test', '*.pinned.test'] })
t.teardown(() => house.close())
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

async function openHttp2(port: number, alpn = ['h2', 'http/1.1']): Promise<ClientHttp2Session> {
  const tunnel = await openTunnel(house, `localhost:${port}`, { alpn })
  tunnel.socket.removeAllListeners('data')
  const session = connectHttp2(`https://localhost:${port}`, {
    createConnection: () => tunnel.socket,
    settings: { enablePush: false },
  })
  session.on('error', () => {})
  return session
}

type Answer = { head: string[]; body: string; trailers: string[]; interim: string[][]; code: number }
function answerOf(stream: ClientHttp2Stream): Promise<Answer> {
  const answer: Answer = { head: [], body: '', trailers: [], interim: [], code: 0 }
  stream.on('response', (_h, _f, raw) => {
    answer.head = raw as unknown as string[]
  })
  stream.on('headers', (_h, _f, raw) => answer.interim.push(raw as unknown as string[]))
  stream.on('trailers', (_h, _f, raw) => {
    answer.trailers = raw as unknown as string[]
  })
  stream.on('data', (chunk) => {
    answer.body += chunk
  })
  stream.on('error', () => {})
  return new Promise((resolve) =>
    stream.once('close', () => {
      answer.code = stream.rstCode ?? 0
      resolve(answer)
    }),
  )
}

const pairs = (list: string[]): never => list as never

await t.test('HTTP/2', async (t) => {
  await t.test('fields keep order and duplicates, both ways; nothing is added', async (t) => {
    let seen: string[] = []
    const origin = await startHttp2Origin((stream, _headers, raw) => {
      seen = raw
      stream.respond(pairs([':status', '200', 'x-a', '1', 'set-cookie', 'a', 'x-a', '2', 'set-cookie', 'b']), {
        sendDate: false,
      } as object)
      stream.end('body')
    })
    const session = await openHttp2(origin.port)
    const sent = [
      ':method',
      'GET',
      ':path',
      '/x',
      ':scheme',
      'https',
      ':authority',
      `localhost:${origin.port}`,
      'x-1',
      'a',
      'x-2',
      'b',
      'x-1',
      'c',
    ]
    const answer = await answerOf(session.request(pairs(sent)))
    t.same(seen, sent)
    t.same(answer.head, [':status', '200', 'x-a', '1', 'set-cookie', 'a', 'x-a', '2', 'set-cookie', 'b'])
    t.equal(answer.body, 'body')
    const found = await house.find(
      ({ request, outcome }) => request.url === `https://localhost:${origin.port}/x` && outcome.state === 'complete',
    )
    t.match(found, {
      request: { httpVersion: '2', method: 'GET', headers: [{ name: 'x-1' }, { name: 'x-2' }, { name: 'x-1' }] },
    })
    t.equal(house.content(found.id, 'response').toString(), 'body')
    session.destroy()
    await origin.close()
  })

  await t.test('interim responses and trailers both ways', async (t) => {
    let trailers: unknown
    const origin = await startHttp2Origin((stream) => {
      stream.additionalHeaders({ ':status': 103, link: ['</a>', '</b>'] })
      stream.on('trailers', (fields) => {
        trailers = fields
      })
      stream.on('data', () => {})
      stream.on('end', () => {
        stream.respond({ ':status': 200 }, { waitForTrailers: true })
        stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '5', 'x-t': ['1', '2'] }))
        stream.end('data')
      })
    })
    const session = await openHttp2(origin.port)
    const stream = session.request({ ':method': 'POST', ':path': '/grpc', te: 'trailers' }, { waitForTrailers: true })
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '9' }))
    stream.end('request')
    const answer = await answerOf(stream)
    t.match(trailers, { 'x-sum': '9' })
    t.same(answer.interim, [[':status', '103', 'link', '</a>', 'link', '</b>']])
    t.same(answer.trailers, ['grpc-status', '5', 'x-t', '1', 'x-t', '2'])
    const found = await house.find(({ request, outcome }) => request.target === '/grpc' && outcome.state === 'complete')
    t.same(found.request.trailers, [{ name: 'x-sum', value: '9' }])
    t.match(found.outcome, {
      response: { trailers: [{ name: 'grpc-status', value: '5' }, {}, {}], interim: [{ status: 103 }] },
    })
    session.destroy()
    await origin.close()
  })

  await t.test('streaming in both directions at once', async (t) => {
    const origin = await startHttp2Origin((stream) => {
      stream.respond({ ':status': 200 })
      stream.on('data', (chunk) => stream.write(`echo:${chunk}`))
      stream.on('end', () => stream.end())
    })
    const session = await openHttp2(origin.port)
    const stream = session.request({ ':method': 'POST', ':path': '/stream' })
    const got: string[] = []
    stream.on('data', (chunk) => got.push(String(chunk)))
    for (const word of ['a', 'b', 'c']) {
      stream.write(word)
      while (!got.join('').includes(`echo:${word}`)) await pause(2)
    }
    stream.end()
    const answer = await answerOf(stream)
    t.equal(answer.code, 0)
    t.same(got, ['echo:a', 'echo:b', 'echo:c'])
    session.destroy()
    await origin.close()
  })

  await t.test('a reset passes with its code, from either side', async (t) => {
    let code: number | undefined
    let thinks = false
    let breakOff = () => {}
    const origin = await startHttp2Origin((stream, headers) => {
      if (headers[':path'] === '/cancelled') {
        thinks = true
        stream.on('close', () => {
          code = stream.rstCode
        })
      }
      if (headers[':path'] === '/refused') stream.close(7)
      if (headers[':path'] === '/begun') {
        // Without this Node ends the stream cleanly before it resets it.
        stream.respond({ ':status': 200 }, { waitForTrailers: true })
        stream.write('some')
        breakOff = () => stream.close(11)
      }
    })
    const session = await openHttp2(origin.port)
    t.equal((await answerOf(session.request({ ':path': '/refused' }))).code, 7)
    const broken = session.request({ ':path': '/begun' })
    broken.once('data', () => breakOff())
    t.match(await answerOf(broken), { code: 11, body: 'some' })
    await house.find(
      ({ request, outcome }) =>
        request.target === '/refused' && outcome.state === 'failed' && outcome.failure.code === 'HTTP2_REFUSED_STREAM',
    )
    await house.find(
      ({ request, outcome }) =>
        request.target === '/begun' && outcome.state === 'failed' && outcome.failure.code === 'HTTP2_ENHANCE_YOUR_CALM',
    )
    const stream = session.request({ ':path': '/cancelled' })
    stream.on('error', () => {})
    while (!thinks) await pause(5)
    stream.close(8)
    const found = await house.find(
      ({ request, outcome }) => request.target === '/cancelled' && outcome.state === 'failed',
    )
    t.match(found.outcome, { failure: { phase: 'client', code: 'CLIENT_CLOSED' } })
    while (code === undefined) await pause(5)
    t.equal(code, 8)
    session.destroy()
    await origin.close()
  })

  await t.test('GOAWAY passes, and an origin that vanishes fails the streams', async (t) => {
    const origin = await startHttp2Origin((stream, headers) => {
      if (headers[':path'] === '/goaway') {
        stream.respond({ ':status': 200 })
        stream.end('last')
        stream.session?.goaway(0)
      } else stream.session?.destroy()
    })
    const first = await openHttp2(origin.port)
    const away = new Promise<number>((resolve) => first.once('goaway', resolve))
    t.equal((await answerOf(first.request({ ':path': '/goaway' }))).body, 'last')
    t.equal(await away, 0)
    const second = await openHttp2(origin.port)
    const answer = await answerOf(second.request({ ':path': '/gone' }))
    t.ok(answer.head[1] === '502' || answer.code !== 0, 'the stream does not end well')
    await house.find(({ request, outcome }) => request.target === '/gone' && outcome.state === 'failed')
    first.destroy()
    second.destroy()
    await origin.close()
  })

  await t.test('an unreachable origin is a 502 on its stream', async (t) => {
    const origin = await startHttp2Origin(() => {})
    const { port } = origin
    await origin.close()
    const session = await openHttp2(port, ['h2'])
    const answer = await answerOf(session.request({ ':path': '/nobody' }))
    t.equal(answer.head[1], '502')
    t.match(JSON.parse(answer.body), { code: 'ECONNREFUSED', phase: 'connect' })
    session.destroy()
  })

  await t.test('an origin without HTTP/2 leaves the client with HTTP/1.1', async (t) => {
    const origin = await startOrigin(
      async (c) => {
        await c.until('\r\n\r\n')
        c.send(ok)
      },
      { tls: true, alpn: ['http/1.1'] },
    )
    const client = await openTunnel(house, `localhost:${origin.port}`, { alpn: ['h2', 'http/1.1'] })
    t.equal(client.alpn, 'http/1.1')
    await origin.close()
    client.raw.destroy()
  })

  await t.test('back-pressure: an origin is read no faster than the client reads', async (t) => {
    let written = 0
    const origin = await startHttp2Origin((stream) => {
      stream.respond({ ':status': 200 })
      const chunk = Buffer.alloc(64 * 1024)
      const more = (): void => {
        while (written < 64 * 1024 * 1024 && !stream.destroyed) {
          written += chunk.length
          if (!stream.write(chunk)) return void stream.once('drain', more)
        }
        stream.end()
      }
      more()
    })
    const session = await openHttp2(origin.port)
    const stream = session.request({ ':path': '/big' })
    stream.pause()
    await pause(300)
    t.ok(written < 8 * 1024 * 1024, `the origin wrote ${written} octets`)
    stream.close(8)
    session.destroy()
    await origin.close()
  })

  await t.test('with prior knowledge, without TLS', async (t) => {
    const origin = await startHttp2Origin(
      (stream) => {
        stream.respond({ ':status': 200 })
        stream.end('h2c')
      },
      { tls: false },
    )
    const raw = await openTcp(house.port)
    raw.write(`CONNECT localhost:${origin.port} HTTP/1.1\r\nHost: x\r\n\r\n`)
    await new Promise((resolve) => raw.once('data', resolve))
    const session = connectHttp2(`http://localhost:${origin.port}`, { createConnection: () => raw })
    const answer = await answerOf(session.request({ ':path': '/h2c' }))
    t.equal(answer.body, 'h2c')
    await house.find(({ request, outcome }) => request.target === '/h2c' && outcome.state === 'complete')
    session.destroy()
    await origin.close()
  })

  await t.test('a WebSocket over HTTP/2 (RFC 8441)', async (t) => {
    const origin = await startHttp2Origin(
      (stream) => {
        stream.respond({ ':status': 200 })
        stream.on('data', (chunk) =>
          stream.write(Buffer.from([0x81, 2, 0x68, 0x69]).subarray(0, chunk.length > 0 ? 4 : 0)),
        )
      },
      { settings: { enableConnectProtocol: true } },
    )
    const session = await openHttp2(origin.port)
    while (!session.remoteSettings?.enableConnectProtocol) await pause(5)
    const stream = session.request({
      ':method': 'CONNECT',
      ':protocol': 'websocket',
      ':path': '/ws2',
      ':scheme': 'https',
      ':authority': 'localhost',
    })
    await new Promise((resolve) => stream.once('response', resolve))
    stream.write(Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0x61]))
    await new Promise((resolve) => stream.once('data', resolve))
    const found = await house.find(({ request, messageCount }) => request.target === '/ws2' && messageCount === 2)
    t.equal(found.kind, 'websocket')
    t.same(
      house.messages(found.id).map(({ from, data }) => [from, Buffer.from(data).toString()]),
      [
        ['client', 'a'],
        ['server', 'hi'],
      ],
    )
    stream.close(8)
    session.destroy()
    await origin.close()
  })
})

await t.test('WebSocket', async (t) => {
  for (const secure of [false, true])
    await t.test(secure ? 'wss with permessage-deflate' : 'ws', async (t) => {
      const http = createHttpServer()
      const server = new WebSocketServer({ server: http, perMessageDeflate: secure ? { threshold: 0 } : false })
      server.on('connection', (socket) => {
        socket.on('message', (data, binary) => socket.send(data, { binary }))
        socket.on('close', () => {})
      })
      await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
      const { port } = http.address() as AddressInfo
      const sockets = new Set<Socket>()
      http.on('connection', (socket) => sockets.add(socket))
      // The TLS case is reached in reverse: the tunnel is opened to an origin that hands its inside to the same server.
      const origin = secure
        ? await startOrigin(
            ({ socket }) => {
              socket.removeAllListeners('data')
              http.emit('connection', socket)
            },
            { tls: true },
          )
        : undefined
      const host = `localhost:${origin?.port ?? port}`
      const inside = secure ? await openTunnel(house, host) : await openTcp(house.port)
      const socket = 'socket' in inside ? inside.socket : inside
      if ('socket' in inside) socket.removeAllListeners('data')
      if (!secure) {
        socket.write(`CONNECT ${host} HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
        await new Promise((resolve) => socket.once('data', resolve))
      }
      const client = new WebSocket(`ws://${host}/chat`, {
        createConnection: () => socket as Socket,
        perMessageDeflate: secure,
      })
      await new Promise((resolve) => client.once('open', resolve))
      const echoed: string[] = []
      client.on('message', (data) => echoed.push(String(data)))
      client.send('hello '.repeat(50))
      client.send(Buffer.from([0, 1, 255]))
      client.ping('p')
      const big = 'x'.repeat(200_000)
      client.send(big)
      while (echoed.length < 3) await pause(5)
      t.same(
        echoed.map((text) => text.length),
        [300, 3, 200_000],
      )
      client.close(4001, 'enough')
      await new Promise((resolve) => client.once('close', resolve))
      const found = await house.find(
        ({ request, outcome, kind }) =>
          request.url.includes(host) && kind === 'websocket' && outcome.state === 'complete',
      )
      const seen = house.messages(found.id).map(({ from, opcode, size, code }) => [from, opcode, size, code ?? 0])
      for (const expected of [
        ['client', 'text', 300, 0],
        ['server', 'text', 300, 0],
        ['client', 'binary', 3, 0],
        ['client', 'ping', 1, 0],
        ['server', 'pong', 1, 0],
        ['client', 'text', 200_000, 0],
        ['client', 'close', 6, 4001],
      ])
        t.ok(
          seen.some((message) => String(message) === String(expected)),
          `recorded: ${expected.join(' ')}`,
          { seen },
        )
      const first = house.messages(found.id).find(({ opcode }) => opcode === 'text')
      t.equal(Buffer.from(first?.data ?? []).toString(), 'hello '.repeat(50), 'shown inflated')
      for (const one of sockets) one.destroy()
      server.close()
      http.close()
      await origin?.close()
    })

  await t.test('a refused handshake is the refusal it is', async (t) => {
    const origin = await startOrigin(async (c) => {
      await c.until('\r\n\r\n')
      c.send('HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno')
    })
    const client = await openPlain(house)
    client.send(
      `GET http://localhost:${origin.port}/no HTTP/1.1\r\nHost: localhost:${origin.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    )
    t.match(await client.until('no'), /^HTTP\/1\.1 403 No\r\n/)
    const head = origin.connections[0]?.received().toString() ?? ''
    t.match(head, /Connection: Upgrade\r\nUpgrade: websocket\r\n/)
    const found = await house.find(
      ({ request, outcome }) => request.url.endsWith(`${origin.port}/no`) && outcome.state === 'complete',
    )
    t.match(found, { kind: 'http', outcome: { response: { status: 403 } } })
    client.raw.destroy()
    await origin.close()
  })
})

await t.test('what is not HTTP', async (t) => {
  await t.test('an unknown Upgrade is relayed octet for octet', async (t) => {
    const origin = await startOrigin(async (c) => {
      await c.until('\r\n\r\n')
      c.send('HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: frob/1\r\n\r\nfirst')
      t.equal(await c.take(4), '\0\x01\r\n')
      c.send('\xff\xfe')
      c.fin()
    })
    const client = await openPlain(house)
    client.send(
      `GET http://localhost:${origin.port}/up HTTP/1.1\r\nHost: localhost:${origin.port}\r\nConnection: Upgrade\r\nUpgrade: frob/1\r\n\r\n`,
    )
    await client.until('first')
    client.send('\0\x01\r\n')
    await client.until('\xff\xfe')
    t.equal(await client.ended, 'fin')
    client.fin()
    const found = await house.find(
      ({ request, outcome }) => request.url.endsWith(`${origin.port}/up`) && outcome.state === 'complete',
    )
    t.match(found, {
      kind: 'tunnel',
      unread: 'upgrade',
      outcome: { response: { status: 101, content: { bodySize: 7 } } },
    })
    await origin.close()
  })

  await t.test('octets inside CONNECT that are neither TLS nor HTTP', async (t) => {
    const origin = await startOrigin(async (c) => {
      await c.take(4)
      c.send('pong')
      c.fin()
    })
    const client = await openPlain(house)
    client.send(`CONNECT localhost:${origin.port} HTTP/1.1\r\nHost: x\r\n\r\n`)
    await client.until('\r\n\r\n')
    client.send('\x01\x02\x03\x04')
    t.equal(await client.until('pong'), 'pong')
    client.fin()
    const found = await house.find(({ server, outcome }) => server.port === origin.port && outcome.state === 'complete')
    t.match(found, { kind: 'tunnel', unread: 'not-http', request: { method: 'CONNECT' } })
    await origin.close()
  })

  await t.test('a server that speaks first', async (t) => {
    const origin = await startOrigin(async (c) => {
      c.send('220 mail\r\n')
      await c.until('\r\n')
      c.send('250 ok\r\n')
      c.fin()
    })
    const client = await openPlain(house)
    client.send(`CONNECT localhost:${origin.port} HTTP/1.1\r\nHost: x\r\n\r\n`)
    await client.until('\r\n\r\n')
    t.equal(await client.until('\r\n'), '220 mail\r\n')
    client.send('EHLO x\r\n')
    t.equal(await client.until('\r\n'), '250 ok\r\n')
    client.fin()
    t.match(await house.find(({ server, outcome }) => server.port === origin.port && outcome.state === 'complete'), {
      kind: 'tunnel',
    })
    await origin.close()
  })

  await t.test('CONNECT to a plain HTTP port is read as HTTP', async (t) => {
    const origin = await startOrigin(async (c) => {
      await c.until('\r\n\r\n')
      c.send(ok)
    })
    const client = await openPlain(house)
    client.send(`CONNECT localhost:${origin.port} HTTP/1.1\r\nHost: x\r\n\r\n`)
    await client.until('\r\n\r\n')
    client.send(`GET /inside HTTP/1.1\r\nHost: localhost:${origin.port}\r\n\r\n`)
    await client.until('ok')
    const found = await house.find(({ request }) => request.url === `http://localhost:${origin.port}/inside`)
    t.equal(found.connection.way, 'connect')
    client.raw.destroy()
    await origin.close()
  })

  await t.test('the ClientHello sent together with CONNECT', async (t) => {
    const origin = await startOrigin(async (c) => {
      await c.until('\r\n\r\n')
      c.send(ok)
    })
    const client = await openPlain(house)
    client.send(`CONNECT localhost:${origin.port} HTTP/1.1\r\nHost: x\r\n\r\nGET /eager HTTP/1.1\r\nHost: x\r\n\r\n`)
    t.match(await client.until('ok'), /^HTTP\/1\.1 200 Connection established\r\n\r\nHTTP\/1\.1 200 OK/)
    client.raw.destroy()
    await origin.close()
  })
})

await t.test('ways in', async (t) => {
  await t.test('SOCKS5 with a name', async (t) => {
    const origin = await startOrigin(async (c) => {
      await c.until('\r\n\r\n')
      c.send(ok)
    })
    const client = await openPlain(house)
    client.send('\x05\x01\0')
    t.equal(await client.take(2), '\x05\0')
    const name = 'localhost'
    client.send(
      `\x05\x01\0\x03${String.fromCharCode(name.length)}${name}${String.fromCharCode(origin.port >> 8, origin.port & 255)}`,
    )
    t.match(await client.take(10), /^\x05\0\0\x01/)
    client.send('GET /socks HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await client.until('ok')
    const found = await house.find(({ request, server }) => request.target === '/socks' && server.port === origin.port)
    t.equal(found.connection.way, 'socks5')
    client.raw.destroy()
    await origin.close()
  })

  await t.test('SOCKS5 in pieces, with an address, and BIND refused', async (t) => {
    const origin = await startOrigin(async (c) => {
      await c.until('\r\n\r\n')
      c.send(ok)
    })
    const client = await openPlain(house)
    const request = `\x05\x01\0\x01\x7f\0\0\x01${String.fromCharCode(origin.port >> 8, origin.port & 255)}`
    for (const piece of ['\x05', '\x02\0', '\x02']) {
      client.send(piece)
      await pause(5)
    }
    t.equal(await client.take(2), '\x05\0')
    for (const octet of request) {
      client.send(octet)
      await pause(2)
    }
    await client.take(10)
    client.send('GET /s2 HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await client.until('ok')
    const other = await openPlain(house)
    other.send('\x05\x01\0')
    await other.take(2)
    other.send('\x05\x02\0\x01\x7f\0\0\x01\0\x50')
    t.match(await other.take(10), /^\x05\x07/)
    client.raw.destroy()
    other.raw.destroy()
    await origin.close()
  })

  await t.test('reverse, over TLS to an HTTP/1.1 origin', async (t) => {
    const origin = await startOrigin(
      async (c) => {
        await c.until('\r\n\r\n')
        c.send(ok)
      },
      { tls: true },
    )
    const reverse = await startWire({ modes: [{ kind: 'reverse', url: `https://localhost:${origin.port}/` }] })
    const client = await openPlain(reverse)
    client.send('GET /rev HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nX: 1\r\n\r\n')
    await client.until('ok')
    t.match(
      origin.connections[0]?.received().toString(),
      `GET /rev HTTP/1.1\r\nHost: localhost:${origin.port}\r\nX: 1\r\n\r\n`,
    )
    const found = await reverse.find(({ request }) => request.target === '/rev')
    t.match(found, { connection: { way: 'reverse' }, request: { url: `https://localhost:${origin.port}/rev` } })
    client.raw.destroy()
    await reverse.close()
    await origin.close()
  })

  await t.test('several reverse listeners beside the proxy', async (t) => {
    const origin = await startOrigin(async (c) => {
      await c.until('\r\n\r\n')
      c.send(ok)
    })
    const url = `http://localhost:${origin.port}/`
    const reverse = await startWire({
      modes: [{ kind: 'regular' }, { kind: 'reverse', url, port: 0 }, { kind: 'reverse', url, port: 0 }],
    })
    t.equal(reverse.ports.length, 3)
    for (const port of reverse.ports.slice(1)) {
      const socket = await openTcp(port)
      const client = connectionOf(socket, socket)
      client.send('GET /r HTTP/1.1\r\nHost: x\r\n\r\n')
      await client.until('ok')
      socket.destroy()
    }
    await reverse.close()
    await origin.close()
  })

  await t.test('TLS arriving directly is led by its server name', async (t) => {
    // A label longer than DNS allows: no server has to be asked to know that there is none.
    const nowhere = `${'n'.repeat(64)}.invalid`
    const raw = await openTcp(house.port)
    const { connect } = await import('node:tls')
    const socket = connect({ socket: raw, servername: nowhere, ca: house.authority.caPem })
    await new Promise((resolve, reject) => {
      socket.once('secureConnect', resolve)
      socket.once('error', reject)
    })
    const client = connectionOf(socket, raw)
    client.send(`GET /direct HTTP/1.1\r\nHost: ${nowhere}\r\n\r\n`)
    t.match(await client.until('}'), /502 Bad Gateway[\s\S]*ENOTFOUND/)
    const found = await house.find(({ request }) => request.target === '/direct')
    t.match(found, { connection: { way: 'direct' }, request: { url: `https://${nowhere}/direct` } })
    raw.destroy()
  })

  await t.test('an upstream proxy: absolute form, CONNECT, credentials, NO_PROXY, refusal', async (t) => {
    const origin = await startOrigin(
      async (c) => {
        await c.until('\r\n\r\n')
        c.send(ok)
      },
      { tls: true },
    )
    const direct = await startOrigin(
      async (c) => {
        await c.until('\r\n\r\n')
        c.send(ok)
      },
      { host: '127.0.0.1' },
    )
    const heads: string[] = []
    let refuse = false
    const proxy = await startOrigin(async (c) => {
      const head = await c.until('\r\n\r\n')
      heads.push(head)
      if (refuse)
        return c.send(
          'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n',
        )
      if (!head.startsWith('CONNECT')) return c.send(ok)
      const there = await openTcp(origin.port)
      c.send('HTTP/1.1 200 OK\r\n\r\n')
      c.socket.removeAllListeners('data')
      c.socket.pipe(there).pipe(c.socket)
    })
    const chained = await startWire({
      modes: [{ kind: 'upstream', url: `http://us%40er:pw@localhost:${proxy.port}/` }],
      noProxy: ['127.0.0.1'],
    })
    const plain = await openPlain(chained)
    plain.send('GET http://far.test/x HTTP/1.1\r\nHost: far.test\r\n\r\n')
    await plain.until('ok')
    const marked = (head = '') => head.replace(/telltale-[0-9a-f]{12}/, 'MARK')
    t.equal(
      marked(heads[0]),
      `GET http://far.test/x HTTP/1.1\r\nHost: far.test\r\nVia: 1.1 MARK\r\nProxy-Authorization: Basic ${Buffer.from('us@er:pw').toString('base64')}\r\n\r\n`,
    )
    const tunnel = await openTunnel(chained, 'localhost:443')
    tunnel.send('GET /t HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await tunnel.until('ok')
    t.match(
      marked(heads[1]),
      /^CONNECT localhost:443 HTTP\/1\.1\r\nHost: localhost:443\r\nVia: 1\.1 MARK\r\nProxy-Authorization: Basic /,
    )
    t.match(await chained.find(({ request }) => request.target === '/t'), {
      connection: { via: `localhost:${proxy.port}` },
    })
    plain.send(`GET http://127.0.0.1:${direct.port}/d HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`)
    await plain.until('ok')
    t.match(direct.connections[0]?.received().toString(), /^GET \/d HTTP/)
    refuse = true
    const refused = await openTunnel(chained, 'localhost:444')
    refused.send('GET /refused HTTP/1.1\r\nHost: localhost\r\n\r\n')
    t.match(await refused.until('}'), /502[\s\S]*UPSTREAM_PROXY_REFUSED/)
    for (const one of [plain, tunnel, refused]) one.raw.destroy()
    await chained.close()
    for (const one of [origin, direct, proxy]) await one.close()
  })
})
