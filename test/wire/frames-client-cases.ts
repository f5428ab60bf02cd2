// What a client may get wrong in HTTP/2: stream states, ids, framing of a request, and requests that are malformed (RFC 9113 §5, §6, §8).
import {
  flags,
  frame,
  frameTypes,
  goaway,
  number32,
  rstStream,
  settings,
  windowUpdate,
} from '../support/http2-frames.ts'
import { ping, priority } from '../support/http2-peer.ts'
import {
  answered,
  block,
  connectionError,
  data,
  either,
  type FrameCase,
  fine,
  get,
  head,
  post,
  postPairs,
  type Reaction,
  requestPairs,
  responded,
  streamError,
} from './frames-case.ts'

type More = Partial<Pick<FrameCase, 'origin' | 'passes' | 'bare' | 'leaves'>>
const bad = (name: string, react: Reaction, steps: FrameCase['steps'], more: More = {}): FrameCase => ({
  name,
  steps,
  react,
  ...more,
})
const allowed = (name: string, steps: FrameCase['steps'], stream = 1, more: More = {}): FrameCase => ({
  name,
  steps,
  react: fine(stream),
  ...more,
})
const closed = (stream: number): Reaction => streamError(stream, 'STREAM_CLOSED')
/** RFC 9113 §5.1 leaves it open whether a frame on a closed stream is an error; it must not lead anywhere. */
const mayBeClosed = (stream: number): Reaction => either(stream, 'STREAM_CLOSED', 'PROTOCOL_ERROR')
const plain = block(requestPairs)
const { headers, continuation, pushPromise } = frameTypes
const silent: More = { origin: 'silent', passes: true }
const begins: More = { origin: 'begins', passes: true }
const passes: More = { passes: true }
const half = plain.length >> 1
const padded = (padding: number, octets: Buffer, filled = padding): Buffer =>
  Buffer.concat([Buffer.from([padding]), octets, Buffer.alloc(filled)])
/** What the largest frame holds: one field of that many octets and its own name and lengths. */
const exactly = (octets: number): Buffer => {
  const value = octets - plain.length - 6
  return Buffer.concat([plain, block([['x', 'v'.repeat(value)]])])
}

export const stateCases: readonly FrameCase[] = [
  allowed('3.4: a request right behind the preface', [get(1)]),
  allowed('5.1.1: ids may leave some out', [get(1), get(7), answered(1), get(21)], 21),
  allowed(
    '5.1: frames on streams that are complete',
    [get(1), answered(1), windowUpdate(1, 9), rstStream(1, 0), priority(1, 3), get(3)],
    3,
  ),
  allowed('5.1: WINDOW_UPDATE and PRIORITY while the answer is due', [get(1), windowUpdate(1, 9), priority(1, 3)]),
  allowed('6.4: RST_STREAM with a code nobody knows', [get(1), rstStream(1, 0xdeadbeef), get(3)], 3, passes),
  allowed('6.1: DATA of 16,384 octets', [post(1), data(1, Buffer.alloc(16_384), true)]),
  allowed('6.1: padding', [
    post(1),
    frame(0, flags.padded, 1, padded(9, Buffer.from('abc'))),
    frame(0, 9, 1, padded(255, Buffer.alloc(0))),
  ]),
  allowed('6.1: nothing but padding', [post(1), frame(0, 9, 1, padded(0, Buffer.alloc(0)))]),
  allowed('6.2: padding', [head(1, padded(5, plain), true, flags.padded)]),
  allowed('6.2: priority', [head(1, Buffer.concat([number32(0x80000000), Buffer.from([200]), plain]), true, 0x20)]),
  allowed('6.2: priority and padding', [
    head(1, padded(3, Buffer.concat([number32(0), Buffer.from([0]), plain])), true, 0x28),
  ]),
  allowed('4.2: HEADERS of 16,384 octets', [head(1, exactly(16_384))]),
  allowed('6.10: a block in three parts, one of them empty', [
    frame(headers, flags.endStream, 1, plain.subarray(0, half)),
    frame(continuation, 0, 1),
    frame(continuation, flags.endHeaders, 1, plain.subarray(half)),
  ]),
  bad(
    '6.10: a block of single octets',
    either(1, 'ENHANCE_YOUR_CALM'),
    [
      frame(headers, flags.endStream, 1),
      ...Array.from(plain, (octet, i) =>
        frame(continuation, i === plain.length - 1 ? flags.endHeaders : 0, 1, Buffer.from([octet])),
      ),
    ],
    { passes: true },
  ),
  allowed('8.1: trailers', [post(1), data(1, 'x'), head(1, block([['x-t', '1']]))]),
  allowed('6.8: GOAWAY of a client that goes on', [get(1), goaway(0, 0)], 1, { leaves: true }),

  bad('3.4: something else than SETTINGS first', connectionError('PROTOCOL_ERROR'), [ping()], { bare: true }),
  bad('5.1: DATA on an idle stream', connectionError('PROTOCOL_ERROR'), [data(1, 'x', true)]),
  bad(
    '5.1: DATA on an idle stream above those in use',
    connectionError('PROTOCOL_ERROR'),
    [get(1), answered(1), data(5, 'x', true)],
    passes,
  ),
  bad('5.1: CONTINUATION on an idle stream', connectionError('PROTOCOL_ERROR'), [frame(continuation, 4, 1, plain)]),
  bad('5.1: DATA behind the end of the request', closed(1), [get(1), data(1, 'x', true)], silent),
  bad('5.1: HEADERS behind the end of the request', closed(1), [get(1), get(1)], silent),
  bad(
    '5.1: CONTINUATION behind the end of the request',
    connectionError('PROTOCOL_ERROR', 'STREAM_CLOSED'),
    [get(1), frame(continuation, 4, 1, plain)],
    silent,
  ),
  bad('5.1: DATA after RST_STREAM', mayBeClosed(1), [post(1), rstStream(1, 8), data(1, 'x', true)]),
  bad('5.1: HEADERS after RST_STREAM', mayBeClosed(1), [post(1), rstStream(1, 8), get(1)]),
  bad('5.1: DATA on a stream that is complete', mayBeClosed(1), [get(1), answered(1), data(1, 'x', true)], passes),
  bad('5.1: HEADERS on a stream that is complete', mayBeClosed(1), [get(1), answered(1), get(1)], passes),
  bad('5.1.1: an even id', connectionError('PROTOCOL_ERROR'), [get(2)]),
  bad(
    '5.1.1: an id below the last',
    either(3, 'PROTOCOL_ERROR', 'STREAM_CLOSED'),
    [get(5), answered(5), get(3)],
    passes,
  ),
  bad('8.4: a promise from a client', connectionError('PROTOCOL_ERROR'), [
    frame(pushPromise, 4, 1, Buffer.concat([number32(2), plain])),
  ]),
  bad('4.2: DATA of 16,385 octets', streamError(1, 'FRAME_SIZE_ERROR'), [post(1), data(1, Buffer.alloc(16_385), true)]),
  bad('4.2: HEADERS of 16,385 octets', connectionError('FRAME_SIZE_ERROR'), [head(1, exactly(16_385))]),
  bad('6.1: padding as long as the frame', connectionError('PROTOCOL_ERROR'), [
    post(1),
    frame(0, 9, 1, padded(4, Buffer.from('abc'), 0)),
  ]),
  bad('6.1: padding in a frame of nothing', connectionError('FRAME_SIZE_ERROR', 'PROTOCOL_ERROR'), [
    post(1),
    frame(0, 9, 1),
  ]),
  bad('6.2: padding as long as the frame', connectionError('PROTOCOL_ERROR'), [
    head(1, padded(plain.length + 1, plain, 0), true, flags.padded),
  ]),
  bad(
    '6.2: padding and priority in a frame too short for them',
    connectionError('FRAME_SIZE_ERROR', 'PROTOCOL_ERROR'),
    [head(1, Buffer.from([0, 0, 0]), true, 0x28)],
  ),
  bad('5.3.1: priority on itself in HEADERS', either(1, 'PROTOCOL_ERROR'), [
    head(1, Buffer.concat([number32(1), Buffer.from([9]), plain]), true, 0x20),
  ]),
  ...(
    [
      ['DATA', data(1, 'x')],
      ['PING', ping()],
      ['PRIORITY', priority(1, 3)],
      ['HEADERS of another stream', get(3)],
      ['CONTINUATION of another stream', frame(continuation, 4, 3, plain)],
      ['a frame of an unknown type', frame(0xee, 0, 1, 'x')],
    ] as const
  ).map(([name, octets]) =>
    bad(`6.10: ${name} within a field block`, connectionError('PROTOCOL_ERROR'), [
      frame(headers, flags.endStream, 1, plain.subarray(0, half)),
      octets,
      frame(continuation, flags.endHeaders, 1, plain.subarray(half)),
    ]),
  ),
  bad(
    '6.9.1: content beyond the window of the connection',
    streamError(1, 'FLOW_CONTROL_ERROR'),
    [
      post(1),
      responded(1),
      (peer) => {
        // More than any window allows: what was granted, and one more frame.
        const most = Math.max(peer.window(1), peer.window(0))
        for (let left = most + 1; left > 0; left -= 16_384) peer.send(data(1, Buffer.alloc(Math.min(left, 16_384))))
        return Promise.resolve()
      },
    ],
    begins,
  ),
]

type Pairs = readonly (readonly [string, string])[]
const without = (name: string): Pairs => requestPairs.filter(([known]) => known !== name)
const malformed = (name: string, pairs: Pairs, ...more: Buffer[]): FrameCase =>
  bad(name, streamError(1, 'PROTOCOL_ERROR'), [head(1, block(pairs), more.length === 0), ...more])
const extra = (name: string, field: string, value: string): FrameCase =>
  malformed(name, [...requestPairs, [field, value]])

export const malformedCases: readonly FrameCase[] = [
  extra('8.2.1: an upper-case name', 'X-Upper', 'v'),
  extra('8.2.1: a name with a space', 'x y', 'v'),
  extra('8.2.1: a name with a colon', 'x:y', 'v'),
  extra('8.2.1: a name of octets beyond ASCII', 'x-\xe9', 'v'),
  extra('8.2.1: an empty name', '', 'v'),
  extra('8.2.1: a line end in a value', 'x', 'a\r\ny: b'),
  extra('8.2.1: NUL in a value', 'x', 'a\0b'),
  extra('8.2.2: Connection', 'connection', 'close'),
  extra('8.2.2: Keep-Alive', 'keep-alive', '5'),
  extra('8.2.2: Proxy-Connection', 'proxy-connection', 'keep-alive'),
  extra('8.2.2: Transfer-Encoding', 'transfer-encoding', 'chunked'),
  extra('8.2.2: Upgrade', 'upgrade', 'h2c'),
  extra('8.2.2: TE of something else', 'te', 'trailers, deflate'),
  extra('8.3: an unknown pseudo field', ':evil', 'x'),
  extra('8.3: a pseudo field of answers', ':status', '200'),
  extra('8.3: two paths', ':path', '/again'),
  extra('8.3: two methods', ':method', 'PUT'),
  extra('8.3: two schemes', ':scheme', 'https'),
  extra('8.3: two authorities', ':authority', 'elsewhere'),
  malformed('8.3: a pseudo field behind others', [...without(':path'), ['x', '1'], [':path', '/late']]),
  malformed('8.3.1: no method', without(':method')),
  malformed('8.3.1: no scheme', without(':scheme')),
  malformed('8.3.1: no path', without(':path')),
  malformed('8.3.1: an empty path', [...without(':path'), [':path', '']]),
  malformed('8.5: CONNECT with scheme and path', [[':method', 'CONNECT'], ...requestPairs.slice(1)]),
  malformed('8.1.1: a content-length below the content', [...postPairs, ['content-length', '1']], data(1, 'abc', true)),
  malformed('8.1.1: a content-length above the content', [...postPairs, ['content-length', '9']], data(1, 'abc', true)),
  malformed(
    '8.1.1: a content-length above the content of two frames',
    [...postPairs, ['content-length', '9']],
    data(1, 'abc'),
    data(1, 'abc', true),
  ),
  malformed('8.1.1: a content-length without content', [...postPairs, ['content-length', '5']], data(1, '', true)),
  extra('8.1.1: a content-length in a head that is all', 'content-length', '5'),
  malformed(
    '8.1.1: two content-lengths',
    [...postPairs, ['content-length', '3'], ['content-length', '4']],
    data(1, 'abc', true),
  ),
  malformed('8.1: trailers that do not end the request', postPairs, head(1, block([['x', '1']]), false)),
  malformed('8.1: a pseudo field in trailers', postPairs, data(1, 'x'), head(1, block([[':path', '/']]))),
  malformed('8.2.1: an upper-case name in trailers', postPairs, data(1, 'x'), head(1, block([['X-T', '1']]))),
  malformed('8.2.2: Connection in trailers', postPairs, data(1, 'x'), head(1, block([['connection', 'close']]))),
  {
    name: '8.2.2: TE: trailers is allowed',
    steps: [head(1, block([...requestPairs, ['te', 'trailers']]))],
    react: fine(),
  },
  {
    name: '8.3.1: Host in place of :authority',
    steps: [head(1, block([...without(':authority'), ['host', 'localhost']]))],
    react: fine(),
  },
  {
    name: '8.1.1: a content-length that is kept',
    steps: [head(1, block([...postPairs, ['content-length', '3']]), false), data(1, 'ab'), data(1, 'c', true)],
    react: fine(),
  },
  {
    name: '8.3.1: OPTIONS *',
    steps: [
      head(
        1,
        block([[':method', 'OPTIONS'], ...without(':method').filter(([name]) => name !== ':path'), [':path', '*']]),
      ),
    ],
    react: fine(),
  },
]

/** A malformed request ends alone: the next on the same connection is served. */
export const goesOn: readonly FrameCase[] = [
  {
    name: '5.4.2: a stream error leaves the others alone',
    react: fine(3),
    passes: true,
    steps: [post(1), rstStream(1, 8), get(3)],
  },
  { name: '6.9.2: a window of 0 stops nobody who sends nothing', react: fine(1), steps: [settings([4, 0]), get(1)] },
]
