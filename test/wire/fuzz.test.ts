// Ten thousand mutated requests and replies: no crash, no hang, and no request the origin sees that was not recorded.
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { startOrigin } from '../support/origin.ts'
import { openPlain, openTcp, startWire } from '../support/wire-house.ts'

const seed = Number(process.env.TELLTALE_FUZZ_SEED ?? 20261122)
const each = 5000
const workers = 32
const hangMs = 10_000

/** A small generator with a seed (mulberry32): a failure can be repeated. */
function random(start: number): () => number {
  let state = start
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let x = Math.imul(state ^ (state >>> 15), 1 | state)
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x
    return ((x ^ (x >>> 14)) >>> 0) / 4294967296
  }
}

const tokens = [
  '\r',
  '\n',
  '\r\n',
  '\r\n\r\n',
  '\n\n',
  '\0',
  ' ',
  '\t',
  ':',
  ';',
  ',',
  '0',
  '5',
  'f',
  '-1',
  '+',
  'x',
  '\xff',
  '%00',
  '"',
  'Content-Length: 5\r\n',
  'Content-Length: 0\r\n',
  'content-length:3\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Transfer-Encoding : chunked\r\n',
  'Transfer-Encoding: xchunked\r\n',
  'Transfer-Encoding:\tchunked\r\n',
  'Host: other\r\n',
  'Connection: close\r\n',
  'Connection: upgrade\r\nUpgrade: x\r\n',
  'Expect: 100-continue\r\n',
  ' HTTP/1.0',
  ' HTTP/1.1',
  'HTTP/1.1 200 OK\r\n',
  '0\r\n\r\n',
  '5\r\nhello\r\n',
  '1;a=b\r\nz\r\n',
  'GET /SMUGGLED HTTP/1.1\r\nHost: s\r\n\r\n',
]

function mutate(text: string, next: () => number): string {
  let out = text
  const times = 1 + Math.floor(next() * next() * 4)
  for (let i = 0; i < times; i++) {
    const at = Math.floor(next() * (out.length + 1))
    const kind = next()
    const token = tokens[Math.floor(next() * tokens.length)] ?? ''
    if (kind < 0.35) out = out.slice(0, at) + token + out.slice(at)
    else if (kind < 0.5) out = out.slice(0, at) + out.slice(at + 1 + Math.floor(next() * 4))
    else if (kind < 0.65) out = out.slice(0, at) + String.fromCharCode(Math.floor(next() * 256)) + out.slice(at + 1)
    else if (kind < 0.75) out = out.slice(0, at)
    else if (kind < 0.9) {
      // At the start of a line, where fields and chunks begin.
      const lines = [...out.matchAll(/\r\n/g)].map(({ index }) => index + 2)
      const line = lines[Math.floor(next() * lines.length)] ?? 0
      out = out.slice(0, line) + token + out.slice(line)
    } else {
      const end = Math.min(out.length, at + Math.floor(next() * 40))
      out = out.slice(0, end) + out.slice(at, end) + out.slice(end)
    }
  }
  return out
}

const crashes: unknown[] = []
const note = (error: unknown): void => void crashes.push(error)
process.on('uncaughtException', note)
process.on('unhandledRejection', note)

async function share(count: number, work: (number: number) => Promise<void>): Promise<void> {
  let given = 0
  await Promise.all(
    Array.from({ length: workers }, async () => {
      for (let number = given++; number < count; number = given++) await work(number)
    }),
  )
}

/** Sends and closes; resolves once the other side has closed as well. */
async function sendAndWait(port: number, text: string, pieces: number): Promise<'ended' | 'hangs'> {
  const socket = await openTcp(port)
  socket.on('error', () => {})
  socket.resume()
  const closed = new Promise<'ended'>((resolve) => socket.once('close', () => resolve('ended')))
  socket.once('end', () => socket.destroy())
  const bytes = Buffer.from(text, 'latin1')
  if (pieces > 1) {
    const cut = Math.floor(bytes.length / 2)
    socket.write(bytes.subarray(0, cut))
    await new Promise((resolve) => setImmediate(resolve))
    socket.end(bytes.subarray(cut))
  } else {
    // The client waits a moment for its answer, as clients do, and only then leaves.
    socket.write(bytes)
    setTimeout(() => socket.end(), 15)
  }
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'hangs'>((resolve) => {
    timer = setTimeout(() => resolve('hangs'), hangMs)
  })
  const how = await Promise.race([closed, late])
  clearTimeout(timer)
  socket.destroy()
  return how
}

t.comment(`seed ${seed}; set TELLTALE_FUZZ_SEED to try another`)
const house = await startWire({
  maxContent: 1024,
  limits: { headMs: 1000, halfClosedMs: 500, connectMs: 1000, handshakeMs: 1000 },
})

await t.test(`${each} requests`, async (t) => {
  const seen: string[] = []
  const origin = createServer((request: IncomingMessage, response) => {
    seen.push(`${request.method} ${request.url}`)
    request.on('error', () => {})
    request.resume()
    response.end('ok')
  })
  origin.on('upgrade', (request, socket) => {
    seen.push(`${request.method} ${request.url}`)
    socket.destroy()
  })
  origin.on('connect', (request, socket) => {
    seen.push(`${request.method} ${request.url}`)
    socket.destroy()
  })
  origin.on('clientError', (_error, socket) => socket.destroy())
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve))
  const { port } = origin.address() as AddressInfo
  const host = `127.0.0.1:${port}`
  const bases = [
    `GET http://${host}/a HTTP/1.1\r\nHost: ${host}\r\nX: y\r\n\r\n`,
    `POST http://${host}/b HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 45\r\n\r\nGET /SMUGGLED HTTP/1.1\r\nHost: aaaaaaaaaaa\r\n\r\n`,
    `POST http://${host}/c HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\n\r\n2d\r\nGET /SMUGGLED HTTP/1.1\r\nHost: aaaaaaaaaaa\r\n\r\n\r\n0\r\n\r\n`,
    `POST http://${host}/d HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nT: 1\r\n\r\nGET http://${host}/e HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
    `GET http://${host}/f HTTP/1.0\r\nHost: ${host}\r\nConnection: keep-alive\r\n\r\nGET http://${host}/g HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
    `CONNECT ${host} HTTP/1.1\r\nHost: ${host}\r\n\r\nPOST /h HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 3\r\n\r\nabcGET /i HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
    `CONNECT ${host} HTTP/1.1\r\nHost: ${host}\r\n\r\nPOST /j HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nz\r\n0\r\n\r\nGET /SMUGGLED HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
    `\x05\x01\0\x05\x01\0\x01\x7f\0\0\x01${String.fromCharCode(port >> 8, port & 255)}GET /k HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
    `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0\0\0\x05\x01\x05\0\0\0\x01\x82\x84\x86\x41\x01a`,
    `\x16\x03\x01\0\x2f\x01\0\0\x2b\x03\x03${'r'.repeat(32)}\0\0\x02\x13\x01\x01\0\0\0`,
  ]
  const next = random(seed)
  const texts = Array.from({ length: each }, (_, i) => mutate(bases[i % bases.length] ?? '', next))
  const hanging: string[] = []
  await share(each, async (number) => {
    const text = texts[number] ?? ''
    if ((await sendAndWait(house.port, text, 1 + (number % 2))) === 'hangs') hanging.push(text)
  })
  t.same(hanging, [], 'none hangs')
  house.outbox.flush()
  // A tunnel whose octets were not HTTP is relayed unread: what an origin reads into it is not smuggled past anybody.
  const unread = house
    .exchanges()
    .filter(({ kind, outcome }) => kind === 'tunnel' && outcome.state === 'complete').length
  const recorded = new Map<string, number>()
  for (const { request } of house.exchanges()) {
    const path = request.target.replace(/^[a-z]+:\/\/[^/?]*/i, '')
    for (const known of new Set([path, path.startsWith('/') ? path : `/${path}`, request.target])) {
      const key = `${request.method} ${known}`
      recorded.set(key, (recorded.get(key) ?? 0) + 1)
    }
  }
  const smuggled = new Map<string, number>()
  for (const one of seen) {
    const left = recorded.get(one) ?? 0
    // A repeated GET on a fresh connection is seen twice and recorded once.
    if (left > 0) recorded.set(one, left - 1)
    else smuggled.set(one, (smuggled.get(one) ?? 0) + 1)
  }
  t.ok(seen.length > each / 10, `${seen.length} requests reached the origin`)
  const unexplained = [...smuggled.values()].reduce((sum, count) => sum + count, 0)
  t.ok(unexplained <= unread, 'none arrives that was not recorded', { smuggled: [...smuggled], unread })
  t.same(crashes, [], 'no exception escapes')
  origin.closeAllConnections()
  await new Promise((resolve) => origin.close(resolve))
})

await t.test(`${each} replies`, async (t) => {
  const bases = [
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: y\r\n\r\nhello',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n3;a=b\r\nabc\r\n0\r\nT: 1\r\n\r\n',
    'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n',
    'HTTP/1.0 200 OK\nServer: old\n\nbody',
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=15\r\n\r\n\x81\x05hello\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00\x89\x00\x88\x02\x03\xe8',
    'HTTP/1.1 200 OK\r\n\r\nuntil the end',
    'HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n',
    'HTTP/1.1 500 \r\nContent-Length: 3\r\nSet-Cookie: a=b\r\nSet-Cookie: c=d\r\n\r\nabc',
  ]
  const next = random(seed + 1)
  const replies = Array.from({ length: each }, (_, i) => mutate(bases[i % bases.length] ?? '', next))
  const origin = await startOrigin(async (c) => {
    const head = await c.until('\r\n\r\n')
    const number = Number(/\/reply\/(\d+)/.exec(head)?.[1] ?? 0)
    c.send(replies[number] ?? '')
    if (number % 10 === 9) c.rst()
    else c.fin()
  })
  const hanging: string[] = []
  await share(each, async (number) => {
    const upgrade = number % 8 === 4 ? 'Connection: Upgrade\r\nUpgrade: websocket\r\n' : ''
    const text = `GET http://127.0.0.1:${origin.port}/reply/${number} HTTP/1.1\r\nHost: 127.0.0.1\r\n${upgrade}\r\n`
    const client = await openPlain(house)
    client.socket.on('error', () => {})
    client.send(text)
    const limit = new Promise<'hangs'>((resolve) => setTimeout(() => resolve('hangs'), hangMs).unref())
    // An answer that is whole leaves the connection open: it is closed once it is quiet.
    const quiet = (async () => {
      for (let before = -1; before !== client.received().length || before === 0; ) {
        before = client.received().length
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
      return 'quiet'
    })()
    if ((await Promise.race([client.ended, quiet, limit])) === 'hangs') hanging.push(replies[number] ?? '')
    client.raw.destroy()
  })
  t.same(hanging, [], 'none hangs')
  t.same(crashes, [], 'no exception escapes')
  await origin.close()
})

await t.test('afterwards all is well', async (t) => {
  const origin = await startOrigin(async (c) => {
    await c.until('\r\n\r\n')
    c.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
  })
  const client = await openPlain(house)
  client.send(`GET http://127.0.0.1:${origin.port}/ HTTP/1.1\r\nHost: x\r\n\r\n`)
  t.match(await client.until('ok'), /^HTTP\/1\.1 200/)
  client.raw.destroy()
  const until = Date.now() + 3000
  while (house.wire.status().connections > 0 && Date.now() < until)
    await new Promise((resolve) => setTimeout(resolve, 20))
  t.equal(house.wire.status().connections, 0, 'no connection is left')
  await house.close()
  house.outbox.flush()
  const unfinished = house
    .exchanges()
    .filter(({ outcome }) => outcome.state !== 'complete' && outcome.state !== 'failed')
  t.equal(unfinished.length, 0, 'every exchange has an end', { unfinished: unfinished.slice(0, 3) })
  await origin.close()
  process.off('uncaughtException', note)
  process.off('unhandledRejection', note)
})
