// Field compression, right and wrong (RFC 7541): every representation is read, every error is one of the connection.
import { huffman, indexed, integer, literal, literalOf, sizeUpdate } from '../support/hpack.ts'
import { answered, block, connectionError, type FrameCase, fine, get, head, requestPairs } from './frames-case.ts'

const plain = block(requestPairs)
const all = (...parts: Buffer[]): Buffer => Buffer.concat(parts)
const bad = (name: string, ...parts: Buffer[]): FrameCase => ({
  name: `RFC 7541 ${name}`,
  steps: [head(1, all(...parts))],
  react: connectionError('COMPRESSION_ERROR'),
})
const good = (name: string, ...parts: Buffer[]): FrameCase => ({
  name: `RFC 7541 ${name}`,
  steps: [head(1, all(...parts))],
  react: fine(),
})
const everything = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join('')

export const hpackCases: readonly FrameCase[] = [
  good('6.1: indexed fields', indexed(2), indexed(6), indexed(4), literalOf('plain', 1, 'localhost')),
  good('6.2.1: added to the table and used at once', plain, literal('added', 'x-a', '1'), indexed(62), indexed(62)),
  good(
    '6.2.1: the name of an entry added before',
    plain,
    literal('added', 'x-a', '1'),
    literalOf('added', 62, '2'),
    indexed(63),
  ),
  good('6.2.3: never indexed', plain, literal('never', 'x-secret', '1'), literalOf('never', 23, 'Basic x')),
  good('5.2: every printable octet in Huffman code', plain, literal('plain', 'x-h', everything, true)),
  good(
    '5.2: an empty string in Huffman code',
    plain,
    Buffer.from([0]),
    Buffer.from([0x81]),
    huffman('x'),
    Buffer.from([0x80]),
  ),
  good('4.2: two size updates at the start', sizeUpdate(0), sizeUpdate(4096), plain),
  good(
    '4.4: an entry larger than the table empties it',
    sizeUpdate(64),
    plain,
    literal('added', 'x-large', 'v'.repeat(100)),
  ),
  good(
    '5.1: an integer of more octets than it needs',
    plain,
    Buffer.from([0, 0x7f, 0x82, 0x80, 0x00]),
    Buffer.alloc(129, 'n'),
    Buffer.from([1, 0x76]),
  ),
  {
    name: 'RFC 7541 2.3.2: the table lives from stream to stream',
    steps: [
      head(1, all(plain, literal('added', 'x-a', '1'), literal('added', 'x-b', '2'))),
      answered(1),
      head(3, all(plain, indexed(62), indexed(63))),
      answered(3),
      head(5, all(sizeUpdate(0), sizeUpdate(4096), plain, literal('added', 'x-c', '3'), indexed(62))),
    ],
    react: fine(5),
  },
  {
    name: 'RFC 7541 4.3: what was evicted is gone',
    steps: [
      head(1, all(plain, literal('added', 'x-a', '1'))),
      answered(1),
      head(3, all(sizeUpdate(0), plain, indexed(62))),
    ],
    react: connectionError('COMPRESSION_ERROR'),
    passes: true,
  },
  {
    name: 'RFC 7541 4.1: a refused request counts too',
    steps: [
      head(1, all(plain, literal('added', 'x-a', '1'))),
      answered(1),
      head(3, all(plain, indexed(62))),
      answered(3),
      get(5),
    ],
    react: fine(5),
  },
  bad('6.1: index 0', plain, indexed(0)),
  bad('6.1: an index beyond the table', plain, indexed(62)),
  bad('6.1: an index far beyond the table', plain, indexed(100_000)),
  bad('6.2.2: a name beyond the table', plain, literalOf('plain', 70, 'x')),
  bad('6.2.1: a name beyond the table, to be added', plain, literalOf('added', 62, 'x')),
  bad(
    '5.1: an integer without end',
    plain,
    Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]),
  ),
  bad('5.1: an integer that the block ends', plain, Buffer.from([0xff, 0x80])),
  bad('5.2: a string longer than its block', plain, Buffer.from([0, 1, 0x78, 50, 0x76])),
  bad('5.2: a string of 2^31 octets', plain, Buffer.from([0, 1, 0x78]), integer(0x7fffffff, 7)),
  bad('5.2: EOS in Huffman code', plain, Buffer.from([0, 1, 0x78, 0x84, 0xff, 0xff, 0xff, 0xff])),
  bad('5.2: padding of eight bits', plain, Buffer.from([0, 1, 0x78, 0x82, 0x1f, 0xff])),
  bad('5.2: padding of zeros', plain, Buffer.from([0, 1, 0x78, 0x81]), huffman('a', '000')),
  bad('5.2: padding that is not all ones', plain, Buffer.from([0, 1, 0x78, 0x81]), huffman('a', '110')),
  bad('6.3: a table larger than allowed', sizeUpdate(0x7fffffff), plain),
  bad('4.2: a size update behind a field', plain, sizeUpdate(0)),
  bad('4.2: a size update that ends the block', indexed(2), indexed(6), indexed(4), sizeUpdate(100)),
  bad('6.2: a literal that ends behind its name', plain, Buffer.from([0, 1, 0x78])),
]
