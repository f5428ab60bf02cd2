// Knows which destinations are Telltale itself, by resolved address: a proxy must never be led to its own doors.
import { isIPv4 } from 'node:net'
import { networkInterfaces } from 'node:os'

export type OwnPorts = {
  add(port: number): void
  has(port: number): boolean
  /** `address` is a resolved IP address. */
  isOwn(address: string, port: number): boolean
}

/** `::ffff:127.0.0.1` and `::ffff:7f00:1` are 127.0.0.1 (RFC 4291 §2.5.5.2). */
function unmapped(address: string): string {
  const written = address.toLowerCase().replace(/%.*$/, '')
  // The URL parser brings every spelling of an IPv6 address to one form.
  const href = `http://[${written}]/`
  const plain = written.includes(':') && URL.canParse(href) ? new URL(href).hostname.slice(1, -1) : written
  const [, rest = ''] = /^::ffff:(.+)$/.exec(plain) ?? []
  if (isIPv4(rest)) return rest
  const [, high, low] = /^([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(rest) ?? []
  if (high === undefined || low === undefined) return plain
  const number = Number.parseInt(high, 16) * 65536 + Number.parseInt(low, 16)
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.')
}

function isLocal(address: string): boolean {
  const plain = unmapped(address)
  if (/^127\./.test(plain) || /^0\./.test(plain) || plain === '::1' || plain === '::') return true
  return Object.values(networkInterfaces()).some((list) => list?.some((entry) => entry.address === plain))
}

export function createOwnPorts(): OwnPorts {
  const ports = new Set<number>()
  return {
    add: (port) => ports.add(port),
    has: (port) => ports.has(port),
    isOwn: (address, port) => ports.has(port) && isLocal(address),
  }
}
