// HTTP/2 frame by frame (RFC 9113 §4), for tests that must see or send what a library would not.
import type { Duplex } from 'node:stream'

export const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
export const frameTypes = {
  data: 0,
  headers: 1,
  priority: 2,
  rstStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const
export const flags = { endStream: 1, ack: 1, endHeaders: 4, padded: 8 } as const

export type Frame = {
  readonly type: number
  readonly flags: number
  readonly stream: number
  readonly payload: Buffer
}

export function frame(type: number, flagBits: number, stream: number, payload: Buffer | string = ''): Buffer {
  const body = typeof payload === 'string' ? Buffer.from(payload, 'latin1') : payload
  const head = Buffer.alloc(9)
  head.writeUIntBE(body.length, 0, 3)
  head[3] = type
  head[4] = flagBits
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, body])
}

const text = (value: string): Buffer => {
  const bytes = Buffer.from(value, 'latin1')
  // A length of 7 bits and no Huffman coding (RFC 7541 §5.2).
  if (bytes.length < 127) return Buffer.concat([Buffer.from([bytes.length]), bytes])
  const prefix = [127]
  let left = bytes.length - 127
  for (; left >= 128; left = Math.floor(left / 128)) prefix.push((left % 128) + 128)
  return Buffer.concat([Buffer.from([...prefix, left]), bytes])
}

/** Literals without indexing (RFC 7541 §6.2.2): every peer reads them, and no table changes. */
export const fieldBlock = (...pairs: string[]): Buffer =>
  Buffer.concat(pairs.map((part, i) => (i % 2 === 0 ? Buffer.concat([Buffer.from([0]), text(part)]) : text(part))))

export const settings = (...pairs: readonly [number, number][]): Buffer => {
  const payload = Buffer.alloc(pairs.length * 6)
  pairs.forEach(([id, value], i) => {
    payload.writeUInt16BE(id, i * 6)
    payload.writeUInt32BE(value, i * 6 + 2)
  })
  return frame(frameTypes.settings, 0, 0, payload)
}
export const settingsAck = frame(frameTypes.settings, flags.ack, 0)

export function number32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
export const rstStream = (stream: number, code: number): Buffer =>
  frame(frameTypes.rstStream, 0, stream, number32(code))
export const goaway = (lastStream: number, code: number, debug = ''): Buffer =>
  frame(frameTypes.goaway, 0, 0, Buffer.concat([number32(lastStream), number32(code), Buffer.from(debug)]))
export const windowUpdate = (stream: number, octets: number): Buffer =>
  frame(frameTypes.windowUpdate, 0, stream, number32(octets))

/** `:status 200` stands in the static table (RFC 7541 appendix A). */
export const ok200 = (stream: number, end = false): Buffer =>
  frame(frameTypes.headers, flags.endHeaders | (end ? flags.endStream : 0), stream, Buffer.from([0x88]))

export const request = (stream: number, authority: string, path: string, end = true, ...more: string[]): Buffer =>
  frame(
    frameTypes.headers,
    flags.endHeaders | (end ? flags.endStream : 0),
    stream,
    fieldBlock(':method', end ? 'GET' : 'POST', ':scheme', 'http', ':authority', authority, ':path', path, ...more),
  )

export type FrameReader = {
  readonly frames: readonly Frame[]
  /** The next frame, from where the last call ended, that satisfies `wanted`; undefined once the connection is closed. */
  next(wanted: (frame: Frame) => boolean): Promise<Frame | undefined>
}

/** Reads frames as they come, without the client's preface where one is due, and acknowledges settings. */
export function frameReader(socket: Duplex, expectsPreface = false): FrameReader {
  const frames: Frame[] = []
  let rest: Buffer = Buffer.alloc(0)
  let begun = !expectsPreface
  let closed = false
  let at = 0
  const waiting: (() => void)[] = []
  const wake = (): void => {
    for (const go of waiting.splice(0)) go()
  }
  socket.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk])
    if (!begun && rest.length >= preface.length) {
      rest = rest.subarray(preface.length)
      begun = true
    }
    while (begun && rest.length >= 9) {
      const size = rest.readUIntBE(0, 3)
      if (rest.length < 9 + size) break
      const [type = 0, bits = 0] = [rest[3], rest[4]]
      frames.push({ type, flags: bits, stream: rest.readUInt32BE(5), payload: rest.subarray(9, 9 + size) })
      if (type === frameTypes.settings && (bits & flags.ack) === 0 && !socket.destroyed) socket.write(settingsAck)
      rest = rest.subarray(9 + size)
    }
    wake()
  })
  const onEnd = (): void => {
    closed = true
    wake()
  }
  socket.on('error', () => {})
  socket.once('end', onEnd)
  socket.once('close', onEnd)
  return {
    frames,
    async next(wanted) {
      for (;;) {
        while (at < frames.length) {
          const found = frames[at++]
          if (found && wanted(found)) return found
        }
        if (closed) return undefined
        await new Promise<void>((resolve) => waiting.push(resolve))
      }
    },
  }
}
