// Flow control of HTTP/2 at its edges: ends without a window, much at once in both directions, limits not yet known.
import { createHash } from 'node:crypto'
import t from 'tap'
import { ok200, request } from '../support/http2-frames.ts'
import type { Peer } from '../support/http2-peer.ts'
import { startWire } from '../support/wire-house.ts'
import { block, data, head } from './frames-case.ts'
import { closePair as close, openPair, until, within } from './frames-house.ts'

const house = await startWire()
t.teardown(() => house.close())
const window = 4
const megabyte = 1024 * 1024
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

await t.test('a window of zero stops content alone: heads, empty ends and trailers pass', async (t) => {
  const ends = await openPair(
    house,
    { settings: [[window, 0]], grant: false },
    { settings: [[window, 0]], grant: false },
    async (peer) => {
      await peer.head(1, 1)
      peer.send(ok200(1), head(1, block([['x-t', '1']])))
      await peer.content(3)
      peer.send(ok200(3), data(3, '', true))
    },
  )
  const { client, origin } = ends
  client.send(request(1, origin.host, '/zero/1', false))
  await (await ends.first).head(1)
  client.send(head(1, block([['x-up', '1']])))
  t.same((await within(client.head(1, 1)))?.fields, ['x-t: 1'])
  client.send(request(3, origin.host, '/zero/3', false))
  await (await ends.first).head(3)
  client.send(data(3, '', true))
  t.equal((await within(client.content(3)))?.length, 0)
  await close(t, ends)
})

await t.test('100 MB in frames of odd sizes, in both directions at once', async (t) => {
  const total = 50 * megabyte
  const chunk = Buffer.from(Array.from({ length: 16_384 }, (_, i) => (i * 7 + (i >> 8)) & 255))
  const sizes = [1, 16_384, 7, 1000, 16_383, 8191, 0, 3, 12_345]
  const reader = () => {
    const hash = createHash('sha1')
    let octets = 0
    let ended = false
    return {
      onData: (_stream: number, part: Buffer, end: boolean) => {
        hash.update(part)
        octets += part.length
        ended ||= end
      },
      seen: () => ({ octets, ended, digest: ended ? hash.copy().digest('hex') : '' }),
    }
  }
  async function sendAll(peer: Peer): Promise<string> {
    const hash = createHash('sha1')
    for (let [left, i] = [total, 0]; left > 0; i++) {
      const size = Math.min(sizes[i % sizes.length] ?? 1, left)
      if (Math.min(peer.window(1), peer.window(0)) < size || peer.socket.writableLength > megabyte)
        await new Promise((resolve) => peer.socket.once(peer.socket.writableNeedDrain ? 'drain' : 'data', resolve))
      else {
        peer.send(data(1, chunk.subarray(0, size), left === size))
        hash.update(chunk.subarray(0, size))
        left -= size
      }
    }
    return hash.digest('hex')
  }
  const [near, far] = [reader(), reader()]
  const ends = await openPair(house, { onData: near.onData }, { onData: far.onData })
  const { client } = ends
  client.send(request(1, ends.origin.host, '/odd', false))
  const peer = await ends.first
  await peer.head(1)
  peer.send(ok200(1))
  const sent = await Promise.all([sendAll(client), sendAll(peer)])
  t.ok(await until(() => near.seen().ended && far.seen().ended))
  t.same(far.seen(), { octets: total, ended: true, digest: sent[0] })
  t.same(near.seen(), { octets: total, ended: true, digest: sent[1] })
  const { request: asked, outcome } = await house.find(
    ({ request, outcome }) => request.target === '/odd' && outcome.state === 'complete',
  )
  t.equal(asked.content.bodySize, total)
  t.equal(outcome.state === 'complete' && outcome.response.content.bodySize, total)
  await close(t, ends)
})

await t.test(
  'a client that does not know the limit yet is refused or waits, and the origin is not overrun',
  async (t) => {
    let open = 0
    let most = 0
    const ends = await openPair(house, {}, { settings: [[3, 2]] }, async (peer) => {
      for (let id = 1; ; id += 2) {
        if (!(await peer.head(id))) return
        most = Math.max(most, ++open)
        void pause(20).then(() => {
          open--
          peer.send(ok200(id, true))
        })
      }
    })
    const { client, origin } = ends
    const ids = Array.from({ length: 12 }, (_, i) => i * 2 + 1)
    client.send(...ids.map((id) => request(id, origin.host, `/overrun/${id}`)))
    const seen = await Promise.all(
      ids.map(async (id) =>
        (await within(client.content(id))) ? 'answered' : `reset ${await within(client.reset(id), 10)}`,
      ),
    )
    t.ok(most <= 2, `${most} at a time`)
    t.same(
      seen.filter((what) => what !== 'answered' && what !== 'reset 7'),
      [],
    )
    t.ok(seen.includes('answered'))
    await close(t, ends)
  },
)
