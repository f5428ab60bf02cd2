// How streams and connections end in HTTP/2: every RST_STREAM code and every GOAWAY, in both directions, as they were said.
import t, { type Test } from 'tap'
import { frameTypes, goaway, ok200, request, rstStream } from '../support/http2-frames.ts'
import { goawayCode, type Peer } from '../support/http2-peer.ts'
import { startWire } from '../support/wire-house.ts'
import { codes, data } from './frames-case.ts'
import { openClient, startFrameOrigin, until, type Way, within } from './frames-house.ts'

const house = await startWire()
t.teardown(() => house.close())

/** All that RFC 9113 §7 names, and two that nobody does. */
const all: readonly (readonly [string, number])[] = [...Object.entries(codes), ['238', 238], ['3735928559', 0xdeadbeef]]
const streamOf = (index: number): number => index * 2 + 1
const resetsOf = (peer: Peer): (number | undefined)[] =>
  all.map((_, i) =>
    peer.heard
      .flatMap((one) =>
        one.what === 'frame' && one.stream === streamOf(i) && one.frame.type === frameTypes.rstStream
          ? [one.frame]
          : [],
      )[0]
      ?.payload.readUInt32BE(0),
  )
/** NO_ERROR is no reason to give up: CANCEL or INTERNAL_ERROR may stand for it. */
const sameCodes = (t: Test, found: readonly (number | undefined)[]): void => {
  t.match(String(found[0]), /^[028]$/, 'NO_ERROR')
  t.same(
    found.slice(1),
    all.slice(1).map(([, code]) => code),
    'every other code',
  )
}
const outcomeOf = async (path: string): Promise<string> => {
  const { outcome } = await house.find(
    ({ request, outcome }) => request.target === path && /complete|failed/.test(outcome.state),
  )
  return outcome.state === 'failed' ? outcome.failure.code : outcome.state
}

/** Opens a stream for each code, and waits until the origin has them all. */
async function openAll(way: Way, mark: string, end: boolean, begin: 'silent' | 'begins') {
  const origin = await startFrameOrigin(
    async (peer) => {
      for (let i = 0; i < all.length; i++) {
        await peer.head(streamOf(i))
        if (begin === 'begins') peer.send(ok200(streamOf(i)), data(streamOf(i), 'some'))
      }
    },
    { tls: way === 'tls' },
  )
  const client = await openClient(house, way, origin.port)
  all.forEach(([name], i) => {
    client.send(request(streamOf(i), origin.host, `/${mark}/${name}`, end))
    if (!end) client.send(data(streamOf(i), 'half'))
  })
  await until(() => origin.peers[0]?.heard.filter(({ what }) => what === 'head').length === all.length)
  if (begin === 'begins') await until(() => all.every((_, i) => client.data(streamOf(i)).length === 4))
  if (!end) await until(() => all.every((_, i) => origin.peers[0]?.data(streamOf(i)).length === 4))
  const [peer] = origin.peers
  if (!peer) throw new Error('the origin was never reached')
  return { origin, client, peer }
}

for (const way of ['tunnel', 'tls'] as const)
  for (const begin of ['silent', 'begins'] as const)
    for (const end of [true, false]) {
      const when = `${begin === 'begins' ? 'within the answer' : 'before the answer'}${end ? '' : ', within the upload'}, ${way}`
      await t.test(`RST_STREAM of an origin, ${when}`, async (t) => {
        const mark = `origin-${way}-${begin}-${end}`
        const { origin, client, peer } = await openAll(way, mark, end, begin)
        for (const [i, [, code]] of all.entries()) peer.send(rstStream(streamOf(i), code))
        t.ok(
          await until(() =>
            resetsOf(client)
              .slice(1)
              .every((code) => code !== undefined),
          ),
          'all are told',
        )
        await until(() => resetsOf(client)[0] !== undefined || client.ended(1))
        if (begin === 'begins' || !client.ended(1)) sameCodes(t, resetsOf(client))
        else t.match(await client.head(1), { fields: [':status: 502'] })
        for (const [name] of all.slice(1)) t.equal(await outcomeOf(`/${mark}/${name}`), `HTTP2_${name}`)
        t.match(await outcomeOf(`/${mark}/NO_ERROR`), /^(RESPONSE_CUT|UPSTREAM_CLOSED|HTTP2_NO_ERROR)$/)
        t.same([client.faults, peer.faults, client.closed], [[], [], false])
        client.raw.destroy()
        await origin.close()
      })
      await t.test(`RST_STREAM of a client, ${when}`, async (t) => {
        const mark = `client-${way}-${begin}-${end}`
        const { origin, client, peer } = await openAll(way, mark, end, begin)
        for (const [i, [, code]] of all.entries()) client.send(rstStream(streamOf(i), code))
        t.ok(await until(() => resetsOf(peer).every((code) => code !== undefined)), 'all are told')
        sameCodes(t, resetsOf(peer))
        t.notOk(!end && all.some((_, i) => peer.ended(streamOf(i)) && !resetsOf(peer)[i]), 'no upload looks complete')
        for (const [name] of all) t.equal(await outcomeOf(`/${mark}/${name}`), 'CLIENT_CLOSED')
        t.same([client.faults, peer.faults, client.closed, peer.closed], [[], [], false, false])
        client.raw.destroy()
        await origin.close()
      })
    }

const away = (peer: Peer) => within(peer.frame(frameTypes.goaway))

await t.test('GOAWAY of an origin, every code', async (t) => {
  t.jobs = 4
  for (const [name, code] of all)
    void t.test(name, async (t) => {
      const origin = await startFrameOrigin(async (peer) => {
        for (const stream of [1, 3, 5]) await peer.head(stream)
        // The client's second stream is the last that is taken.
        peer.send(goaway(3, code, `debug ${name}`), ok200(1, true), ok200(3), data(3, 'done', true))
      })
      const client = await openClient(house, 'tunnel', origin.port)
      for (const stream of [1, 7, 21]) client.send(request(stream, origin.host, `/away/${name}/${stream}`))
      const told = await away(client)
      t.equal(goawayCode(told), code)
      t.equal(told?.payload.toString('latin1', 8), `debug ${name}`)
      const last = told?.payload.readUInt32BE(0) ?? 0
      t.ok(last >= 7 && last < 21, `in the client's own numbers: ${last}`)
      t.equal(String(await within(client.content(7))), 'done', 'what was taken is answered')
      t.ok(client.ended(1))
      t.notOk(client.ended(21))
      t.same(
        [await outcomeOf(`/away/${name}/1`), await outcomeOf(`/away/${name}/7`), await outcomeOf(`/away/${name}/21`)],
        ['complete', 'complete', 'HTTP2_REFUSED_STREAM'],
      )
      t.same(client.faults, [])
      client.raw.destroy()
      await origin.close()
    })
})

await t.test('GOAWAY of a client, every code', async (t) => {
  t.jobs = 4
  for (const [name, code] of all.slice(1))
    void t.test(name, async (t) => {
      const origin = await startFrameOrigin(async (peer) => {
        await peer.head(1)
        await peer.frame(frameTypes.goaway)
        peer.send(ok200(1), data(1, 'still', true))
      })
      const client = await openClient(house, 'tunnel', origin.port)
      client.send(request(1, origin.host, `/leaves/${name}`))
      await until(() => origin.peers[0]?.heard.some(({ what }) => what === 'head') === true)
      client.send(goaway(0, code, `debug ${name}`))
      const [peer] = origin.peers
      const told = peer && (await away(peer))
      t.equal(goawayCode(told), code)
      t.equal(told?.payload.toString('latin1', 8), `debug ${name}`)
      t.equal(String(await within(client.content(1))), 'still', 'its stream is answered all the same')
      t.equal(await outcomeOf(`/leaves/${name}`), 'complete')
      client.raw.destroy()
      await origin.close()
    })
})

await t.test('an origin announces that it goes, then goes', async (t) => {
  const origin = await startFrameOrigin(async (peer) => {
    await peer.head(1)
    peer.send(goaway(0x7fffffff, 0))
    await peer.head(3)
    peer.send(goaway(1, 0), ok200(1), data(1, 'late', true))
    await peer.gone
  })
  const client = await openClient(house, 'tunnel', origin.port)
  client.send(request(1, origin.host, '/announced'))
  t.equal(goawayCode(await away(client)), 0)
  client.send(request(3, origin.host, '/after-the-announcement'))
  const told = await within(client.reset(3), 2000)
  t.match(String(told), /^(7|undefined)$/, 'a stream behind it is refused, or goes with the connection')
  origin.peers[0]?.send(ok200(1), data(1, 'late', true))
  t.equal(String(await within(client.content(1))), 'late')
  client.raw.destroy()
  await origin.close()
})
