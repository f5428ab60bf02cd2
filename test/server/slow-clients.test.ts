// B14: clients that send their request line by line and never end it are shown the door, on the page's port and on the proxy's.
import type { Socket } from 'node:net'
import t, { type Test } from 'tap'
import { createGuard } from '../../src/server/guard.ts'
import type { Desk } from '../../src/server/handlers.ts'
import type { Live } from '../../src/server/live.ts'
import { startServer } from '../../src/server/server.ts'
import { startOrigin } from '../support/origin.ts'
import { openTcp, startWire } from '../support/wire-house.ts'

/** The real limit is 60 s on both ports. */
const headMs = 1200
const dribblers = 200
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Opens as many as there are, lets each send a line now and then, and asks for something rightful meanwhile. */
async function besiege(t: Test, port: number, lineOf: (host: string) => string, good: string): Promise<void> {
  const host = `127.0.0.1:${port}`
  let gone = 0
  const sockets: Socket[] = []
  for (let i = 0; i < dribblers; i++) {
    const socket = await openTcp(port)
    socket.on('error', () => {})
    socket.resume()
    socket.once('close', () => gone++)
    socket.once('end', () => socket.destroy())
    socket.write(i % 2 === 0 ? lineOf(host) : 'G')
    sockets.push(socket)
  }
  const dribbling = setInterval(() => {
    for (const [i, socket] of sockets.entries()) if (socket.writable && i % 2 === 0) socket.write('X-Slow: v\r\n')
  }, 100)
  const rightful = await openTcp(port)
  const answer = new Promise<string>((done) => rightful.once('data', (data) => done(String(data))))
  rightful.write(good)
  t.match(await answer, /^HTTP\/1\.1 \d{3} /, 'whoever asks properly is answered meanwhile')
  rightful.destroy()
  const limit = Date.now() + 30_000
  while (gone < dribblers && Date.now() < limit) await pause(20)
  t.equal(gone, dribblers, 'and all of them are shown the door')
  clearInterval(dribbling)
  for (const socket of sockets) socket.destroy()
}

t.test("B14: the page's port", async (t) => {
  const guard = createGuard('token', () => [`127.0.0.1:${server.port}`])
  // None of these requests gets further than the guard and the files of the page.
  const nobody = { upgrade: () => {}, close: () => {} } as unknown as Live
  const limits = { body: 1024, importFile: 1024, decoded: 1024, headMs }
  const address = { host: '127.0.0.1', port: 0, fixed: true }
  const server = await startServer(address, { guard } as unknown as Desk, nobody, new Map(), limits, (error) => {
    throw error
  })
  const host = `127.0.0.1:${server.port}`
  await besiege(t, server.port, (at) => `GET / HTTP/1.1\r\nHost: ${at}\r\n`, `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
  await server.close()
})

t.test("B14: the proxy's port", async (t) => {
  const house = await startWire({ limits: { headMs } })
  const origin = await startOrigin(async (c) => {
    await c.until('\r\n\r\n')
    c.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
  })
  const url = `http://127.0.0.1:${origin.port}/`
  await besiege(
    t,
    house.port,
    () => `GET ${url} HTTP/1.1\r\nHost: x.test\r\n`,
    `GET ${url} HTTP/1.1\r\nHost: 127.0.0.1:${origin.port}\r\n\r\n`,
  )
  t.equal(origin.connections.length, 1, 'nothing of them reached an origin')
  await house.close()
  await origin.close()
})
