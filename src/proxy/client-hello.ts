// Reads a TLS ClientHello (RFC 8446 §4.1.2) from the first octets of a connection: the server name and the ALPN offer.

export type ClientHello = {
  readonly servername: string | undefined
  readonly alpn: readonly string[]
  /** It offers a post-quantum key exchange (X25519MLKEM768), which costs both sides about as much again. */
  readonly postQuantum: boolean
}

const maxHelloOctets = 64 * 1024
const handshakeRecord = 22
const clientHello = 1
const x25519mlkem768 = 0x11ec

/** The handshake message put together from its TLS records, or why there is none (yet). */
function handshakeMessage(bytes: Buffer): Buffer | 'more' | 'none' {
  const parts: Buffer[] = []
  let gathered = 0
  for (let at = 0; at + 5 <= bytes.length; ) {
    if (bytes[at] !== handshakeRecord) return 'none'
    const size = bytes.readUInt16BE(at + 3)
    const part = bytes.subarray(at + 5, at + 5 + size)
    parts.push(part)
    gathered += part.length
    const [first] = parts
    if (first && first.length > 0 && first[0] !== clientHello) return 'none'
    if (gathered >= 4) {
      const whole = Buffer.concat(parts)
      const length = whole.readUIntBE(1, 3)
      if (length > maxHelloOctets) return 'none'
      if (whole.length >= 4 + length) return whole.subarray(4, 4 + length)
    }
    at += 5 + size
  }
  return bytes.length > 2 * maxHelloOctets ? 'none' : 'more'
}

/** A vector with a length prefix of `width` octets; undefined where it does not fit. */
function vector(bytes: Buffer, at: number, width: number): Buffer | undefined {
  if (at + width > bytes.length) return undefined
  const size = bytes.readUIntBE(at, width)
  return at + width + size <= bytes.length ? bytes.subarray(at + width, at + width + size) : undefined
}

function readAlpn(extension: Buffer): string[] {
  const list = vector(extension, 0, 2) ?? Buffer.alloc(0)
  const names: string[] = []
  for (let at = 0; at < list.length; ) {
    const name = vector(list, at, 1)
    if (!name || name.length === 0) break
    names.push(name.toString('latin1'))
    at += 1 + name.length
  }
  return names
}

/** A list of named groups (RFC 8446 §4.2.7). */
function offers(extension: Buffer, group: number): boolean {
  const list = vector(extension, 0, 2) ?? Buffer.alloc(0)
  for (let at = 0; at + 2 <= list.length; at += 2) if (list.readUInt16BE(at) === group) return true
  return false
}

function readServerName(extension: Buffer): string | undefined {
  const list = vector(extension, 0, 2)
  const name = list && list[0] === 0 ? vector(list, 1, 2) : undefined
  const text = name?.toString('latin1')
  return text && /^[\w.*-]+$/.test(text) ? text : undefined
}

/** 'more' while octets are missing, 'none' where this is no ClientHello. */
export function readClientHello(bytes: Buffer): ClientHello | 'more' | 'none' {
  const message = handshakeMessage(bytes)
  if (typeof message === 'string') return message
  let at = 34
  for (const width of [1, 2, 1]) {
    const skipped = vector(message, at, width)
    if (!skipped) return 'none'
    at += width + skipped.length
  }
  const extensions = vector(message, at, 2) ?? Buffer.alloc(0)
  let servername: string | undefined
  let alpn: string[] = []
  let postQuantum = false
  for (let i = 0; i + 4 <= extensions.length; ) {
    const body = vector(extensions, i + 2, 2)
    if (!body) break
    const type = extensions.readUInt16BE(i)
    if (type === 0) servername = readServerName(body)
    if (type === 16) alpn = readAlpn(body)
    if (type === 10) postQuantum = offers(body, x25519mlkem768)
    i += 4 + body.length
  }
  return { servername, alpn, postQuantum }
}
