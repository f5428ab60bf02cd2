// One end of an HTTP/2 connection that a test holds in its hands: it sends any octets, and checks every frame that comes.
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type FieldKind, type HpackField, hpackDecoder } from './hpack.ts'
import { type Frame, flags, frame, frameTypes, number32, preface, settingsAck, windowUpdate } from './http2-frames.ts'

/** A header block, decoded: fields as `name: value`, in order. */
export type Head = {
  readonly stream: number
  readonly fields: readonly string[]
  readonly kinds: readonly FieldKind[]
  readonly end: boolean
  readonly frames: number
}
export type Heard =
  | { readonly what: 'head'; readonly stream: number; readonly head: Head }
  | { readonly what: 'frame'; readonly stream: number; readonly frame: Frame }

export type PeerOptions = {
  /** Whose part we play. */
  readonly role: 'client' | 'server'
  /** Windows are granted as content comes; else by the test alone. Default true. */
  readonly grant?: boolean
  readonly acknowledge?: boolean
  readonly pong?: boolean
  /** Sees content in place of keeping it. */
  readonly onData?: (stream: number, data: Buffer, end: boolean) => void
}

export type Peer = {
  readonly socket: Duplex
  readonly raw: Socket
  readonly heard: readonly Heard[]
  /** What the other side did that it must not, each with its section. */
  readonly faults: readonly string[]
  send(...parts: readonly Buffer[]): void
  /** The first of what came, or comes, that satisfies `wanted`; undefined once the connection is closed. */
  find<T>(wanted: (heard: Heard) => T | undefined): Promise<T | undefined>
  frame(type: number, stream?: number): Promise<Frame | undefined>
  /** The head number `which` of a stream: interim ones, the head, trailers. */
  head(stream: number, which?: number): Promise<Head | undefined>
  /** The content of a stream that came to its end in order; undefined where it did not. */
  content(stream: number): Promise<Buffer | undefined>
  /** What came so far. */
  data(stream: number): Buffer
  ended(stream: number): boolean
  /** RST_STREAM's code. */
  reset(stream: number): Promise<number | undefined>
  /** What we may still send on a stream (0: the connection). */
  window(stream: number): number
  /** Octets of content sent on a stream. */
  sent(stream: number): number
  /** Sends content within the windows, in frames of `size` octets. */
  upload(stream: number, content: Buffer, end: boolean, size?: number): Promise<void>
  /** What the other side's SETTINGS say so far. */
  readonly theirs: ReadonlyMap<number, number>
  readonly gone: Promise<void>
  readonly closed: boolean
}

type Side = { owed: number; window: number; ended: boolean; heads: number; data: Buffer[] }

export function http2Peer(socket: Duplex, raw: Socket, options: PeerOptions): Peer {
  const { role, grant = true, acknowledge = true, pong = true, onData } = options
  const heard: Heard[] = []
  const faults: string[] = []
  const theirs = new Map<number, number>()
  /** Our SETTINGS, those that wait for their acknowledgement first. */
  const pending: Map<number, number>[] = []
  const ours = new Map([
    [4, 65_535],
    [5, 16_384],
  ])
  const streams = new Map<number, Side>()
  const connection = { receive: 65_535, send: 65_535 }
  const owed = { connection: 0 }
  const hpack = hpackDecoder()
  let rest: Buffer = Buffer.alloc(0)
  let begun = role === 'client'
  let block: { stream: number; parts: Buffer[]; end: boolean } | undefined
  let [highest, closed] = [0, false]
  const waiting = new Set<() => void>()
  const fault = (text: string): void => void faults.push(text)

  const sideOf = (stream: number): Side => {
    const known = streams.get(stream)
    if (known) return known
    const made = { owed: 0, window: 65_535, ended: false, heads: 0, data: [] }
    made.window = ours.get(4) ?? 65_535
    streams.set(stream, made)
    return made
  }
  const sendWindow = (stream: number): number =>
    stream === 0 ? connection.send : (theirs.get(4) ?? 65_535) + (granted.get(stream) ?? 0) - (sentOf.get(stream) ?? 0)
  const granted = new Map<number, number>()
  const sentOf = new Map<number, number>()

  /** What we send is read too: it says what the other side may do. */
  function noteSent(part: Buffer): void {
    for (let at = role === 'client' && part.subarray(0, 24).equals(preface) ? 24 : 0; at + 9 <= part.length; ) {
      const size = part.readUIntBE(at, 3)
      const [type, bits, stream] = [part[at + 3], part[at + 4] ?? 0, part.readUInt32BE(at + 5) & 0x7fffffff]
      const payload = part.subarray(at + 9, at + 9 + size)
      if (type === frameTypes.settings && !(bits & flags.ack)) {
        const said = new Map<number, number>()
        for (let i = 0; i + 6 <= payload.length; i += 6) said.set(payload.readUInt16BE(i), payload.readUInt32BE(i + 2))
        pending.push(said)
        // A larger one may be made use of as soon as it is read, before its acknowledgement is.
        const [window = 0, frameSize = 0] = [said.get(4), said.get(5)]
        if (window > (ours.get(4) ?? 0)) resize(window)
        if (frameSize > (ours.get(5) ?? 0)) ours.set(5, frameSize)
      }
      if (type === frameTypes.windowUpdate && payload.length === 4) {
        if (stream === 0) connection.receive += payload.readUInt32BE(0)
        else sideOf(stream).window += payload.readUInt32BE(0)
      }
      if (type === frameTypes.data) {
        connection.send -= size
        sentOf.set(stream, (sentOf.get(stream) ?? 0) + size)
      }
      at += 9 + size
    }
  }
  function resize(window: number): void {
    const change = window - (ours.get(4) ?? 65_535)
    for (const side of streams.values()) side.window += change
    ours.set(4, window)
  }
  function send(...parts: readonly Buffer[]): void {
    if (socket.destroyed) return
    for (const part of parts) noteSent(part)
    socket.write(parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts))
  }

  function acknowledged(): void {
    const said = pending.shift()
    if (!said) return fault('SETTINGS acknowledged that were never sent (6.5.3)')
    if (said.has(4)) resize(said.get(4) ?? 0)
    if (said.has(5)) ours.set(5, said.get(5) ?? 0)
    if (said.has(1)) hpack.allow(said.get(1) ?? 4096)
  }

  const unpadded = ({ flags: bits, payload }: Frame): Buffer =>
    bits & flags.padded ? payload.subarray(1, payload.length - (payload[0] ?? 0)) : payload

  function takeData(found: Frame): void {
    const side = sideOf(found.stream)
    const { length } = found.payload
    if (side.heads === 0) fault(`DATA on stream ${found.stream} before its head (8.1)`)
    if (side.ended) fault(`DATA on stream ${found.stream} after its end (5.1)`)
    side.window -= length
    connection.receive -= length
    if (length > 0 && side.window < 0)
      fault(`${-side.window} octets beyond the window of stream ${found.stream} (6.9.1)`)
    if (length > 0 && connection.receive < 0)
      fault(`${-connection.receive} octets beyond the connection's window (6.9.1)`)
    const end = (found.flags & flags.endStream) !== 0
    side.ended ||= end
    if (onData) onData(found.stream, unpadded(found), end)
    else side.data.push(unpadded(found))
    if (!grant || length === 0) return
    // In batches, as every implementation does: windows of a few octets would make frames of a few octets.
    owed.connection += length
    side.owed += length
    const batch = Math.min(8192, (ours.get(4) ?? 0) >> 1)
    if (owed.connection > 8192) send(windowUpdate(0, owed.connection))
    if (owed.connection > 8192) owed.connection = 0
    if (side.owed <= batch || end) return
    send(windowUpdate(found.stream, side.owed))
    side.owed = 0
  }

  function takeBlock(found: Frame): void {
    if (found.type === frameTypes.headers) {
      let payload = unpadded(found)
      if (found.flags & 0x20) payload = payload.subarray(5)
      block = { stream: found.stream, parts: [payload], end: (found.flags & flags.endStream) !== 0 }
      const isNew = !streams.has(found.stream)
      if (role === 'server' && isNew) {
        if (found.stream % 2 === 0 || found.stream <= highest) fault(`stream ${found.stream} after ${highest} (5.1.1)`)
        highest = Math.max(highest, found.stream)
      }
    } else block?.parts.push(found.payload)
    if (!block) return fault('CONTINUATION without HEADERS (6.10)')
    if (!(found.flags & flags.endHeaders)) return
    const { stream, parts, end } = block
    block = undefined
    let fields: HpackField[] = []
    try {
      fields = hpack.decode(Buffer.concat(parts))
    } catch (error) {
      fault(`a field block that cannot be read: ${error instanceof Error ? error.message : error} (4.3)`)
    }
    const side = sideOf(stream)
    if (side.ended) fault(`HEADERS on stream ${stream} after its end (5.1)`)
    side.ended ||= end
    side.heads++
    checkFields(stream, fields)
    const texts = fields.map(({ name, value }) => `${name}: ${value}`)
    const kinds = fields.map(({ kind }) => kind)
    heard.push({ what: 'head', stream, head: { stream, fields: texts, kinds, end, frames: parts.length } })
  }

  function checkFields(stream: number, fields: readonly HpackField[]): void {
    let plain = false
    for (const { name, value } of fields) {
      if (!/^:?[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(name)) fault(`${JSON.stringify(name)} on stream ${stream} (8.2.1)`)
      if (/[\0\r\n]/.test(value)) fault(`a line end in ${name} (8.2.1)`)
      if (/^(connection|proxy-connection|keep-alive|transfer-encoding|upgrade)$/.test(name)) fault(`${name} (8.2.2)`)
      if (!name.startsWith(':')) plain = true
      else if (plain) fault(`${name} after other fields (8.3)`)
    }
  }

  function take(found: Frame): void {
    const { type, stream, payload } = found
    const first = heard.length === 0
    if (first && (type !== frameTypes.settings || found.flags & flags.ack)) fault('SETTINGS do not come first (3.4)')
    if (payload.length > (ours.get(5) ?? 16_384)) fault(`a frame of ${payload.length} octets (4.2)`)
    if (block && (type !== frameTypes.continuation || stream !== block.stream))
      fault('frames within a field block (6.10)')
    heard.push({ what: 'frame', stream, frame: found })
    if (type === frameTypes.data) takeData(found)
    if (type === frameTypes.headers || type === frameTypes.continuation) takeBlock(found)
    if (type === frameTypes.pushPromise) fault('a push (8.4)')
    if (type === frameTypes.settings && found.flags & flags.ack) acknowledged()
    else if (type === frameTypes.settings) {
      for (let i = 0; i + 6 <= payload.length; i += 6) theirs.set(payload.readUInt16BE(i), payload.readUInt32BE(i + 2))
      if (acknowledge && !socket.destroyed) socket.write(settingsAck)
    }
    if (type === frameTypes.ping && !(found.flags & flags.ack) && pong)
      send(frame(frameTypes.ping, flags.ack, 0, payload))
    if (type === frameTypes.rstStream) {
      if (role === 'client' ? !sentStreams(stream) : !streams.has(stream))
        fault(`RST_STREAM on idle stream ${stream} (6.4)`)
      sideOf(stream).ended = true
    }
    if (type === frameTypes.windowUpdate) {
      const by = payload.readUInt32BE(0)
      if (by === 0) fault('WINDOW_UPDATE of 0 (6.9)')
      if (stream === 0) connection.send += by
      else granted.set(stream, (granted.get(stream) ?? 0) + by)
      if (sendWindow(stream) > 0x7fffffff) fault(`a window beyond 2^31-1 on stream ${stream} (6.9.1)`)
    }
  }
  /** A client peer opens every stream itself. */
  const sentStreams = (stream: number): boolean => stream % 2 === 1

  const wake = (): void => {
    for (const go of waiting) go()
  }
  socket.on('data', (chunk: Buffer) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    if (!begun && rest.length >= preface.length) {
      if (!rest.subarray(0, 24).equals(preface)) fault('no preface (3.4)')
      rest = rest.subarray(preface.length)
      begun = true
    }
    while (begun && rest.length >= 9) {
      const size = rest.readUIntBE(0, 3)
      if (rest.length < 9 + size) break
      const [type = 0, bits = 0] = [rest[3], rest[4]]
      const found = { type, flags: bits, stream: rest.readUInt32BE(5), payload: rest.subarray(9, 9 + size) }
      rest = rest.subarray(9 + size)
      take(onData && type === frameTypes.data ? found : { ...found, payload: Buffer.from(found.payload) })
    }
    wake()
  })
  const gone = new Promise<void>((resolve) => {
    const onEnd = (): void => {
      closed = true
      wake()
      resolve()
    }
    socket.on('error', () => {})
    raw.on('error', () => {})
    socket.once('end', onEnd)
    socket.once('close', onEnd)
  })

  async function until<T>(look: () => T | undefined): Promise<T | undefined> {
    const found = look()
    if (found !== undefined || closed) return found
    return new Promise((resolve) => {
      const again = (): void => {
        const now = look()
        if (now === undefined && !closed) return
        waiting.delete(again)
        resolve(now)
      }
      waiting.add(again)
    })
  }
  const ended = (stream: number): boolean =>
    heard.some((one) => (one.stream === stream && one.what === 'head' ? one.head.end : endsData(one, stream)))
  const endsData = (one: Heard, stream: number): boolean =>
    one.what === 'frame' && one.stream === stream && one.frame.type === 0 && (one.frame.flags & flags.endStream) !== 0
  const data = (stream: number): Buffer => Buffer.concat(streams.get(stream)?.data ?? [])
  const frameOf = (type: number, stream?: number) => (): Frame | undefined => {
    for (const one of heard)
      if (one.what === 'frame' && one.frame.type === type && (stream === undefined || one.stream === stream))
        return one.frame
    return undefined
  }

  return {
    socket,
    raw,
    heard,
    faults,
    theirs,
    gone,
    get closed() {
      return closed
    },
    send,
    data,
    ended,
    window: sendWindow,
    sent: (stream) => sentOf.get(stream) ?? 0,
    find: (wanted) =>
      until(() => {
        for (const one of heard) {
          const found = wanted(one)
          if (found !== undefined) return found
        }
        return undefined
      }),
    frame: (type, stream) => until(frameOf(type, stream)),
    head: (stream, which = 0) =>
      until(() => heard.filter((one) => one.what === 'head' && one.stream === stream).at(which)).then((one) =>
        one?.what === 'head' ? one.head : undefined,
      ),
    async content(stream) {
      await until(() => (ended(stream) || frameOf(frameTypes.rstStream, stream)() ? true : undefined))
      return ended(stream) ? data(stream) : undefined
    },
    reset: async (stream) => (await until(frameOf(frameTypes.rstStream, stream)))?.payload.readUInt32BE(0),
    async upload(stream, content, end, size = 16_384) {
      for (let at = 0; at < content.length; ) {
        const room = Math.min(size, content.length - at, sendWindow(stream), sendWindow(0))
        if (room <= 0 || socket.writableLength > 1024 * 1024) {
          if (closed || frameOf(frameTypes.rstStream, stream)()) return
          if (room > 0) await new Promise((resolve) => socket.once('drain', resolve))
          else
            await until(() =>
              sendWindow(stream) > 0 && sendWindow(0) > 0 ? true : frameOf(frameTypes.rstStream, stream)(),
            )
          continue
        }
        const last = end && at + room === content.length
        send(frame(frameTypes.data, last ? flags.endStream : 0, stream, content.subarray(at, at + room)))
        at += room
      }
      if (end && content.length === 0) send(frame(frameTypes.data, flags.endStream, stream))
    },
  }
}

/** The code of GOAWAY. */
export const goawayCode = (found: Frame | undefined): number | undefined => found?.payload.readUInt32BE(4)
export const ping = (text = '12345678'): Buffer => frame(frameTypes.ping, 0, 0, text)
export const priority = (stream: number, on: number): Buffer =>
  frame(frameTypes.priority, 0, stream, Buffer.concat([number32(on), Buffer.from([15])]))
