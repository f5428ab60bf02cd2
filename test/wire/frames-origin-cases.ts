// What an origin may get wrong in HTTP/2: answers that are malformed, streams that are not its own, framing, field compression (RFC 9113).
import { huffman, indexed, literal, literalOf, sizeUpdate } from '../support/hpack.ts'
import { flags, frame, frameTypes, number32, rstStream, settings, windowUpdate } from '../support/http2-frames.ts'
import { ping } from '../support/http2-peer.ts'
import {
  block,
  connectionError,
  data,
  either,
  type FrameCase,
  type FrameStep,
  fine,
  head,
  type Reaction,
  streamError,
} from './frames-case.ts'

const bad = (name: string, react: Reaction, ...steps: FrameStep[]): FrameCase => ({ name, steps, react })
const good = (name: string, ...steps: FrameStep[]): FrameCase => ({ name, steps, react: fine() })
const ok = indexed(8)
const all = (...parts: Buffer[]): Buffer => Buffer.concat(parts)
const { headers, continuation, pushPromise } = frameTypes
const padded = (padding: number, octets: Buffer, filled = padding): Buffer =>
  all(Buffer.from([padding]), octets, Buffer.alloc(filled))
const malformed = (name: string, octets: Buffer, end = true, ...more: Buffer[]): FrameCase =>
  bad(name, streamError(1, 'PROTOCOL_ERROR'), head(1, octets, end), ...more)
const extra = (name: string, field: string, value: string): FrameCase =>
  malformed(name, all(ok, block([[field, value]])))
/** No error, where what cannot be passed on is not: the client's end sees to it. */
const leftOut = (one: FrameCase): FrameCase => ({ ...one, react: either(1, 'PROTOCOL_ERROR') })
const wrongBlock = (name: string, ...parts: Buffer[]): FrameCase =>
  bad(`RFC 7541 ${name}`, connectionError('COMPRESSION_ERROR'), head(1, all(...parts)))

export const originCases: readonly FrameCase[] = [
  good(
    '6.1: padding, and an empty frame to end with',
    head(1, ok, false),
    frame(0, flags.padded, 1, padded(7, Buffer.from('abc'))),
    data(1, '', true),
  ),
  good('6.2: padding and priority', head(1, padded(4, all(number32(0), Buffer.from([3]), ok)), true, 0x28)),
  good(
    '6.10: a block in pieces',
    frame(headers, flags.endStream, 1),
    frame(continuation, 0, 1, ok),
    frame(continuation, flags.endHeaders, 1),
  ),
  good(
    '8.1: interim answers, an answer, trailers',
    head(
      1,
      block([
        [':status', '103'],
        ['link', '</a>'],
      ]),
      false,
    ),
    head(1, block([[':status', '102']]), false),
    head(1, ok, false),
    data(1, 'x'),
    head(1, block([['x-t', '1']])),
  ),
  good(
    '6.5: SETTINGS in the middle of an answer',
    head(1, ok, false),
    data(1, 'x'),
    settings([3, 7], [1, 100]),
    data(1, 'y', true),
  ),
  good('6.9: windows granted for a request that is complete', windowUpdate(1, 100), head(1, ok, true)),
  good(
    'RFC 7541 6.2.1: a field added to the table',
    head(1, all(sizeUpdate(0), sizeUpdate(4096), ok, literal('added', 'x-a', '1'), indexed(62))),
  ),
  good('RFC 7541 5.2: Huffman code', head(1, all(ok, literal('never', 'x-h', 'anything ~ at all', true)))),
  good('5.1: frames on a stream that is complete', head(1, ok), rstStream(1, 0), windowUpdate(1, 5)),

  bad('5.1: DATA before the head', streamError(1, 'PROTOCOL_ERROR', 'STREAM_CLOSED'), data(1, 'x', true)),
  bad('5.1.1: HEADERS on a stream nobody opened', connectionError('PROTOCOL_ERROR'), head(7, ok)),
  bad('5.1.1: HEADERS on an even stream', connectionError('PROTOCOL_ERROR'), head(2, ok)),
  bad('5.1: DATA on a stream nobody opened', connectionError('PROTOCOL_ERROR'), data(7, 'x')),
  bad(
    '8.4: a promise, which was forbidden',
    connectionError('PROTOCOL_ERROR'),
    frame(
      pushPromise,
      4,
      1,
      all(
        number32(2),
        block([
          [':method', 'GET'],
          [':scheme', 'http'],
          [':authority', 'localhost'],
          [':path', '/p'],
        ]),
      ),
    ),
  ),
  bad('6.5.2: ENABLE_PUSH of 1 from a server', connectionError('PROTOCOL_ERROR'), settings([2, 1])),
  bad(
    '4.2: DATA larger than allowed',
    streamError(1, 'FRAME_SIZE_ERROR'),
    head(1, ok, false),
    data(1, Buffer.alloc(0x10000), true),
  ),
  bad(
    '6.1: padding as long as the frame',
    connectionError('PROTOCOL_ERROR'),
    head(1, ok, false),
    frame(0, 9, 1, padded(4, Buffer.from('abc'), 0)),
  ),
  bad(
    '6.2: padding as long as the frame',
    connectionError('PROTOCOL_ERROR'),
    head(1, padded(9, ok, 0), true, flags.padded),
  ),
  ...(
    [
      ['DATA', data(1, 'x')],
      ['PING', ping()],
      ['a frame of an unknown type', frame(0xee, 0, 1, 'x')],
    ] as const
  ).map(([name, octets]) =>
    bad(
      `6.10: ${name} within a field block`,
      connectionError('PROTOCOL_ERROR'),
      frame(headers, 1, 1),
      octets,
      frame(continuation, 4, 1, ok),
    ),
  ),
  bad('6.9.1: content beyond the window', streamError(1, 'FLOW_CONTROL_ERROR'), head(1, ok, false), (peer) => {
    const most = Math.max(peer.window(1), peer.window(0))
    for (let left = most + 1; left > 0; left -= 16_384) peer.send(data(1, Buffer.alloc(Math.min(left, 16_384))))
    return Promise.resolve()
  }),

  malformed('8.3.2: no status', block([['x', 'y']])),
  malformed('8.3.2: a status of words', block([[':status', 'good']])),
  malformed('8.3.2: a status of two digits', block([[':status', '99']])),
  malformed('8.3.2: a status of four digits', block([[':status', '2000']])),
  malformed('8.3.2: an empty status', block([[':status', '']])),
  malformed(
    '8.3: two status',
    block([
      [':status', '200'],
      [':status', '404'],
    ]),
  ),
  malformed(
    '8.3: a pseudo field of requests',
    block([
      [':status', '200'],
      [':path', '/'],
    ]),
  ),
  malformed(
    '8.3: an unknown pseudo field',
    block([
      [':status', '200'],
      [':evil', '1'],
    ]),
  ),
  malformed(
    '8.3: the status behind other fields',
    block([
      ['x', '1'],
      [':status', '200'],
    ]),
  ),
  malformed('8.6: 101, which HTTP/2 has not', block([[':status', '101']]), false),
  malformed('8.1: an interim answer that ends the stream', block([[':status', '103']])),
  extra('8.2.1: an upper-case name', 'X-Upper', 'v'),
  leftOut(extra('8.2.1: a name with a space', 'x y', 'v')),
  leftOut(extra('8.2.1: an empty name', '', 'v')),
  leftOut(extra('8.2.1: a line end in a value', 'x', 'a\r\nset-cookie: b')),
  leftOut(extra('8.2.1: NUL in a value', 'x', 'a\0b')),
  extra('8.2.2: Connection', 'connection', 'close'),
  extra('8.2.2: Transfer-Encoding', 'transfer-encoding', 'chunked'),
  extra('8.2.2: Keep-Alive', 'keep-alive', '5'),
  malformed(
    '8.1.1: a content-length above the content',
    block([
      [':status', '200'],
      ['content-length', '9'],
    ]),
    false,
    data(1, 'abc', true),
  ),
  malformed(
    '8.1.1: a content-length below the content',
    block([
      [':status', '200'],
      ['content-length', '1'],
    ]),
    false,
    data(1, 'abc', true),
  ),
  malformed(
    '8.1.1: a content-length without content',
    block([
      [':status', '200'],
      ['content-length', '5'],
    ]),
  ),
  malformed('8.1: trailers that do not end the answer', ok, false, data(1, 'x'), head(1, block([['x-t', '1']]), false)),
  malformed('8.1: a pseudo field in trailers', ok, false, data(1, 'x'), head(1, block([[':status', '200']]))),
  malformed('8.2.1: an upper-case name in trailers', ok, false, data(1, 'x'), head(1, block([['X-T', '1']]))),
  bad(
    '5.1: DATA behind the end of the answer',
    either(1, 'STREAM_CLOSED', 'PROTOCOL_ERROR'),
    head(1, ok),
    data(1, 'x', true),
  ),

  wrongBlock('6.1: index 0', ok, indexed(0)),
  wrongBlock('6.1: an index beyond the table', ok, indexed(99)),
  wrongBlock('5.2: EOS in Huffman code', ok, Buffer.from([0, 1, 0x78, 0x84, 0xff, 0xff, 0xff, 0xff])),
  wrongBlock('5.2: padding of zeros', ok, Buffer.from([0, 1, 0x78, 0x81]), huffman('a', '000')),
  wrongBlock('6.3: a table larger than allowed', sizeUpdate(0x7fffffff), ok),
  wrongBlock('4.2: a size update behind a field', ok, sizeUpdate(0)),
  wrongBlock('6.2: a name beyond the table', ok, literalOf('plain', 99, 'x')),
]
