// Floods in HTTP/2: what is sent over and over, by whom, and how the wire may end it.
import { indexed, literal } from '../support/hpack.ts'
import {
  flags,
  frame,
  frameTypes,
  number32,
  ok200,
  rstStream,
  settings,
  windowUpdate,
} from '../support/http2-frames.ts'
import { ping, priority } from '../support/http2-peer.ts'
import { block, type Code, data, get, head, post, requestPairs } from './frames-case.ts'

export type Flood = {
  readonly name: string
  readonly by: 'client' | 'origin'
  /** Sent once before it. */
  readonly first?: Buffer
  /** Chunk `i`. */
  readonly chunk: (i: number) => Buffer
  readonly chunks: number
  /** Nothing is read meanwhile. */
  readonly unread?: true
  /** It must end, with one of these codes; otherwise the connection may end or not. */
  readonly ends?: readonly Code[]
}

const { headers, continuation, ping: pingType, settings: settingsType } = frameTypes
const times = (count: number, octets: Buffer): Buffer => Buffer.concat(Array.from({ length: count }, () => octets))
const same = (octets: Buffer, count = 1000): Pick<Flood, 'chunk' | 'chunks'> => {
  const chunk = times(count, octets)
  return { chunk: () => chunk, chunks: 100 }
}
const calm: readonly Code[] = ['ENHANCE_YOUR_CALM']
const plain = block(requestPairs)
const ok = indexed(8)
const filler = block([['x', 'a'.repeat(100)]])
/** One entry of 4,000 octets, and indexes of it: each octet of the block is 4,000 of the list. */
const bomb = Buffer.concat([literal('added', 'x', 'b'.repeat(4000)), times(12_000, indexed(62))])
const streams =
  (make: (stream: number) => Buffer) =>
  (i: number): Buffer =>
    Buffer.concat(Array.from({ length: 100 }, (_, k) => make((i * 100 + k) * 2 + 1)))

/** What either end may send. */
const common = (by: Flood['by'], first: Buffer): Flood[] => [
  { name: 'PING', by, first, ...same(ping()) },
  { name: 'PING, and no acknowledgement read', by, first, ...same(ping()), chunks: 3000, unread: true },
  { name: 'acknowledgements of PING', by, first, ...same(frame(pingType, flags.ack, 0, '12345678')) },
  { name: 'SETTINGS', by, first, ...same(settings([3, 100])) },
  { name: 'SETTINGS, and no acknowledgement read', by, first, ...same(settings([3, 100])), chunks: 3000, unread: true },
  {
    name: 'SETTINGS of 2,700 values',
    by,
    first,
    ...same(frame(settingsType, 0, 0, times(2700, Buffer.from([0, 3, 0, 0, 0, 100]))), 10),
  },
  { name: 'PRIORITY', by, first, ...same(priority(1, 3)) },
  { name: 'frames of an unknown type', by, first, ...same(frame(0xee, 0, 0, Buffer.alloc(100))) },
  { name: 'WINDOW_UPDATE of a single octet', by, first, ...same(windowUpdate(0, 1)) },
]

export const floods: readonly Flood[] = [
  ...common('client', post(1)),
  ...common('origin', head(1, ok, false)),
  {
    name: 'requests, each reset at once',
    by: 'client',
    chunk: streams((id) => Buffer.concat([get(id), rstStream(id, 8)])),
    chunks: 300,
    ends: calm,
  },
  {
    name: 'uploads, each reset at once',
    by: 'client',
    chunk: streams((id) => Buffer.concat([post(id), data(id, 'x'), rstStream(id, 8)])),
    chunks: 300,
    ends: calm,
  },
  { name: 'requests without end', by: 'client', chunk: streams(post), chunks: 300 },
  {
    name: 'malformed requests',
    by: 'client',
    chunk: streams((id) => head(id, block([...requestPairs, ['X-Upper', '']]))),
    chunks: 300,
    ends: ['ENHANCE_YOUR_CALM', 'PROTOCOL_ERROR'],
  },
  {
    name: 'windows of 0 for each stream, which is an error',
    by: 'client',
    chunk: streams((id) => Buffer.concat([post(id), windowUpdate(id, 0)])),
    chunks: 300,
    ends: ['ENHANCE_YOUR_CALM', 'PROTOCOL_ERROR'],
  },
  {
    name: 'DATA on streams that were reset',
    by: 'client',
    first: Buffer.concat([post(1), rstStream(1, 8)]),
    ...same(data(1, 'abc')),
  },
  ...(['client', 'origin'] as const).flatMap((by): Flood[] => {
    const first = by === 'client' ? post(1) : head(1, ok, false)
    const begun = frame(headers, flags.endStream, 1, by === 'client' ? plain : ok)
    const part = (octets: Buffer): Buffer => frame(continuation, 0, 1, octets)
    return [
      { name: 'DATA of nothing', by, first, ...same(data(1, '')), ends: calm },
      { name: 'DATA of padding alone', by, first, ...same(frame(0, flags.padded, 1, Buffer.from([3, 0, 0, 0]))) },
      {
        name: 'CONTINUATION without end',
        by,
        first: begun,
        ...same(part(filler), 100),
        chunks: 1000,
        ends: ['ENHANCE_YOUR_CALM', 'PROTOCOL_ERROR', 'COMPRESSION_ERROR', 'INTERNAL_ERROR'],
      },
      {
        name: 'CONTINUATION of nothing',
        by,
        first: begun,
        ...same(part(Buffer.alloc(0))),
        ends: ['ENHANCE_YOUR_CALM', 'PROTOCOL_ERROR', 'INTERNAL_ERROR'],
      },
      {
        name: 'CONTINUATION of a single octet',
        by,
        first: begun,
        chunk: () => times(1000, part(Buffer.from([0x82]))),
        chunks: 300,
        ends: ['ENHANCE_YOUR_CALM', 'PROTOCOL_ERROR', 'COMPRESSION_ERROR', 'INTERNAL_ERROR'],
      },
      { name: 'RST_STREAM of a complete stream', by, first, ...same(rstStream(1, 8)) },
    ]
  }),
  {
    name: 'a field list of 48 MB in 16 KB',
    by: 'client',
    chunk: (i) => head(i * 2 + 1, Buffer.concat([plain, bomb])),
    chunks: 200,
  },
  { name: 'a field list of 48 MB in 16 KB', by: 'origin', chunk: () => head(1, Buffer.concat([ok, bomb])), chunks: 20 },
  {
    name: 'interim answers',
    by: 'origin',
    chunk: () =>
      times(
        1000,
        head(
          1,
          block([
            [':status', '103'],
            ['link', '</a>'],
          ]),
          false,
        ),
      ),
    chunks: 5,
  },
  {
    name: 'promises, which were forbidden',
    by: 'origin',
    ...same(frame(5, flags.endHeaders, 1, Buffer.concat([number32(2), plain]))),
    ends: ['PROTOCOL_ERROR'],
  },
  {
    name: 'answers to nobody',
    by: 'origin',
    chunk: streams((id) => ok200(id + 2, true)),
    chunks: 100,
    ends: ['PROTOCOL_ERROR'],
  },
]
