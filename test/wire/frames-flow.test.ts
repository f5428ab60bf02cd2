// Flow control of HTTP/2 through the wire (RFC 9113 §5.2, §6.9), seen from both ends: who grants nothing stops the sender, and nobody else.
import { createHash } from 'node:crypto'
import t from 'tap'
import { flags, frame, frameTypes, ok200, request, rstStream, settings, windowUpdate } from '../support/http2-frames.ts'
import { startWire } from '../support/wire-house.ts'
import { data } from './frames-case.ts'
import { closePair as close, openPair, until, within } from './frames-house.ts'

const house = await startWire()
t.teardown(() => house.close())
const window = 4
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const megabyte = 1024 * 1024
const content = (octets: number): Buffer => {
  const made = Buffer.alloc(octets)
  for (let at = 0; at < octets; at += 4)
    made.writeUInt32LE(((at * 2654435761) % 2 ** 32) >>> 0, Math.min(at, octets - 4))
  return made
}
const digest = (octets: Buffer): string => createHash('sha1').update(octets).digest('hex')

/** What the sender was let send, once that stands still. */
async function standstill(sent: () => number): Promise<number> {
  for (let before = -1; before !== sent(); await pause(60)) before = sent()
  return sent()
}
const held = 4 * megabyte

for (const [name, grants] of [
  ['its stream', [0, 0x7fffffff - 65_535]],
  ['its connection', [1, 0x7fffffff - 65_535]],
] as const) {
  await t.test(`a client that grants nothing for ${name} stops the origin`, async (t) => {
    const body = content(8 * megabyte)
    const ends = await openPair(house, { grant: false }, {}, async (peer) => {
      await peer.head(1)
      peer.send(ok200(1))
      await peer.upload(1, body, true)
    })
    const { client } = ends
    client.send(request(1, ends.origin.host, '/stall'), windowUpdate(...(grants as [number, number])))
    t.ok(await until(() => client.data(1).length === 65_535), 'what is granted comes')
    const peer = await ends.first
    const sent = await standstill(() => peer.sent(1))
    t.ok(sent < held, `the origin could send ${sent} octets`)
    t.equal(client.data(1).length, 65_535)
    client.send(windowUpdate(grants[0] === 0 ? 1 : 0, 0x7fffffff - 65_535))
    t.equal(digest((await within(client.content(1))) ?? Buffer.alloc(0)), digest(body), 'then all of it comes')
    await close(t, ends)
  })
  await t.test(`an origin that grants nothing for ${name} stops the client`, async (t) => {
    const body = content(8 * megabyte)
    const ends = await openPair(house, {}, { grant: false })
    const { client } = ends
    client.send(request(1, ends.origin.host, '/stall-up', false))
    const peer = await ends.first
    await peer.head(1)
    peer.send(windowUpdate(...(grants as [number, number])))
    const done = client.upload(1, body, true)
    t.ok(await until(() => peer.data(1).length === 65_535), 'what is granted comes')
    const sent = await standstill(() => client.sent(1))
    t.ok(sent < held, `the client could send ${sent} octets`)
    peer.send(windowUpdate(grants[0] === 0 ? 1 : 0, 0x7fffffff - 65_535))
    await within(done)
    t.equal(digest((await within(peer.content(1))) ?? Buffer.alloc(0)), digest(body), 'then all of it comes')
    peer.send(ok200(1, true))
    t.ok(await within(client.head(1)))
    await close(t, ends)
  })
}

await t.test('one stream that is not read leaves the others alone', async (t) => {
  const body = content(400_000)
  const ids = Array.from({ length: 21 }, (_, i) => i * 2 + 1)
  const ends = await openPair(house, { grant: false, settings: [[window, 20_000]] }, {}, async (peer) => {
    for (const id of ids) {
      await peer.head(id)
      peer.send(ok200(id))
      void peer.upload(id, body, true)
    }
  })
  const { client, origin } = ends
  client.send(windowUpdate(0, 0x7fffffff - 65_535))
  for (const id of ids) client.send(request(id, origin.host, `/one-stalls/${id}`))
  for (const id of ids.slice(1)) client.send(windowUpdate(id, 1_000_000))
  for (const id of ids.slice(1)) t.equal((await within(client.content(id)))?.length, body.length)
  t.equal(client.data(1).length, 20_000)
  client.send(windowUpdate(1, 1_000_000))
  t.equal(digest((await within(client.content(1))) ?? body.subarray(1)), digest(body))
  await close(t, ends)
})

await t.test('padding counts, and is granted again', async (t) => {
  const padded = frame(frameTypes.data, flags.padded, 1, Buffer.concat([Buffer.from([255, 120]), Buffer.alloc(255)]))
  const ends = await openPair(house, {}, {}, async (peer) => {
    await peer.head(1)
    peer.send(ok200(1))
    for (let left = 12_000; left > 0; left--) {
      await until(() => Math.min(peer.window(1), peer.window(0)) >= 257)
      peer.send(padded)
    }
    peer.send(data(1, '', true))
  })
  ends.client.send(request(1, ends.origin.host, '/padding'))
  t.equal((await within(ends.client.content(1)))?.toString(), 'x'.repeat(12_000))
  await close(t, ends)
})

await t.test('windows that SETTINGS change in the middle, below zero too', async (t) => {
  const body = content(300_000)
  const ends = await openPair(house, { grant: false }, {}, async (peer) => {
    await peer.head(1)
    peer.send(ok200(1))
    await peer.upload(1, body, true, 5000)
  })
  const { client } = ends
  client.send(windowUpdate(0, 10_000_000), request(1, ends.origin.host, '/settings'))
  t.ok(await until(() => client.data(1).length === 65_535))
  client.send(settings([window, 10]), windowUpdate(1, 65_000))
  await pause(60)
  t.equal(client.data(1).length, 65_535, 'the window is still below zero')
  client.send(windowUpdate(1, 535 + 990))
  t.ok(await until(() => client.data(1).length === 66_535), 'then it is above')
  client.send(settings([window, 0], [window, 1010]))
  t.ok(await until(() => client.data(1).length === 67_535), 'the last of several values counts')
  client.send(settings([window, 1_000_000]))
  t.equal(digest((await within(client.content(1))) ?? body.subarray(1)), digest(body))
  await close(t, ends)
})

await t.test('the same towards an origin, and windows of single octets', async (t) => {
  const body = content(2000)
  const ends = await openPair(house, {}, { grant: false, settings: [[window, 100]] })
  const { client } = ends
  client.send(request(1, ends.origin.host, '/single', false))
  const peer = await ends.first
  void client.upload(1, body, true)
  t.ok(await until(() => peer.data(1).length === 100))
  peer.send(settings([window, 0]), windowUpdate(1, 99))
  await pause(40)
  t.equal(peer.data(1).length, 100)
  for (let i = 0; i < 50; i++) {
    peer.send(windowUpdate(1, i === 0 ? 2 : 1))
    t.ok(await until(() => peer.data(1).length === 101 + i), `octet ${101 + i}`)
  }
  peer.send(settings([window, 10_000]))
  t.equal(digest((await within(peer.content(1))) ?? body.subarray(1)), digest(body))
  peer.send(ok200(1, true))
  await within(client.content(1))
  await close(t, ends)
})

await t.test('streams given up with content under way leave no window behind', async (t) => {
  const body = content(300_000)
  const ends = await openPair(house, { grant: false, settings: [[window, 1000]] }, {}, async (peer) => {
    for (let id = 1; ; id += 2) {
      if (!(await peer.head(id))) return
      peer.send(ok200(id))
      void peer.upload(id, body, true)
    }
  })
  const { client, origin } = ends
  client.send(windowUpdate(0, 0x7fffffff - 65_535))
  for (let id = 1; id < 120; id += 2) {
    client.send(request(id, origin.host, `/given-up/${id}`))
    await until(() => client.data(id).length === 1000)
    client.send(rstStream(id, 8))
  }
  client.send(request(121, origin.host, '/given-up/last'), windowUpdate(121, 1_000_000))
  t.equal(digest((await within(client.content(121))) ?? body.subarray(1)), digest(body), 'the next has all it needs')
  await close(t, ends)
})

await t.test('frames are no larger than the other end takes', async (t) => {
  const body = content(megabyte)
  const ends = await openPair(
    house,
    {
      settings: [
        [5, 65_536],
        [window, 2 * megabyte],
      ],
    },
    {},
    async (peer) => {
      await peer.head(1)
      peer.send(ok200(1))
      await peer.upload(1, body, true)
    },
  )
  const { client } = ends
  client.send(windowUpdate(0, 2 * megabyte), request(1, ends.origin.host, '/frame-size'))
  t.equal(digest((await within(client.content(1))) ?? body.subarray(1)), digest(body))
  client.send(settings([5, 16_384]))
  await close(t, ends)
})

await t.test('as many streams as the origin allows', async (t) => {
  for (const most of [1000, 100, 3])
    await t.test(`${most}`, async (t) => {
      const seen: number[] = []
      const ends = await openPair(house, {}, { settings: [[3, most]] }, async (peer) => {
        for (let id = 1; id < most * 2; id += 2) {
          await peer.head(id)
          seen.push(id)
        }
        for (const id of seen.toReversed()) peer.send(ok200(id, true))
      })
      const { client, origin } = ends
      client.send(request(1, origin.host, `/many/${most}/1`))
      t.ok(await until(() => most === 1000 || client.theirs.get(3) === most), 'the client is told')
      t.ok((client.theirs.get(3) ?? 1000) >= most, `${client.theirs.get(3)} streams`)
      for (let id = 3; id < most * 2; id += 2) client.send(request(id, origin.host, `/many/${most}/${id}`))
      for (let id = 1; id < most * 2; id += 2) if (!(await within(client.head(id)))) t.fail(`stream ${id}`)
      t.equal(seen.length, most)
      t.equal((await ends.first).heard.filter(({ what }) => what === 'head').length, most)
      await close(t, ends)
    })
})
