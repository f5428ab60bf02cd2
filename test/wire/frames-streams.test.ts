// Streams of HTTP/2 that live: messages that answer each other at once, many side by side, WebSockets over extended CONNECT.
import t from 'tap'
import { ok200, request, rstStream } from '../support/http2-frames.ts'
import type { Peer } from '../support/http2-peer.ts'
import { startWire } from '../support/wire-house.ts'
import { block, data, head } from './frames-case.ts'
import { closePair as close, openPair, until, within } from './frames-house.ts'

const house = await startWire()
t.teardown(() => house.close())
type Pairs = readonly (readonly [string, string])[]

const call = (stream: number, host: string, path: string, more: Pairs = [], scheme = 'http'): Buffer => {
  const pairs: Pairs = [[':method', 'POST'], [':scheme', scheme], [':authority', host], [':path', path], ...more]
  return head(stream, block(pairs), false)
}
/** A message as gRPC frames it: a flag, a length, and what it says. */
const message = (text: string): Buffer => {
  const prefix = Buffer.alloc(5)
  prefix.writeUInt32BE(text.length, 1)
  return Buffer.concat([prefix, Buffer.from(text)])
}
const outcomeOf = async (path: string) => {
  const { outcome, request } = await house.find(
    (one) => one.request.target === path && /complete|failed/.test(one.outcome.state),
  )
  return {
    state: outcome.state === 'failed' ? outcome.failure.code : outcome.state,
    request,
    response: outcome.state === 'complete' ? outcome.response : undefined,
  }
}

for (const tls of [false, true])
  await t.test(`eight calls that talk to and fro on one connection, ${tls ? 'TLS' : 'h2c'}`, async (t) => {
    const ids = Array.from({ length: 8 }, (_, i) => i * 2 + 1)
    const rounds = 40
    const said = (id: number, round: number): string => `call ${id} round ${round} ${'.'.repeat((round * 37) % 400)}`
    const ends = await openPair(
      house,
      {},
      { tls },
      async (peer) => {
        for (const id of ids)
          void peer.head(id).then(async () => {
            peer.send(
              head(
                id,
                block([
                  [':status', '200'],
                  ['content-type', 'application/grpc'],
                ]),
                false,
              ),
            )
            let due = ''
            for (let round = 0; round < rounds; round++) {
              due += message(said(id, round)).toString()
              await until(() => peer.data(id).length >= due.length)
              peer.send(data(id, message(`echo ${said(id, round)}`)))
            }
            await peer.content(id)
            peer.send(
              head(
                id,
                block([
                  ['grpc-status', '0'],
                  ['grpc-message', `done ${id}`],
                ]),
              ),
            )
          })
      },
      tls ? 'tls' : 'tunnel',
    )
    const { client, origin } = ends
    const mark = `/grpc-${tls}`
    for (const id of ids)
      client.send(
        call(
          id,
          origin.host,
          `${mark}/${id}`,
          [
            ['te', 'trailers'],
            ['content-type', 'application/grpc'],
          ],
          tls ? 'https' : 'http',
        ),
      )
    await Promise.all(
      ids.map(async (id) => {
        let due = ''
        for (let round = 0; round < rounds; round++) {
          const octets = message(said(id, round))
          // In two frames, others between them.
          client.send(data(id, octets.subarray(0, 3)))
          await new Promise((resolve) => setImmediate(resolve))
          client.send(data(id, octets.subarray(3)))
          due += message(`echo ${said(id, round)}`).toString()
          if (!(await until(() => client.data(id).length >= due.length))) return t.fail(`call ${id}, round ${round}`)
        }
        client.send(data(id, '', true))
        t.equal(String(await within(client.content(id))), due)
        t.same((await client.head(id, 1))?.fields, ['grpc-status: 0', `grpc-message: done ${id}`])
        const found = await outcomeOf(`${mark}/${id}`)
        t.equal(found.state, 'complete')
        t.same(found.response?.trailers, [
          { name: 'grpc-status', value: '0' },
          { name: 'grpc-message', value: `done ${id}` },
        ])
      }),
    )
    await close(t, ends)
  })

await t.test('an answer that is complete before its request, which is given up then', async (t) => {
  const ends = await openPair(house, {}, {}, async (peer) => {
    await until(() => peer.data(1).length > 0)
    peer.send(ok200(1), data(1, 'enough', true))
  })
  const { client, origin } = ends
  client.send(call(1, origin.host, '/given-up'), data(1, 'much'))
  t.equal(String(await within(client.content(1))), 'enough')
  client.send(rstStream(1, 8))
  t.equal(await within((await ends.first).reset(1)), 8, 'the origin hears it')
  t.equal((await outcomeOf('/given-up')).state, 'complete', 'the answer came in full')
  await close(t, ends)
})

await t.test('an answer with its trailers while the upload goes on, and NO_ERROR behind it', async (t) => {
  const ends = await openPair(house, {}, {}, async (peer) => {
    await until(() => peer.data(1).length > 0)
    peer.send(head(1, block([[':status', '200']]), false), head(1, block([['grpc-status', '8']])), rstStream(1, 0))
  })
  const { client, origin } = ends
  client.send(call(1, origin.host, '/early'), data(1, 'much'))
  t.same((await within(client.head(1, 1)))?.fields, ['grpc-status: 8'])
  t.equal(await within(client.reset(1)), 0)
  t.equal((await outcomeOf('/early')).state, 'complete')
  await close(t, ends)
})

/** A WebSocket frame of a client is masked (RFC 6455 §5.3), here with zeros. */
const text = (words: string, masked: boolean): Buffer =>
  Buffer.concat([
    Buffer.from([0x81, words.length | (masked ? 0x80 : 0)]),
    Buffer.alloc(masked ? 4 : 0),
    Buffer.from(words),
  ])
const upgrade = (stream: number, host: string, path: string): Buffer =>
  head(
    stream,
    block([
      [':method', 'CONNECT'],
      [':protocol', 'websocket'],
      [':scheme', 'http'],
      [':authority', host],
      [':path', path],
      ['sec-websocket-version', '13'],
    ]),
    false,
  )
const offersWebSockets: [number, number][] = [[8, 1]]

/** The client may open a WebSocket once it is told so (RFC 8441 §3), which takes a first request. */
async function openWebSocket(script: (peer: Peer) => Promise<unknown>) {
  const ends = await openPair(house, {}, { settings: offersWebSockets }, async (peer) => {
    await peer.head(1)
    peer.send(ok200(1, true))
    await peer.head(3)
    await script(peer)
  })
  const { client, origin } = ends
  client.send(request(1, origin.host, '/first'))
  await within(client.content(1))
  const told = await until(() => client.theirs.get(8) === 1)
  return { ends, client, host: origin.host, told }
}

await t.test('a WebSocket', async (t) => {
  const { ends, client, host, told } = await openWebSocket(async (peer) => {
    peer.send(
      head(
        3,
        block([
          [':status', '200'],
          ['sec-websocket-protocol', 'chat'],
        ]),
        false,
      ),
    )
    await until(() => peer.data(3).length >= text('hello', true).length)
    peer.send(data(3, text('world', false).subarray(0, 2)), data(3, text('world', false).subarray(2)))
    await peer.content(3)
    peer.send(data(3, Buffer.from([0x88, 2, 3, 0xe8]), true))
  })
  t.ok(told, 'that the origin offers it is passed on')
  client.send(upgrade(3, host, '/ws'))
  t.same((await within(client.head(3)))?.fields, [':status: 200', 'sec-websocket-protocol: chat'])
  client.send(data(3, text('hello', true)))
  t.ok(await until(() => client.data(3).equals(text('world', false))))
  client.send(data(3, Buffer.from([0x88, 0x82, 0, 0, 0, 0, 3, 0xe8]), true))
  t.ok((await within(client.content(3)))?.subarray(-2).equals(Buffer.from([3, 0xe8])))
  const peer = await ends.first
  t.same((await peer.head(3))?.fields.slice(0, 5), [
    ':method: CONNECT',
    ':protocol: websocket',
    ':scheme: http',
    `:authority: ${host}`,
    ':path: /ws',
  ])
  const found = await house.find((one) => one.request.target === '/ws' && one.outcome.state === 'complete')
  t.equal(found.kind, 'websocket')
  t.match(
    house.messages(found.id).map(({ from, opcode }) => [from, opcode]),
    [
      ['client', 'text'],
      ['server', 'text'],
      ['client', 'close'],
      ['server', 'close'],
    ],
  )
  await close(t, ends)
})

await t.test('a WebSocket that is refused, one that is reset, one that nobody offered', async (t) => {
  const refused = await openWebSocket(async (peer) => peer.send(head(3, block([[':status', '403']]))))
  refused.client.send(upgrade(3, refused.host, '/ws-refused'))
  t.same((await within(refused.client.head(3)))?.fields, [':status: 403'])
  t.match(await house.find((one) => one.request.target === '/ws-refused' && one.outcome.state === 'complete'), {
    kind: 'http',
  })
  await close(t, refused.ends)

  const broken = await openWebSocket(async (peer) => {
    peer.send(head(3, block([[':status', '200']]), false), data(3, text('last', false)), rstStream(3, 8))
  })
  broken.client.send(upgrade(3, broken.host, '/ws-reset'))
  t.equal(await within(broken.client.reset(3)), 8)
  t.notOk(broken.client.ended(3))
  t.equal((await outcomeOf('/ws-reset')).state, 'HTTP2_CANCEL')
  await close(t, broken.ends)

  const ends = await openPair(house, {}, {}, async (peer) => {
    await peer.head(1)
    peer.send(ok200(1, true))
  })
  ends.client.send(request(1, ends.origin.host, '/first'))
  await within(ends.client.content(1))
  t.equal(ends.client.theirs.get(8) ?? 0, 0, 'what the origin does not offer is not promised')
  ends.client.send(upgrade(3, ends.origin.host, '/ws-unoffered'))
  const told = await within(Promise.race([ends.client.reset(3), ends.client.head(3), ends.client.gone]), 5000)
  t.ok(told !== undefined || ends.client.closed, 'it is refused')
  t.notOk(
    (await ends.first).heard.some(({ stream }) => stream === 3),
    'and does not reach the origin',
  )
  await close(t, ends)
})
