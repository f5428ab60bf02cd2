// Floods in HTTP/2 from either side: memory stays bounded, others are served meanwhile, and nothing is left of it.
import { readdirSync } from 'node:fs'
import t, { type Test } from 'tap'
import { frameTypes, ok200, request } from '../support/http2-frames.ts'
import { goawayCode, type Peer } from '../support/http2-peer.ts'
import { startWire } from '../support/wire-house.ts'
import { codes } from './frames-case.ts'
import { type Flood, floods } from './frames-flood-cases.ts'
import { type FrameOrigin, openClient, startFrameOrigin, until, within } from './frames-house.ts'

const house = await startWire()
t.teardown(() => house.close())
const megabyte = 1024 * 1024
/** What a flood may cost while it lasts, the test's own part of it included. */
const mostOctets = 160 * megabyte
/** No frame of ours falls into the middle of a flood. */
const quiet = { acknowledge: false, pong: false, grant: false } as const
const crashes: unknown[] = []
for (const name of ['uncaughtException', 'unhandledRejection']) process.on(name, (error) => void crashes.push(error))

/** Answers every request. */
async function serve(peer: Peer): Promise<void> {
  for (let id = 1; await peer.head(id); id += 2) peer.send(ok200(id, true))
}
const good = await startFrameOrigin(serve)
t.teardown(() => good.close())

/** Sends until all is sent, the connection ends, or nobody reads any more. */
async function pour({ socket, ...peer }: Peer, { chunk, chunks }: Flood, isOver: () => boolean): Promise<string> {
  void peer
  for (let i = 0; i < chunks; i++) {
    if (isOver()) return 'ended'
    socket.write(chunk(i))
    if (socket.writableLength < megabyte) {
      if (i % 4 === 0) await new Promise((resolve) => setImmediate(resolve))
      continue
    }
    const before = socket.writableLength
    await Promise.race([
      new Promise((resolve) => socket.once('drain', resolve)),
      new Promise((resolve) => socket.once('close', resolve)),
      new Promise((resolve) => setTimeout(resolve, 400)),
    ])
    if (socket.writableLength >= before) return isOver() ? 'ended' : 'stopped'
  }
  return 'sent'
}

async function flooded(t: Test, flood: Flood): Promise<void> {
  let victim: Peer | undefined
  const origin: FrameOrigin = await startFrameOrigin(async (peer) => {
    if (await peer.head(1)) victim = peer
  }, quiet)
  const client = await openClient(house, 'tunnel', origin.port, quiet)
  if (flood.by === 'origin') {
    client.send(request(1, origin.host, '/flooded'))
    await until(() => victim !== undefined)
  }
  const peer = flood.by === 'client' ? client : victim
  if (!peer) throw new Error('the origin was never reached')
  if (flood.first) peer.send(flood.first)
  if (flood.unread) peer.socket.pause()
  const other = await openClient(house, 'tunnel', good.port)
  const start = process.memoryUsage().rss
  let most = 0
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss - start)
  }, 20)
  const goaway = (): number | undefined => {
    const found = peer.heard.findLast((one) => one.what === 'frame' && one.frame.type === frameTypes.goaway)
    return found?.what === 'frame' ? goawayCode(found.frame) : undefined
  }
  const isOver = (): boolean => peer.closed || peer.socket.destroyed || goaway() !== undefined
  const poured = pour(peer, flood, isOver)
  other.send(request(1, good.host, '/meanwhile'))
  t.ok(await within(other.head(1), 5000), 'another is served meanwhile')
  const how = await poured
  peer.socket.resume()
  if (flood.ends) t.ok(await until(isOver, 5000), `it ends: ${how}`)
  else await until(isOver, 30)
  const code = goaway()
  const name = Object.entries(codes).find(([, value]) => value === code)?.[0] ?? 'no code'
  if (flood.ends) t.ok([...flood.ends, 'no code'].includes(name as never), `the code: ${name}`)
  clearInterval(watch)
  t.ok(most < mostOctets, `${Math.round(most / megabyte)} MB; ${how}, ${name}`)
  other.send(request(3, good.host, '/behind'))
  t.ok(await within(other.head(3), 5000), 'and behind it')
  for (const one of [client, other]) one.raw.destroy()
  await origin.close()
}

const before = readdirSync('/proc/self/fd').length
for (const one of floods)
  await t.test(`${one.name}, by ${one.by === 'client' ? 'a client' : 'an origin'}`, (t) => flooded(t, one))

await t.test('nothing is left of it', async (t) => {
  t.same(crashes, [])
  t.ok(await until(() => house.wire.status().connections === 0), JSON.stringify(house.wire.status()))
  const now = (): number => readdirSync('/proc/self/fd').length
  t.ok(await until(() => now() <= before + 4), `${before} descriptors before, ${now()} now`)
  house.outbox.flush()
  const open = house.exchanges().filter(({ outcome }) => !/complete|failed/.test(outcome.state))
  t.same(
    open.map(({ request }) => request.url),
    [],
  )
})
