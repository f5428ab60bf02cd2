// What must not wear the wire out: one connection for fifty thousand requests, no descriptors left, and processes that sleep.
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import type { Socket } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import t from 'tap'
import { connectionOf, type OriginConnection, startOrigin } from '../support/origin.ts'
import { startTelltale } from '../support/telltale.ts'
import { openPlain, openTcp, startWire } from '../support/wire-house.ts'

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

async function until(right: () => boolean, ms = 30_000): Promise<boolean> {
  const limit = Date.now() + ms
  while (!right() && Date.now() < limit) await pause(10)
  return right()
}

/** Answers every request head at once, without keeping what it received. */
function serveFast(socket: Socket): void {
  let end = ''
  socket.removeAllListeners('data')
  socket.on('data', (chunk: Buffer) => {
    const text = end + chunk.toString('latin1')
    const heads = text.split('\r\n\r\n').length - 1
    end = text.slice(-3)
    if (heads > 0) socket.write(ok.repeat(heads))
  })
}

await t.test('fifty thousand requests on one connection leave nothing behind', async (t) => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const heap = (): number => {
    collect()
    return process.memoryUsage().heapUsed / 2 ** 20
  }
  const house = await startWire()
  // What is recorded stays in this test's memory: here it is the connection that is looked at.
  house.outbox.setRecording(false)
  const origin = await startOrigin(({ raw }) => serveFast(raw))
  const client = await openTcp(house.port)
  let answers = 0
  client.on('data', (chunk: Buffer) => {
    for (let at = chunk.indexOf('ok'); at !== -1; at = chunk.indexOf('ok', at + 2)) answers++
  })
  const request = `GET http://localhost:${origin.port}/x HTTP/1.1\r\nHost: localhost:${origin.port}\r\n\r\n`
  const batch = request.repeat(100)
  let first = 0
  for (let sent = 0; sent < 50_000; sent += 100) {
    client.write(batch)
    if (!(await until(() => answers >= sent + 95))) break
    if (sent === 10_000) first = heap()
  }
  t.ok(await until(() => answers >= 49_900), `${answers} answers`)
  const gained = heap() - first
  t.ok(gained < 8, `${gained.toFixed(1)} MiB gained over the last 40,000`)
  t.equal(origin.connections.length, 1, 'over one connection to the origin')
  client.destroy()
  await house.close()
  await origin.close()
})

const hasLimits = existsSync('/usr/bin/prlimit')
await t.test(
  'without descriptors what cannot be served fails clearly, and it recovers by itself',
  { skip: hasLimits ? false : 'needs prlimit of util-linux' },
  async (t) => {
    const product = await startTelltale()
    const { port } = new URL(product.proxy)
    const held: (() => void)[] = []
    const origin = await startOrigin(async (c) => {
      const request = await c.until('\r\n\r\n')
      if (request.includes('/held')) await new Promise<void>((resolve) => held.push(resolve))
      c.send(ok)
    })
    const ask = async (path: string) => {
      const socket = await openTcp(Number(port)).catch(() => undefined)
      let text = ''
      let gone = socket === undefined
      socket?.on('data', (chunk) => {
        text += chunk
      })
      socket?.on('error', () => {})
      const over = (): void => {
        gone = true
      }
      socket?.once('close', over).once('end', over)
      socket?.write(`GET http://localhost:${origin.port}${path} HTTP/1.1\r\nHost: localhost:${origin.port}\r\n\r\n`)
      return { socket, text: () => text, gone: () => gone }
    }
    const early = await Promise.all(Array.from({ length: 5 }, () => ask('/held')))
    t.ok(await until(() => held.length === early.length), 'five have got through')
    const used = readdirSync(`/proc/${product.pid}/fd`).length
    execFileSync('/usr/bin/prlimit', ['--pid', String(product.pid), `--nofile=${used + 30}:${used + 30}`])
    const late = await Promise.all(Array.from({ length: 80 }, () => ask('/held')))
    // 30 descriptors serve at most 30 of them, and each that gets through needs two.
    const told = (): number => late.filter(({ text, gone }) => gone() || /^HTTP\/1\.1 50[234]/.test(text())).length
    t.ok(await until(() => told() >= 50), `${told()} of 80 were told or closed`)
    for (const go of held) go()
    t.ok(await until(() => early.every(({ text }) => text().endsWith('ok'))), 'those that had got through are served')
    const clients = [...early, ...late]
    for (const { socket } of clients) socket?.destroy()
    let good = ''
    for (let tries = 0; tries < 100 && !good.endsWith('ok'); tries++) {
      const again = await ask('/good')
      await until(() => again.gone() || again.text().endsWith('ok'), 2000)
      good = again.text()
      again.socket?.destroy()
      if (!good.endsWith('ok')) await pause(50)
    }
    t.match(good, /^HTTP\/1\.1 200 OK[\s\S]*ok$/, 'afterwards a request is served')
    t.ok(existsSync(`/proc/${product.pid}`), 'the process lives')
    t.equal(await product.stop(), 0)
    await origin.close()
  },
)

await t.test('limits do not strike a process that was stopped before it has read what came', async (t) => {
  const house = await startWire({ limits: { headMs: 400 } })
  const origin = await startOrigin(async (c) => {
    await c.until('\r\n\r\n')
    c.send(ok)
  })
  const client = await openPlain(house)
  client.send(`GET http://localhost:${origin.port}/slept HTTP/1.1\r\nHost: localhost:`)
  await pause(100)
  // The rest is there, and the process does nothing for longer than the limit: as after SIGSTOP and SIGCONT.
  client.send(`${origin.port}\r\n\r\n`)
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1500)
  t.match(await client.until('ok'), /^HTTP\/1\.1 200 OK/)
  const slow = await openPlain(house)
  slow.send(`GET http://localhost:${origin.port}/slept HTTP/1.1\r\nHost: localhost:`)
  t.match(await slow.until('\r\n\r\n'), /^HTTP\/1\.1 408 /, 'and strike as before where nothing comes')
  client.raw.destroy()
  slow.raw.destroy()
  await house.close()
  await origin.close()
})

await t.test('B15: SIGSTOP and SIGCONT of the product, the origin and the client lose no octet', async (t) => {
  const script = `require('http').createServer((q,r)=>{r.writeHead(200,{'content-length':2000000});let n=0;const f=()=>{if(n++===200)return r.end();
    r.write(Buffer.alloc(10000,'x'));setTimeout(f,3)};f()}).listen(0,'127.0.0.1',function(){console.log(this.address().port)})`
  const origin = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const port = await new Promise<number>((resolve) => origin.stdout.once('data', (data) => resolve(Number(data))))
  const product = await startTelltale()
  const load = `const s=require('net').connect(Number(process.argv[1]),'127.0.0.1');let n=0;s.on('data',(c)=>{n+=c.length});
    s.on('close',()=>console.log(n));s.write('GET http://localhost:${port}/big HTTP/1.0\\r\\nHost: x\\r\\n\\r\\n')`
  for (const which of ['product', 'origin', 'client']) {
    const client = spawn(process.execPath, ['-e', load, new URL(product.proxy).port], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let counted = ''
    client.stdout.on('data', (data) => {
      counted += data
    })
    const ended = new Promise((resolve) => client.once('exit', resolve))
    await pause(300)
    const pid = { product: product.pid, origin: origin.pid, client: client.pid }[which] ?? 0
    process.kill(pid, 'SIGSTOP')
    await pause(1200)
    process.kill(pid, 'SIGCONT')
    await ended
    t.ok(Number(counted) > 2_000_000, `${which}: ${counted.trim()} octets`)
  }
  const rows = await product.waitForRows(3)
  t.same(
    rows.map(({ outcome, responseSize }) => [outcome, responseSize]),
    [1, 2, 3].map(() => ['complete', 2_000_000]),
  )
  // While it sleeps the origin gives up the connection that was kept: the next request finds another.
  let kept: OriginConnection | undefined
  const leaving = await startOrigin(async (c) => {
    kept = c
    for (;;) {
      await c.until('\r\n\r\n')
      c.send(ok)
    }
  })
  for (const how of ['fin', 'rst'] as const) {
    const socket = await openTcp(Number(new URL(product.proxy).port))
    const client = connectionOf(socket, socket)
    const request = `GET http://localhost:${leaving.port}/${how} HTTP/1.1\r\nHost: localhost:${leaving.port}\r\n\r\n`
    client.send(request)
    await client.until('ok')
    process.kill(product.pid, 'SIGSTOP')
    if (how === 'fin') kept?.fin()
    else kept?.rst()
    client.send(request)
    await pause(300)
    process.kill(product.pid, 'SIGCONT')
    t.match(await client.until('ok'), /^HTTP\/1\.1 200 OK/, `${how} while it slept`)
    socket.destroy()
  }
  await leaving.close()
  t.equal(await product.stop(), 0)
  origin.kill('SIGKILL')
})
