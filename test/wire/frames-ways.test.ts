// Every way in to the wire in HTTP/2: a tunnel, TLS in it, the proxy port itself, TLS arriving directly.
import t, { type Test } from 'tap'
import { ok200, rstStream, settings } from '../support/http2-frames.ts'
import { startOrigin } from '../support/origin.ts'
import { openTcp, startWire, type WireHouse } from '../support/wire-house.ts'
import { block, data, head } from './frames-case.ts'
import { openClient, startFrameOrigin, until, type Way, within } from './frames-house.ts'

const house = await startWire()
t.teardown(() => house.close())
type Pairs = readonly (readonly [string, string])[]

const call = (stream: number, host: string, path: string, more: Pairs, scheme: string): Buffer => {
  const pairs: Pairs = [[':method', 'POST'], [':scheme', scheme], [':authority', host], [':path', path], ...more]
  return head(stream, block(pairs), false)
}
const outcomeOf = async (to: WireHouse, path: string): Promise<string> => {
  const { outcome } = await to.find((one) => one.request.target === path && /complete|failed/.test(one.outcome.state))
  return outcome.state === 'failed' ? outcome.failure.code : outcome.state
}

/** An upstream proxy that leads every CONNECT to one port. */
async function leadingTo(port: number) {
  return startOrigin(async (connection) => {
    await connection.until('\r\n\r\n')
    const there = await openTcp(port)
    connection.send('HTTP/1.1 200 OK\r\n\r\n')
    connection.socket.removeAllListeners('data')
    connection.socket.pipe(there).pipe(connection.socket)
    there.on('error', () => connection.raw.destroy())
  })
}

const ways: readonly (readonly [Way, string, boolean])[] = [
  ['tunnel', 'connect', false],
  ['tls', 'connect', true],
  ['port', 'proxy', false],
  ['direct', 'direct', true],
]
for (const [way, recorded, tls] of ways)
  await t.test(`${way}: messages, resets and trailers pass`, async (t: Test) => {
    const origin = await startFrameOrigin(
      async (peer) => {
        await peer.head(1, 1)
        peer.send(
          head(
            1,
            block([
              [':status', '103'],
              ['link', '</a>'],
            ]),
            false,
          ),
          ok200(1),
          data(1, 'answer'),
          head(1, block([['x-t', '2']])),
        )
        await peer.head(3)
        peer.send(rstStream(3, 11))
        await peer.reset(5)
        peer.send(settings([3, 50]))
      },
      { tls },
    )
    const proxy = way === 'direct' ? await leadingTo(origin.port) : undefined
    const here = proxy
      ? await startWire({ modes: [{ kind: 'upstream', url: `http://127.0.0.1:${proxy.port}/` }] })
      : house
    const client = await openClient(here, way, origin.port)
    const host = way === 'direct' ? 'localhost' : origin.host
    const scheme = tls ? 'https' : 'http'
    const path = (name: string): string => `/way-${way}/${name}`
    client.send(call(1, host, path('one'), [['x', '1']], scheme), data(1, 'content'), head(1, block([['x-t', '1']])))
    t.same((await within(client.head(1)))?.fields, [':status: 103', 'link: </a>'])
    t.equal(String(await within(client.content(1))), 'answer')
    t.same((await client.head(1, 2))?.fields, ['x-t: 2'])
    const [peer] = origin.peers
    t.same((await peer?.head(1))?.fields, [
      ':method: POST',
      `:scheme: ${scheme}`,
      `:authority: ${host}`,
      `:path: ${path('one')}`,
      'x: 1',
    ])
    t.same((await peer?.head(1, 1))?.fields, ['x-t: 1'])
    client.send(call(3, host, path('two'), [], scheme))
    t.equal(await within(client.reset(3)), 11)
    client.send(call(5, host, path('three'), [], scheme), data(5, 'x'))
    await until(() => peer?.data(5).length === 1)
    client.send(rstStream(5, 7))
    t.equal(peer && (await within(peer.reset(5))), 7)
    t.equal(await outcomeOf(here, path('one')), 'complete')
    t.equal(await outcomeOf(here, path('two')), 'HTTP2_ENHANCE_YOUR_CALM')
    t.equal(await outcomeOf(here, path('three')), 'CLIENT_CLOSED')
    t.ok(
      here
        .exchanges()
        .filter(({ request }) => request.target.startsWith(`/way-${way}/`))
        .every(({ connection }) => connection.way === recorded),
    )
    t.same([client.faults, peer?.faults], [[], []])
    client.raw.destroy()
    if (here !== house) await here.close()
    await proxy?.close()
    await origin.close()
  })
