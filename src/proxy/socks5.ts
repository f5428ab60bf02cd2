// SOCKS5 (RFC 1928) with names and, where asked for, a user name and password (RFC 1929); CONNECT only.
import type { Duplex } from 'node:stream'
import { firstOctets } from './first-octets.ts'
import { sameSecret } from './proxy-auth.ts'

export type SocksRequest = { readonly host: string; readonly port: number }
/** Reply codes (RFC 1928 §6); an origin that cannot be reached is told to the first request, not here. */
export type SocksReply = 'granted' | 'not-allowed' | 'command' | 'address'

const replies: Readonly<Record<SocksReply, number>> = {
  granted: 0,
  'not-allowed': 2,
  command: 7,
  address: 8,
}

export function socksReply(socket: Duplex, reply: SocksReply): void {
  socket.write(Buffer.from([5, replies[reply], 0, 1, 0, 0, 0, 0, 0, 0]))
}

/** Reads one message whose length `size` tells once it can; takes it off the socket and leaves the rest. */
async function message(
  socket: Duplex,
  size: (bytes: Buffer) => number | undefined,
  patientMs: number,
): Promise<Buffer | undefined> {
  const judge = (bytes: Buffer): number | undefined => {
    const wanted = size(bytes)
    return wanted !== undefined && bytes.length >= wanted ? wanted : undefined
  }
  const seen = await firstOctets(socket, judge, patientMs, patientMs)
  if (seen.kind !== 'known') return undefined
  // The octets were put back whole: what is taken here is exactly the message.
  const bytes: unknown = seen.verdict === 0 ? Buffer.alloc(0) : socket.read(seen.verdict)
  return Buffer.isBuffer(bytes) ? bytes : undefined
}

function requestSize(bytes: Buffer): number | undefined {
  if (bytes.length < 5) return undefined
  const type = bytes[3]
  if (type === 1) return 10
  if (type === 4) return 22
  return type === 3 ? 7 + (bytes[4] ?? 0) : 5
}

function readAddress(bytes: Buffer): string | undefined {
  if (bytes[3] === 1) return [...bytes.subarray(4, 8)].join('.')
  if (bytes[3] === 3) return bytes.toString('latin1', 5, 5 + (bytes[4] ?? 0))
  if (bytes[3] !== 4) return undefined
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(4 + 2 * i).toString(16))
  return groups.join(':')
}

/** Greets, authenticates and reads the request; undefined when the client was refused or went away. */
export async function acceptSocks5(
  socket: Duplex,
  credentials: string | undefined,
  patientMs: number,
): Promise<SocksRequest | undefined> {
  const greeting = await message(socket, (b) => (b.length < 2 ? undefined : 2 + (b[1] ?? 0)), patientMs)
  if (!greeting) return undefined
  const wanted = credentials === undefined ? 0 : 2
  if (!greeting.subarray(2).includes(wanted)) {
    socket.end(Buffer.from([5, 0xff]))
    return undefined
  }
  socket.write(Buffer.from([5, wanted]))
  if (credentials !== undefined && !(await authenticated(socket, credentials, patientMs))) return undefined
  const request = await message(socket, requestSize, patientMs)
  if (request?.[0] !== 5) return undefined
  const host = readAddress(request)
  if (request[1] !== 1 || host === undefined || !/^[\w.:%-]+$/.test(host)) {
    socksReply(socket, request[1] === 1 ? 'address' : 'command')
    socket.end()
    return undefined
  }
  return { host, port: request.readUInt16BE(request.length - 2) }
}

async function authenticated(socket: Duplex, credentials: string, patientMs: number): Promise<boolean> {
  const size = (b: Buffer): number | undefined => {
    const name = b[1]
    if (name === undefined) return undefined
    const password = b[2 + name]
    return password === undefined ? undefined : 3 + name + password
  }
  const given = await message(socket, size, patientMs)
  if (!given) return false
  const nameEnd = 2 + (given[1] ?? 0)
  const offered = `${given.toString('utf8', 2, nameEnd)}:${given.toString('utf8', nameEnd + 1)}`
  const right = sameSecret(offered, credentials)
  socket.write(Buffer.from([1, right ? 0 : 1]))
  if (!right) socket.end()
  return right
}
