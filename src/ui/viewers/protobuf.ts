// Reads protocol buffers without a schema: field numbers, wire types, and the most likely meaning of each value.

export type ProtoField = {
  readonly number: number
  readonly type: 'varint' | 'fixed64' | 'fixed32' | 'text' | 'bytes' | 'message'
  /** What the value says, with other readings where the wire type leaves them open. */
  readonly value: string
  readonly fields: readonly ProtoField[]
}

/** Nesting beyond this is shown as octets: random bytes can look like messages for ever. */
const deepest = 24

/** Fields read of one message; more would be no use on a screen. */
const mostFields = 2000

type Varint = { readonly value: bigint; readonly next: number }

function varint(bytes: Uint8Array, at: number): Varint | undefined {
  let value = 0n
  for (let i = 0; i < 10; i++) {
    const octet = bytes[at + i]
    if (octet === undefined) return undefined
    value |= BigInt(octet & 0x7f) << BigInt(7 * i)
    if (octet < 0x80) return { value: BigInt.asUintN(64, value), next: at + i + 1 }
  }
  return undefined
}

const hex = (bytes: Uint8Array) =>
  [...bytes.subarray(0, 48)].map((octet) => octet.toString(16).padStart(2, '0')).join(' ')

function asText(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return /[\u0000-\u0008\u000e-\u001f\u007f]/.test(text) ? undefined : text
  } catch {
    return undefined
  }
}

function varintText(value: bigint): string {
  const signed = BigInt.asIntN(64, value)
  const zigzag = (value >> 1n) ^ -(value & 1n)
  if (signed < 0n) return `${signed}`
  return value < 2n
    ? `${value} (${value === 1n ? 'true' : 'false'})`
    : value % 2n === 1n && value < 1n << 32n
      ? `${value} (or ${zigzag} if signed)`
      : `${value}`
}

function lengthDelimited(number: number, bytes: Uint8Array, depth: number): ProtoField {
  const text = asText(bytes)
  const fields = bytes.length > 1 && depth < deepest ? readProtobuf(bytes, depth + 1) : undefined
  // Printable text that also parses as a message is far more often text, unless it begins like a tag of a low field.
  if (fields && (text === undefined || /^[\n\u0012\u001a\r]/.test(text)))
    return { number, type: 'message', value: `${bytes.length} B`, fields }
  if (text !== undefined) return { number, type: 'text', value: text, fields: [] }
  return { number, type: 'bytes', value: hex(bytes) + (bytes.length > 48 ? ` … ${bytes.length} B` : ''), fields: [] }
}

/** The fields of a message, or undefined where the octets are not one. */
export function readProtobuf(bytes: Uint8Array, depth = 0): ProtoField[] | undefined {
  const fields: ProtoField[] = []
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  while (at < bytes.length && fields.length < mostFields) {
    const tag = varint(bytes, at)
    if (!tag) return undefined
    const number = Number(tag.value >> 3n)
    const wireType = Number(tag.value & 7n)
    if (number === 0 || number > 536_870_911) return undefined
    at = tag.next
    if (wireType === 0) {
      const read = varint(bytes, at)
      if (!read) return undefined
      fields.push({ number, type: 'varint', value: varintText(read.value), fields: [] })
      at = read.next
    } else if (wireType === 1 || wireType === 5) {
      const size = wireType === 1 ? 8 : 4
      if (at + size > bytes.length) return undefined
      const whole = size === 8 ? view.getBigUint64(at, true) : BigInt(view.getUint32(at, true))
      const float = size === 8 ? view.getFloat64(at, true) : Math.fround(view.getFloat32(at, true))
      const shown = `${whole} (or ${Number(float.toPrecision(size === 8 ? 15 : 7))} as a float)`
      fields.push({ number, type: size === 8 ? 'fixed64' : 'fixed32', value: shown, fields: [] })
      at += size
    } else if (wireType === 2) {
      const length = varint(bytes, at)
      if (!length || length.value > BigInt(bytes.length)) return undefined
      const end = length.next + Number(length.value)
      if (end > bytes.length) return undefined
      fields.push(lengthDelimited(number, bytes.subarray(length.next, end), depth))
      at = end
    } else return undefined
  }
  return fields
}

/** One length-prefixed message of gRPC (or of gRPC-Web, whose last frame holds the trailers). */
export type GrpcFrame = {
  readonly compressed: boolean
  readonly trailers: boolean
  readonly size: number
  readonly bytes: Uint8Array
}

export function readGrpcFrames(bytes: Uint8Array): GrpcFrame[] {
  const frames: GrpcFrame[] = []
  for (let at = 0; at + 5 <= bytes.length; ) {
    const flag = bytes[at] ?? 0
    const size = new DataView(bytes.buffer, bytes.byteOffset + at + 1, 4).getUint32(0)
    frames.push({
      compressed: (flag & 1) === 1,
      trailers: (flag & 0x80) !== 0,
      size,
      bytes: bytes.subarray(at + 5, at + 5 + size),
    })
    at += 5 + size
  }
  return frames
}
