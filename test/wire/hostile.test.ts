// Hundreds of hostile scenarios, one after the other through one wire: none may crash it, hang it, leak, or get past it.
import { readdirSync } from 'node:fs'
import t, { type Test } from 'tap'
import { frameReader, frameTypes, settings } from '../support/http2-frames.ts'
import { connectionOf, type OriginConnection, startOrigin } from '../support/origin.ts'
import { openPlain, openTcp, openTunnel, startWire } from '../support/wire-house.ts'
import type { HostileCase, Step } from './hostile-case.ts'
import { hostileHttp2 } from './hostile-http2.ts'
import { hostileReplies } from './hostile-replies.ts'
import { hostileRequests } from './hostile-requests.ts'
import { hostileSockets } from './hostile-sockets.ts'

const limits = { headMs: 700, handshakeMs: 900, halfClosedMs: 150 }
const house = await startWire({ limits })
t.teardown(() => house.close())
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const evil = 'evil-path-that-must-not-pass'

/** Whatever nobody caught is a crash. */
const crashes: unknown[] = []
const crashed = (error: unknown): void => void crashes.push(error)
process.on('uncaughtException', crashed)
process.on('unhandledRejection', crashed)

async function act(
  connection: OriginConnection,
  steps: readonly Step[],
  fill: (text: string) => string,
  beforeEnd: () => Promise<unknown> = async () => {},
): Promise<void> {
  for (const step of steps) {
    if (step === 'fin' || step === 'rst') await beforeEnd()
    if (step === 'fin') connection.fin()
    else if (step === 'rst') connection.rst()
    else if (typeof step === 'string') connection.send(fill(step))
    else if (Buffer.isBuffer(step)) connection.socket.write(step)
    else await pause(step.wait)
  }
}

const open = async (one: HostileCase, target: string): Promise<OriginConnection> => {
  if (one.way === 'tls') return openTunnel(house, target)
  if (one.way !== 'tunnel' && one.way !== 'h2') return openPlain(house)
  const raw = await openTcp(house.port)
  raw.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`)
  await new Promise((resolve) => raw.once('data', resolve))
  raw.removeAllListeners('data')
  return connectionOf(raw, raw)
}

async function until(right: () => boolean, ms = 10_000): Promise<boolean> {
  const limit = Date.now() + ms
  while (!right() && Date.now() < limit) await pause(3)
  return right()
}

const shown = (text: string): string => JSON.stringify(text.length > 300 ? `${text.slice(0, 300)}…` : text)
let count = 0

async function run(t: Test, one: HostileCase): Promise<void> {
  const path = `/h-${++count}-`
  const origin = await startOrigin(
    async (connection) => {
      if (one.way === 'h2' && !one.atOnce) {
        const frames = frameReader(connection.socket, true)
        connection.socket.write(settings())
        await frames.next(({ type }) => type === frameTypes.headers)
      } else if (!one.atOnce) await connection.until('\r\n\r\n')
      await act(connection, one.origin ?? [], fill)
    },
    { tls: one.way === 'tls' },
  )
  const host = `localhost:${origin.port}`
  const absolute = one.way === undefined || one.way === 'port'
  function fill(text: string): string {
    return text
      .replaceAll('@u', absolute ? `http://${host}${path}` : path)
      .replaceAll('@host', host)
      .replaceAll('@self', String(house.port))
      .replaceAll('@evil', evil)
  }
  const client = await open(one, host)
  let gone: 'fin' | 'rst' | undefined
  void client.ended.then((how) => {
    gone = how
  })
  const text = (): string => client.received().toString('latin1')
  const arrived = (): boolean => one.got === undefined || one.got.test(text())
  // Whoever leaves has first received what is to come: on a busy machine that takes its time.
  await act(client, one.client, fill, () => until(arrived))
  if (one.got) t.ok(await until(arrived), 'what comes to the client', { found: shown(text()) })
  if (one.ends !== undefined && one.ends !== 'open') {
    t.ok(await until(() => gone !== undefined), 'the connection ends')
    if (one.ends !== 'gone') t.equal(gone, one.ends, 'as the client would have seen it end without us')
  }
  if (one.told) {
    const due = one.told
    const found = await house
      .find(
        ({ request, server, outcome }) =>
          (request.url.includes(path) || server.port === origin.port || request.url.includes('localhost:1/')) &&
          due.test(outcome.state === 'failed' ? outcome.failure.code : outcome.state),
        8000,
      )
      .catch(() => {
        const ours = house.exchanges().filter(({ server }) => server.port === origin.port)
        t.fail(`what is recorded: ${JSON.stringify(ours.map(({ outcome }) => outcome)).slice(0, 300)}`)
      })
    if (found?.outcome.state === 'failed') t.ok(found.outcome.failure.message.length > 10, 'a plain sentence tells it')
  }
  if (one.ends === 'open') t.notOk(gone, 'the connection stands')
  if (one.never) t.notMatch(text(), one.never, 'what must not come to the client')
  const heard = origin.connections.map((connection) => connection.received().toString('latin1')).join('\n')
  t.notMatch(heard, evil, 'nothing was smuggled')
  if (one.unheard) t.equal(heard, '', 'the origin never hears of it')
  client.raw.destroy()
  await origin.close()
}

async function good(t: Test): Promise<void> {
  const origin = await startOrigin(async (c) => {
    await c.until('\r\n\r\n')
    c.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
  })
  const client = await openPlain(house)
  client.send(`GET http://localhost:${origin.port}/good HTTP/1.1\r\nHost: localhost:${origin.port}\r\n\r\n`)
  t.match(await client.until('ok'), /^HTTP\/1\.1 200 OK/, 'a good request is served')
  client.raw.destroy()
  await origin.close()
}

const descriptors = (): number => readdirSync('/proc/self/fd').length
await good(t)
const before = descriptors()

const groups = { hostileRequests, hostileReplies, hostileHttp2, hostileSockets }
t.ok(Object.values(groups).flat().length >= 235, `${Object.values(groups).flat().length} scenarios`)
for (const [name, cases] of Object.entries(groups))
  await t.test(name, async (t) => {
    t.jobs = 8
    for (const one of cases)
      void t.test(one.name, async (t) => {
        await run(t, one)
        await good(t)
      })
  })

await t.test('nothing is left of it all', async (t) => {
  t.same(crashes, [], 'nothing escaped')
  t.ok(
    await until(() => house.wire.status().connections === 0 && house.wire.status().tunnels === 0),
    JSON.stringify(house.wire.status()),
  )
  t.ok(await until(() => descriptors() <= before + 2), `descriptors: ${before} before, ${descriptors()} after`)
  const waiting = house
    .exchanges()
    .filter(({ outcome }) => outcome.state === 'waiting' || outcome.state === 'receiving')
  t.same(
    waiting.map(({ request }) => request.url),
    [],
    'every exchange has an end',
  )
})
process.off('uncaughtException', crashed)
process.off('unhandledRejection', crashed)
