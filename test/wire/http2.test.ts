// HTTP/2 frame by frame at both ends: prior knowledge on the proxy port, GOAWAY and RST_STREAM with their codes.
import { connect as connectHttp2 } from 'node:http2'
import { duplexPair } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import { isDeepStrictEqual } from 'node:util'
import t, { type Test } from 'tap'
import { hpackDecoder } from '../support/hpack.ts'
import {
  type Frame,
  type FrameReader,
  fieldBlock,
  flags,
  frame,
  frameReader,
  frameTypes,
  goaway,
  ok200,
  preface,
  request,
  rstStream,
  settings,
} from '../support/http2-frames.ts'
import { type OriginConnection, startHttp2Origin, startOrigin } from '../support/origin.ts'
import { openTcp, startWire, type WireHouse } from '../support/wire-house.ts'

const house = await startWire()
t.teardown(() => house.close())
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const of =
  (type: number, stream?: number) =>
  (found: Frame): boolean =>
    found.type === type && (stream === undefined || found.stream === stream)
const code = (found: Frame | undefined): number | undefined => found?.payload.readUInt32BE(0)

/** An origin that speaks frames; `script` runs once per connection. */
function startFrames(script: (connection: OriginConnection, frames: FrameReader) => Promise<void> | void) {
  return startOrigin(async (connection) => {
    const frames = frameReader(connection.socket, true)
    connection.socket.write(settings())
    await script(connection, frames)
  })
}

/** A raw client in a tunnel, or on the proxy port itself. */
async function openFrames(to: WireHouse, tunnel?: string) {
  const socket = await openTcp(to.port)
  if (tunnel) {
    socket.write(`CONNECT ${tunnel} HTTP/1.1\r\nHost: ${tunnel}\r\n\r\n`)
    await new Promise((resolve) => socket.once('data', resolve))
  }
  const frames = frameReader(socket)
  socket.write(Buffer.concat([preface, settings()]))
  return { socket, frames }
}

async function recorded(t: Test, port: number, path: string, wanted: string) {
  const found = await house.find(
    ({ request, outcome }) =>
      request.url === `http://localhost:${port}${path}` &&
      (outcome.state === wanted || (outcome.state === 'failed' && outcome.failure.code === wanted)),
  )
  t.equal(found.request.httpVersion, 'HTTP/2')
  return found
}

await t.test('prior knowledge on the proxy port', async (t) => {
  await t.test('each stream is led to the origin its authority names', async (t) => {
    const seen: string[] = []
    const start = (name: string) =>
      startHttp2Origin(
        (stream, _headers, raw) => {
          seen.push(`${name} ${raw.join(' ')}`)
          stream.respond({ ':status': 200 })
          stream.end(name)
        },
        { tls: false },
      )
    const [one, two] = [await start('one'), await start('two')]
    const socket = await openTcp(house.port)
    const session = connectHttp2(`http://localhost:${one.port}`, { createConnection: () => socket })
    const ask = (port: number, path: string): Promise<string> =>
      new Promise((resolve, reject) => {
        const stream = session.request({
          ':path': path,
          ':authority': `localhost:${port}`,
          'proxy-authorization': 'Basic c2VjcmV0',
          'x-a': '1',
        })
        let text = ''
        stream.on('data', (chunk) => (text += chunk))
        stream.on('end', () => resolve(text))
        stream.on('error', reject)
      })
    t.same(await Promise.all([ask(one.port, '/1'), ask(two.port, '/2'), ask(one.port, '/3')]), ['one', 'two', 'one'])
    t.match(seen.toSorted(), [
      `one :path /1 :authority localhost:${one.port} :method GET :scheme http x-a 1`,
      `one :path /3 :authority localhost:${one.port} :method GET :scheme http x-a 1`,
      `two :path /2 :authority localhost:${two.port} :method GET :scheme http x-a 1`,
    ])
    const found = await recorded(t, two.port, '/2', 'complete')
    t.match(found, { connection: { way: 'proxy' }, server: { port: two.port } })
    session.destroy()
    await Promise.all([one.close(), two.close()])
  })

  await t.test('what cannot be led anywhere is answered on its stream', async (t) => {
    const origin = await startOrigin(async (c) => {
      await c.until('\r\n\r\n')
      c.send('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')
      c.fin()
    })
    const guarded = await startWire({ proxyAuth: 'me:secret' })
    const ask = async (to: WireHouse, head: Record<string, string>) => {
      const socket = await openTcp(to.port)
      const session = connectHttp2('http://localhost', { createConnection: () => socket })
      const stream = session.request(head, { endStream: true })
      let text = ''
      stream.on('data', (chunk) => (text += chunk))
      const status = await new Promise((resolve) => stream.once('response', (fields) => resolve(fields[':status'])))
      await new Promise((resolve) => stream.once('close', resolve))
      session.destroy()
      return { status, text }
    }
    const to = (authority: string, path = '/') => ({ ':authority': authority, ':path': path })
    t.match(await ask(house, to(`127.0.0.1:${house.port}`)), { status: 508, text: /"LOOP"/ })
    t.match(await ask(house, to(`localhost:${origin.port}`)), { status: 502, text: /"HTTP2_NOT_SPOKEN"/ })
    t.match(await ask(house, to('localhost:1')), { status: 502, text: /"ECONNREFUSED"/ })
    t.match(await ask(house, to('localhost:99999')), { status: 400, text: /"REQUEST_NOT_PROXY"/ })
    t.match(await ask(house, { ':method': 'CONNECT', ':authority': 'localhost:443' }), {
      status: 400,
      text: /"CONNECT_REFUSED"/,
    })
    t.match(await ask(house, to('telltale.local')), { status: 200, text: /came through the proxy/ })
    t.match(await ask(guarded, to('telltale.local')), { status: 407 })
    const asked = `localhost:${origin.port}`
    t.match(await ask(guarded, { ...to(asked), 'proxy-authorization': 'Basic bWU6d3Jvbmc=' }), { status: 407 })
    const right = { 'proxy-authorization': `Basic ${Buffer.from('me:secret').toString('base64')}` }
    t.match(await ask(guarded, { ...to(asked), ...right }), { status: 502 })
    await guarded.close()
    await origin.close()
  })

  await t.test('in reverse mode the origin gets its own name', async (t) => {
    let seen: string[] = []
    const origin = await startHttp2Origin(
      (stream, _headers, raw) => {
        seen = raw
        stream.respond({ ':status': 200 }, { endStream: true })
      },
      { tls: false },
    )
    const reverse = await startWire({ modes: [{ kind: 'reverse', url: `http://localhost:${origin.port}/` }] })
    const { socket, frames } = await openFrames(reverse)
    socket.write(request(1, 'front.test', '/r'))
    t.ok(await frames.next(of(frameTypes.headers, 1)))
    t.same(seen, [':method', 'GET', ':scheme', 'http', ':authority', `localhost:${origin.port}`, ':path', '/r'])
    const found = await reverse.find(({ outcome }) => outcome.state === 'complete')
    t.equal(found.request.url, `http://localhost:${origin.port}/r`)
    socket.destroy()
    await reverse.close()
    await origin.close()
  })
})

await t.test('GOAWAY', async (t) => {
  for (const [name, goneWith] of [
    ['NO_ERROR', 0],
    ['ENHANCE_YOUR_CALM', 11],
  ] as const)
    await t.test(`${name}: streams above the last are refused, those below finish`, async (t) => {
      const origin = await startFrames(async (connection, frames) => {
        for (const stream of [1, 3, 5]) await frames.next(of(frameTypes.headers, stream))
        connection.socket.write(goaway(1, goneWith, 'bye'))
        await pause(30)
        connection.socket.write(Buffer.concat([ok200(1), frame(frameTypes.data, flags.endStream, 1, 'done')]))
      })
      const { socket, frames } = await openFrames(house, `localhost:${origin.port}`)
      socket.write(Buffer.concat([1, 3, 5].map((id) => request(id, `localhost:${origin.port}`, `/${goneWith}/${id}`))))
      const away = await frames.next(of(frameTypes.goaway))
      t.same([away?.payload.readUInt32BE(0), away?.payload.readUInt32BE(4)], [1, goneWith], 'last stream and code')
      t.equal(away?.payload.toString('latin1', 8), 'bye', 'its debug data')
      const answer = await frames.next(of(frameTypes.data, 1))
      t.equal(answer?.payload.toString(), 'done', 'the stream below finishes')
      t.notOk(
        frames.frames.some((found) => found.stream > 1 && found.type <= 1),
        'the others get no answer',
      )
      await recorded(t, origin.port, `/${goneWith}/1`, 'complete')
      for (const id of [3, 5]) await recorded(t, origin.port, `/${goneWith}/${id}`, 'HTTP2_REFUSED_STREAM')
      socket.destroy()
      await origin.close()
    })

  await t.test('an announcement lets running streams finish and refuses new ones', async (t) => {
    const origin = await startFrames(async (connection, frames) => {
      await frames.next(of(frameTypes.headers, 1))
      connection.socket.write(goaway(2 ** 31 - 1, 0))
      await pause(50)
      connection.socket.write(Buffer.concat([ok200(1), frame(frameTypes.data, flags.endStream, 1, 'late')]))
    })
    const { socket, frames } = await openFrames(house, `localhost:${origin.port}`)
    socket.write(request(1, `localhost:${origin.port}`, '/announced'))
    const away = await frames.next(of(frameTypes.goaway))
    t.equal(code(away), 1, 'what comes after is not taken, and the client knows')
    socket.write(request(3, `localhost:${origin.port}`, '/after'))
    const answer = await frames.next(of(frameTypes.data, 1))
    t.equal(answer?.payload.toString(), 'late')
    t.equal(origin.connections.length, 1)
    t.notOk(frames.frames.some(({ stream }) => stream === 3))
    socket.destroy()
    await origin.close()
  })

  await t.test('the client says it with a code: the origin hears it', async (t) => {
    let heard: Frame | undefined
    const origin = await startFrames(async (connection, frames) => {
      await frames.next(of(frameTypes.headers, 1))
      heard = await frames.next(of(frameTypes.goaway))
      connection.socket.write(ok200(1, true))
    })
    const { socket, frames } = await openFrames(house, `localhost:${origin.port}`)
    socket.write(request(1, `localhost:${origin.port}`, '/client-leaves'))
    await house.find(({ request }) => request.target === '/client-leaves')
    await pause(30)
    socket.write(goaway(0, 9, 'why'))
    t.ok(await frames.next(of(frameTypes.headers, 1)), 'its running stream is still answered')
    t.same([heard?.payload.readUInt32BE(4), heard?.payload.toString('latin1', 8)], [9, 'why'])
    socket.destroy()
    await origin.close()
  })

  await t.test('on the proxy port only the streams to that origin are refused', async (t) => {
    const leaving = await startFrames(async (connection, frames) => {
      await frames.next(of(frameTypes.headers))
      connection.socket.write(goaway(0, 0))
    })
    const staying = await startFrames(async (connection, frames) => {
      for (;;) {
        const found = await frames.next(of(frameTypes.headers))
        if (!found) return
        connection.socket.write(ok200(found.stream, true))
      }
    })
    const { socket, frames } = await openFrames(house)
    socket.write(request(1, `localhost:${leaving.port}`, '/refused-here'))
    t.equal(code(await frames.next(of(frameTypes.rstStream, 1))), 7)
    socket.write(request(3, `localhost:${staying.port}`, '/goes-on'))
    t.ok(await frames.next(of(frameTypes.headers, 3)))
    t.notOk(frames.frames.some(of(frameTypes.goaway)))
    await recorded(t, leaving.port, '/refused-here', 'HTTP2_REFUSED_STREAM')
    await recorded(t, staying.port, '/goes-on', 'complete')
    socket.destroy()
    await Promise.all([leaving.close(), staying.close()])
  })
})

const codes = {
  PROTOCOL_ERROR: 1,
  INTERNAL_ERROR: 2,
  REFUSED_STREAM: 7,
  CANCEL: 8,
  ENHANCE_YOUR_CALM: 11,
  HTTP_1_1_REQUIRED: 13,
}

await t.test('RST_STREAM', async (t) => {
  for (const [name, reset] of Object.entries(codes)) {
    await t.test(`${name} from the origin, before and within its answer`, async (t) => {
      const origin = await startFrames(async (connection, frames) => {
        await frames.next(of(frameTypes.headers, 3))
        const begun = frame(frameTypes.data, 0, 3, 'some')
        connection.socket.write(Buffer.concat([rstStream(1, reset), ok200(3), begun]))
        await pause(20)
        connection.socket.write(rstStream(3, reset))
      })
      const { socket, frames } = await openFrames(house, `localhost:${origin.port}`)
      socket.write(Buffer.concat([1, 3].map((id) => request(id, `localhost:${origin.port}`, `/${name}/${id}`))))
      t.equal(code(await frames.next(of(frameTypes.rstStream, 1))), reset)
      t.equal(code(await frames.next(of(frameTypes.rstStream, 3))), reset)
      t.notOk(frames.frames.some((found) => of(frameTypes.data, 3)(found) && found.flags & flags.endStream))
      for (const id of [1, 3]) await recorded(t, origin.port, `/${name}/${id}`, `HTTP2_${name}`)
      socket.destroy()
      await origin.close()
    })
    await t.test(`${name} from the client, while the origin thinks and while it sends`, async (t) => {
      const heard: (number | undefined)[] = []
      const origin = await startFrames(async (connection, frames) => {
        await frames.next(of(frameTypes.headers, 3))
        connection.socket.write(Buffer.concat([ok200(3), frame(frameTypes.data, 0, 3, 'some')]))
        heard.push(code(await frames.next(of(frameTypes.rstStream))), code(await frames.next(of(frameTypes.rstStream))))
      })
      const { socket, frames } = await openFrames(house, `localhost:${origin.port}`)
      socket.write(
        Buffer.concat([1, 3].map((id) => request(id, `localhost:${origin.port}`, `/by-client/${name}/${id}`))),
      )
      await frames.next(of(frameTypes.data, 3))
      socket.write(Buffer.concat([rstStream(1, reset), rstStream(3, reset)]))
      while (heard.length < 2) await pause(2)
      t.same(heard, [reset, reset])
      for (const id of [1, 3]) await recorded(t, origin.port, `/by-client/${name}/${id}`, 'CLIENT_CLOSED')
      socket.destroy()
      await origin.close()
    })
  }

  await t.test('NO_ERROR after a complete answer ends the upload, and the answer stands', async (t) => {
    const origin = await startFrames(async (connection, frames) => {
      await frames.next(of(frameTypes.data, 1))
      const answer = frame(frameTypes.data, flags.endStream, 1, 'enough')
      connection.socket.write(Buffer.concat([ok200(1), answer, rstStream(1, 0)]))
    })
    const { socket, frames } = await openFrames(house, `localhost:${origin.port}`)
    socket.write(request(1, `localhost:${origin.port}`, '/enough', false))
    socket.write(frame(frameTypes.data, 0, 1, 'a beginning'))
    const answer = await frames.next((found) => of(frameTypes.data, 1)(found) && (found.flags & flags.endStream) !== 0)
    t.match(
      frames.frames
        .filter(of(frameTypes.data, 1))
        .map(({ payload }) => String(payload))
        .join(''),
      'enough',
    )
    t.ok(answer)
    t.equal(code(await frames.next(of(frameTypes.rstStream, 1))), 0, 'the client need not go on')
    const found = await recorded(t, origin.port, '/enough', 'complete')
    t.equal(house.content(found.id, 'response').toString(), 'enough')
    socket.destroy()
    await origin.close()
  })

  await t.test('an answer that is complete before its request: both are recorded whole', async (t) => {
    const seen: string[] = []
    const origin = await startFrames(async (connection, frames) => {
      await frames.next(of(frameTypes.headers, 1))
      connection.socket.write(Buffer.concat([ok200(1), frame(frameTypes.data, flags.endStream, 1, 'early')]))
      for (let found = await frames.next(of(frameTypes.data, 1)); found; ) {
        seen.push(String(found.payload))
        found = found.flags & flags.endStream ? undefined : await frames.next(of(frameTypes.data, 1))
      }
    })
    const { socket, frames } = await openFrames(house, `localhost:${origin.port}`)
    socket.write(request(1, `localhost:${origin.port}`, '/early', false))
    t.equal(String((await frames.next(of(frameTypes.data, 1)))?.payload), 'early')
    for (const [index, part] of ['one', 'two', 'three'].entries()) {
      socket.write(frame(frameTypes.data, index === 2 ? flags.endStream : 0, 1, part))
      await pause(10)
    }
    const found = await recorded(t, origin.port, '/early', 'complete')
    t.equal(house.content(found.id, 'request').toString(), 'onetwothree')
    t.equal(house.content(found.id, 'response').toString(), 'early')
    t.equal(seen.join(''), 'onetwothree')
    socket.destroy()
    await origin.close()
  })

  await t.test('NO_ERROR within an answer is no end of it', async (t) => {
    const origin = await startFrames(async (connection, frames) => {
      await frames.next(of(frameTypes.headers, 1))
      connection.socket.write(Buffer.concat([ok200(1), frame(frameTypes.data, 0, 1, 'some'), rstStream(1, 0)]))
    })
    const { socket, frames } = await openFrames(house, `localhost:${origin.port}`)
    socket.write(request(1, `localhost:${origin.port}`, '/no-end'))
    t.equal(code(await frames.next(of(frameTypes.rstStream, 1))), 2)
    t.notOk(frames.frames.some((found) => of(frameTypes.data, 1)(found) && found.flags & flags.endStream))
    await recorded(t, origin.port, '/no-end', 'RESPONSE_CUT')
    socket.destroy()
    await origin.close()
  })

  await t.test('an upload that is broken off never looks complete', async (t) => {
    const seen: Frame[] = []
    const origin = await startFrames(async (_connection, frames) => {
      seen.push(...([await frames.next(of(frameTypes.rstStream, 1))].filter(Boolean) as Frame[]))
      seen.push(...frames.frames.filter(of(frameTypes.data, 1)))
    })
    const { socket } = await openFrames(house, `localhost:${origin.port}`)
    socket.write(request(1, `localhost:${origin.port}`, '/broken-off', false))
    socket.write(frame(frameTypes.data, 0, 1, 'half of it'))
    await pause(50)
    socket.write(rstStream(1, 0))
    while (seen.length < 2) await pause(2)
    t.equal(code(seen[0]), 8)
    t.notOk(seen.some((found) => found.type === frameTypes.data && found.flags & flags.endStream))
    await recorded(t, origin.port, '/broken-off', 'CLIENT_CLOSED')
    socket.destroy()
    await origin.close()
  })
})

/** A head in as many frames as it takes. */
function longHead(stream: number, ...pairs: string[]): Buffer {
  const block = fieldBlock(...pairs)
  const parts: Buffer[] = []
  for (let at = 0; at < block.length; at += 16_384) {
    const last = at + 16_384 >= block.length ? flags.endHeaders : 0
    const type = at === 0 ? frameTypes.headers : frameTypes.continuation
    parts.push(frame(type, last | (at === 0 ? flags.endStream : 0), stream, block.subarray(at, at + 16_384)))
  }
  return Buffer.concat(parts)
}

async function readHead(frames: FrameReader): Promise<string[]> {
  const blocks: Buffer[] = []
  for (;;) {
    const found = await frames.next(({ type }) => type === frameTypes.headers || type === frameTypes.continuation)
    if (!found) throw new Error('the head was not whole')
    blocks.push(found.payload)
    if (found.flags & flags.endHeaders) break
  }
  return hpackDecoder()
    .decode(Buffer.concat(blocks))
    .flatMap(({ name, value }) => [name, value])
}

await t.test('heads of 256 KiB in both directions: 5,000 lines or one, and a target of 64 KiB', async (t) => {
  const lines = (mark: string) => Array.from({ length: 5000 }, (_, i) => [`x-${i}`, mark.repeat(47)]).flat()
  const cases: [string, string[], string[]][] = [
    ['5,000 lines', lines('b'), lines('c')],
    ['5,000 lines that no code makes shorter', lines('\\'), lines('{')],
    ['one line', ['x-long', 'a'.repeat(262_144)], ['x-long', '\xff'.repeat(262_144)]],
  ]
  for (const [name, sent, answered] of cases) {
    let seen: string[] = []
    const origin = await startFrames(async (connection, frames) => {
      seen = await readHead(frames)
      connection.socket.write(longHead(1, ':status', '200', ...answered))
    })
    const { socket, frames } = await openFrames(house, `localhost:${origin.port}`)
    const authority = `localhost:${origin.port}`
    const pseudo = [':method', 'GET', ':scheme', 'http', ':authority', authority, ':path', `/${'p'.repeat(65_536)}`]
    socket.write(longHead(1, ...pseudo, ...sent))
    t.ok(isDeepStrictEqual(await readHead(frames), [':status', '200', ...answered]), `${name}: the answer`)
    t.ok(isDeepStrictEqual(seen, [...pseudo, ...sent]), `${name}: the request`)
    const found = await house.find(({ server, outcome }) => server.port === origin.port && outcome.state === 'complete')
    t.equal(found.request.headers.length, sent.length / 2)
    socket.destroy()
    await origin.close()
  }
})

await t.test('an origin that vanishes while the client still shakes hands', async (t) => {
  const faults: unknown[] = []
  const note = (error: unknown): void => void faults.push(error)
  process.on('uncaughtException', note)
  for (const how of ['rst', 'fin'] as const) {
    let vanished: () => void = () => {}
    const gone = new Promise<void>((resolve) => {
      vanished = resolve
    })
    const origin = await startOrigin(
      ({ socket, raw }) => {
        socket.once('secure', () =>
          setTimeout(() => {
            if (how === 'rst') raw.resetAndDestroy()
            else raw.destroy()
            vanished()
          }, 10),
        )
      },
      { tls: true, alpn: ['h2'] },
    )
    const raw = await openTcp(house.port)
    raw.write(`CONNECT localhost:${origin.port} HTTP/1.1\r\nHost: x\r\n\r\n`)
    await new Promise((resolve) => raw.once('data', resolve))
    // The client's last flight is held back until the origin is gone.
    const [near, far] = duplexPair()
    let hold = false
    far.on('data', (chunk: Buffer) => {
      if (!hold) raw.write(chunk)
      else void gone.then(() => setTimeout(() => raw.write(chunk), 30))
      hold = true
    })
    raw.on('data', (chunk: Buffer) => far.write(chunk))
    const socket = connectTls({
      socket: near,
      ca: house.authority.caPem,
      servername: 'localhost',
      ALPNProtocols: ['h2'],
    })
    socket.on('error', () => {})
    await new Promise((resolve) => socket.once('secureConnect', resolve))
    t.equal(socket.alpnProtocol, 'h2')
    const session = connectHttp2('https://localhost', { createConnection: () => socket })
    session.on('error', () => {})
    const stream = session.request({ ':path': `/vanished-${how}` })
    const status = await new Promise((resolve) => {
      stream.once('response', (fields) => resolve(fields[':status']))
      stream.once('error', resolve)
    })
    t.equal(status, 502, how)
    await house.find(({ request, outcome }) => request.target === `/vanished-${how}` && outcome.state === 'failed')
    session.destroy()
    raw.destroy()
    await origin.close()
  }
  await pause(50)
  process.off('uncaughtException', note)
  t.same(faults, [])
})
