// Frames that either end may get wrong alike: sizes, stream 0, SETTINGS, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION (RFC 9113 §4 to §6).
import {
  flags,
  frame,
  frameTypes,
  goaway,
  number32,
  rstStream,
  settings,
  settingsAck,
  windowUpdate,
} from '../support/http2-frames.ts'
import { ping, priority } from '../support/http2-peer.ts'
import {
  connectionError,
  either,
  type FrameCase,
  type FrameStep,
  fine,
  type Reaction,
  streamError,
} from './frames-case.ts'

const { data, headers, continuation, ping: pingType, priority: priorityType, windowUpdate: windowType } = frameTypes

const bad = (name: string, react: Reaction, ...steps: FrameStep[]): FrameCase => ({ name, steps, react })
/** What is ignored: stream 1 goes on. */
const ignored = (name: string, ...steps: FrameStep[]): FrameCase => ({ name, steps, react: fine() })

/** On a connection whose stream 1 is open, before it is complete. */
export const commonCases: readonly FrameCase[] = [
  ignored('4.1: a frame of an unknown type', frame(0xee, 0xff, 1, 'what'), frame(0xef, 0, 0)),
  ignored('4.1: unknown flags', frame(pingType, 0xfe, 0, '12345678')),
  ignored('4.1: the reserved bit', frame(pingType, 0, 0x80000000, '12345678')),
  ignored('6.3: PRIORITY of another stream', priority(9, 3)),
  ignored('6.5.2: an unknown setting', settings([0x99, 1], [0xfff, 0xffffffff])),
  ignored('6.5: SETTINGS with nothing in them', settings()),
  ignored('6.5.2: the largest frame size and window', settings([5, 0xffffff], [4, 0x7fffffff])),
  ignored('6.7: PING', ping('abcdefgh')),
  ignored('6.7: an unasked acknowledgement of PING', frame(pingType, flags.ack, 0, '12345678')),
  ignored('6.9: the largest window of the connection', windowUpdate(0, 0x7fffffff - 65_535)),
  ignored('6.9: the largest window of a stream', windowUpdate(1, 0x7fffffff - 65_535)),
  ignored('6.5.2: no table for field compression', settings([1, 0])),
  ignored('6.5.2: a table of 2^32-1', settings([1, 0xffffffff])),
  ignored('6.5.2: a window of 0 that opens again', settings([4, 0]), settings([4, 65_535])),
  bad('5.3.1: PRIORITY of a stream on itself', either(1, 'PROTOCOL_ERROR'), priority(1, 1)),
  bad('6.1: DATA on stream 0', connectionError('PROTOCOL_ERROR'), frame(data, flags.endStream, 0, 'x')),
  bad('6.2: HEADERS on stream 0', connectionError('PROTOCOL_ERROR'), frame(headers, 5, 0, Buffer.from([0x88]))),
  bad('6.3: PRIORITY on stream 0', connectionError('PROTOCOL_ERROR'), priority(0, 3)),
  bad('6.3: PRIORITY of four octets', streamError(1, 'FRAME_SIZE_ERROR'), frame(priorityType, 0, 1, number32(3))),
  bad('6.4: RST_STREAM on stream 0', connectionError('PROTOCOL_ERROR'), rstStream(0, 8)),
  bad('6.4: RST_STREAM of three octets', connectionError('FRAME_SIZE_ERROR'), frame(3, 0, 1, 'abc')),
  bad('6.4: RST_STREAM of five octets', connectionError('FRAME_SIZE_ERROR'), frame(3, 0, 1, 'abcde')),
  bad('6.4: RST_STREAM of a stream that never was', connectionError('PROTOCOL_ERROR'), rstStream(77, 8)),
  bad('6.5: SETTINGS on a stream', connectionError('PROTOCOL_ERROR'), frame(4, 0, 1)),
  bad('6.5: SETTINGS of five octets', connectionError('FRAME_SIZE_ERROR'), frame(4, 0, 0, '12345')),
  bad('6.5: an acknowledgement with content', connectionError('FRAME_SIZE_ERROR'), frame(4, flags.ack, 0, '123456')),
  bad('6.5.2: ENABLE_PUSH of 2', connectionError('PROTOCOL_ERROR'), settings([2, 2])),
  bad('6.5.2: a window of 2^31', connectionError('FLOW_CONTROL_ERROR'), settings([4, 0x80000000])),
  bad('6.5.2: frames of 16,383 octets', connectionError('PROTOCOL_ERROR'), settings([5, 16_383])),
  bad('6.5.2: frames of 2^24 octets', connectionError('PROTOCOL_ERROR'), settings([5, 0x1000000])),
  bad('RFC 8441 3: ENABLE_CONNECT_PROTOCOL of 2', either(1, 'PROTOCOL_ERROR'), settings([8, 2])),
  bad('6.7: PING on a stream', connectionError('PROTOCOL_ERROR'), frame(pingType, 0, 1, '12345678')),
  bad('6.7: PING of seven octets', connectionError('FRAME_SIZE_ERROR'), frame(pingType, 0, 0, '1234567')),
  bad('6.7: PING of nine octets', connectionError('FRAME_SIZE_ERROR'), frame(pingType, 0, 0, '123456789')),
  bad('6.8: GOAWAY on a stream', connectionError('PROTOCOL_ERROR'), frame(7, 0, 1, goaway(0, 0).subarray(9))),
  bad('6.8: GOAWAY of seven octets', connectionError('FRAME_SIZE_ERROR'), frame(7, 0, 0, '1234567')),
  bad('6.9: WINDOW_UPDATE of 0', connectionError('PROTOCOL_ERROR'), windowUpdate(0, 0)),
  bad('6.9: WINDOW_UPDATE of 0 on a stream', streamError(1, 'PROTOCOL_ERROR'), windowUpdate(1, 0)),
  bad('6.9: WINDOW_UPDATE of three octets', connectionError('FRAME_SIZE_ERROR'), frame(windowType, 0, 0, 'abc')),
  bad('6.9: WINDOW_UPDATE of five octets', connectionError('FRAME_SIZE_ERROR'), frame(windowType, 0, 1, 'abcde')),
  bad('6.9: WINDOW_UPDATE of an idle stream', connectionError('PROTOCOL_ERROR'), windowUpdate(77, 1)),
  bad(
    '6.9.1: a window of the connection beyond 2^31-1',
    connectionError('FLOW_CONTROL_ERROR'),
    windowUpdate(0, 0x7fffffff),
  ),
  bad('6.9.1: a window of a stream beyond 2^31-1', streamError(1, 'FLOW_CONTROL_ERROR'), windowUpdate(1, 0x7fffffff)),
  bad(
    '6.9.2: a window that SETTINGS take beyond 2^31-1',
    connectionError('FLOW_CONTROL_ERROR'),
    windowUpdate(1, 0x7fffffff - 65_535),
    settings([4, 65_536]),
  ),
  bad(
    '6.10: CONTINUATION without HEADERS',
    connectionError('PROTOCOL_ERROR'),
    frame(continuation, 4, 1, Buffer.from([0x88])),
  ),
  bad(
    '6.10: CONTINUATION on stream 0',
    connectionError('PROTOCOL_ERROR'),
    frame(continuation, 4, 0, Buffer.from([0x88])),
  ),
  bad('6.5.3: an acknowledgement of nothing', either(1, 'PROTOCOL_ERROR'), settingsAck, settingsAck),
  bad(
    '4.2: a frame of an unknown type, larger than allowed',
    connectionError('FRAME_SIZE_ERROR'),
    frame(0xee, 0, 0, Buffer.alloc(16_385)),
  ),
  bad(
    '4.2: SETTINGS larger than allowed',
    connectionError('FRAME_SIZE_ERROR'),
    settings(...Array.from({ length: 2731 }, () => [0x99, 1] as [number, number])),
  ),
]
