// Nobody is sent more than is read, whatever flows, and what flows stays out of our memory.
import { createHash } from 'node:crypto'
import type { Duplex } from 'node:stream'
import t from 'tap'
import { bothWays, pause, webSocketAccepted, webSocketRequest } from '../support/both-ways.ts'
import { startOrigin } from '../support/origin.ts'
import { openTcp, startWire } from '../support/wire-house.ts'

const house = await startWire({ maxContent: 64 * 1024 })
t.teardown(() => house.close())
const MiB = 1024 * 1024

async function until(right: () => boolean, ms = 20_000): Promise<boolean> {
  const limit = Date.now() + ms
  while (!right() && Date.now() < limit) await pause(2)
  return right()
}

/** Writes for as long as somebody takes it; answers how much had gone when nobody had for a while. */
async function pour(to: Duplex): Promise<number> {
  const chunk = Buffer.alloc(256 * 1024)
  let sent = 0
  let stuckSince = performance.now()
  while (sent < 128 * MiB && performance.now() - stuckSince < 300 && !to.destroyed) {
    if (to.writableNeedDrain) await pause(10)
    else {
      to.write(chunk)
      sent += chunk.length
      stuckSince = performance.now()
    }
  }
  return sent
}

const begins: readonly [string, (at: string, host: string) => string, string][] = [
  ['an answer', (at, host) => `GET ${at} HTTP/1.1\r\nHost: ${host}\r\n\r\n`, 'HTTP/1.1 200 OK\r\n\r\n'],
  ['a WebSocket', webSocketRequest, webSocketAccepted],
  [
    'a tunnel nobody reads',
    (at, host) => webSocketRequest(at, host).replace('websocket', 'odd/1'),
    webSocketAccepted.replace('websocket', 'odd/1'),
  ],
]
for (const [name, request, answer] of begins) {
  let poured = 0
  bothWays(
    house,
    `a client that does not read stops the origin: ${name}`,
    async (c) => {
      await c.until('\r\n\r\n')
      c.send(answer)
      poured = 0
      poured = await pour(c.socket)
    },
    async (t, { client, at, host }) => {
      client.send(request(at('/pour'), host))
      await client.until('\r\n\r\n')
      client.socket.pause()
      t.ok(await until(() => poured > 0))
      t.ok(poured < 48 * MiB, `${Math.round(poured / MiB)} of 128 MiB left the origin`)
    },
  )
}

const floods: readonly [string, (at: string, host: string) => string, string][] = [
  ['an upload', (at, host) => `POST ${at} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: ${512 * MiB}\r\n\r\n`, ''],
  ['a WebSocket', webSocketRequest, webSocketAccepted],
]
for (const [name, request, answer] of floods)
  bothWays(
    house,
    `an origin that does not read stops the client: ${name}`,
    async (c) => {
      await c.until('\r\n\r\n')
      c.socket.pause()
      c.send(answer)
    },
    async (t, { client, at, host }) => {
      client.send(request(at('/flood'), host))
      if (answer !== '') await client.until('\r\n\r\n')
      const poured = await pour(client.socket)
      t.ok(poured < 48 * MiB, `${Math.round(poured / MiB)} of 128 MiB left the client`)
    },
  )

t.test('256 MiB through the wire stay out of its memory; the record says how much and what it was', async (t) => {
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
  const host = `localhost:${origin.port}`
  socket.write(`GET http://${host}/big HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
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
})
