// Removing content codings: every coding, layers, broken and cut content, and bombs that must not get out.
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import t from 'tap'
import { decode, decodeNow } from '../../src/store/content.ts'

const text = 'What was sent, again and again. '.repeat(50)
const plain = Buffer.from(text)
const coded: Record<string, [Uint8Array, readonly string[]]> = {
  none: [plain, []],
  gzip: [gzipSync(plain), ['gzip']],
  'x-gzip': [gzipSync(plain), ['x-gzip']],
  deflate: [deflateSync(plain), ['deflate']],
  'deflate, raw as some servers send it': [deflateRawSync(plain), ['deflate']],
  br: [brotliCompressSync(plain), ['br']],
  zstd: [zstdCompressSync(plain), ['zstd']],
  'gzip, then br': [brotliCompressSync(gzipSync(plain)), ['gzip', 'br']],
}

t.test('every coding', async (t) => {
  for (const [name, [octets, codings]] of Object.entries(coded)) {
    t.equal(Buffer.from(decodeNow(octets, codings, 1e6).octets).toString(), text, name)
    t.equal(Buffer.from((await decode(octets, codings, 1e6)).octets).toString(), text, `${name}, streamed`)
  }
})

t.test('broken, cut and unknown content says so', async (t) => {
  const cut = gzipSync(plain).subarray(0, 60)
  t.match(decodeNow(cut, ['gzip'], 1e6), { error: String })
  t.match(await decode(cut, ['gzip'], 1e6), { error: String })
  t.match(decodeNow(plain, ['gzip'], 1e6), { error: String })
  t.match(decodeNow(plain, ['snappy'], 1e6), { error: /unknown content coding "snappy"/, octets: plain })
  t.match(await decode(plain, ['snappy'], 1e6), { error: /unknown/ })
})

t.test('a bomb goes off in a box', async (t) => {
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024))
  t.match(decodeNow(bomb, ['gzip'], 100_000), { cut: true })
  const { octets, cut } = await decode(bomb, ['gzip'], 100_000)
  t.ok(cut)
  t.equal(octets.length, 100_000)
  const layers = Array.from({ length: 1000 }, () => 'gzip')
  t.match(decodeNow(bomb, layers, 1000), { error: /more than 4/ })
  t.match(await decode(bomb, layers, 1000), { error: /more than 4/ })
})
