// The frames of HTTP/2 (RFC 9113 §6): their types, their flags, and the octets a client begins with.

export const frameTypes = {
  DATA: 0,
  HEADERS: 1,
  PRIORITY: 2,
  RST_STREAM: 3,
  SETTINGS: 4,
  PUSH_PROMISE: 5,
  PING: 6,
  GOAWAY: 7,
  WINDOW_UPDATE: 8,
  CONTINUATION: 9,
} as const

export const flags = { END_STREAM: 1, ACK: 1, END_HEADERS: 4, PADDED: 8, PRIORITY: 32 } as const

export const headOctets = 9
/** The largest payload anybody may send who was not told otherwise (RFC 9113 §4.2); we tell nobody otherwise. */
export const usualFrameOctets = 16_384
/** Every window begins with this size (RFC 9113 §6.9.2). */
export const usualWindow = 65_535
export const largestWindow = 0x7fffffff

/** RFC 9113 §3.4. */
export const preface = Uint8Array.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', (letter) => letter.charCodeAt(0))

export function readNumber32(octets: Uint8Array, at: number): number {
  return (
    (((octets[at] ?? 0) << 24) |
      ((octets[at + 1] ?? 0) << 16) |
      ((octets[at + 2] ?? 0) << 8) |
      (octets[at + 3] ?? 0)) >>>
    0
  )
}

/** The same without the reserved bit, as stream numbers and window increments are read. */
export const readNumber31 = (octets: Uint8Array, at: number): number => readNumber32(octets, at) & 0x7fffffff
