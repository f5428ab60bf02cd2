// Heads far beyond the usual, in HTTP/2: 256 KiB of fields, 5,000 lines, targets of 64 KiB, in both directions and in trailers.
import t from 'tap'
import { literal } from '../support/hpack.ts'
import { flags, frame, frameTypes, ok200, request } from '../support/http2-frames.ts'
import { startWire } from '../support/wire-house.ts'
import { block, data } from './frames-case.ts'
import { closePair as close, openPair, type Way, within } from './frames-house.ts'

const house = await startWire()
t.teardown(() => house.close())

/** A block of any size, in frames of at most 16,384 octets. */
function frames(stream: number, octets: Buffer, end: boolean, size = 16_384): Buffer[] {
  const out: Buffer[] = []
  for (let at = 0; at === 0 || at < octets.length; at += size) {
    const last = at + size >= octets.length
    const bits = (last ? flags.endHeaders : 0) | (at === 0 && end ? flags.endStream : 0)
    const type = at === 0 ? frameTypes.headers : frameTypes.continuation
    out.push(frame(type, bits, stream, octets.subarray(at, at + size)))
  }
  return out
}

const lines = (count: number, length: number): [string, string][] =>
  Array.from({ length: count }, (_, i) => [`x-${i}`, `${i} `.padEnd(length, 'v')])
const heads: readonly (readonly [string, readonly (readonly [string, string])[], boolean?])[] = [
  ['one value of 64 KiB', [['x-big', 'b'.repeat(65_536)]]],
  ['one value of 256 KiB', [['x-big', 'b'.repeat(262_144)]]],
  ['one value of 256 KiB in Huffman code', [['x-big', 'b!'.repeat(131_072)]], true],
  ['5,000 lines', lines(5000, 10)],
  ['5,000 lines, 256 KiB together', lines(5000, 44)],
  ['5,000 lines of one name', Array.from({ length: 5000 }, (_, i) => ['x', String(i)] as const)],
  ['1,000 lines of 250 octets', lines(1000, 250)],
  ['a name of 16,000 octets', [['n'.repeat(16_000), 'v']]],
]
const blockOf = (pairs: readonly (readonly [string, string])[], huffman = false): Buffer =>
  Buffer.concat(pairs.map(([name, value]) => literal('plain', name, value, huffman)))
const shown = (pairs: readonly (readonly [string, string])[]): string[] =>
  pairs.map(([name, value]) => `${name}: ${value}`)

for (const way of ['tunnel', 'tls'] as const satisfies Way[])
  for (const [name, fields, huffman] of heads)
    await t.test(`${name}, in a request, an answer and trailers of both, ${way}`, async (t) => {
      const status = [[':status', '200']] as const
      const ends = await openPair(
        house,
        {},
        { tls: way === 'tls' },
        async (peer) => {
          await peer.head(1, 1)
          peer.send(...frames(1, blockOf([...status, ...fields], huffman), false), data(1, 'x'))
          peer.send(...frames(1, blockOf(fields), true, 9999))
        },
        way,
      )
      const { client, origin } = ends
      const first = [
        [':method', 'POST'],
        [':scheme', way === 'tls' ? 'https' : 'http'],
        [':authority', origin.host],
        [':path', `/large/${name.replaceAll(/\W/g, '-')}/${way}`],
      ] as const
      client.send(...frames(1, blockOf([...first, ...fields], huffman), false), data(1, 'y'))
      client.send(...frames(1, blockOf(fields), true, 1000))
      const peer = await within(ends.first)
      t.same((await within(client.head(1)))?.fields, shown([...status, ...fields]), 'the answer')
      t.same((await within(client.head(1, 1)))?.fields, shown(fields), 'its trailers')
      t.same((await peer?.head(1))?.fields, shown([...first, ...fields]), 'the request')
      t.same((await peer?.head(1, 1))?.fields, shown(fields), 'its trailers')
      const found = await house.find(
        ({ request, outcome }) => request.target === first[3][1] && outcome.state === 'complete',
      )
      t.equal(found.request.headers.length, fields.length)
      t.equal(found.request.trailers.length, fields.length)
      await close(t, ends)
    })

await t.test('a target of 64 KiB, and others behind it', async (t) => {
  const ends = await openPair(house, {}, {}, async (peer) => {
    for (const id of [1, 3, 5]) if (await peer.head(id)) peer.send(ok200(id, true))
  })
  const { client, origin } = ends
  const target = `/${'p'.repeat(65_535)}`
  const long = [
    [':method', 'GET'],
    [':scheme', 'http'],
    [':authority', origin.host],
    [':path', target],
  ] as const
  client.send(request(1, origin.host, '/before'), ...frames(3, block(long), true), request(5, origin.host, '/behind'))
  for (const id of [1, 3, 5]) t.same((await within(client.head(id)))?.fields, [':status: 200'])
  t.same((await (await ends.first).head(3))?.fields, shown(long))
  t.ok(await house.find(({ request }) => request.target === target))
  await close(t, ends)
})
