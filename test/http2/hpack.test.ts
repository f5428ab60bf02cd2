// HPACK: the examples of RFC 7541, tables of every size, and what must not be read.
import t from 'tap'
import { HpackDecoder } from '../../src/http2/hpack-decoder.ts'
import { encodedBound, HpackEncoder } from '../../src/http2/hpack-encoder.ts'
import { decodedBound, decodeHuffman, encodeHuffman, huffmanLength } from '../../src/http2/huffman.ts'
import { seededRandom } from './seeded-random.ts'

const limit = 512 * 1024
const latin1 = (octets: Uint8Array, from: number, to: number): string =>
  Buffer.from(octets.subarray(from, to)).toString('latin1')

function read(decoder: HpackDecoder, octets: Uint8Array): string[] {
  const block = decoder.decode(octets, 0, octets.length, limit)
  if (typeof block === 'string') throw new Error(block)
  return block.fields
}

function written(encoder: HpackEncoder, fields: readonly string[], never?: readonly string[]): Uint8Array {
  const out = new Uint8Array(encodedBound(fields))
  return out.subarray(0, encoder.encode(fields, never, out, 0))
}

const www = [':method', 'GET', ':scheme', 'http', ':path', '/', ':authority', 'www.example.com']
const custom = [':method', 'GET', ':scheme', 'https', ':path', '/index.html', ':authority', 'www.example.com']
const requests: [string, string[]][][] = [
  [
    ['828684410f7777772e6578616d706c652e636f6d', www],
    ['828684be58086e6f2d6361636865', [...www, 'cache-control', 'no-cache']],
    ['828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565', [...custom, 'custom-key', 'custom-value']],
  ],
  [
    ['828684418cf1e3c2e5f23a6ba0ab90f4ff', www],
    ['828684be5886a8eb10649cbf', [...www, 'cache-control', 'no-cache']],
    ['828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf', [...custom, 'custom-key', 'custom-value']],
  ],
]

t.test('the requests of RFC 7541 C.3 and C.4', async (t) => {
  for (const list of requests) {
    const decoder = new HpackDecoder()
    for (const [hex, fields] of list) t.same(read(decoder, Buffer.from(hex, 'hex')), fields)
  }
})

t.test('the responses of RFC 7541 C.5 and C.6, with a table of 256 octets that evicts', async (t) => {
  const date = (second: number): string => `Mon, 21 Oct 2013 20:13:${second} GMT`
  const place = ['location', 'https://www.example.com']
  const fields = [
    [':status', '302', 'cache-control', 'private', 'date', date(21), ...place],
    [':status', '307', 'cache-control', 'private', 'date', date(21), ...place],
    [
      ...[':status', '200', 'cache-control', 'private', 'date', date(22), ...place, 'content-encoding', 'gzip'],
      ...['set-cookie', 'foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1'],
    ],
  ]
  const plain = [
    '4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d546e1768747470733a2f2f7777772e6578616d706c652e636f6d',
    '4803333037c1c0bf',
    '88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f3d4153444a4b48514b425a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b2076657273696f6e3d31',
  ]
  const coded = [
    '488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3',
    '4883640effc1c0bf',
    '88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007',
  ]
  for (const list of [plain, coded]) {
    const decoder = new HpackDecoder()
    t.same(read(decoder, Buffer.from('3fe101', 'hex')), [], 'the size')
    for (const [index, hex] of list.entries()) t.same(read(decoder, Buffer.from(hex, 'hex')), fields[index])
  }
})

t.test('single fields of RFC 7541 C.2, and which may never be kept', async (t) => {
  const one = (hex: string) => new HpackDecoder().decode(Buffer.from(hex, 'hex'), 0, hex.length / 2, limit)
  t.match(one('400a637573746f6d2d6b65790d637573746f6d2d686561646572'), { fields: ['custom-key', 'custom-header'] })
  t.match(one('040c2f73616d706c652f70617468'), { fields: [':path', '/sample/path'], never: undefined })
  t.match(one('100870617373776f726406736563726574'), { fields: ['password', 'secret'], never: ['password'] })
  t.match(one('82'), { fields: [':method', 'GET'] })
})

t.test('numbers of RFC 7541 C.1', async (t) => {
  const long = 'x'.repeat(1337)
  const octets = Buffer.concat([Buffer.from([0, 1, 97, 0x7f, 0xba, 0x09]), Buffer.from(long)])
  t.same(read(new HpackDecoder(), octets), ['a', long])
})

t.test('every octet survives the Huffman code, and nothing else is taken for it', async (t) => {
  const all = String.fromCharCode(...Array.from({ length: 256 }, (_, i) => i))
  for (const text of ['', 'a', all, all.repeat(3), 'www.example.com', ...all]) {
    const out = new Uint8Array(huffmanLength(text))
    t.equal(encodeHuffman(text, out, 0), out.length)
    const back = new Uint8Array(decodedBound(out.length))
    const size = decodeHuffman(out, 0, out.length, back)
    if (latin1(back, 0, size) !== text) t.fail(JSON.stringify(text))
  }
  const bad = (hex: string): number =>
    decodeHuffman(Buffer.from(hex, 'hex'), 0, hex.length / 2, new Uint8Array(decodedBound(hex.length)))
  t.equal(bad('ff'), -1, 'eight bits of padding')
  t.equal(bad('1c'), -1, 'padding of zeros')
  t.equal(bad('3fffffff'), -1, 'the end-of-string symbol')
  t.equal(bad('1f'), 1)
})

t.test('what is no field block is refused in a sentence', async (t) => {
  const refused = {
    '80': /index 0/,
    ff80808080808001: /too large/,
    be: /beyond the table/,
    '00': /middle/,
    '000161': /middle/,
    '0001610561': /middle/,
    '008161': /Huffman|middle/,
    '8220': /within a field block/,
    '3fe21f': /larger/,
    '40017801797f': /middle|beyond/,
  }
  for (const [hex, words] of Object.entries(refused))
    t.match(new HpackDecoder().decode(Buffer.from(hex, 'hex'), 0, hex.length / 2, limit), words, hex)
})

t.test('a list that is larger than allowed is read to its end and not kept', async (t) => {
  const decoder = new HpackDecoder()
  // One entry of 4,000 octets, then a thousand times the one octet that names it.
  const value = 'v'.repeat(4000)
  const bomb = Buffer.concat([
    Buffer.from([0x40, 1, 0x78, 0x7f, 0xa1, 0x1e]),
    Buffer.from(value),
    Buffer.alloc(1000, 0xbe),
  ])
  const block = decoder.decode(bomb, 0, bomb.length, limit)
  if (typeof block === 'string') throw new Error(block)
  t.equal(block.tooLarge, true)
  t.ok(block.fields.length < 300)
  t.same(read(decoder, Buffer.from([0xbe])), ['x', value], 'the table is still in step')
})

t.test('secrets and what arrived so are written as never to be kept', async (t) => {
  const encoder = new HpackEncoder()
  const fields = ['authorization', 'Bearer x', 'cookie', 'a=b', 'cookie', 'a'.repeat(30), 'x-key', 'k', 'x-other', 'o']
  for (let round = 0; round < 2; round++) {
    const octets = written(encoder, fields, ['x-key'])
    const block = new HpackDecoder().decode(octets, 0, octets.length, limit)
    if (round === 0) t.match(block, { fields, never: ['authorization', 'cookie', 'x-key'] })
    else t.ok(octets.length < 40, 'what may be kept was')
  }
})

t.test('lists of fields go round, whatever becomes of the tables', async (t) => {
  const random = seededRandom(7541)
  const pick = <T>(list: readonly T[]): T => list[random(list.length)] as T
  const octets = (most: number): string =>
    String.fromCharCode(...Array.from({ length: random(most) }, () => random(256)))
  for (let run = 0; run < 40; run++) {
    const encoder = new HpackEncoder()
    const decoder = new HpackDecoder()
    const names = [
      ':path',
      ':status',
      'accept',
      'x-a',
      'x-b',
      'cookie',
      'set-cookie',
      ...Array.from({ length: 20 }, () => octets(40)),
    ]
    const values = [
      '',
      '200',
      '/',
      'gzip, deflate',
      ...Array.from({ length: 20 }, () => octets(run % 4 === 0 ? 5000 : 200)),
    ]
    for (let block = 0; block < 60; block++) {
      if (random(6) === 0) for (let i = random(3); i >= 0; i--) encoder.resize(pick([0, 32, 100, 300, 4096, 65536]))
      const fields = Array.from({ length: random(30) }, () => [
        pick(names),
        random(5) === 0 ? octets(50) : pick(values),
      ]).flat()
      const back = read(decoder, written(encoder, fields, random(3) === 0 ? [pick(names)] : undefined))
      if (JSON.stringify(back) !== JSON.stringify(fields)) {
        t.same(back, fields, `run ${run}, block ${block}`)
        return
      }
    }
  }
  t.pass('2,400 blocks')
})

t.test('whatever octets come, reading them ends', async (t) => {
  const random = seededRandom(9113)
  const words = new Set<string>()
  for (let run = 0; run < 20_000; run++) {
    const octets = Uint8Array.from({ length: random(60) }, () => random(256))
    const block = new HpackDecoder().decode(octets, 0, octets.length, 1000)
    words.add(typeof block === 'string' ? block : 'read')
  }
  t.ok(words.size > 5, [...words].join('; '))
})
