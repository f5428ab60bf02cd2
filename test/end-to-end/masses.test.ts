// What comes in masses: thousands of exchanges at a time, and a WebSocket that talks for ever. All is served, and memory stays bounded.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { webSocketAccepted, webSocketRequest } from '../support/both-ways.ts'
import { connectionOf, startOrigin } from '../support/origin.ts'
import { startTelltale, type Telltale } from '../support/telltale.ts'
import { openTcp } from '../support/wire-house.ts'

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
async function until(right: () => boolean, ms = 90_000): Promise<boolean> {
  const limit = Date.now() + ms
  while (!right() && Date.now() < limit) await pause(10)
  return right()
}

/** MiB of memory the process holds; 0 where the system does not say. */
function residentOf({ pid }: Telltale): number {
  const status = `/proc/${pid}/status`
  const [, kB = '0'] = (existsSync(status) ? /VmRSS:\s+(\d+)/.exec(readFileSync(status, 'utf8')) : null) ?? []
  return Number(kB) / 1024
}

/** Both ends of every connection are in this process or the product's. */
const descriptors = Number(spawnSync('sh', ['-c', 'ulimit -Hn']).stdout.toString().trim()) || Number.POSITIVE_INFINITY
const together = Math.min(5000, Math.floor((descriptors - 500) / 2 / 100) * 100)

t.test(`B09: ${together} exchanges at the same time`, async (t) => {
  const held: (() => void)[] = []
  const origin = await startOrigin(async (c) => {
    await c.until('\r\n\r\n')
    await new Promise<void>((resolve) => held.push(resolve))
    c.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
  })
  const product = await startTelltale()
  const port = Number(new URL(product.proxy).port)
  const sockets: Socket[] = []
  let [served, refused] = [0, 0]
  for (let opened = 0; opened < together; opened += 100) {
    const wave = await Promise.all(Array.from({ length: 100 }, () => openTcp(port)))
    for (const [i, socket] of wave.entries()) {
      socket.on('data', (data) => {
        if (/^HTTP\/1\.1 200 [\s\S]*ok$/.test(String(data))) served++
        else refused++
      })
      socket.on('error', () => {})
      socket.write(
        `GET http://127.0.0.1:${origin.port}/${opened + i} HTTP/1.1\r\nHost: 127.0.0.1:${origin.port}\r\n\r\n`,
      )
    }
    sockets.push(...wave)
  }
  t.ok(await until(() => held.length === together), `${held.length} run at the same time`)
  const atOnce = residentOf(product)
  for (const go of held) go()
  t.ok(await until(() => served + refused === together), `${served} served, ${refused} refused`)
  t.equal(refused, 0)
  t.ok(atOnce < 500, `${Math.round(atOnce)} MiB held while all of them ran`)
  for (const socket of sockets) socket.destroy()
  await product.waitForRows(1000, 'is:complete')
  t.equal(await product.stop(), 0)
  await origin.close()
})

t.test(
  'B09: few descriptors are told of at the start',
  { skip: !existsSync('/proc') && 'no /proc here' },
  async (t) => {
    const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
    const command = `ulimit -n 300; exec "${process.execPath}" "${main}" start --port 0 --ui-port 0 --data-dir "${t.testdir()}"`
    const child = spawn('sh', ['-c', command], { stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    child.stderr.on('data', (data) => {
      said += data
    })
    await new Promise((resolve) => child.stdout.once('data', resolve))
    child.kill()
    await new Promise((resolve) => child.once('close', resolve))
    t.match(
      said,
      /telltale: Only 300 files may be open here \(ulimit -n\): more than 130 connections at a time will wait\./,
    )
  },
)

t.test('B13: a hundred thousand WebSocket messages', async (t) => {
  const each = 25_000
  const frame = Buffer.concat([Buffer.from([0x81, 40]), Buffer.alloc(40, 'm')])
  const batch = Buffer.concat(Array.from({ length: 100 }, () => frame))
  let more = (): void => {}
  const origin = await startOrigin(async (c) => {
    await c.until('\r\n\r\n')
    c.send(webSocketAccepted)
    for (;;) {
      await new Promise<void>((resolve) => {
        more = resolve
      })
      for (let i = 0; i < each; i += 100)
        if (!c.socket.write(batch)) await new Promise((resolve) => c.socket.once('drain', resolve))
    }
  })
  const product = await startTelltale()
  const socket = await openTcp(Number(new URL(product.proxy).port))
  const client = connectionOf(socket, socket)
  const host = `127.0.0.1:${origin.port}`
  client.send(webSocketRequest(`http://${host}/ticks`, host))
  await client.until('\r\n\r\n')
  socket.removeAllListeners('data')
  let octets = 0
  socket.on('data', (chunk: Buffer) => {
    octets += chunk.length
  })
  const resident: number[] = []
  for (let round = 1; round <= 4; round++) {
    more()
    t.ok(await until(() => octets === round * each * frame.length), `${octets} octets`)
    // Everything counted is everything written down: then it is at rest.
    const [row] = await product.waitForRows(1, 'path:/ticks')
    let count = 0
    for (let tries = 0; tries < 600 && count < round * each; tries++) {
      const { answer } = await product.call('GET', `/api/exchanges/${row?.id}`)
      count = (answer as { exchange: { messageCount: number } }).exchange.messageCount
      if (count < round * each) await pause(50)
    }
    t.equal(count, round * each, 'all are counted')
    resident.push(residentOf(product))
  }
  const grown = (resident.at(-1) ?? 0) - (resident[1] ?? 0)
  t.ok(grown < 60, `${resident.map(Math.round).join(', ')} MiB after each quarter`)
  const [row] = await product.waitForRows(1, 'path:/ticks')
  const kept = await product.call('GET', `/api/exchanges/${row?.id}/messages?from=0&limit=10`)
  t.equal((kept.answer as { messages: unknown[] }).messages.length, 10)
  socket.destroy()
  t.equal(await product.stop(), 0)
  await origin.close()
})
