// HTTP/2 connections that end at every single octet of an exchange, by FIN, RST or without close_notify, and ones that trickle.
import { readdirSync } from 'node:fs'
import type { Socket } from 'node:net'
import t from 'tap'
import { flags, frame, frameTypes, ok200, preface, settings, settingsAck } from '../support/http2-frames.ts'
import { http2Peer, type Peer } from '../support/http2-peer.ts'
import { openTcp, openTunnel, startWire } from '../support/wire-house.ts'
import { block, codes, data, head, postPairs } from './frames-case.ts'
import { startFrameOrigin, until, within } from './frames-house.ts'

const house = await startWire({ limits: { headMs: 700, handshakeMs: 900, halfClosedMs: 150 } })
t.teardown(() => house.close())
const crashes: unknown[] = []
for (const name of ['uncaughtException', 'unhandledRejection']) process.on(name, (error) => void crashes.push(error))

const trailers = head(1, block([['x-t', '1']]))
const asked = (path: string): Buffer =>
  Buffer.concat([
    preface,
    settings([3, 100]),
    head(1, block([...postPairs.slice(0, 3), [':path', path]]), false),
    data(1, 'some content'),
    trailers,
  ])
const answered = Buffer.concat([settings([3, 100]), settingsAck, ok200(1), data(1, 'some answer'), trailers])
const hows = ['fin', 'rst', 'close'] as const
type How = (typeof hows)[number]
/** Nothing is sent but what a test sends: no frame of ours falls into the middle of another. */
const silent = { bare: true, acknowledge: false, grant: false } as const

/** RST, FIN, or all at once without a word of TLS. */
function cut({ socket, raw }: Pick<Peer, 'socket' | 'raw'>, how: How): void {
  if (how === 'fin') socket.end()
  else if (how === 'rst') raw.resetAndDestroy()
  else raw.destroy()
}

async function connect(port: number, tls: boolean): Promise<Pick<Peer, 'socket' | 'raw'>> {
  if (tls) {
    const { socket, raw } = await openTunnel(house, `localhost:${port}`, { alpn: ['h2'] })
    return { socket: socket.removeAllListeners('data').on('error', () => {}), raw }
  }
  const raw = await openTcp(house.port)
  raw.write(`CONNECT localhost:${port} HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`)
  await new Promise((resolve) => raw.once('data', resolve))
  return { socket: raw.removeAllListeners('data').on('error', () => {}), raw }
}
const outcomes = (target: string): string[] => {
  house.outbox.flush()
  return house.exchanges().flatMap(({ request, outcome }) => (request.target === target ? [outcome.state] : []))
}
const idle = (): boolean => house.wire.status().connections + house.wire.status().tunnels === 0
const before = readdirSync('/proc/self/fd').length

for (const tls of [false, true]) {
  const way = tls ? 'TLS' : 'a tunnel'
  const step = tls ? 5 : 1
  await t.test(`a client that leaves at each octet of its request, in ${way}`, async (t) => {
    t.jobs = 8
    for (const how of hows) {
      const path = `/client-${tls}-${how}`
      const origin = await startFrameOrigin(async (peer) => void (await peer.content(1)), { tls })
      const all = asked(path)
      const ends = Array.from({ length: Math.ceil(all.length / step) }, (_, i) => all.length - 1 - i * step)
      await t.test(how, async (t) => {
        const left: Socket[] = []
        for (const end of ends) {
          const { socket, raw } = await connect(origin.port, tls)
          left.push(raw)
          socket.resume()
          await new Promise((resolve) => socket.write(all.subarray(0, end), resolve))
          cut({ socket, raw }, how)
        }
        t.ok(await until(idle), JSON.stringify(house.wire.status()))
        t.notOk(
          origin.peers.some((peer) => peer.ended(1)),
          'no request looks complete',
        )
        t.same(
          origin.peers.flatMap(({ faults }) => faults),
          [],
        )
        t.ok(await until(() => outcomes(path).every((state) => state === 'failed')))
        t.ok(outcomes(path).length > 0)
      })
      await origin.close()
    }
  })
  await t.test(`an origin that leaves at each octet of its answer, in ${way}`, async (t) => {
    t.jobs = 4
    for (const how of hows)
      void t.test(how, async (t) => {
        const wrong: string[] = []
        for (let end = 0; end < answered.length; end += step) {
          const path = `/origin-${tls}-${how}-${end}`
          const origin = await startFrameOrigin(
            async (peer) => {
              if (end > 0) await peer.head(1)
              await new Promise((resolve) => peer.socket.write(answered.subarray(0, end), resolve))
              cut(peer, how)
            },
            { tls, ...silent },
          )
          const client = await connect(origin.port, tls).then(({ socket, raw }) =>
            http2Peer(socket, raw, { role: 'client', ...silent }),
          )
          client.send(preface, settings(), head(1, block([...postPairs.slice(0, 3), [':path', path]])))
          const content = await within(client.content(1), 8000)
          const status = (await within(client.head(1, -1), 8000))?.fields[0]
          // Before its head a page of ours may tell it; behind it nothing may look complete.
          if (content !== undefined && status !== ':status: 502') wrong.push(`${end}: ${status} ${content}`)
          if (!(await until(() => String(outcomes(path)) === 'failed', 8000))) wrong.push(`${end}: ${outcomes(path)}`)
          wrong.push(...client.faults)
          client.raw.destroy()
          await origin.close()
        }
        t.same(wrong, [])
      })
  })
}

await t.test('octet by octet, both ways', async (t) => {
  const trickle = async (peer: Pick<Peer, 'socket'>, octets: Buffer): Promise<void> => {
    for (const octet of octets) {
      peer.socket.write(Buffer.from([octet]))
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  const origin = await startFrameOrigin(
    (peer) =>
      trickle(peer, answered.subarray(0, 24))
        .then(() => peer.content(1))
        .then(() => trickle(peer, answered.subarray(24))),
    silent,
  )
  const client = await connect(origin.port, false).then(({ socket, raw }) =>
    http2Peer(socket, raw, { role: 'client', ...silent }),
  )
  await trickle(client, asked('/trickle'))
  t.equal(String(await within(client.content(1))), 'some answer')
  t.same((await client.head(1, 1))?.fields, ['x-t: 1'])
  const [peer] = origin.peers
  t.equal(String(peer?.data(1)), 'some content')
  t.same((await peer?.head(1, 1))?.fields, ['x-t: 1'])
  // What left octet by octet was not read on its way: SETTINGS among it are acknowledged all the same.
  const faults = [...client.faults, ...(peer?.faults ?? [])].filter((text) => !text.includes('6.5.3'))
  t.same(faults, [])
  client.raw.destroy()
  await origin.close()
})

await t.test('what begins as a head is whole in time, or the connection ends; content may take longer', async (t) => {
  const origin = await startFrameOrigin(async (peer) => {
    await peer.content(1)
    peer.send(ok200(1), frame(frameTypes.data, flags.endStream, 1))
  })
  const whole = head(1, block(postPairs))
  const begun = frame(frameTypes.headers, 0, 1, block(postPairs))
  const dribbles: Readonly<Record<string, readonly Buffer[]>> = {
    'half a HEADERS frame': [whole.subarray(0, 20)],
    'three octets of a frame': [whole.subarray(0, 3)],
    'half a SETTINGS frame': [settings([3, 100]).subarray(0, 12)],
    'a field block that never ends': [begun, ...Array(10).fill(frame(frameTypes.continuation, 0, 1, 'x'))],
    'an octet now and then': Array.from(whole.subarray(0, 12), (octet) => Buffer.from([octet])),
  }
  t.jobs = 8
  for (const [name, pieces] of Object.entries(dribbles))
    await t.test(name, async (t) => {
      const { socket, raw } = await connect(origin.port, false)
      const client = http2Peer(socket, raw, { role: 'client', ...silent })
      client.send(preface, settings())
      const sending = pieces.map((piece, i) => setTimeout(() => socket.write(piece), i * 200))
      const [told] = await Promise.all([within(client.frame(frameTypes.goaway)), within(client.gone)])
      t.equal(told?.payload.readUInt32BE(4), codes.ENHANCE_YOUR_CALM)
      for (const timer of sending) clearTimeout(timer)
      raw.destroy()
    })
  await t.test('content', async (t) => {
    const client = await connect(origin.port, false).then(({ socket, raw }) =>
      http2Peer(socket, raw, { role: 'client' }),
    )
    const content = data(1, 'slow content', true)
    client.send(preface, settings(), head(1, block(postPairs), false), content.subarray(0, 9))
    for (const octet of content.subarray(9)) {
      await new Promise((resolve) => setTimeout(resolve, 150))
      client.socket.write(Buffer.from([octet]))
    }
    t.ok(await within(client.content(1)), 'answered after three times as long')
    client.raw.destroy()
  })
  await origin.close()
})

await t.test('nothing is left of it', async (t) => {
  t.same(crashes, [])
  const now = (): number => readdirSync('/proc/self/fd').length
  t.ok(await until(() => now() <= before + 2), `${before} descriptors before, ${now()} now`)
})
